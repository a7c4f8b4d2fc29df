r"""Logs of Microsoft Exchange in CSV: protocol logs of SMTP, IMAP and POP, message tracking, the proxy of its clients.

Which log a line belongs to is told by its columns, so that one without its ``#Fields`` is read, too. Sources: Microsoft
Learn, "Protocol logging", "Protocol logging for POP3 and IMAP4", "Message tracking" (Exchange Server 2013 and later).
"""

import csv
import re
from collections.abc import Sequence
from typing import Any

from soc_agent.decode import times
from soc_agent.decode.context import Context, LineType, Parsed
from soc_agent.model import LogSource

_SERVICES = ("smtp", "imap", "pop3", "tracking", "httpproxy")
_SOURCES = {name: (LogSource("mail", "exchange", name),) for name in _SERVICES}
_START = re.compile(
    r"([12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?Z,"
    # the session of a protocol log, the request of the proxy, or the addresses and names of message tracking
    r'(?:[0-9A-F]{16},[0-9]+,|[^,"]*,[0-9A-F]{16},[0-9]+,|"[^"]*",[0-9A-F]{16},[0-9]+,'
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12},[0-9]{1,4},[0-9]+,"
    r"|(?:[0-9A-Fa-f.:]*,[^,]*,){2}(?:[^,\"]*|\"(?:[^\"]|\"\")*\"),[^,]*,[A-Z]+,[A-Z]+,)"
)
_SESSION = re.compile(r"[0-9A-F]{16}")
_HEADERS = (
    "#Software: Microsoft Exchange",
    "#Log-type: ",
    "DateTime,RequestId,MajorVersion",
    "dateTime,sessionId,seqNumber",
)
_TRACKING = (
    *("client-ip", "client-hostname", "server-ip", "server-hostname", "source-context", "connector-id", "source"),
    *("event-id", "internal-message-id", "message-id", "network-message-id", "recipient-address", "recipient-status"),
    *("total-bytes", "recipient-count", "related-recipient-address", "reference", "message-subject", "sender-address"),
    *("return-path", "message-info", "directionality", "tenant-id", "original-client-ip", "original-server-ip"),
    "custom-data",
)
_PROXY = (
    *("RequestId", "MajorVersion", "MinorVersion", "BuildVersion", "RevisionVersion", "ClientRequestId", "Protocol"),
    *("UrlHost", "UrlStem", "ProtocolAction", "AuthenticationType", "IsAuthenticated", "AuthenticatedUser"),
    *("Organization", "AnchorMailbox", "UserAgent", "ClientIpAddress", "ServerHostName", "HttpStatus"),
    *("BackEndStatus", "ErrorCode", "Method", "ProxyAction", "TargetServer", "TargetServerVersion", "RoutingType"),
    *("RoutingHint", "BackEndCookie"),
)
_NUMBERS = frozenset({"total-bytes", "recipient-count", "HttpStatus", "BackEndStatus"})
_MAIL_PORTS = frozenset({25, 465, 475, 587, 717, 2525})
_INBOUND = re.compile(r"Inbound authentication failed(?:.*?\bUser(?: ?Name)?: ?([^\s,;]+))?.*", re.DOTALL)
"""What the receiving side of SMTP notes of a refused login, before it answers 535; the answer itself names nobody."""
_LOGIN_COMMANDS = frozenset({"login", "authenticate", "auth", "pass"})


def decode_exchange(text: str, context: Context) -> Parsed | None:
    """Decode one line. The columns of message tracking and of the proxy have the names that Exchange gives them."""
    text = text.removeprefix("\ufeff")
    if text.startswith(("#", "DateTime,", "dateTime,", "date-time,")):
        return Parsed("exchange", (), {}, subject=text)
    start = _START.match(text)
    columns = _columns(text) if start else None
    if start is None or columns is None:
        return None
    service, fields = _read(columns)
    if not service:
        return None
    time_ns = times.dated(start[1], start[2], start[3], "Z", context.timezone)
    return Parsed("exchange", _SOURCES[service], fields, time_ns, subject=str(fields.get("message", text)))


def is_exchange(text: str) -> bool:
    """Say whether a line is one of Exchange's, or the header of one of its logs."""
    text = text.removeprefix("\ufeff")
    return text.startswith(_HEADERS) or _START.match(text) is not None


def _columns(text: str) -> list[str] | None:
    try:
        return next(csv.reader([text.replace("\n", " ").replace("\r", " ")]), None)
    except csv.Error:
        return None


