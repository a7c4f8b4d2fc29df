"""Takes the packets of a batch to their flows.

Most packets are added up in bulk. A flow whose packets in a batch hold a turn of events (a long gap, a SYN that is not
its first packet, the end of a reporting period) is walked packet by packet instead. Both ways give the same.
"""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from collectors.packets.flow import ACK, BOTH_DATA, BOTH_SYN, DATA, HIGH_SHIFT, SYN_ACK, Flow, letters_of
from collectors.packets.frames import Ints
from collectors.packets.grouping import Groups, Packets
from collectors.packets.services import SERVER_PORTS
from collectors.packets.stream import STREAM_CAP_BYTES
from collectors.packets.talk import Talk
from collectors.packets.transport import ICMP, ICMP6, TCP, UDP

if TYPE_CHECKING:
    from collectors.packets.table import FlowTable

_BOTH_SYN_ACK = SYN_ACK | SYN_ACK << HIGH_SHIFT
_OPENINGS = BOTH_SYN | _BOTH_SYN_ACK
_SERVER = np.isin(np.arange(65_536), list(SERVER_PORTS))
_COMMON = (ACK | DATA) * (1 | 1 << HIGH_SHIFT)
"""Events that most packets have; the others are looked for by a search over bytes."""
_YES = b"\x01"
_OPENING = 8
"""So many packets of a new flow are taken at once for its history."""


_by_port = itemgetter(0)


@lru_cache(4096)
def _opening(kinds: bytes, orig_low: bool) -> tuple[str, int]:
    """Give the history and the events of the first packets of a flow; most flows begin alike."""
    letters, seen = "", 0
    for found in memoryview(kinds).cast("H"):
        letters += letters_of(found & ~seen, orig_low)
        seen |= found
    return letters, seen


def _begun(
    key: bytes, now_ns: int, proto: int, orig_low: bool, flipped: bool, number: int, time_ns: int, vlan: int, isn: int
) -> Flow:
    """Begin a flow with the packet of that number."""
    flow = Flow(key, proto, orig_low, flipped, now_ns, number)
    flow.vlan = vlan
    flow.isn = isn
    flow.start_ns = time_ns
    flow.begin_ns = now_ns
    return flow


