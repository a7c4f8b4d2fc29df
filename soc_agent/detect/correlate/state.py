"""The state of correlation windows as bytes, so that a restart goes on where the last commit stood.

msgpack of small structs. State of another version, or of a correlation whose definition changed, is not taken.
"""

from hashlib import blake2b

import msgspec
from msgspec import Struct

from soc_agent.detect.correlate.entry import Entry
from soc_agent.detect.correlate.spec import CorrelationSpec
from soc_agent.detect.correlate.watermark import Mark

STREAMS = "~streams"
"""Stands for the rule id in the states of streams."""
_VERSION = 2


class StateChange(Struct, frozen=True):
    """What became of the state of one group of a correlation, or of one stream."""

    rule_id: str
    group: str
    data: bytes | None
    """None: forget it."""


class Place(Struct, array_like=True, frozen=True):
    """How far the events of a stream were counted in a group."""

    offset: int = -1
    """Of the line of the last event."""
    rules: int = 0
    """Which rules of the correlation that line was counted for: one bit each."""


class GroupState(Struct, array_like=True):
    """All that a group remembers."""

    version: int
    spec: bytes
    """What :func:`fingerprint` gave for its correlation."""
    turn: int
    """Number of its last event."""
    prune_at: int
    streams: list[str]
    counted: list[Place]
    entries: list[Entry]


def fingerprint(spec: CorrelationSpec) -> bytes:
    """Give 8 bytes that change when windows of the correlation mean something else."""
    meaning = (spec.kind, spec.rule_ids, spec.timespan_ns, spec.group_by, spec.aliases, spec.value_fields)
    return blake2b(msgspec.json.encode(meaning, order="sorted"), digest_size=8).digest()


def pack_group(
    print_: bytes, turn: int, prune_at: int, streams: list[str], counted: list[Place], entries: list[Entry]
) -> bytes:
    """Give a group as bytes."""
    return _encoder.encode(GroupState(_VERSION, print_, turn, prune_at, streams, counted, entries))


def unpack_group(data: bytes, print_: bytes) -> GroupState | None:
    """Give a group from bytes; None when they are of another version or definition, or damaged."""
    try:
        state = _group_decoder.decode(data)
    except msgspec.DecodeError:
        return None
    fits = state.version == _VERSION and state.spec == print_ and len(state.counted) == len(state.streams)
    return state if fits and all(entry.stream < len(state.streams) for entry in state.entries) else None


def pack_mark(mark: Mark) -> bytes:
    """Give the time of a stream as bytes."""
    return _encoder.encode(mark)


def unpack_mark(data: bytes) -> Mark | None:
    """Give the time of a stream from bytes; None when they are damaged."""
    try:
        return _mark_decoder.decode(data)
    except msgspec.DecodeError:
        return None


_encoder = msgspec.msgpack.Encoder()
_group_decoder = msgspec.msgpack.Decoder(GroupState)
_mark_decoder = msgspec.msgpack.Decoder(Mark)
