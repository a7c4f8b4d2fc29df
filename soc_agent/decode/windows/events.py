"""From a Windows event to fields and log sources: one quick way for the usual shape, one for all others.

Both give the same: the names of the event's own data, and of what Windows says of every event ``EventID``,
``Provider_Name``, ``Channel``, ``Computer``, ``Level``, ``Keywords`` … as the public rules call them.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from soc_agent.decode import times
from soc_agent.decode.context import Context, Parsed
from soc_agent.decode.windows.naming import number_data
from soc_agent.decode.windows.routing import route
from soc_agent.decode.windows.shapes import take_apart

TYPE = "windows"
"""The type of the events."""

Plain = str | int | float | bool | None


class _ProviderAttributes(Struct, gc=False):
    Name: str | None = None


class _Provider(Struct, gc=False, rename={"attributes": "#attributes"}):
    attributes: _ProviderAttributes


class _TimeAttributes(Struct, gc=False):
    SystemTime: str


class _Time(Struct, gc=False, rename={"attributes": "#attributes"}):
    attributes: _TimeAttributes


class _SecurityAttributes(Struct, gc=False):
    UserID: str | None = None


class _Security(Struct, gc=False, rename={"attributes": "#attributes"}):
    attributes: _SecurityAttributes


class _System(Struct, gc=False):
    Provider: _Provider
    EventID: int
    TimeCreated: _Time
    Channel: str
    Computer: str
    Level: int
    Keywords: str
    EventRecordID: int
    Security: _Security | None = None


class _Inner(Struct, gc=False, rename={"attributes": "#attributes"}, forbid_unknown_fields=True):
    System: _System
    EventData: dict[str, Plain]
    attributes: msgspec.Raw = msgspec.Raw()


class _Record(Struct, gc=False, forbid_unknown_fields=True):
    Event: _Inner


_read = msgspec.json.Decoder(_Record, strict=True).decode
_LONGEST_NUMBER = 9


def decode_record(text: str, context: Context) -> Parsed | None:
    """Decode a line in the shape of evtx_dump, with nothing unusual in it. None: try :func:`decode_tree`."""
    try:
        inner = _read(text).Event
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    system, data = inner.System, inner.EventData
    if "Data" in data:
        return None
    provider = system.Provider.attributes.Name
    number, channel, time = system.EventID, system.Channel, system.TimeCreated.attributes.SystemTime
    fields: dict[str, Any] = {
        "EventID": number,
        "Channel": channel,
        "Computer": system.Computer,
        "Level": system.Level,
        "Keywords": system.Keywords,
        "EventRecordID": system.EventRecordID,
        "SystemTime": time,
    }
    if system.Security is not None and system.Security.attributes.UserID is not None:
        fields["Security_UserID"] = system.Security.attributes.UserID
    fields.update(data)
    fields["EventID"] = number
    if provider is not None:
        fields["Provider_Name"] = provider
    time_ns = _quick_time(time)
    if time_ns is None:
        time_ns = times.time_of(time, context.timezone, context.received_ns)
    return _parsed(fields, channel, provider or "", number, time_ns, system.Computer, text)


_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTES_KEPT = 4_096


@lru_cache(maxsize=_MINUTES_KEPT)
def _minute_ns(minute: str) -> int | None:
    """Give the nanoseconds of the beginning of a minute, ``2026-03-02T06:00``."""
    try:
        begin = datetime.strptime(minute + "+0000", "%Y-%m-%dT%H:%M%z")
    except ValueError:
        return None
    return (begin - _UNIX_EPOCH) // timedelta(minutes=1) * 60_000_000_000


def _quick_time(text: str) -> int | None:
    """Read a time as Windows writes it, ``2026-03-02T06:00:00.057000Z``; None when it is another form."""
    if len(text) != 27 or text[16] != ":" or text[19] != "." or text[26] != "Z":
        return None
    digits = text[17:19] + text[20:26]
    if not (digits.isascii() and digits.isdigit()) or digits >= "60":
        return None
    begin_ns = _minute_ns(text[:16])
    return None if begin_ns is None else begin_ns + int(digits) * 1000


def decode_tree(tree: dict[str, Any], text: str, context: Context) -> Parsed | None:
    """Decode an object in any shape that is known; None when it is no Windows event."""
    found = take_apart(tree)
    if found is None or found.system.get("EventID") is None:
        return None
    system = found.system
    fields = _joined(system, {**found.rest, **found.data})
    number = _number(system["EventID"])
    channel, provider = _text(system.get("Channel")), _text(system.get("Provider_Name"))
    time_ns = None
    if (written := system.get("SystemTime")) is not None:
        time_ns = times.time_of(written, context.timezone, context.received_ns)
    if not found.data:
        _read_message(fields, route(channel, provider, number).service)
    return _parsed(fields, channel, provider, number, time_ns, _text(system.get("Computer")), text)


def _joined(system: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """Put both together. Names of the event's own data win, but for the two by which rules know the event."""
    fields = {**system, **data}
    fields["EventID"] = system["EventID"]
    if "Provider_Name" in system:
        fields["Provider_Name"] = system["Provider_Name"]
    return fields


def _parsed(
    fields: dict[str, Any], channel: str, provider: str, number: int, time_ns: int | None, host: str, text: str
) -> Parsed:
    found = route(channel, provider, number)
    if found.finish is not None:
        found.finish(fields)
    if "param1" in fields or "Data" in fields:
        number_data(fields)
    sources = found.log_sources
    if found.by_change:
        change = _change_of(fields, number)
        if change:
            sources = found.by_change.get(change.lower(), sources)
    return Parsed(TYPE, sources, fields, time_ns, host, subject=text)


def _change_of(fields: dict[str, Any], number: int) -> str:
    """Give what happened to the registry. NXLog writes the severity under the same name and hides it."""
    change = fields.get("EventType")
    if isinstance(change, str) and change.isupper():
        change = _in_message(fields.get("Message"), "EventType") or {13: "SetValue", 14: "RenameKey"}.get(number)
        if change is None:
            return ""
        fields["EventType"] = change
    return change if isinstance(change, str) else ""


def _in_message(message: Any, name: str) -> str | None:
    for line in message.splitlines() if isinstance(message, str) else ():
        label, colon, value = line.partition(": ")
        if colon and label.strip() == name:
            return str(value.strip())
    return None


def _read_message(fields: dict[str, Any], service: str) -> None:
    """Read the data of a Sysmon event from its message, ``Image: …`` in a line, where there are none otherwise."""
    message = fields.get("Message")
    if service != "sysmon" or not isinstance(message, str) or "Image" in fields:
        return
    for line in message.splitlines()[1:]:
        label, colon, value = line.partition(":")
        if colon and label.isidentifier():
            fields.setdefault(label, value.strip())


def _number(value: Any) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER else -1


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
