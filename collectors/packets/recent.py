"""Packets of the last moments, in memory: what a flow sent before anybody knew that it would matter.

Bounded in bytes. Of each flow the first packets of a batch are kept, and those that begin a message; the rest of a
long transfer is not.
"""

from collections import deque
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from collectors.packets.frames import Frames, Ints
from collectors.packets.grouping import Packets, Words

RECENT_BYTES = 33_554_432
FIRST_PACKETS = 64
"""Of a flow in a batch, which is what arrived in about a tenth of a second."""
_GAP_BYTES = 128
"""Frames that are no farther apart are copied in one piece, with the headers between them."""
_ENTRY_BYTES = 64
"""What is held of a packet besides its bytes."""
_INDEX_MASK = np.uint64(0xFFFF)


class Raw(NamedTuple):
    """One packet as it was captured. The tag of a VLAN that the kernel took off is in its place again."""

    time_ns: int
    link: int
    data: bytes
    wire: int
    hash: int
    """Of the key of its flow."""


class _Batch(NamedTuple):
    hashes: Words
    frames: Frames
    size: int


class Recent:
    """Holds packets until newer ones need their room."""

    def __init__(self, most_bytes: int = RECENT_BYTES) -> None:
        self._most = most_bytes
        self._batches: deque[_Batch] = deque()
        self.held = 0
        """Bytes in memory."""

    def add(self, packets: Packets) -> None:
        """Take what is worth keeping of a batch."""
        at = packets.at[self._first(packets)]
        if not len(at):
            return
        frames = _packed(packets.headers.frames, at)
        size = len(frames.data) + len(at) * _ENTRY_BYTES
        self._batches.append(_Batch(packets.hash[at], frames, size))
        self.held += size
        while self.held > self._most and self._batches:
            self.held -= self._batches.popleft().size

    def find(self, hashes: Words) -> list[Raw]:
        """Give the packets of flows with these hashes, oldest first."""
        found: list[Raw] = []
        for held, frames, _ in self._batches:
            at = np.flatnonzero(np.isin(held, hashes))
            if len(at):
                found += raw_packets(frames, at, held[at])
        return found

    def _first(self, packets: Packets) -> NDArray[np.bool_]:
        """Say which packets are among the first of their flow in the batch, or marked."""
        count = len(packets.at)
        if count <= FIRST_PACKETS:
            return np.ones(count, bool)
        # sorted by hash and then by order, as one number: the index of a frame fits 16 bits
        tagged = packets.hash[packets.at] & ~_INDEX_MASK | np.arange(count, dtype=np.uint64)
        tagged.sort()
        order, short = (tagged & _INDEX_MASK).astype(np.int64), tagged & ~_INDEX_MASK
        chosen = np.empty(count, bool)
        chosen[order[:FIRST_PACKETS]] = True
        chosen[order[FIRST_PACKETS:]] = short[FIRST_PACKETS:] != short[:-FIRST_PACKETS]
        return chosen | packets.marked[packets.at]


def _packed(frames: Frames, at: Ints) -> Frames:
    """Copy frames out of a batch, those that stand side by side in one piece."""
    start, size = frames.start[at], frames.size[at]
    end = start + size
    is_apart = np.ones(len(at), bool)
    is_apart[1:] = (start[1:] < end[:-1]) | (start[1:] > end[:-1] + _GAP_BYTES)
    first = np.flatnonzero(is_apart)
    begins, ends = start[first], end[np.append(first[1:], len(at)) - 1]
    view = frames.data.data
    pieces = [view[begin:stop] for begin, stop in zip(begins.tolist(), ends.tolist(), strict=True)]
    data = np.frombuffer(b"".join(pieces), np.uint8)
    lengths = ends - begins
    moved = np.cumsum(lengths) - lengths - begins
    start += np.repeat(moved, np.diff(np.append(first, len(at))))
    vlan = None if frames.vlan is None else frames.vlan[at]
    return Frames(data, start, size, frames.wire[at], frames.time_ns[at], frames.link[at], vlan)


def raw_packets(frames: Frames, at: Ints, hashes: Words) -> list[Raw]:
    """Copy single packets out of a batch."""
    view = frames.data.data
    tags = [0] * len(at) if frames.vlan is None else frames.vlan[at].tolist()
    columns = (frames.time_ns, frames.link, frames.start, frames.size, frames.wire)
    found = []
    rows = zip(*(column[at].tolist() for column in columns), tags, hashes.tolist(), strict=True)
    for time_ns, link, start, size, wire, tag, number in rows:
        data = bytes(view[start : start + size])
        if tag and link == 1:
            data = data[:12] + b"\x81\x00" + tag.to_bytes(2, "big") + data[12:]
        found.append(Raw(time_ns, link, data, wire + len(data) - size, number))
    return found
