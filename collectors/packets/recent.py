"""Packets of the last moments, in memory: what a flow sent before anybody knew that it would matter.

Bounded in bytes. Of each flow the first packets of a batch are kept, and those that begin a message; the rest of a
long transfer is not.
"""

from collections import deque
from typing import NamedTuple

import numpy as np

from collectors.packets.frames import Frames, Ints
from collectors.packets.grouping import Packets, Words

RECENT_BYTES = 33_554_432
FIRST_PACKETS = 64
"""Of a flow in a batch, which is what arrived in about a tenth of a second."""


class Raw(NamedTuple):
    """One packet as it was captured. The tag of a VLAN that the kernel took off is in its place again."""

    time_ns: int
    link: int
    data: bytes
    wire: int
    hash: int
    """Of the key of its flow."""


class Recent:
    """Holds packets until newer ones need their room."""

    def __init__(self, most_bytes: int = RECENT_BYTES) -> None:
        self._most = most_bytes
        self._batches: deque[tuple[Words, list[Raw], int]] = deque()
        self.held = 0
        """Bytes of packets."""

    def add(self, packets: Packets) -> None:
        """Take what is worth keeping of a batch."""
        at = packets.at[self._first(packets)]
        if not len(at):
            return
        hashes = packets.hash[at]
        raw = raw_packets(packets.headers.frames, at, hashes)
        size = sum(len(packet.data) for packet in raw)
        self._batches.append((hashes, raw, size))
        self.held += size
        while self.held > self._most and self._batches:
            self.held -= self._batches.popleft()[2]

    def find(self, hashes: Words) -> list[Raw]:
        """Give the packets of flows with these hashes, oldest first."""
        return [
            raw[index] for held, raw, _ in self._batches for index in np.flatnonzero(np.isin(held, hashes)).tolist()
        ]

    def _first(self, packets: Packets) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Say which packets are among the first of their flow in the batch, or marked."""
        hashes = packets.hash[packets.at]
        order = np.argsort(hashes, kind="stable")
        number = np.arange(len(order))
        begins = np.ones(len(order), bool)
        begins[1:] = hashes[order][1:] != hashes[order][:-1]
        rank = np.empty(len(order), np.int64)
        rank[order] = number - np.maximum.accumulate(np.where(begins, number, 0))
        chosen: np.ndarray[tuple[int], np.dtype[np.bool_]] = (rank < FIRST_PACKETS) | packets.marked[packets.at]
        return chosen


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
        found.append(Raw(time_ns, link, data, max(wire, len(data)), number))
    return found
