"""Suricata's EVE: a JSON object a line, of the kind that ``event_type`` says.

Suricata's names stay (https://docs.suricata.io, "EVE JSON Format"), nested ones with dots: ``alert.signature``. Sigma's
names for DNS, proxy, web server, firewall and network connections stand beside them.
"""

from typing import Any

from soc_agent.decode.context import Context, LineType, Parsed
from soc_agent.decode.jsonlines import time_in
from soc_agent.decode.objects import parse_object
from soc_agent.decode.weblog import WEBSERVER, put_target
from soc_agent.model import LogSource

_FLOW = LogSource("network_connection", "suricata", "flow")
_SOURCES: dict[str, tuple[LogSource, ...]] = {
    "dns": (LogSource("dns", "suricata", "dns"),),
    "flow": (_FLOW, LogSource("firewall", "", "")),
    "http": (LogSource("", "suricata", "http"), LogSource("proxy", "", ""), WEBSERVER),
}
"""Log sources of the records that other products write too."""
_TYPES = (
    *(
        "alert",
        "anomaly",
        "arp",
        "bittorrent_dht",
        "dcerpc",
        "dhcp",
        "dnp3",
        "doh2",
        "drop",
        "enip",
        "fileinfo",
        "frame",
    ),
    *("ftp", "ftp_data", "ike", "krb5", "ldap", "mdns", "modbus", "mqtt", "netflow", "nfs", "packet", "pgsql", "pop3"),
    *("quic", "rdp", "rfb", "sip", "smb", "smtp", "snmp", "ssh", "stats", "telnet", "tftp", "tls", "websocket"),
)
for _type in _TYPES:
    _SOURCES[_type] = (LogSource("", "suricata", _type),)
_OTHER = (LogSource("", "suricata", ""),)

_ENDS = (("dst_ip", "dest_ip"), ("dst_port", "dest_port"), ("protocol", "proto"))
_ALIASES: dict[str, tuple[tuple[str, str], ...]] = {
    "alert": (("action", "alert.action"),),
    "dns": (
        *(("query", "dns.rrname"), ("query", "dns.queries.rrname"), ("query", "dns.query.rrname")),
        *(("record_type", "dns.rrtype"), ("record_type", "dns.queries.rrtype"), ("record_type", "dns.query.rrtype")),
        *(("answer", "dns.answers.rdata"), ("answer", "dns.answer.rdata"), ("answer", "dns.rdata")),
    ),
    "http": (
        *(("c-ip", "src_ip"), ("s-ip", "dest_ip"), ("cs-method", "http.http_method"), ("cs-host", "http.hostname")),
        *(("cs-user-agent", "http.http_user_agent"), ("c-useragent", "http.http_user_agent")),
        *(("cs-referer", "http.http_refer"), ("sc-status", "http.status")),
    ),
    "fileinfo": (
        *(("filename", "fileinfo.filename"), ("md5", "fileinfo.md5"), ("sha1", "fileinfo.sha1")),
        ("sha256", "fileinfo.sha256"),
    ),
}


def decode_eve(text: str, context: Context) -> Parsed | None:
    """Decode an event of Suricata; None when it names no kind."""
    fields = parse_object(text)
    if fields is None:
        return None
    kind = fields.get("event_type")
    if not isinstance(kind, str):
        return None
    for name, other in (*_ENDS, *_ALIASES.get(kind, ())):
        value = fields.get(other)
        if value is not None and name not in fields:
            # Suricata 8 writes each question of a message; there is one
            fields[name] = value[0] if isinstance(value, list) and len(value) == 1 else value
    if kind == "http" and isinstance(target := fields.get("http.url"), str):
        put_target(fields, target)
    sensor = fields.get("host")
    host = sensor if isinstance(sensor, str) else ""
    return Parsed("eve", _SOURCES.get(kind, _OTHER), fields, time_in(fields, context), host=host, subject=text)


def is_eve(fields: dict[str, Any]) -> bool:
    """Say whether a flattened JSON object is surely an event of Suricata."""
    kind = fields.get("event_type")
    if not isinstance(kind, str) or kind not in _SOURCES or "timestamp" not in fields:
        return False
    return "flow_id" in fields or "dest_ip" in fields or any(name.startswith(f"{kind}.") for name in fields)


def _literals() -> dict[LogSource, frozenset[str]]:
    """Give what stands in the lines of each log source: the name of its kind."""
    return {source: frozenset({f'"{kind}"'}) for kind, sources in _SOURCES.items() for source in sources}


EVE = LineType(
    "eve",
    decode_eve,
    frozenset(source for sources in (*_SOURCES.values(), _OTHER) for source in sources),
    literals=_literals(),
)
