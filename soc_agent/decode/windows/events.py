"""From a Windows event to fields and log sources: one quick way for the usual shape, one for all others.

Both give the same: the names of the event's own data, and of what Windows says of every event ``EventID``,
``Provider_Name``, ``Channel``, ``Computer``, ``Level``, ``Keywords`` … as the public rules call them.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, cast

import msgspec
from msgspec import Struct

from soc_agent.decode import times
from soc_agent.decode.context import Context, Early, Parsed
from soc_agent.decode.windows.messages import data_of_message
from soc_agent.decode.windows.naming import number_data
from soc_agent.decode.windows.routing import route
from soc_agent.decode.windows.shapes import take_apart
from soc_agent.model import LogSource

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


def read_record(line: bytes | str) -> Early | None:
    """Read a line in the shape of evtx_dump, with nothing unusual in it. None: try :func:`decode_tree`."""
    try:
        inner = _read(line).Event
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    system, fields = inner.System, cast("dict[str, Any]", inner.EventData)
    if "Data" in fields:
        return None
    provider = system.Provider.attributes.Name or ""
    number, channel, time = system.EventID, system.Channel, system.TimeCreated.attributes.SystemTime
    # put to the event's own data one by one: of most events that is the larger part, and need not be copied so
    put = fields.setdefault
    put("Channel", channel)
    put("Computer", system.Computer)
    put("Level", system.Level)
    put("Keywords", system.Keywords)
    put("EventRecordID", system.EventRecordID)
    put("SystemTime", time)
    if system.Security is not None and system.Security.attributes.UserID is not None:
        put("Security_UserID", system.Security.attributes.UserID)
    fields["EventID"] = number
    if system.Provider.attributes.Name is not None:
        fields["Provider_Name"] = provider
    return Early(_finished(fields, channel, provider, number), fields, time, system.Computer)


def complete_record(early: Early, text: str, context: Context) -> Parsed:
    """Give the whole of a line of which :func:`read_record` gave the beginning."""
    time_ns = _quick_time(early.time)
    if time_ns is None:
        time_ns = times.time_of(early.time, context.timezone, context.received_ns)
    return Parsed(TYPE, early.log_sources, early.fields, time_ns, early.host, subject=text)


def decode_record(text: str, context: Context) -> Parsed | None:
    """Decode a line as :func:`read_record`, all at once."""
    early = read_record(text)
    return None if early is None else complete_record(early, text, context)


_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.")
_SECONDS_KEPT = 4_096


@lru_cache(maxsize=_SECONDS_KEPT)
def _second_ns(second: str) -> int | None:
    """Give the nanoseconds of the beginning of a second, ``2026-03-02T06:00:00.``; None for any other form."""
    if not _SECOND.fullmatch(second):
        return None
    try:
        begin = datetime.fromisoformat(second[:19] + "Z")
    except ValueError:  # no such day; a leap second
        return None
    return (begin - _UNIX_EPOCH) // timedelta(seconds=1) * 1_000_000_000


def _quick_time(text: str) -> int | None:
    """Read a time as Windows writes it, ``2026-03-02T06:00:00.057000Z``; None when it is another form."""
    if len(text) != 27 or text[26] != "Z":
        return None
    digits = text[20:26]
    begin_ns = _second_ns(text[:20])
    if begin_ns is None or not (digits.isascii() and digits.isdigit()):
        return None
    return begin_ns + int(digits) * 1000


def decode_tree(tree: dict[str, Any], text: str, context: Context) -> Parsed | None:
    """Decode an object in any shape that is known; None when it is no Windows event."""
    found = take_apart(tree)
    if found is None or found.system.get("EventID") is None:
        return None
    return decode_parts(found.system, {**found.rest, **found.data}, text, context, has_data=bool(found.data))


def decode_parts(
    system: dict[str, Any], data: dict[str, Any], text: str, context: Context, *, has_data: bool = False
) -> Parsed:
    """Decode what Windows says of every event, its ``EventID`` at least, and what this one says.

    :param has_data: whether the data are named; otherwise the message tells them.
    """
    fields = _joined(system, data)
    number = _number(system["EventID"])
    channel, provider = _text(system.get("Channel")), _text(system.get("Provider_Name"))
    time_ns = None
    if (written := system.get("SystemTime")) is not None:
        time_ns = times.time_of(written, context.timezone, context.received_ns)
    if not has_data:
        _read_message(fields, route(channel, provider, number).service, number)
    sources = _finished(fields, channel, provider, number)
    return Parsed(TYPE, sources, fields, time_ns, _text(system.get("Computer")), subject=text)


def _joined(system: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """Put both together. Names of the event's own data win, but for the two by which rules know the event."""
    fields = {**system, **data}
    fields["EventID"] = system["EventID"]
    if "Provider_Name" in system:
        fields["Provider_Name"] = system["Provider_Name"]
    return fields


def _finished(fields: dict[str, Any], channel: str, provider: str, number: int) -> tuple[LogSource, ...]:
    """Add the names that rules expect, and give the log sources."""
    found = route(channel, provider, number)
    if found.finish is not None:
        found.finish(fields)
    if "param1" in fields or "Data" in fields:
        number_data(fields)
    if found.by_change:
        change = _change_of(fields, number)
        if change:
            return found.by_change.get(change.lower(), found.log_sources)
    return found.log_sources


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


def _read_message(fields: dict[str, Any], service: str, number: int) -> None:
    """Read the data of an event from its message, where there are none otherwise; of Sysmon ``Image: …`` in a line."""
    message = fields.get("Message")
    if service in _TOLD and isinstance(message, str) and _NAMED.isdisjoint(fields):
        for name, value in data_of_message(number, message).items():
            fields.setdefault(name, value)
    if service != "sysmon" or not isinstance(message, str) or "Image" in fields:
        return
    for line in message.splitlines()[1:]:
        label, colon, value = line.partition(":")
        if colon and label.isidentifier():
            fields.setdefault(label, value.strip())


_TOLD = frozenset({"security", "system"})
_NAMED = frozenset({"SubjectUserName", "TargetUserName", "IpAddress", "ServiceName", "param1"})
"""Data that stand beside the message: then it tells nothing more."""


def _number(value: Any) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER else -1


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
