"""JSON lines: nested objects flattened to dotted names."""

from typing import Any
from zoneinfo import ZoneInfo

from soc_agent.decode import jsonweb, times, windows
from soc_agent.decode.context import Context, Early, LineType, Parsed
from soc_agent.decode.objects import flatten, read_object
from soc_agent.model import LogSource

_ANY_SOURCE = LogSource()
_RECORD = '{"Event":'
_RECORD_BYTES = _RECORD.encode()
"""How evtx_dump and our own reading of event logs begin a line."""

TIME_KEYS = (
    *("@timestamp", "timestamp", "time", "ts", "TimeGenerated", "EventTime", "eventTime", "TimeCreated", "@t"),
    *("datetime", "date", "event_time", "Timestamp", "StartUTC", "time_local", "time_iso8601", "created_at", "t.$date"),
    *("t", "_time", "UtcTime", "asctime", "log_time", "SystemTime", "__REALTIME_TIMESTAMP", "TimeCreated.SystemTime"),
    *("TimeCreated.#attributes.SystemTime", "Event.System.TimeCreated.#attributes.SystemTime"),
    *("Event.System.TimeCreated.@SystemTime", "Event.System.TimeCreated.SystemTime"),
    # Kubernetes, Entra ID, Microsoft 365, Okta, MongoDB's and MySQL's audit
    *("requestReceivedTimestamp", "stageTimestamp", "createdDateTime", "CreationTime", "published", "ts.$date"),
    "audit_record.timestamp",
)
"""Names under which programs write the time, the surest first."""
_IN_UTC = frozenset({"CreationTime"})
"""What Microsoft 365 writes without a zone."""
_UTC = ZoneInfo("UTC")
_HOST_KEYS = (
    *("hostname", "Computer", "host.name", "host.hostname", "Hostname", "ComputerName", "computer_name"),
    *("winlog.computer_name", "agent.hostname", "_HOSTNAME"),
)
_WEB_KEYS = ("method", "request", "request_method", "status", "url", "uri")


def decode_json(text: str, context: Context) -> Parsed | None:
    """Decode a line that is one JSON object: a Windows event in any of its shapes, or whatever it is, flattened."""
    if text.startswith(_RECORD) and (quick := windows.decode_record(text, context)) is not None:
        return quick
    tree = read_object(text)
    if tree is None:
        return None
    parsed = windows.decode_tree(tree, text, context)
    if parsed is None:
        fields = flatten(tree)
        if fields is None:
            return None
        parsed = Parsed("json", (_ANY_SOURCE,), fields, subject=text)
        jsonweb.name_web(parsed, context)
    if parsed.time_ns is None:
        parsed.time_ns = time_in(parsed.fields, context)
    parsed.host = parsed.host or host_in(parsed.fields)
    return parsed


def _early(line: bytes) -> Early | None:
    return windows.read_record(line) if line.startswith(_RECORD_BYTES) else None


def time_in(fields: dict[str, Any], context: Context) -> int | None:
    """Find the time among decoded fields."""
    for key in TIME_KEYS:
        value = fields.get(key)
        if value is not None:
            zone = _UTC if key in _IN_UTC else context.timezone
            time_ns = times.time_of(value, zone, context.received_ns)
            if time_ns is not None:
                return time_ns
    return None


def host_in(fields: dict[str, Any]) -> str:
    """Find the host among decoded fields."""
    for key in _HOST_KEYS:
        value = fields.get(key)
        if value.__class__ is str and value:
            return str(value)
    host = fields.get("host")
    # in the log of a web server `host` is what the client asked for
    return host if isinstance(host, str) and not any(key in fields for key in _WEB_KEYS) else ""


JSON = LineType(
    "json",
    decode_json,
    frozenset({_ANY_SOURCE, *windows.LOG_SOURCES, *jsonweb.LOG_SOURCES}),
    derived=windows.DERIVED | jsonweb.DERIVED,
    literals={**windows.literals_of_sources(), **jsonweb.LITERALS},
    early=_early,
    complete=windows.complete_record,
)
