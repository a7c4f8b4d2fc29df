"""Syslog that a log shipper passes on as JSON objects: the event is that of the message, as if it had come as a line.

Vector, Fluent Bit and Fluentd, Filebeat, rsyslog, syslog-ng, NXLog, Wazuh, Docker and journald each name the parts in
their own way; some of them hand on the whole line. What a shipper tells beside is kept under its names.
"""

from typing import Any

from soc_agent.decode import times
from soc_agent.decode.addresses import address
from soc_agent.decode.context import Context, LineType, Parsed
from soc_agent.decode.jsonlines import JSON, host_in, time_in
from soc_agent.decode.objects import parse_object
from soc_agent.decode.syslog import SYSLOG, decode_syslog, is_syslog, make_parsed

TYPE = "syslog_json"
_WHOLE = ("message", "log", "full_log", "event.original", "MESSAGE", "msg", "Message", "raw_event", "line", "raw")
"""Names under which a whole line is handed on."""
_TEXT = ("MESSAGE", "message", "msg", "Message")
_PROGRAM = (
    *(
        "SYSLOG_IDENTIFIER",
        "appname",
        "app_name",
        "programname",
        "PROGRAM",
        "program",
        "ident",
        "app-name",
        "SourceName",
    ),
    *("syslog.appname", "log.syslog.appname", "syslog_program", "syslogtag"),
)
_COMPANIONS = (
    *(
        "facility",
        "FACILITY",
        "SyslogFacility",
        "SYSLOG_FACILITY",
        "syslogfacility",
        "syslogfacility-text",
        "pri",
        "PRI",
    ),
    *("severity", "SEVERITY", "SyslogSeverity", "syslogseverity", "syslogseverity-text", "PRIORITY", "priority"),
    *("procid", "pid", "PID", "ProcessID", "SYSLOG_PID", "_PID", "log.syslog.procid", "log.syslog.priority"),
    *("source_type", "timereported", "fromhost-ip"),
)
"""Beside a program and a text, one of these says that it was syslog."""
_PROCESS = ("SYSLOG_PID", "_PID", "procid", "pid", "PID", "ProcessID", "log.syslog.procid")
_PRIORITY = ("pri", "PRI", "log.syslog.priority")
_TIME = ("timereported", "timestamp", "DATE", "ISODATE", "timegenerated", "EventTime", "EventReceivedTime")
_HOST = ("HOST", "_HOSTNAME", "hostname", "Hostname", "host.name", "log.syslog.hostname")
_RELAY = ("fromhost-ip", "SOURCEIP", "MessageSourceAddress", "log.source.address")
"""Who handed the message to the shipper: not where it began, and never the source of an attack."""
_OTHERS = frozenset({"EventID", "EventRecordID", "winlog.event_id", "rule.id"})
"""Of Windows, or alerts of another product."""


def decode_syslog_json(text: str, context: Context) -> Parsed | None:
    """Decode an object that hands on a syslog message; None for any other."""
    fields = parse_object(text)
    if fields is None or (carried := _carried(fields)) is None:
        return None
    name, is_whole = carried
    if is_whole:
        parsed = decode_syslog(fields[name].strip(), context)
        if parsed is None:
            return None
    else:
        parsed = _assembled(fields, name, context)
    if parsed.time_ns is None:
        parsed.time_ns = time_in(fields, context)
    parsed.host = parsed.host or _host(fields)
    _keep_rest(parsed.fields, fields, name)
    return parsed


def is_syslog_json(fields: dict[str, Any]) -> bool:
    """Say whether an object, flattened, hands on a syslog message."""
    return _carried(fields) is not None


def _carried(fields: dict[str, Any]) -> tuple[str, bool] | None:
    """Give the name of the field that holds the message, and whether it holds a whole line; None when none does."""
    if not _OTHERS.isdisjoint(fields):
        return None
    for name in _WHOLE:
        value = fields.get(name)
        if value.__class__ is str and is_syslog(value.lstrip()):
            return name, True
    if _first(fields, _PROGRAM) and any(name in fields for name in _COMPANIONS):
        return next(((name, False) for name in _TEXT if fields.get(name).__class__ is str), None)
    return None


def _assembled(fields: dict[str, Any], name: str, context: Context) -> Parsed:
    priority = _first(fields, _PRIORITY)
    # rsyslog's tag holds the number of the process, too: sshd[2211]:
    program, _, rest = _first(fields, _PROGRAM).rstrip(":").partition("[")
    time_ns = None
    for key in _TIME:
        if time_ns is None and key in fields:
            time_ns = times.time_of(fields[key], context.timezone, context.received_ns)
    return make_parsed(
        fields[name].strip(),
        _host(fields),
        program.strip(),
        _first(fields, _PROCESS) or rest.rstrip("]") or None,
        priority if priority.isdecimal() and priority.isascii() and len(priority) < 4 else None,
        time_ns,
        {},
    )


def _keep_rest(found: dict[str, Any], fields: dict[str, Any], name: str) -> None:
    """Keep what the shipper tells beside; the sender that it saw is a relay, whatever it calls it."""
    is_relayed = fields.get("source_type") == "syslog"
    for key, value in fields.items():
        if key == name or key in _PROGRAM or key in _PROCESS:
            continue
        if key in _RELAY or (is_relayed and key == "source_ip"):
            if relay := address(str(value)):
                found["relay_ip"] = relay
        else:
            found.setdefault(key, value)


def _host(fields: dict[str, Any]) -> str:
    return _first(fields, _HOST) or host_in(fields)


def _first(fields: dict[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = fields.get(name)
        if value.__class__ is str and value:
            return str(value)
        if value.__class__ is int:
            return str(value)
    return ""


SYSLOG_JSON = LineType(
    TYPE,
    decode_syslog_json,
    SYSLOG.log_sources,
    derived=SYSLOG.derived,
    undecoded=SYSLOG.undecoded,
    like=SYSLOG.name,
    otherwise=JSON.name,
)
