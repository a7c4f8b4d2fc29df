"""The state of correlations as bytes, so that a restart goes on where the last commit stood.

With each block goes one record of what was counted: a few bytes an event, however large its group is. Counting has no
randomness and no clock, so the same records counted again give the same windows. Once the records together are larger
than the state itself, a snapshot of the state takes their place.

msgpack of plain data. What is of another version, or of a correlation whose definition changed, is not taken.
"""

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import islice
from typing import Any

import msgspec
from msgspec import Raw, Struct

from soc_agent.detect.correlate.entry import Entry
from soc_agent.detect.correlate.spec import Check, CorrelationSpec
from soc_agent.detect.correlate.watermark import Mark

RECORDS = "~records"
LINES = "~lines"
SNAPSHOT = "~snapshot"
"""Stand for the rule id in the rows of records, of lines to be shown, and of the parts of a snapshot."""
GROUPS_PER_PART = 16_384
_VERSION = 5


class StateChange(Struct, frozen=True):
    """A row of state that is to be kept, or no longer."""

    rule_id: str
    group: str
    data: bytes | None
    """None: forget it."""


class Counted(Struct, array_like=True, frozen=True):
    """A correlation that counted, as it was then."""

    number: int
    id: str
    print: bytes
    """Its :func:`fingerprint`."""
    condition: bytes
    """What :func:`condition_of` gives."""


class Record(Struct, array_like=True):
    """What was counted between two commits."""

    version: int
    number: int
    """Of the record, from 1; a snapshot holds all up to its number."""
    turn: int
    """Number of the last event."""
    specs: list[Counted]
    """Each correlation that counted."""
    steps: list[int | str | tuple[Any, ...]]
    """By threes: number of the correlation, group key, entry; where what waited was judged, number of the correlation,
    nothing, and the time up to which, alone; or a negative number, nothing, and what it says."""
    marks: list[tuple[str, Mark | None]]


class Head(Struct, array_like=True):
    """The part of a snapshot that is of no single correlation."""

    version: int
    number: int
    turn: int
    marks: list[tuple[str, Mark | None]]


class Part(Struct, array_like=True):
    """Groups of one correlation, in a snapshot."""

    version: int
    spec_id: str
    print: bytes
    rest: tuple[Any, ...]
    groups: Raw


def fingerprint(spec: CorrelationSpec) -> bytes:
    """Give 8 bytes that change when windows of the correlation mean something else."""
    meaning = (
        spec.kind,
        spec.rule_ids,
        spec.timespan_ns,
        spec.group_by,
        spec.aliases,
        spec.value_fields,
        spec.terms,
    )
    own = [part for part in (spec.rhythm, spec.session) if part]
    whole = (*meaning, *own)
    return blake2b(msgspec.json.encode(whole, order="sorted"), digest_size=8).digest()


def condition_of(spec: CorrelationSpec) -> bytes:
    """Give what decides, besides what windows mean, which of them are complete."""
    return msgspec.json.encode((spec.checks, spec.percentile))


def with_condition(spec: CorrelationSpec, condition: bytes) -> CorrelationSpec:
    """Give a correlation with the condition of before; as it is, where that cannot be read."""
    try:
        checks, percentile = _conditions.decode(condition)
    except msgspec.DecodeError:
        return spec
    return msgspec.structs.replace(spec, checks=checks, percentile=percentile)


def pack(item: Record | Head | Part) -> bytes:
    """Give a row as bytes."""
    if isinstance(item, (Record, Head)):
        item.marks = [(_writable(stream_id), mark) for stream_id, mark in item.marks]
    return _encoder.encode(item)


def pack_groups(spec_id: str, print_: bytes, rest: tuple[Any, ...], groups: dict[str, Any]) -> Iterator[bytes]:
    """Give the groups of one correlation as parts of a snapshot."""
    if len(groups) <= GROUPS_PER_PART:
        yield pack(Part(_VERSION, spec_id, print_, rest, Raw(_encoder.encode(groups))))
        return
    items = iter(groups.items())
    while some := dict(islice(items, GROUPS_PER_PART)):
        yield pack(Part(_VERSION, spec_id, print_, rest, Raw(_encoder.encode(some))))


def new_record(
    number: int,
    turn: int,
    specs: Iterable[Counted],
    steps: list[Any],
    marks: list[tuple[str, Mark | None]],
) -> bytes:
    """Give a record as bytes."""
    return pack(Record(_VERSION, number, turn, list(specs), steps, marks))


def new_head(number: int, turn: int, marks: list[tuple[str, Mark | None]]) -> bytes:
    """Give the head of a snapshot as bytes."""
    return pack(Head(_VERSION, number, turn, marks))


def pack_lines(lines: dict[int, bytes]) -> bytes:
    """Give lines, by the number of their event, as bytes."""
    return _encoder.encode(lines)


def unpack_lines(data: bytes) -> dict[int, bytes] | None:
    """Give lines from bytes; None when they are damaged."""
    try:
        return _lines.decode(data)
    except msgspec.DecodeError:
        return None


def unpack_record(data: bytes) -> Record | None:
    """Give a record from bytes; None when they are of another version, or damaged."""
    try:
        record = _records.decode(data)
    except msgspec.DecodeError:
        return None
    return record if record.version == _VERSION and len(record.steps) % 3 == 0 else None


def unpack_head(data: bytes) -> Head | None:
    """Give the head of a snapshot from bytes; None when they are of another version, or damaged."""
    try:
        head = _heads.decode(data)
    except msgspec.DecodeError:
        return None
    return head if head.version == _VERSION else None


def unpack_part(data: bytes) -> Part | None:
    """Give a part of a snapshot from bytes; None when they are of another version, or damaged."""
    try:
        part = _parts.decode(data)
    except msgspec.DecodeError:
        return None
    return part if part.version == _VERSION else None


def unpack_windows(groups: Raw) -> dict[str, list[Entry]]:
    """Give the groups of a part that are lists of entries."""
    return _windows.decode(groups)


def unpack_seen(groups: Raw) -> dict[str, list[Any]]:
    """Give the groups of a part that are memories of values."""
    return _seen.decode(groups)


def _writable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


_encoder = msgspec.msgpack.Encoder()
_conditions = msgspec.json.Decoder(tuple[tuple[Check, ...], int])
_records = msgspec.msgpack.Decoder(Record)
_heads = msgspec.msgpack.Decoder(Head)
_parts = msgspec.msgpack.Decoder(Part)
_windows = msgspec.msgpack.Decoder(dict[str, list[tuple[Any, ...]]])
_lines = msgspec.msgpack.Decoder(dict[int, bytes])
_seen = msgspec.msgpack.Decoder(dict[str, list[Any]])
