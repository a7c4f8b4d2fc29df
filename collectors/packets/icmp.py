"""ICMP and ICMPv6 messages (RFC 792, RFC 4443): who sends which to whom, counted by the minute.

A line a message would make a flood of lines of every flood of echoes. So what one host sends another of one type is one
line for each minute of the capture, with how much and how varied it was: a ping repeats itself, a tunnel does not. What
is no echo has a line at once besides, when it is first seen in a minute. Neighbour discovery has lines of its own
(:mod:`collectors.packets.neighbours`), group membership (MLD) has none.
"""

import socket
from typing import NamedTuple

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from collectors.packets.flow import ANSWER_OF, ANSWER_OF_6
from collectors.packets.frames import Ints
from collectors.packets.headers import Headers
from collectors.packets.lines import Icmp, encode, seconds
from collectors.packets.quoted import quoted
from collectors.packets.transport import ICMP, ICMP6

WINDOW_NS = 60_000_000_000
MAX_PAIRS = 4096
"""Pairs of hosts and types that are kept apart in a minute; what is over is counted together, by type."""
AT_ONCE_PER_SECOND = 200
"""Lines at once; a message over that has its line at the end of the minute."""
CLOCK_BACK_NS = 600_000_000_000
"""A time stamp that is so far behind begins a new time, as in the flow table."""
_SAMPLES = 32
"""So many payloads of a pair are looked at in a minute."""
_SKIPPED = 16
"""First bytes of a payload in which ping puts the time."""
_LOOKED_AT = 256
"""Bytes of a payload that are looked at after those."""
_MESSAGE_BYTES = 128
_SECOND_NS = 1_000_000_000
_ECHOES = {4: (0, 8), 6: (128, 129)}
_LEFT_OUT_6 = (130, 131, 132, 133, 134, 135, 136, 137, 143)
_NAMES = {
    4: {0: "echo-reply", 3: "unreachable", 4: "source-quench", 5: "redirect", 8: "echo-request",
        9: "router-advertisement", 10: "router-solicitation", 11: "time-exceeded", 12: "parameter-problem",
        13: "timestamp-request", 14: "timestamp-reply", 15: "information-request", 16: "information-reply",
        17: "mask-request", 18: "mask-reply"},
    6: {1: "unreachable", 2: "packet-too-big", 3: "time-exceeded", 4: "parameter-problem", 128: "echo-request",
        129: "echo-reply", 138: "router-renumbering", 139: "node-request", 140: "node-reply"},
}  # fmt: skip
_UNREACHABLE = {4: {0: "net", 1: "host", 2: "protocol", 3: "port", 4: "fragmentation-needed", 9: "prohibited",
                    10: "prohibited", 13: "prohibited"},
                6: {0: "route", 1: "prohibited", 3: "host", 4: "port", 5: "policy", 6: "rejected"}}  # fmt: skip


class _Pair(NamedTuple):
    """What is counted together."""

    version: int
    source: int
    target: int
    type: int
    code: int

    @property
    def is_rest(self) -> bool:
        """Whether it stands for all that is not kept apart."""
        return not self.source and not self.target


class _Count:
    """What was seen of a pair in this minute."""

    __slots__ = (
        "bytes_total", "contents", "count", "first_index", "first_ns", "hops", "last_ns", "least", "message", "most",
        "octets", "samples", "told",
    )  # fmt: skip

    def __init__(self, first_index: int, first_ns: int) -> None:
        self.first_index = first_index
        self.first_ns = self.last_ns = first_ns
        self.count = self.bytes_total = self.most = self.samples = self.told = self.hops = 0
        self.least = 1 << 62
        self.contents: set[int] = set()
        """Hashes of what payloads hold after the time."""
        self.octets: NDArray[np.int64] | None = None
        """How often each byte occurs in them."""
        self.message = b""
        """The first message, as far as it is looked at."""


