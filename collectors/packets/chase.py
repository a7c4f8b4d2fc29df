"""Where the records of a pcap file begin, found in bulk.

A record says how long it is, so each leads to the next one alone. To follow many chains at once, a stretch of the file
is divided into lanes. Where a lane begins is guessed, and followed from there: all lanes make a step together. A guess
was right when the chain of the lane before ends exactly there; where it does not, records are stepped over one by one
until a chain is met again. So what is found does not depend on the guesses, which a hostile payload can mislead; they
decide over the time it takes alone.
"""

from struct import Struct
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from collectors.packets.frames import MAX_FRAME_BYTES, MAX_FRAMES, Ints, gather

RECORD_BYTES = 16
"""Of the header of a record: seconds, fraction, bytes captured, bytes on the wire (draft-ietf-opsawg-pcap, 5)."""
LANE_BYTES = 32_768
_LEAST_LANES = 16
_LOOK_BYTES = 16_384
"""So far behind the beginning of a lane a record is looked for."""
_LIKELY_BYTES = 1 << 20
"""Of a frame: a guess goes no further."""
_TRIES = 8
"""Guesses for a lane, before it is left out."""


class Chain(NamedTuple):
    """Records that follow one another."""

    places: Ints
    """Where they begin."""
    end: int
    """Where the last of them ends."""


def chase(buffer: bytearray, begin: int, end: int, order: str) -> Chain:
    """Give whole records from a place where one begins on; none when there is no whole one, or one that cannot be.

    :param end: of what was read.
    :param buffer: must be readable for :data:`RECORD_BYTES` more after ``end``.
    :param order: ``<`` or ``>``.
    """
    starts = _lanes(buffer, begin, end, order)
    if len(starts) < _LEAST_LANES:
        return _one_by_one(buffer, begin, end, order, {})
    places, stops = _together(buffer, np.array(starts, np.int64), end, order)
    bounds = np.array([*starts[1:], end], np.int64)
    # the last lane ends where no whole record is left, all others where the next one begins
    missed = np.flatnonzero(stops[:-1] != bounds[:-1]).tolist()
    found = (
        _mend(buffer, places, starts, stops.tolist(), missed, end, order) if missed else Chain(places, int(stops[-1]))
    )
    sizes = gather(np.frombuffer(buffer, np.uint8), found.places + 8, order + "u4")
    bad = np.flatnonzero(sizes > MAX_FRAME_BYTES)
    return Chain(found.places[: bad[0]], int(found.places[bad[0]])) if len(bad) else found


def _lanes(buffer: bytearray, begin: int, end: int, order: str) -> list[int]:
    """Guess where a record begins, about every :data:`LANE_BYTES`; the first is no guess."""
    starts = [begin]
    words = Struct(order + "IIII")
    high = words.unpack_from(buffer, begin)[0] >> 16
    for target in range(begin + LANE_BYTES, end - LANE_BYTES // 2, LANE_BYTES):
        for now in (high, high + 1):
            place = _guess(buffer, target, end, words, now & 0xFFFF)
            if place >= 0:
                starts.append(place)
                high = now
                break
    return starts


def _guess(buffer: bytearray, target: int, end: int, words: Struct, high: int) -> int:
    """Give where a record probably begins after a place, -1 if nowhere near.

    What begins in the same 18 hours has the same high half of its seconds.
    """
    is_little = words.format[0] == "<"
    skip, mark = (2, high.to_bytes(2, "little")) if is_little else (0, high.to_bytes(2, "big"))
    at = target
    for _ in range(_TRIES):
        at = buffer.find(mark, at + skip, target + _LOOK_BYTES) - skip
        if at < target:
            break
        _, fraction, size, wire = words.unpack_from(buffer, at)
        after = at + RECORD_BYTES + size
        is_likely = 0 < size <= wire <= _LIKELY_BYTES and fraction < 1_000_000_000 and after + RECORD_BYTES < end
        if is_likely and buffer[after + skip : after + skip + 2] == mark:
            return at
        at += 1
    return -1


def _together(buffer: bytearray, starts: Ints, end: int, order: str) -> tuple[Ints, Ints]:
    """Follow all chains; give what they found, and where each stopped: at most at the beginning of the next lane."""
    sizes: NDArray[np.uint32] = np.ndarray((len(buffer) - 11,), order + "u4", buffer=buffer, strides=(1,), offset=8)
    stops = starts.copy()
    lanes = np.arange(len(starts))
    at, bound = starts, np.append(starts[1:], end) - RECORD_BYTES
    found: list[Ints] = []
    while len(at) >= _LEAST_LANES:
        after = at + sizes[at]
        goes = after <= bound
        if np.count_nonzero(goes) < len(at):
            stops[lanes] = at
            at, lanes, bound, after = at[goes], lanes[goes], bound[goes], after[goes]
        found.append(at)
        at = after + RECORD_BYTES
    for lane, place, last in zip(lanes.tolist(), at.tolist(), (bound + RECORD_BYTES).tolist(), strict=True):
        rest = _one_by_one(buffer, place, last, order, {}, len(buffer))  # few are left: each goes on alone
        found.append(rest.places)
        stops[lane] = rest.end
    places = np.concatenate(found)
    places.sort()
    return places, stops


def _mend(
    buffer: bytearray, places: Ints, starts: list[int], stops: list[int], missed: list[int], end: int, order: str
) -> Chain:
    """Step over the records between a lane that missed the next one and the place where a chain is met again."""
    known = {start: lane for lane, start in enumerate(starts)}
    keep = np.ones(len(places), bool)
    added: list[Ints] = []
    reached = 0
    stop = stops[-1]
    for lane in missed:
        if lane < reached:
            continue
        between = _one_by_one(buffer, stops[lane], end, order, known)
        added.append(between.places)
        reached = known.get(between.end, len(starts)) if len(between.places) else len(starts)
        keep &= (places < stops[lane]) | (places >= (between.end if reached < len(starts) else end))
        if reached == len(starts):
            stop = between.end
    every = np.concatenate([places[keep], *added])
    every.sort()
    return Chain(every, stop)


def _one_by_one(
    buffer: bytearray, begin: int, end: int, order: str, known: dict[int, int], most: int = MAX_FRAMES
) -> Chain:
    """Do the same step by step, as far as a batch, or a place that is known."""
    places: list[int] = []
    length_at = Struct(order + "I").unpack_from
    at = begin
    while at + RECORD_BYTES <= end and len(places) < most:
        size = length_at(buffer, at + 8)[0]
        after = at + RECORD_BYTES + size
        if after > end or size > MAX_FRAME_BYTES:
            break
        places.append(at)
        at = after
        if at in known:
            break
    return Chain(np.array(places, np.int64), at)
