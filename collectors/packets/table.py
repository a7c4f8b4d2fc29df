"""The flow table: flows that go on, their timers, and the lines of those that end.

What comes out does not depend on how a capture was cut into batches: all timers run on the capture's own clock (the
latest time stamp so far), evictions happen at fixed packet numbers, and lines leave in the order of their time. So
reading a capture twice, or reading on in one that grew, gives the same lines in the same order.
"""

from bisect import insort
from itertools import islice
from typing import NamedTuple

import numpy as np

from collectors.packets.dialogues import Dissect
from collectors.packets.flow import CLOSED_IDLE_NS, SECOND_NS, Flow
from collectors.packets.grouping import Packets, group
from collectors.packets.talk import Allowance
from collectors.packets.timers import Timers, by_due
from collectors.packets.walk import Walk

EVICTION_STEP = 1024
"""The bound of the table is kept at every so many packets."""
CLOCK_BACK_NS = 600 * SECOND_NS
"""A time stamp that is so far behind begins a new time: all flows end."""
_HELD_BYTES = 33_554_432
_IDLE_TIMERS = 4096


class TableOptions(NamedTuple):
    """What rules a flow table."""

    sensor: str
    idle_ns: int
    active_ns: int
    max_flows: int
    payloads: bool = True


_Emitted = tuple[int, int, bool, int, bytes]
"""A line with its place in the order.

The place: how often time began anew before, the time in nanoseconds, whether it is the end of a flow (lines of packets
come before those), the number of the packet in the capture (of the first one of a flow that ended).
"""