class Walk:
    """One batch on its way into the table. ``clock`` has a time for each frame, ``base`` the number of its first."""

    def __init__(self, table: FlowTable, packets: Packets, groups: Groups, clock: Ints, base: int) -> None:
        self._table = table
        self._groups = groups
        self._headers = packets.headers
        self._is_low = packets.low
        self._low = packets.low.data
        self._clock = clock.data
        self._base = base
        self._data = packets.headers.frames.data.data
        order, headers = groups.order, packets.headers
        # single values are read through memoryviews: a NumPy scalar costs twice as much
        self._time_ns = headers.frames.time_ns.data
        self._proto, self._sequence, self._vlan = headers.proto.data, headers.sequence.data, headers.vlan.data
        self._payload_at, self._payload_size = headers.payload_at.data, headers.payload_size.data
        self._payload_held, self._is_answer = headers.payload_held.data, headers.is_answer.data
        self._source_port, self._target_port = headers.source_port.data, headers.target_port.data
        self._talks: list[tuple[int, Flow, int, int]] = []
        """Flows with payload that somebody may listen to: lower port, and their packets."""
        self._order = order.data
        self._events = groups.events.data
        self._kinds = groups.events.astype(np.uint16).tobytes()
        """The same events, two bytes each."""
        self._rare = (groups.events & ~_COMMON != 0).tobytes()
        self._heard = BOTH_DATA if table.options.payloads else 0
        self._marked = b""
        self._speaks = (b"", b"")
        if self._heard:
            low = packets.low[order]
            proto = headers.proto[order]
            heard = (headers.payload_held[order] > 0) & ~headers.is_later[order] & ((proto == TCP) | (proto == UDP))
            self._marked = (packets.marked[order] & heard).tobytes()
            self._speaks = ((heard & ~low).tobytes(), (heard & low).tobytes())

    def run(self) -> None:
        """Take all flows of the batch, so that the table keeps the order of their last packets."""
        groups, table = self._groups, self._table
        flows, active_ns = table.flows, table.options.active_ns
        rows = zip(groups.keys, groups.begin, groups.end, groups.syns, groups.has_gap, groups.first_ns, groups.last_ns,
                   *self._beginnings(), strict=True)  # fmt: skip
        for row, (key, begin, end, syns, has_gap, first_ns, last_ns, *beginning) in enumerate(rows):
            flow = flows.pop(key, None)
            if flow is None:
                simple = not has_gap and last_ns < first_ns + active_ns
                simple = simple and (not syns or (syns == 1 and self._events[begin] & BOTH_SYN != 0))
                if simple:
                    flow = _begun(key, first_ns, *beginning)
            else:
                simple = not has_gap and not syns and last_ns < flow.part_ns + active_ns
                simple = simple and first_ns < flow.last_ns + flow.idle_ns
                if simple and not flow.packets_low and not flow.packets_high:
                    self._begin_part(flow, begin)
            if simple and flow is not None:
                self._add(flow, row, begin, end)
            else:
                flow = self._step(flow, key, begin, end)
            flows[key] = flow
        # what is alike is heard together: the code for it stays warm, which halves its cost
        self._talks.sort(key=_by_port)
        for _, flow, begin, end in self._talks:
            if self._listen(flow, begin, end):
                self._settle(flow)

    def _add(self, flow: Flow, row: int, begin: int, end: int) -> None:
        """Add all packets of a flow at once."""
        groups = self._groups
        low, low_bytes = groups.packets_low[row], groups.bytes_low[row]
        flow.packets_low += low
        flow.packets_high += groups.packets[row] - low
        flow.bytes_low += low_bytes
        flow.bytes_high += groups.bytes[row] - low_bytes
        flow.last_ns = groups.last_ns[row]
        seen = groups.seen[row]
        if new := seen & ~flow.seen:
            events, place = self._events, begin
            if not flow.seen:
                opening = self._kinds[begin * 2 : min(end, begin + _OPENING) * 2]
                letters, flow.seen = _opening(opening, flow.orig_low)
                flow.history += letters
                new = seen & ~flow.seen
                place += len(opening) // 2
            while new:
                if not new & _COMMON:
                    place = self._rare.find(_YES, place)
                if events[place] & new:
                    flow.note(events[place])
                    new = seen & ~flow.seen
                place += 1
            self._settle(flow)
        elif not flow.queued_ns:
            self._settle(flow)
        if seen & self._heard and (flow.talk is None or flow.talk.waits or groups.has_mark[row]):
            index = self._order[begin]
            self._talks.append((min(self._source_port[index], self._target_port[index]), flow, begin, end))

    def _settle(self, flow: Flow) -> None:
        """Decide anew when a flow ends."""
        flow.set_idle(self._table.options.idle_ns)
        self._table.queue(flow)

    def _listen(self, flow: Flow, begin: int, end: int) -> bool:
        """Hand the packets that matter to what listens; say whether the service became known."""
        service = flow.talk.service if flow.talk is not None else ""
        marked, orig_low = self._marked, flow.orig_low
        while True:
            nearest = marked.find(_YES, begin, end)
            talk = flow.talk
            if talk is None or talk.waits:
                for side in (0, 1):
                    if talk is None or talk.waits_for(side):
                        found = self._speaks[orig_low != bool(side)].find(_YES, begin, end)
                        if found >= 0 and not 0 <= nearest < found:
                            nearest = found
            if nearest < 0:
                break
            self._hear(flow, nearest)
            begin = nearest + 1
        return flow.talk is not None and flow.talk.service != service

    def _hear(self, flow: Flow, place: int) -> None:
        """Hand the payload of one packet to what listens."""
        table, index = self._table, self._order[place]
        if flow.talk is None:
            flow.talk = Talk(table.allowance)
        start = self._payload_at[index]
        size = min(self._payload_held[index], STREAM_CAP_BYTES)
        payload = bytes(self._data[start : start + size])
        names = flow.name(table.options.sensor)
        side = int(self._low[index] != flow.orig_low)
        time_ns = self._time_ns[index]
        lines: list[bytes] | None
        if flow.proto == TCP:
            sequence = self._sequence[index]
            has_syn = self._events[place] & (BOTH_SYN | _BOTH_SYN_ACK) != 0
            lines = flow.talk.segment(
                names, side, sequence + has_syn & 0xFFFFFFFF, payload, time_ns, table.dissect,
                first=flow.isn + 1 & 0xFFFFFFFF if flow.isn >= 0 and side == 0 else -1,
                is_cut=size < self._payload_size[index],
            )  # fmt: skip
        else:
            lines = flow.talk.datagram(names, side, payload, time_ns, table.dissect)
        if lines is None:
            table.unreadable += 1
            return
        for line in lines:
            table.emit(self._clock[index], self._base + index, line)

    def _step(self, flow: Flow | None, key: bytes, begin: int, end: int) -> Flow:
        """Take the packets of a flow one by one."""
        table = self._table
        for place in range(begin, end):
            index = self._order[place]
            now_ns, found = self._clock[index], self._events[place]
            while flow is not None and now_ns >= (due_ns := table.due_ns(flow)):
                flow = table.expire(flow, due_ns)
            if flow is not None and flow.is_closed and found & BOTH_SYN:
                table.end(flow, now_ns)
                flow = None
            if flow is None:
                flow = self._new(key, place)
            if not flow.packets_low and not flow.packets_high:
                self._begin_part(flow, place)
            size = self._payload_size[index]
            if self._low[index]:
                flow.packets_low += 1
                flow.bytes_low += size
            else:
                flow.packets_high += 1
                flow.bytes_high += size
            flow.last_ns = now_ns
            is_new = found & ~flow.seen
            if is_new:
                flow.note(found)
            if (self._heard and self._listen(flow, place, place + 1)) or is_new or not flow.queued_ns:
                self._settle(flow)
        assert flow is not None
        return flow

    def _begin_part(self, flow: Flow, place: int) -> None:
        """Begin what the next line of the flow tells of."""
        index = self._order[place]
        flow.start_ns = self._time_ns[index]
        flow.begin_ns = self._clock[index]

    def _beginnings(self) -> tuple[list[Any], ...]:
        """Give what :func:`_begun` takes, for each row."""
        headers, first = self._headers, self._groups.first
        proto, found = headers.proto[first], self._groups.events[self._groups.begin]
        is_tcp = proto == TCP
        is_syn = is_tcp & (found & BOTH_SYN != 0)
        flipped = _SERVER[headers.source_port[first]] & ~_SERVER[headers.target_port[first]]
        flipped = np.where((proto == ICMP) | (proto == ICMP6), headers.is_answer[first], flipped)
        flipped = np.where(is_tcp & (found & _OPENINGS != 0), ~is_syn, flipped)
        columns = (
            proto, self._is_low[first] != flipped, flipped, self._base + first, headers.frames.time_ns[first],
            headers.vlan[first], np.where(is_syn, headers.sequence[first], -1),
        )  # fmt: skip
        return tuple(column.tolist() for column in columns)

    def _new(self, key: bytes, place: int) -> Flow:
        """Begin a flow with a packet; that tells who is the originator."""
        index, found = self._order[place], self._events[place]
        proto = self._proto[index]
        is_syn = proto == TCP and found & BOTH_SYN != 0
        if proto == TCP and found & _OPENINGS:
            flipped = not is_syn
        elif proto in (ICMP, ICMP6):
            flipped = bool(self._is_answer[index])
        else:
            flipped = self._source_port[index] in SERVER_PORTS and self._target_port[index] not in SERVER_PORTS
        return _begun(
            key, self._clock[index], proto, self._low[index] != flipped, flipped, self._base + index,
            self._time_ns[index], self._vlan[index], self._sequence[index] if is_syn else -1,
        )  # fmt: skip