def _read(columns: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """Give which log it is, and its fields; no log where the columns are those of none."""
    if len(columns) in (8, 9) and _SESSION.fullmatch(columns[2]) and columns[6] in ("+", "-", ">", "<", "*"):
        return "smtp", _smtp([*columns, ""])
    if len(columns) >= 12 and _SESSION.fullmatch(columns[1]) and columns[2].isdecimal():
        fields = _access(columns)
        return str(fields["service"]), fields
    if len(columns) > len(_TRACKING) and columns[8].isupper():
        return "tracking", _tracking(columns)
    if len(columns) > len(_PROXY) and columns[2].isdecimal():
        return "httpproxy", _proxy(columns)
    return "", {}


def _smtp(columns: Sequence[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "service": "smtp",
        "connector-id": columns[1],
        "session-id": columns[2],
        "event": columns[6],
    }
    data, said = columns[7], columns[8]
    _put_ends(fields, columns[4], columns[5])
    fields["message"] = data
    if said:
        fields["context"] = said
    if columns[6] == "*" and (refused := _INBOUND.match(said) or _INBOUND.match(data)):
        fields |= {"action": "authentication", "outcome": "failure", "message": refused[0]}
        if refused[1]:
            fields["user"] = refused[1]
    elif columns[6] == ">" and data.startswith("535 "):
        fields |= {"action": "login", "outcome": "failure"}
    elif said == "authenticated":
        fields |= {"action": "login", "outcome": "success", "user": data}
    elif columns[6] == ">" and data[:1] in ("4", "5"):
        fields["action"] = "reject"
    return fields


def _access(columns: Sequence[str]) -> dict[str, Any]:
    """Read a line of the logs of IMAP and POP."""
    fields: dict[str, Any] = {
        "session-id": columns[1],
        "command": columns[9].strip(),
        "parameters": columns[10].strip(),
    }
    _put_ends(fields, columns[3], columns[4])
    fields["service"] = "pop3" if fields.get("dst_port") in (110, 995) else "imap"
    if columns[5]:
        fields["user"] = columns[5]
    said = fields["message"] = columns[11]
    if fields["command"].lower() in _LOGIN_COMMANDS:
        if "AuthFailed" in said or "LogonDenied" in said or " NO " in said or "-ERR" in said:
            fields |= {"action": "login", "outcome": "failure"}
        elif said.lower().startswith("r=ok") or " OK " in said or "+OK" in said:
            fields |= {"action": "login", "outcome": "success"}
    return fields


def _tracking(columns: Sequence[str]) -> dict[str, Any]:
    fields = _named(_TRACKING, columns[1:])
    if address := fields.get("original-client-ip") or fields.get("client-ip"):
        fields["src_ip"] = address
    for name, column in (("sender", "sender-address"), ("recipient", "recipient-address")):
        if value := fields.get(column):
            fields[name] = value
            fields[f"{name}_domain"] = str(value).partition(";")[0].rpartition("@")[2]
    if fields.get("directionality") == "Originating" and "sender" in fields:
        fields["user"] = fields["sender"]
    fields["action"] = "track"
    return fields


def _proxy(columns: Sequence[str]) -> dict[str, Any]:
    fields = _named(_PROXY, columns[1:])
    for name, column in (("src_ip", "ClientIpAddress"), ("user", "AuthenticatedUser"), ("c-uri", "UrlStem")):
        if column in fields:
            fields[name] = fields[column]
    fields["action"] = "request"
    return fields


def _named(names: Sequence[str], values: Sequence[str]) -> dict[str, Any]:
    pairs = ((name, value) for name, value in zip(names, values, strict=False) if value)
    return {name: int(value) if name in _NUMBERS and _is_number(value) else value for name, value in pairs}


def _put_ends(fields: dict[str, Any], local: str, remote: str) -> None:
    """Put both ends of a connection: the client is the source, also where Exchange itself is the client."""
    here, there = _end(local), _end(remote)
    client, server = (here, there) if there[1] in _MAIL_PORTS and here[1] not in _MAIL_PORTS else (there, here)
    for side, (address, port) in (("src", client), ("dst", server)):
        if address:
            fields[f"{side}_ip"] = address
        if port:
            fields[f"{side}_port"] = port


def _end(text: str) -> tuple[str, int]:
    address, _, port = text.rpartition(":")
    return address.strip("[]"), int(port) if _is_number(port) and len(port) < 6 else 0


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


EXCHANGE = LineType(
    "exchange",
    decode_exchange,
    frozenset(source for sources in _SOURCES.values() for source in sources),
    derived=frozenset({"action", "outcome", "service"}),
    undecoded=tuple(source for sources in _SOURCES.values() for source in sources),
)
