"""JSON lines: nested objects flattened to dotted names."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from soc_agent.decode import times
from soc_agent.decode.context import Context, LineType, Parsed
from soc_agent.model import LogSource

_ANY_SOURCE = LogSource()
_WINDOWS_SERVICES = {
    "security": "security",
    "system": "system",
    "application": "application",
    "microsoft-windows-sysmon/operational": "sysmon",
    "microsoft-windows-powershell/operational": "powershell",
    "windows powershell": "powershell-classic",
    "microsoft-windows-taskscheduler/operational": "taskscheduler",
    "microsoft-windows-windows defender/operational": "windefend",
}
"""Channels of Windows event logs to the services that Sigma names."""
_WINDOWS = LogSource("", "windows", "")

TIME_KEYS = (
    *("@timestamp", "timestamp", "time", "ts", "TimeGenerated", "EventTime", "eventTime", "TimeCreated", "@t"),
    *("datetime", "date", "event_time", "Timestamp", "StartUTC", "time_local", "time_iso8601", "created_at", "t.$date"),
    *("t", "_time", "UtcTime", "asctime", "log_time", "SystemTime", "__REALTIME_TIMESTAMP", "TimeCreated.SystemTime"),
    *("TimeCreated.#attributes.SystemTime", "Event.System.TimeCreated.#attributes.SystemTime"),
    *("Event.System.TimeCreated.@SystemTime", "Event.System.TimeCreated.SystemTime"),
)
"""Names under which programs write the time, the surest first."""
_HOST_KEYS = (
    *("hostname", "Computer", "host.name", "host.hostname", "Hostname", "ComputerName", "computer_name"),
    *("winlog.computer_name", "agent.hostname", "_HOSTNAME"),
)
_WEB_KEYS = ("method", "request", "request_method", "status", "url", "uri")
_LIFTED = frozenset({"EventData", "event_data", "UserData", "System", "EventXML"})
"""Objects whose members also stand under their own names: rules for Windows call them so."""
_WINDOWS_ALIASES = (
    *(("EventID", "winlog.event_id"), ("Channel", "winlog.channel"), ("Computer", "winlog.computer_name")),
    *(("Provider_Name", "winlog.provider_name"), ("Provider_Name", "Event.System.Provider.#attributes.Name")),
    *(("Provider_Name", "SourceName"), ("EventID", "event_id")),
)
_FIELD_CAP = 2000
_DEPTH_CAP = 32
_NAME_CAP = 512


def decode_json(text: str, context: Context) -> Parsed | None:
    """Decode a line that is one JSON object.

    ``{"a": {"b": 1}}`` becomes ``a.b``; lists of plain values stay one list; a list of objects gives, for each name in
    them, a list of its values. What lies deeper than 32 levels, or beyond 2,000 fields, is left out.
    """
    fields = parse_object(text)
    if fields is None:
        return None
    sources: tuple[LogSource, ...] = (_ANY_SOURCE,)
    if "EventID" in fields or "event_id" in fields or "winlog.event_id" in fields:
        sources = _windows(fields)
    return Parsed("json", sources, fields, time_in(fields, context), host_in(fields), subject=text)


def parse_object(text: str) -> dict[str, Any] | None:
    """Read one JSON object and flatten it; None when the text is no object."""
    text = text.strip(" \t\r\n\0\ufeff")
    if not text.startswith("{"):
        return None
    try:
        tree = msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError):
        tree = _lenient(text)
    except RecursionError:
        return None
    if not isinstance(tree, dict):
        return None
    for value in tree.values():
        if value.__class__ is dict or value.__class__ is list:
            break
    else:
        return tree
    fields: dict[str, Any] = {}
    try:
        _flatten(tree, "", fields, 0)
    except RecursionError:
        return None
    return fields


def time_in(fields: dict[str, Any], context: Context) -> int | None:
    """Find the time among decoded fields."""
    for key in TIME_KEYS:
        value = fields.get(key)
        if value is not None:
            time_ns = times.time_of(value, context.timezone, context.received_ns)
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


def _lenient(text: str) -> Any:
    """Read what msgspec refuses and others write: half a surrogate pair, NaN, numbers without bound."""
    try:
        tree = json.loads(text)
        return msgspec.json.decode(msgspec.json.encode(_sound(tree)))
    except (ValueError, RecursionError, OverflowError, msgspec.DecodeError):
        return None


def _sound(value: Any) -> Any:
    """Give a value without surrogates and without numbers that are none."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_sound(key): _sound(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_sound(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _flatten(tree: dict[str, Any], prefix: str, fields: dict[str, Any], depth: int) -> None:
    # names grow with every level: without these bounds one line could fill the memory
    if len(fields) > _FIELD_CAP or len(prefix) > _NAME_CAP or depth > _DEPTH_CAP:
        return
    for key, value in tree.items():
        kind = value.__class__
        if kind is dict:
            _flatten_object(key, prefix + key, value, fields, depth)
        elif kind is list:
            _flatten_list(key, prefix + key, value, fields, depth)
        else:
            fields[prefix + key] = value


