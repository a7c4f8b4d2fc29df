"""A live interface as an input of the packet collector."""

import logging
import os
import select
import socket
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path

from collectors.packets.blocks import BlockWriter
from collectors.packets.bpf import compile_filter
from collectors.packets.pipeline import Pipeline
from collectors.packets.ring import Ring, link_type
from soc_agent.config import PacketSource
from soc_agent.errors import SourceError
from soc_agent.model import Block, Counters, Problem

QUIET_NS = 200_000_000
"""The clock of an idle interface stays so far behind: what the kernel still holds is younger."""
PAUSE_S = 0.1
"""So long a ring that is large and not filling is left alone: packets cost less in larger batches."""
_TICK_MS = 250
_REOPEN_S = 1.0
_MOST_ASKED = 1000
"""Requests for evidence that wait."""
_REMEMBER_S = 60.0
"""A loss is a present problem for so long."""
_REPORT_LOSS_S = 5.0
"""A loss without a line to carry it waits so long for one."""
_log = logging.getLogger(__name__)


class LiveInput:
    """Reads one interface. An interface that goes down or away is captured again when it is back."""

    def __init__(self, options: PacketSource, evidence: Path | None = None) -> None:
        """Make the input. ``evidence`` is the folder for packets that are asked for."""
        self._options = options
        self._folder = evidence
        self._asked: deque[tuple[bytes, ...]] = deque(maxlen=_MOST_ASKED)
        self._ring: Ring | None = None
        self._program = b""
        self._pipeline = Pipeline(options, filtered=True)
        self._writer = BlockWriter(options.name, options.interface, f"{options.interface}@{time.time_ns()}")
        self._ready: deque[Block] = deque()
        self._lost = Counters()
        self._lost_since = 0.0
        self._losses: dict[str, tuple[float, int]] = {}
        self._down: Problem | None = None
        self._next_open = 0.0
        self._wake = os.eventfd(0, os.EFD_NONBLOCK)
        self._last_read = 0.0

    def missing(self) -> Problem | None:
        """Say what the interface or the filter lacks."""
        if not hasattr(socket, "AF_PACKET"):
            return Problem("packets.no_af_packet")
        interface = self._options.interface
        try:
            link = link_type(interface)
        except OSError:
            known = ", ".join(sorted(name for _, name in socket.if_nameindex()))
            return Problem("packets.no_interface", values={"interface": interface, "known": known})
        if link is None:
            return Problem("packets.unknown_hardware", values={"interface": interface})
        try:
            socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()
        except PermissionError:
            return Problem("packets.no_permission", values={"interface": interface})
        except OSError as error:
            return Problem("packets.no_ring", values={"interface": interface, "reason": error.strerror or str(error)})
        try:
            self._program = compile_filter(self._options.filter, link) if self._options.filter else b""
        except SourceError as error:
            return error.problem
        return None

    def skip(self, stream_ids: tuple[str, ...]) -> None:
        """Do nothing: an interface has no files."""

    def open(self, positions: Mapping[str, bytes]) -> None:
        """Begin to capture; ``positions`` do not matter.

        :raises SourceError: as :meth:`missing` says, or when the kernel gives no ring.
        """
        problem = self.missing()
        if problem is not None:
            raise SourceError(problem)
        try:
            self._ring = Ring(self._options.interface, self._program, promiscuous=self._options.promiscuous)
        except OSError as error:
            raise SourceError(self._no_ring(error)) from error
        if self._folder is not None and self._options.evidence_mb:
            self._keep_evidence(self._folder)

    def _keep_evidence(self, folder: Path) -> None:
        from collectors.packets.evidence import Evidence

        try:
            evidence = Evidence(folder, self._options.evidence_mb * 1_000_000, self._options.evidence_days)
        except OSError as error:
            values = {"source": self._options.name, "reason": error.strerror or str(error)}
            self._pipeline.evidence_problem = Problem("packets.no_evidence", values=values)
        else:
            self._pipeline = Pipeline(self._options, filtered=True, evidence=evidence)

    def keep(self, lines: tuple[bytes, ...]) -> None:
        """Keep the packets of the flows that lines speak of; from any thread."""
        self._asked.append(lines)

    def read(self, timeout_s: float) -> Block | None:
        """Give the next block."""
        deadline = time.monotonic() + timeout_s
        while not self._ready:
            if not self._pause(deadline):
                break
            if self._asked:  # all at once: each search steps through all packets in memory
                self._pipeline.keep([line for _ in range(len(self._asked)) for line in self._asked.popleft()])
            frames = self._ring.read() if self._ring is not None else None
            if frames is not None:
                self._put(self._pipeline.feed(frames))
            else:
                self._put(self._pipeline.advance(time.time_ns() - QUIET_NS))
                if not self._ready and (time.monotonic() >= deadline or not self._wait(deadline)):
                    break
            if time.monotonic() >= deadline:
                break
        return self._ready.popleft() if self._ready else None

    def problems(self) -> list[Problem]:
        """Give what is wrong now."""
        now = time.monotonic()
        values = {"interface": self._options.interface}
        found = [
            Problem(f"packets.{kind}", values={**values, "count": count})
            for kind, (since, count) in list(self._losses.items())
            if now - since < _REMEMBER_S
        ]
        return [*found, *filter(None, (self._pipeline.evidence_problem, self._down))]

    def wake(self) -> None:
        """End a waiting read."""
        os.eventfd_write(self._wake, 1)

    def close(self) -> None:
        """End."""
        if self._ring is not None:
            self._ring.close()
            self._ring = None
        os.close(self._wake)

    def _put(self, lines: list[bytes]) -> None:
        """Turn lines, and what was lost, into blocks."""
        self._count_losses()
        lost: Counters | None = None
        if self._lost_since and (lines or time.monotonic() - self._lost_since > _REPORT_LOSS_S):
            lost, self._lost, self._lost_since = self._lost, Counters(), 0.0
        self._ready.extend(self._writer.write(lines, lost))

    def _count_losses(self) -> None:
        dropped = self._ring.dropped() if self._ring is not None else 0
        tally, table = self._pipeline.tally, self._pipeline.table
        lost = Counters(dropped=dropped, undecodable=tally.undecodable + tally.unread)
        tally.undecodable = tally.unread = 0
        now = time.monotonic()
        if lost.dropped or lost.undecodable:
            self._lost.add(lost)
            self._lost_since = self._lost_since or now
        for kind, count in (("dropped", dropped), ("evicted", table.evicted)):
            if count:
                since, before = self._losses.get(kind, (0.0, 0))
                self._losses[kind] = (now, count + (before if now - since < _REMEMBER_S else 0))
        table.evicted = 0

    def _pause(self, deadline: float) -> bool:
        """Let packets come together; False when woken."""
        if self._ring is None or not self._ring.is_calm:
            return True
        pause_s = min(self._last_read + PAUSE_S, deadline) - time.monotonic()
        if pause_s > 0 and select.select([self._wake], [], [], pause_s)[0]:
            os.eventfd_read(self._wake)
            return False
        self._last_read = time.monotonic()
        return True

    def _wait(self, deadline: float) -> bool:
        """Wait for frames; False when woken."""
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        if self._ring is not None:
            poll.register(self._ring.fileno(), select.POLLIN)
        left_ms = max(int((deadline - time.monotonic()) * 1000), 0) + 1
        for descriptor, event in poll.poll(min(left_ms, _TICK_MS)):
            if descriptor == self._wake:
                os.eventfd_read(self._wake)
                return False
            if event & (select.POLLERR | select.POLLHUP):
                self._look()
        if self._down is not None:
            self._reopen()
        return True

    def _look(self) -> None:
        """See what is wrong with the interface."""
        assert self._ring is not None
        try:
            self._ring.check()
            if socket.if_nametoindex(self._options.interface) == self._ring.index:
                return
        except OSError as error:
            _log.warning("%s: %s; it is captured again when it is back", self._options.interface, error.strerror)
        self._down = Problem("packets.interface_down", values={"interface": self._options.interface})

    def _reopen(self) -> None:
        """Go on when the interface is back, in the same ring: the right to open another was given up."""
        assert self._ring is not None
        if time.monotonic() < self._next_open:
            return
        self._next_open = time.monotonic() + _REOPEN_S
        try:
            self._ring.follow(self._options.interface)
        except OSError:
            return
        self._down = None

    def _no_ring(self, error: OSError) -> Problem:
        reason = error.strerror or str(error)
        return Problem("packets.no_ring", values={"interface": self._options.interface, "reason": reason})