class IcmpCounts:
    """Counts the messages of one capture. What comes out does not depend on how it was cut into batches."""

    def __init__(self, sensor: str, *, payloads: bool = True) -> None:
        """:param payloads: whether contents are looked at; sizes always are."""
        self._sensor = sensor
        self._samples = _SAMPLES if payloads else 0
        self._clock_ns = 0
        self._window = -1
        self._counts: dict[_Pair, _Count] = {}
        self._second = -1
        self._told = 0
        self._frames = 0

    def feed(self, headers: Headers) -> list[tuple[int, bytes]]:
        """Take a batch; give lines, each with the index of the frame after which it is due."""
        times, total = headers.frames.time_ns, len(headers.frames)
        lines: list[tuple[int, bytes]] = []
        at = _wanted(headers)
        begin = 0
        while begin < total:
            clock = np.maximum.accumulate(np.maximum(times[begin:], self._clock_ns))
            back = np.flatnonzero(times[begin:] < clock - CLOCK_BACK_NS)
            end = begin + int(back[0]) if len(back) else total
            if end > begin:
                clock = clock[: end - begin]
                lines += self._advance(headers, at[(at >= begin) & (at < end)], clock, begin)
                self._clock_ns = int(clock[-1])
            if end < total:
                lines += ((end, line) for line in self._report())
                self._clock_ns, self._window = int(times[end]), -1
            begin = end
        self._frames += total
        return lines

    def advance(self, now_ns: int) -> list[bytes]:
        """Let time pass without a packet; give the lines of a minute that is over."""
        self._clock_ns = max(self._clock_ns, now_ns)
        return self._report() if self._clock_ns // WINDOW_NS > self._window else []

    def finish(self) -> list[bytes]:
        """Give what is left."""
        return self._report()

    def _advance(self, headers: Headers, at: Ints, clock: Ints, begin: int) -> list[tuple[int, bytes]]:
        """Take the messages at ``at``, minute by minute; ``clock`` has the time of each frame from ``begin`` on."""
        lines: list[tuple[int, bytes]] = []
        if not len(at) and not self._counts:
            return lines
        windows = clock // WINDOW_NS
        while True:
            over = int(np.searchsorted(windows, self._window, side="right"))
            cut = int(np.searchsorted(at, begin + over))
            if cut:
                lines += self._add(headers, at[:cut])
                at = at[cut:]
            if over == len(windows):
                return lines
            lines += ((begin + over, line) for line in self._report())
            self._window = int(windows[at[0] - begin if len(at) else -1])

    def _add(self, headers: Headers, at: Ints) -> list[tuple[int, bytes]]:
        """Count messages of the same minute."""
        data, place = headers.frames.data, headers.payload_at[at] - 8
        kind, code, version = data[place].astype(np.uint64), data[place + 1].astype(np.uint64), headers.version[at]
        rows = np.stack(
            [headers.source_high[at], headers.source_low[at], headers.target_high[at], headers.target_low[at],
             kind << 16 | code << 8 | version.astype(np.uint64)], axis=1,
        )  # fmt: skip
        keys, inverse = np.unique(rows, axis=0, return_inverse=True)
        inverse = inverse.reshape(-1)
        order = np.argsort(inverse, kind="stable")
        bounds = np.searchsorted(inverse[order], np.arange(len(keys) + 1))
        rank = np.argsort(order[bounds[:-1]])
        lines: list[tuple[int, bytes]] = []
        over: dict[_Pair, list[int]] = {}
        for row, values in zip(rank.tolist(), keys[rank].tolist(), strict=True):
            pair = _pair(values)
            if pair in self._counts or len(self._counts) < MAX_PAIRS:
                lines += self._count(headers, at[order[bounds[row] : bounds[row + 1]]], pair)
            else:
                over.setdefault(_Pair(pair.version, 0, 0, pair.type, 0), []).append(row)
        for pair, places in over.items():
            lines += self._count(headers, at[np.isin(inverse, places)], pair)
        return lines

    def _count(self, headers: Headers, members: Ints, pair: _Pair) -> list[tuple[int, bytes]]:
        found = self._counts.get(pair)
        lines: list[tuple[int, bytes]] = []
        if found is None:
            first = int(members[0])
            found = self._counts[pair] = _begun(headers, first, self._frames + first)
            is_told = not pair.is_rest and pair.type not in _ECHOES[pair.version]
            if is_told and self._may_tell(found.first_ns):
                self._measure(headers, members[:1], pair, found)
                found.told = 1
                lines.append((first, self._line(pair, found)))
                members = members[1:]
        if len(members):
            self._measure(headers, members, pair, found)
        return lines

    def _measure(self, headers: Headers, members: Ints, pair: _Pair, found: _Count) -> None:
        times, sizes = headers.frames.time_ns[members], headers.payload_size[members]
        found.count += len(members)
        found.bytes_total += int(sizes.sum())
        found.least, found.most = min(found.least, int(sizes.min())), max(found.most, int(sizes.max()))
        found.last_ns = max(found.last_ns, int(times.max()))
        for index in () if pair.is_rest else members[: self._samples - found.samples].tolist():
            found.samples += 1
            held = min(int(headers.payload_held[index]), _SKIPPED + _LOOKED_AT)
            start = int(headers.payload_at[index])
            content = headers.frames.data[start + min(_SKIPPED, held) : start + held]
            found.contents.add(hash((int(headers.payload_size[index]), content.tobytes())))
            octets = np.bincount(content, minlength=256)
            found.octets = octets if found.octets is None else found.octets + octets

    def _may_tell(self, time_ns: int) -> bool:
        second = time_ns // _SECOND_NS
        if second != self._second:
            self._second, self._told = second, 0
        self._told += 1
        return self._told <= AT_ONCE_PER_SECOND

    def _report(self) -> list[bytes]:
        """Give the lines of the minute that is over, without those of which all was told at once."""
        lines = [self._line(pair, found) for pair, found in self._counts.items() if found.count > found.told]
        self._counts.clear()
        return lines

    def _line(self, pair: _Pair, found: _Count) -> bytes:
        answers = ANSWER_OF if pair.version == 4 else ANSWER_OF_6
        quote = None if pair.is_rest else quoted(found.message, pair.version)
        names = _UNREACHABLE[pair.version] if _NAMES[pair.version].get(pair.type) == "unreachable" else {}
        return encode(
            Icmp(
                ts=seconds(found.first_ns),
                sensor=self._sensor,
                uid=f"I{found.first_ns & 0xFFFF_FFFF_FFFF_FFFF:016x}{found.first_index:x}",
                orig_h=_address(pair.version, pair.source),
                orig_p=pair.type,
                resp_h=_address(pair.version, pair.target),
                resp_p=answers.get(pair.type, pair.code),
                proto="icmp",
                type=_NAMES[pair.version].get(pair.type, f"type-{pair.type}"),
                code=pair.code,
                reason=names.get(pair.code, UNSET),
                count=found.count,
                duration=round((found.last_ns - found.first_ns) / _SECOND_NS, 6),
                payload_bytes=found.bytes_total,
                payload_least=found.least,
                payload_most=found.most,
                payload_kinds=len(found.contents),
                payload_entropy=_entropy(found.octets),
                hop_limit=found.hops,
                gateway=quote.gateway or UNSET if quote else UNSET,
                mtu=quote.mtu or UNSET if quote else UNSET,
                about_proto=quote.proto or UNSET if quote else UNSET,
                about_orig_h=quote.source or UNSET if quote else UNSET,
                about_resp_h=quote.target or UNSET if quote else UNSET,
                about_resp_p=quote.target_port if quote and quote.target_port >= 0 else UNSET,
            )
        )


