"""Frames become lines: filter, headers, flows, and what the few packets that matter tell. One for each capture."""

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from collectors.packets.bpf import OfflineFilter
from collectors.packets.dns import scapy_answers
from collectors.packets.evidence import Evidence
from collectors.packets.flow import SECOND_NS
from collectors.packets.fragments import Fragments
from collectors.packets.frames import Frames
from collectors.packets.grouping import prepare
from collectors.packets.headers import ETHERTYPE_ARP, Headers, decode, knows_link, unique_links
from collectors.packets.icmp import IcmpCounts
from collectors.packets.marks import mark
from collectors.packets.neighbours import ND_TYPES, arp_line, nd_line
from collectors.packets.table import FlowTable, TableOptions
from collectors.packets.transport import ICMP6
from soc_agent.config import PacketSource
from soc_agent.model import Problem

SCAPY_PER_SECOND = 2000
"""Packets that scapy dissects in a second of the capture at most; it takes about a quarter of a millisecond for one."""
_LINK_ETHERNET = 1
_MESSAGE_CAP_BYTES = 2048


@dataclass(slots=True)
class Tally:
    """What became of the frames."""

    frames: int = 0
    """Taken, those that the filter keeps out not counted."""
    flow_packets: int = 0
    other: int = 0
    """Neither IP nor ARP."""
    undecodable: int = 0
    """Frames whose headers contradict themselves or are cut off, or of an unknown link type."""
    unread: int = 0
    """Messages (DNS, neighbour discovery) that could not be read, or came faster than they are dissected."""
    unknown_link: int = 0
    """Link type of a frame that could not be read for that reason; 0 when there was none."""


class Budget:
    """Keeps scapy to so many packets a second of the capture."""

    def __init__(self, per_second: int = SCAPY_PER_SECOND) -> None:
        self._per_second = per_second
        self._second = -1
        self._left = 0

    def allows(self, time_ns: int) -> bool:
        """Say whether one more may be dissected."""
        second = time_ns // SECOND_NS
        if second != self._second:
            self._second, self._left = second, self._per_second
        self._left -= 1
        return self._left >= 0


