r"""W3C extended log files: columns between spaces, named by ``#Fields:`` (IIS and its FTP, HTTP.sys, Windows Firewall).

Of what a line does not say, the header speaks (:attr:`soc_agent.decode.context.Context.header`). Lines of IIS without
one are read by the fields that it writes when nothing is changed. Sources: https://www.w3.org/TR/WD-logfile.html,
https://learn.microsoft.com/windows/win32/http/w3c-logging.
"""

import re
from datetime import UTC, tzinfo
from functools import lru_cache
from typing import Any

from msgspec import Struct

from soc_agent.decode import times
from soc_agent.decode.addresses import address
from soc_agent.decode.context import Context, LineType, Parsed
from soc_agent.decode.weblog import WEBSERVER, put_target
from soc_agent.model import LogSource

_IIS = (LogSource("webserver", "iis", "iis"), WEBSERVER)
_FTP = (LogSource("application", "iis", "ftp"),)
_FIREWALL = (LogSource("firewall", "windows", "firewall"),)
_ANY = (LogSource(),)
_COLUMN_CAP = 256
_NUMBERS = frozenset(
    "sc-status sc-substatus sc-bytes cs-bytes time-taken s-port c-port src-port dst-port size pid".split()  # noqa: SIM905
)
_RENAMED = {
    "cs(user-agent)": "cs-user-agent",
    "cs(referer)": "cs-referer",
    "cs(cookie)": "cs-cookie",
    "cs(host)": "cs-host",
    "src-ip": "src_ip",
    "dst-ip": "dst_ip",
    "src-port": "src_port",
    "dst-port": "dst_port",
    "s-ip": "dst_ip",
    "cs-uri": "c-uri",
}
_BEGIN = (
    *("date", "time", "s-ip", "cs-method", "cs-uri-stem", "cs-uri-query", "s-port", "cs-username", "c-ip"),
    "cs(User-Agent)",
)
_END = ("sc-status", "sc-substatus", "sc-win32-status", "time-taken")
_USUAL = {len(names): names for names in ((*_BEGIN, *_END), (*_BEGIN, "cs(Referer)", *_END))}
"""What IIS writes when nothing is changed: 7 without the referrer, 8 and later with it."""
_LINE = re.compile(
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} [0-9A-Fa-f.:%]+ [A-Za-z_-]{2,32} "
    r"[/*]\S* \S+ [0-9]{1,5} "
)


class W3cHeader(Struct, frozen=True):
    """What a header says."""

    software: str = ""
    day: str = ""
    local: bool = False
    """Whether times are those of the host; otherwise they are UTC."""
    names: tuple[str, ...] = ()


@lru_cache(maxsize=256)
def read_w3c_header(data: bytes) -> W3cHeader:
    """Read the lines of a header. Lines that are not known are passed over."""
    said: dict[str, str] = {}
    for line in data.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        said[name] = value.strip()
    return W3cHeader(
        software=said.get("#Software", ""),
        day=said.get("#Date", "")[:10],
        local=said.get("#Time Format", "").lower() == "local",
        names=tuple(said.get("#Fields", "").split()[:_COLUMN_CAP]),
    )


def decode_w3c(text: str, context: Context) -> Parsed | None:
    """Decode a line under the header of its block; a header itself is an event that no rule looks at.

    None where there are not as many columns as the header, or what IIS usually writes, has names.
    """
    if text.startswith("#"):
        return Parsed("w3c", (), {}, subject=text)
    header = read_w3c_header(context.header)
    values = text.split()
    names = header.names
    if not names and _LINE.match(text):
        names = _USUAL.get(len(values), ())
    if not names or len(values) != len(names):
        return None
    fields: dict[str, Any] = {}
    for name, value in zip(names, values, strict=True):
        if value != "-":
            field = _RENAMED.get(name.lower(), name)
            fields[field] = int(value) if name in _NUMBERS and value.isdecimal() and len(value) < 19 else value
    time_ns = _time(fields, header, context.timezone)
    kind, sources = _name(fields, header)
    return Parsed(kind, sources, fields, time_ns, subject=text)


def is_w3c(text: str) -> bool:
    """Say whether a line looks as IIS writes it when nothing is changed."""
    return _LINE.match(text) is not None


def is_w3c_header(text: str) -> bool:
    """Say whether the first lines of a file are a header whose columns stand between spaces."""
    if not text.startswith("#"):
        return False
    for line in text.splitlines():
        if line.startswith("#Fields: "):
            return "," not in line
        if not line.startswith("#"):
            break
    return False


def _name(fields: dict[str, Any], header: W3cHeader) -> tuple[str, tuple[LogSource, ...]]:
    """Put the fields that follow from others, and tell what kind of log it is."""
    if "src_ip" in fields or "Firewall" in header.software:
        if isinstance(action := fields.get("action"), str):
            fields["action"] = {"DROP": "deny", "ALLOW": "allow"}.get(action, action.lower())
        return "windows_firewall", _FIREWALL
    method = fields.get("cs-method")
    if not isinstance(method, str):
        return "w3c", _ANY
    client = address(str(fields.get("c-ip", "")))
    if method in ("USER", "PASS", "ControlChannelOpened", "ControlChannelClosed") or "x-session" in header.names:
        _put_ftp(fields, method, client)
        return "iis_ftp", _FTP
    stem, query = fields.get("cs-uri-stem"), fields.get("cs-uri-query")
    if isinstance(stem, str):
        fields["c-uri"] = f"{stem}?{query}" if query else stem
    elif isinstance(target := fields.get("c-uri"), str):
        put_target(fields, target)
    if client:
        fields["c-ip"] = client
    return "iis", _IIS


def _put_ftp(fields: dict[str, Any], method: str, client: str | None) -> None:
    if client:
        fields["src_ip"] = client
    if user := fields.get("cs-username"):
        fields["user"] = user
    if method == "PASS":
        fields["action"] = "login"
        fields["outcome"] = "success" if fields.get("sc-status") == 230 else "failure"


def _time(fields: dict[str, Any], header: W3cHeader, zone: tzinfo) -> int | None:
    day, clock = fields.get("date", header.day), fields.get("time")
    if not isinstance(day, str) or not isinstance(clock, str):
        return None
    return times.time_of(f"{day} {clock}", zone if header.local else UTC, 0)


W3C = LineType(
    "w3c",
    decode_w3c,
    frozenset({*_IIS, *_FTP, *_FIREWALL, *_ANY}),
    derived=frozenset({"action", "outcome"}),
    undecoded=_IIS,
)