def _wanted(headers: Headers) -> Ints:
    """Give the frames with messages that are counted."""
    proto = headers.proto
    at = np.flatnonzero(((proto == ICMP) | (proto == ICMP6)) & headers.is_flow & ~headers.is_later)
    return at[(proto[at] == ICMP) | ~np.isin(headers.source_port[at], _LEFT_OUT_6)] if len(at) else at


def _pair(values: list[int]) -> _Pair:
    source_high, source_low, target_high, target_low, last = values
    return _Pair(
        last & 0xFF, source_high << 64 | source_low, target_high << 64 | target_low, last >> 16, last >> 8 & 0xFF
    )


def _begun(headers: Headers, index: int, number: int) -> _Count:
    """Begin a count with a message; ``number`` is that of its frame in the capture."""
    found = _Count(number, int(headers.frames.time_ns[index]))
    start = int(headers.payload_at[index]) - 8
    held = min(int(headers.payload_held[index]), _MESSAGE_BYTES)
    found.message = headers.frames.data[start : start + 8 + held].tobytes()
    found.hops = int(headers.hops[index])
    return found


def _address(version: int, value: int) -> str:
    if version == 4:
        return socket.inet_ntop(socket.AF_INET, (value & 0xFFFFFFFF).to_bytes(4, "big"))
    return socket.inet_ntop(socket.AF_INET6, value.to_bytes(16, "big"))


def _entropy(octets: NDArray[np.int64] | None) -> float:
    """Give Shannon's entropy in bits a byte."""
    if octets is None or not octets.any():
        return 0.0
    shares = octets[octets > 0] / octets.sum()
    return abs(round(float((shares * np.log2(shares)).sum()), 2))