class Pipeline:
    """Takes batches of frames in the order of the capture, gives lines in the order of their time.

    ``filtered`` says that the frames have passed the filter of the options already (in the kernel).
    """

    def __init__(self, options: PacketSource, *, filtered: bool, evidence: Evidence | None = None) -> None:
        self._evidence = evidence
        self.evidence_problem: Problem | None = None
        """Why packets that were asked for are not kept at present."""
        self._sensor = options.name
        self._filter = None if filtered or not options.filter else OfflineFilter(options.filter)
        self._fragments = Fragments()
        self._budget = Budget()
        self._icmp = IcmpCounts(options.name, payloads=options.payloads)
        self.tally = Tally()
        table = TableOptions(
            sensor=options.name,
            idle_ns=options.flow_idle_s * SECOND_NS,
            active_ns=options.flow_active_s * SECOND_NS,
            max_flows=options.max_flows,
            payloads=options.payloads,
        )
        self.table = FlowTable(table, self._dissect)

    def feed(self, frames: Frames) -> list[bytes]:
        """Take frames; give the lines whose time has come."""
        if self._filter is not None:
            frames = self._filter.accepts(frames)
        if not len(frames):
            return []
        headers = decode(frames)
        self._fragments.complete(headers)
        self._count(headers)
        listens = self.table.options.payloads or self._evidence is not None
        packets = prepare(headers, mark(headers) if listens else np.zeros(len(frames), bool))
        if self._evidence is not None:
            evidence = self._evidence
            self._try(lambda: evidence.add(packets))
        lines = self._neighbours(headers) + self._icmp.feed(headers)
        self.table.feed(packets, lines)
        return self._take()

    def keep(self, lines: Iterable[bytes]) -> None:
        """Keep the packets of the flows that lines speak of, where evidence is kept."""
        if self._evidence is not None:
            evidence = self._evidence
            self._try(lambda: evidence.keep(lines))

    def _try(self, write: Callable[[], None]) -> None:
        """Write evidence; a disk that takes none does not end the capture."""
        try:
            write()
        except OSError as error:
            values = {"source": self._sensor, "reason": error.strerror or str(error)}
            self.evidence_problem = Problem("packets.no_evidence", values=values)

    def advance(self, now_ns: int) -> list[bytes]:
        """Let time pass without a packet; give the lines whose time has come."""
        for line in self._icmp.advance(now_ns):
            self.table.emit(self.table.clock_ns, self.table.packets, line)
        self.table.advance(now_ns)
        return self._take()

    def finish(self) -> list[bytes]:
        """End all flows; give all lines that are left."""
        for line in self._icmp.finish():
            self.table.emit(self.table.clock_ns, self.table.packets, line)
        self.table.flush()
        return self._take(final=True)

    def _take(self, *, final: bool = False) -> list[bytes]:
        self.tally.unread += self.table.unreadable
        self.table.unreadable = 0
        return self.table.take(final=final)

    def _dissect(self, message: bytes, time_ns: int) -> tuple[str, ...] | None:
        found = scapy_answers(message) if self._budget.allows(time_ns) else None
        self.tally.unread += found is None
        return found

    def _count(self, headers: Headers) -> None:
        tally = self.tally
        flows, bad = int(np.count_nonzero(headers.is_flow)), int(np.count_nonzero(headers.is_bad))
        arp = int(np.count_nonzero(headers.ethertype == ETHERTYPE_ARP))
        tally.frames += len(headers.frames)
        tally.flow_packets += flows
        tally.undecodable += bad
        if bad:
            tally.unknown_link = next((link for link in unique_links(headers.frames) if not knows_link(link)), 0)
        tally.other += len(headers.frames) - flows - bad - arp

    def _neighbours(self, headers: Headers) -> list[tuple[int, bytes]]:
        """Give the lines of ARP and neighbour discovery: index of the frame, and the line."""
        lines: list[tuple[int, bytes]] = []
        is_nd = headers.is_flow & (headers.proto == ICMP6) & ~headers.is_later
        is_nd &= (headers.source_port >= min(ND_TYPES)) & (headers.source_port <= max(ND_TYPES))
        for index in np.flatnonzero(is_nd | (headers.ethertype == ETHERTYPE_ARP)).tolist():
            is_arp = bool(headers.ethertype[index] == ETHERTYPE_ARP)
            line = self._arp(headers, index) if is_arp else self._nd(headers, index)
            if line is None:
                self.tally.unread += 1
            else:
                lines.append((index, line))
        return lines

    def _arp(self, headers: Headers, index: int) -> bytes | None:
        frames = headers.frames
        start = int(headers.network_at[index])
        message = frames.data[start : start + 28].tobytes()
        vlan, time_ns = int(headers.vlan[index]), int(frames.time_ns[index])
        return arp_line(message, time_ns, _sender(frames, index), vlan, self._sensor)

    def _nd(self, headers: Headers, index: int) -> bytes | None:
        frames = headers.frames
        time_ns = int(frames.time_ns[index])
        if not self._budget.allows(time_ns):
            return None
        start = int(headers.payload_at[index]) - 8
        end = int(frames.start[index] + frames.size[index])
        size = min(int(headers.payload_held[index]) + 8, end - start, _MESSAGE_CAP_BYTES)
        return nd_line(
            frames.data[start : start + size].tobytes(),
            time_ns,
            _address6(headers.source_high[index], headers.source_low[index]),
            _address6(headers.target_high[index], headers.target_low[index]),
            int(headers.hops[index]),
            _sender(frames, index),
            int(headers.vlan[index]),
            self._sensor,
        )


def _sender(frames: Frames, index: int) -> bytes:
    """Give the hardware address that sent an Ethernet frame; nothing for another link type."""
    if frames.link[index] != _LINK_ETHERNET:
        return b""
    start = int(frames.start[index])
    return frames.data[start + 6 : start + 12].tobytes()


def _address6(high: np.uint64, low: np.uint64) -> str:
    return socket.inet_ntop(socket.AF_INET6, (int(high) << 64 | int(low)).to_bytes(16, "big"))