class FlowTable:
    """Flows that go on."""

    def __init__(self, options: TableOptions, dissect: Dissect) -> None:
        self.options = options
        self.dissect = dissect
        self.flows: dict[bytes, Flow] = {}
        """By key, the one that was quiet longest first."""
        self.allowance = Allowance(_HELD_BYTES)
        self.clock_ns = 0
        """The latest time stamp so far."""
        self.packets = 0
        """Frames taken so far, of flows or not."""
        self.evicted = 0
        """Flows that were reported early because the table was full."""
        self.unreadable = 0
        """Messages that are none, though their port says so."""
        self._epoch = 0
        self._timers = Timers()
        self._out: list[_Emitted] = []
        self._active_ns = options.active_ns
        self._least_idle_ns = min(CLOSED_IDLE_NS, options.idle_ns)

    def feed(self, packets: Packets, extra: list[tuple[int, bytes]]) -> None:
        """Take a batch. ``extra`` are lines of single frames: the index of the frame, and the line."""
        times = packets.headers.frames.time_ns
        clock = np.empty(len(times), np.int64)
        begin, total = 0, len(times)
        while begin < total:
            end = self._next_cut(begin, total)
            part = np.maximum.accumulate(np.maximum(times[begin:end], self.clock_ns))
            back = np.flatnonzero(times[begin:end] < part - CLOCK_BACK_NS)
            if len(back):
                end = begin + int(back[0])
            if end == begin:
                self.flush()
                self._epoch += 1
                self.clock_ns = int(times[begin])
                continue
            clock[begin:end] = part[: end - begin]
            base = self.packets - begin
            for index, line in extra:
                if begin <= index < end:
                    self.emit(int(clock[index]), base + index, line)
            first, last = np.searchsorted(packets.at, (begin, end))
            if first < last:
                groups = group(packets, packets.at[first:last], clock, self._least_idle_ns)
                Walk(self, packets, groups, clock, base).run()
            self.clock_ns = int(clock[end - 1])
            self.packets += end - begin
            self._keep_bounds()
            begin = end

    def advance(self, now_ns: int) -> None:
        """Set the clock forward without a packet."""
        self.clock_ns = max(self.clock_ns, now_ns)
        self._keep_bounds()

    def flush(self) -> None:
        """End all flows."""
        self._timers.clear()
        flows = list(self.flows.values())
        flows.reverse()
        self.flows.clear()
        while flows:  # one by one, so that the memory of what has ended can hold the lines
            self.end(flows.pop(), self.clock_ns)

    def take(self, *, final: bool = False) -> list[bytes]:
        """Give the lines whose time has come, in order; with ``final`` all."""
        self._out.sort(key=lambda item: item[:4])
        ready = len(self._out)
        if not final:
            now = (self._epoch, self.clock_ns, True, -1)
            while ready and self._out[ready - 1][:4] > now:
                ready -= 1
        lines = [item[4] for item in self._out[:ready]]
        del self._out[:ready]
        return lines

    def emit(self, time_ns: int, index: int, line: bytes) -> None:
        """Take the line of a packet."""
        self._out.append((self._epoch, time_ns, False, index, line))

    def due_ns(self, flow: Flow) -> int:
        """Give when a flow ends, or is reported because it lasts, if no packet comes."""
        return min(flow.last_ns + flow.idle_ns, flow.part_ns + self._active_ns)

    def queue(self, flow: Flow) -> None:
        """Have the table look at a flow when it is due, if it would not do so by then."""
        due_ns = flow.last_ns + flow.idle_ns
        if due_ns > flow.part_ns + self._active_ns:
            due_ns = flow.part_ns + self._active_ns
        if due_ns < flow.queued_ns or not flow.queued_ns:
            flow.queued_ns = due_ns
            self._timers.add(flow)

    def expire(self, flow: Flow, due_ns: int) -> Flow | None:
        """Do what is due: end a flow that was idle, or report one that lasts and give it back."""
        if flow.last_ns + flow.idle_ns <= due_ns:
            self.end(flow, due_ns)
            return None
        self._report(flow, due_ns)
        flow.was_reported = True
        flow.part_ns = due_ns
        flow.packets_low = flow.packets_high = flow.bytes_low = flow.bytes_high = 0
        flow.queued_ns = 0
        self.queue(flow)
        return flow

    def end(self, flow: Flow, due_ns: int) -> None:
        """End a flow, forget and report it."""
        self.flows.pop(flow.key, None)
        flow.queued_ns = -1
        if flow.talk is not None:
            for line in flow.talk.finish(flow.name(self.options.sensor), flow.last_ns, self.dissect):
                self._out.append((self._epoch, due_ns, True, flow.first_index, line))
        self._report(flow, due_ns)

    def _report(self, flow: Flow, due_ns: int) -> None:
        if not flow.was_reported or flow.packets_low or flow.packets_high:
            line = flow.line(self.options.sensor)
            self._out.append((self._epoch, due_ns, True, flow.first_index, line))

    def _next_cut(self, begin: int, total: int) -> int:
        """Give how far packets can go without the table growing over its bound between two evictions."""
        if len(self.flows) + total - begin <= self.options.max_flows:
            return total
        return min(total, begin + EVICTION_STEP - self.packets % EVICTION_STEP)

    def _keep_bounds(self) -> None:
        """Do what was due before the clock's time; at its very time more packets may come."""
        while flows := self._timers.take(self.clock_ns):
            self._look_at(flows)
        if self.packets % EVICTION_STEP == 0:
            over = max(len(self.flows) - self.options.max_flows, 0)
            # taken at once: to ask a dictionary for its first entry steps over all that were taken out before
            for flow in list(islice(self.flows.values(), over)):
                self.end(flow, self.clock_ns)
            self.evicted += over
        if self._timers.size > len(self.flows) * 9 // 8 + _IDLE_TIMERS:
            self._timers.prune()  # in a flood most timers are of flows that were evicted

    def _look_at(self, flows: list[Flow]) -> None:
        """Do what is due of flows that are queued for about the same time; they come in the order of it."""
        last_ns = flows[-1].queued_ns
        place = 0
        while place < len(flows):
            flow: Flow | None = flows[place]
            place += 1
            assert flow is not None
            due_ns = self.due_ns(flow)
            if due_ns <= flow.queued_ns:
                flow = self.expire(flow, due_ns)
            else:
                flow.queued_ns = 0
                self.queue(flow)
            if flow is not None and flow.queued_ns <= last_ns:
                insort(flows, flow, place, key=by_due)
