"""Packets put together by flow, in bulk: keys, events, and sums for each flow of a batch.

Grouping goes by a 48-bit hash of the key; the keys themselves are then compared, so that two flows never run together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collectors.packets import flow as events
from collectors.packets.frames import Ints
from collectors.packets.headers import Headers
from collectors.packets.transport import TCP

Words = NDArray[np.uint64]

_FIN, _SYN, _RST, _ACK = 1, 2, 4, 16
_INDEX_BITS = np.uint64(16)
_INDEX_MASK = np.uint64(0xFFFF)
_MIX = tuple(np.uint64(odd) for odd in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9,
                                        0xD6E8FEB86659FD93, 0xA0761D6478BD642F))  # fmt: skip


def _event_table() -> Ints:
    """Give the events of a segment by its flags (FIN to ACK) * 2 + 1 if it has payload."""
    table = np.zeros(64, np.int64)
    for flags in range(32):
        for has_payload in (0, 1):
            found = events.DATA if has_payload else 0
            if flags & _SYN:
                found |= events.SYN_ACK if flags & _ACK else events.SYN
                found |= events.ODD if flags & (_FIN | _RST) else 0
            elif flags & _ACK and not has_payload and not flags & (_FIN | _RST):
                found |= events.ACK
            found |= events.FIN if flags & _FIN else 0
            found |= events.RESET if flags & _RST else 0
            table[flags * 2 + has_payload] = found
    return table


_EVENTS = _event_table()


@dataclass(frozen=True, slots=True)
class Packets:
    """The packets of a batch, ready to be grouped. Arrays have one entry a frame, also for frames of no flow."""

    headers: Headers
    at: Ints
    """Indices of the packets that belong to flows, in order."""
    low: NDArray[np.bool_]
    """Whether the source is the low endpoint."""
    key: tuple[Words, Words, Words, Words, Words]
    hash: Words
    events: Ints
    marked: NDArray[np.bool_]
    """Whether the payload may hold a message that is looked for."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Packets sorted by flow, in their order within it.

    Lists have one entry a flow, the flow with the earliest last packet first; ``begin`` and ``end`` say which entries
    of the sorted arrays are its packets.
    """

    order: Ints
    events: Ints
    """Of each packet, in this order."""
    first: Ints
    """Indices of the first packets, one a flow."""
    begin: list[int]
    end: list[int]
    keys: list[bytes]
    packets: list[int]
    packets_low: list[int]
    bytes: list[int]
    bytes_low: list[int]
    seen: list[int]
    """All events."""
    syns: list[int]
    """Packets with SYN and without ACK."""
    has_gap: list[bool]
    """Whether two packets in a row are as far apart as a flow may at least be idle."""
    has_mark: list[bool]
    """Whether a packet is marked."""
    first_ns: list[int]
    last_ns: list[int]


def prepare(headers: Headers, marked: NDArray[np.bool_]) -> Packets:
    """Give keys and events of all packets of a batch."""
    source = (headers.source_high, headers.source_low)
    target = (headers.target_high, headers.target_low)
    source_port = headers.source_port.astype(np.uint64)
    target_port = headers.target_port.astype(np.uint64)
    same_high = source[0] == target[0]
    same_low = source[1] == target[1]
    low = (source[0] < target[0]) | (same_high & ((source[1] < target[1]) | (same_low & (source_port <= target_port))))
    last = (headers.proto << 8 | headers.version).astype(np.uint64)
    last |= np.where(low, source_port, target_port) << np.uint64(48)
    last |= np.where(low, target_port, source_port) << np.uint64(32)
    key = (
        np.where(low, source[0], target[0]),
        np.where(low, source[1], target[1]),
        np.where(low, target[0], source[0]),
        np.where(low, target[1], source[1]),
        last,
    )
    found = _EVENTS[(headers.tcp_flags & 31) * 2 + (headers.payload_size > 0)]
    found = np.where(headers.proto == TCP, found, events.DATA)
    found = np.where(low, found, found << events.HIGH_SHIFT)
    return Packets(headers, np.flatnonzero(headers.is_flow), low, key, _hash(key), found, marked)


def _hash(key: tuple[Words, ...]) -> Words:
    mixed = key[0] * _MIX[0]
    for word, odd in zip(key[1:], _MIX[1:], strict=True):
        mixed = (mixed ^ (mixed >> np.uint64(29)) ^ word) * odd
    result: Words = mixed ^ (mixed >> np.uint64(32))
    return result


def hash_of_key(key: tuple[int, ...]) -> int:
    """Give the hash of one key."""
    return int(_hash(tuple(np.array([word], np.uint64) for word in key))[0])


def group(packets: Packets, at: Ints, clock: Ints, least_idle_ns: int) -> Groups:
    """Group the packets at the indices ``at`` (at least one, at most 65,536); ``clock`` has a time for each frame."""
    position, begin = _sort(packets, at)
    order = at[position]
    end = np.append(begin[1:], len(order))
    time_ns = clock[order]
    payload = packets.headers.payload_size[order]
    low = packets.low[order]
    found = packets.events[order]
    far = np.zeros(len(order), bool)
    far[1:] = time_ns[1:] - time_ns[:-1] >= least_idle_ns
    far[begin] = False
    rank = np.argsort(order[end - 1])
    first = order[begin[rank]]
    key = np.stack([word[first] for word in packets.key], axis=1).tobytes()
    return Groups(
        order=order,
        events=found,
        first=first,
        begin=begin[rank].tolist(),
        end=end[rank].tolist(),
        keys=[key[place : place + 40] for place in range(0, len(key), 40)],
        packets=(end - begin)[rank].tolist(),
        packets_low=np.add.reduceat(low, begin, dtype=np.int64)[rank].tolist(),
        bytes=np.add.reduceat(payload, begin)[rank].tolist(),
        bytes_low=np.add.reduceat(payload * low, begin)[rank].tolist(),
        seen=np.bitwise_or.reduceat(found, begin)[rank].tolist(),
        syns=np.add.reduceat((found & events.BOTH_SYN) != 0, begin, dtype=np.int64)[rank].tolist(),
        has_gap=np.logical_or.reduceat(far, begin)[rank].tolist(),
        has_mark=np.logical_or.reduceat(packets.marked[order], begin)[rank].tolist(),
        first_ns=time_ns[begin][rank].tolist(),
        last_ns=time_ns[end - 1][rank].tolist(),
    )


def _sort(packets: Packets, at: Ints) -> tuple[Ints, Ints]:
    """Give the positions of packets sorted by flow, and where each flow begins among them."""
    tagged = packets.hash[at] & ~_INDEX_MASK | np.arange(len(at), dtype=np.uint64)
    tagged.sort()
    position = (tagged & _INDEX_MASK).astype(np.int64)
    short = tagged >> _INDEX_BITS
    is_same = short[1:] == short[:-1]
    order = at[position]
    for word in packets.key:
        sorted_word = word[order]
        if (is_same & (sorted_word[1:] != sorted_word[:-1])).any():
            return _sort_exactly(packets, at)
    return position, np.append(0, np.flatnonzero(~is_same) + 1)


def _sort_exactly(packets: Packets, at: Ints) -> tuple[Ints, Ints]:
    """Do the same by the keys themselves: two of them have the same hash."""
    position = np.lexsort([word[at] for word in packets.key])
    is_same = np.ones(len(at) - 1, bool)
    for word in packets.key:
        sorted_word = word[at[position]]
        is_same &= sorted_word[1:] == sorted_word[:-1]
    return position, np.append(0, np.flatnonzero(~is_same) + 1)