def _flatten_object(key: str, name: str, value: dict[str, Any], fields: dict[str, Any], depth: int) -> None:
    if "#text" in value and value["#text"].__class__ in _PLAIN:  # an XML element with attributes
        fields[name] = value["#text"]
    _flatten(value, name + ".", fields, depth + 1)
    if key in _LIFTED:
        for leaf, inner in value.items():
            plain = inner.get("#text") if inner.__class__ is dict else inner
            if plain.__class__ in _PLAIN:
                fields.setdefault(leaf, plain)


_PLAIN = frozenset({str, int, float, bool})


def _flatten_list(key: str, name: str, values: list[Any], fields: dict[str, Any], depth: int) -> None:
    plain: list[Any] = []
    for value in values:
        if value.__class__ is dict:
            if len(fields) <= _FIELD_CAP:
                _flatten_member(key, name, value, fields, depth)
        elif value.__class__ is list:
            plain += _leaves(value, depth)
        else:
            plain.append(value)
    if plain or not values:
        fields[name] = plain


def _leaves(values: list[Any], depth: int) -> Iterator[Any]:
    """Yield the plain values in lists of lists."""
    if depth > _DEPTH_CAP:
        return
    for value in values:
        if value.__class__ is list:
            yield from _leaves(value, depth + 1)
        elif value.__class__ is not dict:
            yield value


def _flatten_member(key: str, name: str, value: dict[str, Any], fields: dict[str, Any], depth: int) -> None:
    """Flatten an object in a list. Named data of a Windows event (``{"@Name": …, "#text": …}``) become fields."""
    label = value.get("@Name", value.get("Name"))
    if key == "Data" and label.__class__ is str:
        fields.setdefault(label, value.get("#text", value.get("Value", value.get("content"))))
        return
    inner: dict[str, Any] = {}
    _flatten(value, f"{name}.", inner, depth + 1)
    for leaf, part in inner.items():
        held = fields.setdefault(leaf, [])
        if held.__class__ is not list:
            held = fields[leaf] = [held]
        if part.__class__ is list:
            held.extend(part)
        else:
            held.append(part)


def _windows(fields: dict[str, Any]) -> tuple[LogSource, ...]:
    for name, other in _WINDOWS_ALIASES:
        if name not in fields and other in fields:
            fields[name] = fields[other]
    channel = fields.get("Channel")
    if not isinstance(channel, str):
        return (_ANY_SOURCE,)
    service = _WINDOWS_SERVICES.get(channel.lower())
    return (LogSource("", "windows", service),) if service else (_WINDOWS,)


def _literals() -> dict[LogSource, frozenset[str]]:
    """Give what stands in the lines of each log source of Windows: a part of its channel, or the name of its number.

    The part has no slash, which JSON may escape, and no ``k``, of which there is a second capital (U+212A).
    """
    literals = {
        LogSource("", "windows", service): frozenset({max(re.split("[/k]", channel), key=len)})
        for channel, service in _WINDOWS_SERVICES.items()
    }
    return literals | {_WINDOWS: frozenset({"EventID", "event_id"})}


JSON = LineType(
    "json",
    decode_json,
    frozenset({_ANY_SOURCE, _WINDOWS, *(LogSource("", "windows", service) for service in _WINDOWS_SERVICES.values())}),
    literals=_literals(),
)
