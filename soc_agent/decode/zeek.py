"""Records of packets in the names of Zeek's logs: what our packet collector writes, and Zeek itself as JSON."""

import re
from typing import Any

from soc_agent.decode.context import Context, LineType, Parsed
from soc_agent.decode.jsonlines import time_in
from soc_agent.decode.objects import parse_object
from soc_agent.decode.weblog import WEBSERVER, put_target
from soc_agent.model import LogSource

_SOURCES: dict[str, tuple[LogSource, ...]] = {
    "conn": (LogSource("network_connection", "zeek", "conn"), LogSource("firewall", "", "")),
    "dns": (LogSource("dns", "zeek", "dns"),),
    "http": (LogSource("", "zeek", "http"), LogSource("proxy", "", ""), WEBSERVER),
}
"""Log sources of the records that other products write too."""
_PATHS = (
    *("ssl", "arp", "nd", "files", "x509", "ssh", "ftp", "smtp", "rdp", "smb_files", "smb_mapping", "dce_rpc", "ntlm"),
    *("kerberos", "dhcp", "dhcpv6", "notice", "weird", "tunnel", "sip", "snmp", "socks", "irc", "mysql", "radius"),
    *("syslog", "software", "pe", "dpd", "modbus", "dnp3", "quic", "ntp", "ldap", "ldap_search", "icmp", "stats"),
    *("login", "smb", "rfb", "known_hosts", "known_services", "traceroute"),
)
for _path in _PATHS:
    _SOURCES[_path] = (LogSource("", "zeek", _path),)
_OTHER = (LogSource("", "zeek", ""),)

DERIVED = frozenset({"_path", "action", "blocked", "cs-uri", "query_parent"})
_ENDS = (
    ("src_ip", "id.orig_h"),
    ("src_port", "id.orig_p"),
    ("dst_ip", "id.resp_h"),
    ("dst_port", "id.resp_p"),
    ("protocol", "proto"),
)
_HTTP = (
    ("c-ip", "id.orig_h"),
    ("s-ip", "id.resp_h"),
    ("cs-method", "method"),
    ("cs-host", "host"),
    ("cs-user-agent", "user_agent"),
    ("c-useragent", "user_agent"),
    ("cs-referer", "referrer"),
    ("sc-status", "status_code"),
    ("cs-username", "username"),
    ("cs-content-type", "orig_mime_types"),
)
_PASSED = frozenset(("SF", "S1", "S2", "S3", "RSTO", "RSTR"))
"""States of connections that were made: no firewall between the two stopped them."""
_EXTENSION = re.compile(r"\.([A-Za-z0-9_-]{1,16})$")
_DNS = (("record_type", "qtype_name"), ("answer", "answers"))


def decode_zeek(text: str, context: Context) -> Parsed | None:
    """Decode a record of a packet log. Sigma's names for firewall, DNS, proxy and web stand beside Zeek's."""
    fields = parse_object(text)
    return None if fields is None else name_record("zeek", fields, text, context)


def name_record(name: str, fields: dict[str, Any], text: str, context: Context) -> Parsed:
    """Give the event of a record: the log sources of its log, and Sigma's names beside Zeek's.

    :param name: the line type; :param fields: its fields, which are added to; :param text: the line.
    """
    path = fields.get("_path")
    if not isinstance(path, str):
        path = fields["_path"] = _guess_path(fields)
    _alias(fields, _ENDS)
    if path == "http":
        _alias(fields, _HTTP)
        if isinstance(target := fields.get("uri"), str):
            put_target(fields, target)
            _put_whole(fields, target)
    elif path == "dns":
        _alias(fields, _DNS)
        if isinstance(query := fields.get("query"), str) and (parent := parent_domain(query)):
            fields.setdefault("query_parent", parent)
    elif path == "conn" and fields.get("conn_state") in _PASSED:
        fields.setdefault("action", "accept")
        fields.setdefault("blocked", False)
    return Parsed(name, _SOURCES.get(path, _OTHER), fields, time_in(fields, context), subject=text)


def parent_domain(query: str) -> str:
    """Give the domain that somebody registered, of a name below it; empty where there is none, or nothing is below it.

    Without a list of all registries: below two letters, a short second label is taken for one of theirs (``gov.vn``).
    """
    labels = query.rstrip(".").split(".")
    size = 3 if len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 4 else 2
    return ".".join(labels[-size:]).lower() if len(labels) > size else ""


def _alias(fields: dict[str, Any], names: tuple[tuple[str, str], ...]) -> None:
    for name, other in names:
        value = fields.get(other)
        if value is not None and name not in fields:
            fields[name] = value


def _put_whole(fields: dict[str, Any], target: str) -> None:
    """Put what proxies log of a request beside its target: the URL with and without its host, its query, extension."""
    host = fields.get("host")
    is_path = target.startswith("/") and isinstance(host, str)
    fields.setdefault("cs-uri", [target, f"http://{host}{target}"] if is_path else target)
    if (query := fields.get("cs-uri-query")) is not None:
        fields.setdefault("c-uri-query", query)
    stem = fields.get("cs-uri-stem")
    if isinstance(stem, str) and (found := _EXTENSION.search(stem)):
        fields.setdefault("c-uri-extension", found[1])


def _guess_path(fields: dict[str, Any]) -> str:
    """Tell the log of a record that does not name it, as Zeek writes one file for each."""
    for path, name in (("dns", "qtype_name"), ("http", "user_agent"), ("ssl", "cipher"), ("conn", "conn_state")):
        if name in fields:
            return path
    return "http" if "method" in fields and "uri" in fields else "dns" if "query" in fields else ""


_GUESSED_BY = {
    "dns": ("qtype_name", "query"),
    "http": ("user_agent", "method"),
    "ssl": ("cipher",),
    "conn": ("conn_state",),
}
"""Names of fields, one of which a record has from which :func:`_guess_path` tells the log."""


def _literals() -> dict[LogSource, frozenset[str]]:
    """Give what stands in the lines of each log source: the name of the record, or that by which it is guessed."""
    literals: dict[LogSource, frozenset[str]] = {}
    for path, sources in _SOURCES.items():
        for source in sources:
            literals[source] = literals.get(source, frozenset()) | {f'"{path}"', *_GUESSED_BY.get(path, ())}
    return literals


ZEEK = LineType(
    "zeek",
    decode_zeek,
    frozenset(source for sources in (*_SOURCES.values(), _OTHER) for source in sources),
    derived=DERIVED,
    literals=_literals(),
)
