"""What was lost or went wrong at the doors: counted for the ledger at once, told to people once a minute."""

import socket
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import suppress

from collectors.listener.messages import Told
from collectors.listener.sockets import buffer_of, door_name, drops_of
from collectors.reports import Reports
from soc_agent.config import ListenerSource
from soc_agent.model import Block, Counters, Problem
from soc_agent.text import make_safe

_TELL_S = 60.0
_32_BITS = 0xFFFFFFFF
_NO_TYPE = "plain"
_MOST_WAITING = 1_000_000


class _Happened:
    """What happened of one kind since it was last told."""

    def __init__(self) -> None:
        self.count = 0
        self.by: Counter[str] = Counter()
        self.reason = ""
        self.told: float | None = None


class Losses:
    """The bookkeeping of one source. Used by one thread."""

    def __init__(self, source: ListenerSource, reports: Reports, clock: Callable[[], float]) -> None:
        self._source, self._reports, self._clock = source, reports, clock
        self._doors: list[tuple[str, socket.socket]] = []
        self._dropped: list[int] = []
        self._blocks: deque[Block] = deque()
        self._happened: dict[str, _Happened] = {}
        self._lasting: set[str] = set()

    def watch(self, doors: Sequence[socket.socket]) -> None:
        """Begin to count what the kernel drops at the doors for datagrams; none: the doors are closed."""
        named = zip(self._source.listen, doors, strict=False)
        self._doors = [(door_name(options), door) for options, door in named if options.transport == "udp"]
        self._dropped = [drops_of(door) for _, door in self._doors]

    def add(self, told: Told) -> None:
        """Take what the receiving process tells."""
        for why, count in told.lost.items():
            self.lose(why, count)
        for kind, (count, sender, most, reason) in told.counts.items():
            happened = self._happened.setdefault(kind, _Happened())
            happened.count += count
            happened.by[sender] += most
            happened.reason = reason or happened.reason
        lasting = {f"child {problem.code} {problem.values.get('door', '')}": problem for problem in told.problems}
        if told.fatal is not None:
            self._reports.happened(told.fatal)
        for key, problem in lasting.items():
            self._reports.report(key, problem)
        self._reports.keep_only("child ", set(lasting))

    def lose(self, why: str, count: int) -> None:
        """Count datagrams that are lost; ``why`` names the loss in the ledger."""
        stream_id = f"lost:{why}"
        lost = Counters(dropped=count)
        self._blocks.append(Block(self._source.name, why, stream_id, _NO_TYPE, b"", lost=lost))

    def look(self, now: float) -> None:
        """Read the counters of the kernel; tell what is due."""
        for place, more in self._kernel_drops().items():
            self._happened.setdefault(f"kernel {place}", _Happened()).count += more
        for kind, happened in self._happened.items():
            if happened.count and (happened.told is None or now - happened.told >= _TELL_S):
                self._reports.happened(self._problem(kind, happened))
                self._happened[kind].told = now
                happened.count, happened.by = 0, Counter()

    def left(self) -> int:
        """Count what waits at the doors when they close, and what the kernel dropped last: nobody will take it."""
        before = sum(self._kernel_drops().values())
        waiting = 0
        for _, door in self._doors:
            with suppress(OSError):
                while waiting < _MOST_WAITING:
                    door.recv(1)
                    waiting += 1
        if waiting:
            self.lose("stop", waiting)
        return before + waiting

    def block(self) -> Block | None:
        """Give a block without lines that says what was lost, if anything was."""
        return self._blocks.popleft() if self._blocks else None

    def _kernel_drops(self) -> dict[int, int]:
        """Count what the kernel dropped since the last time, by the place of the door."""
        found = {}
        for place, (name, door) in enumerate(self._doors):
            dropped = drops_of(door)
            if more := (dropped - self._dropped[place]) & _32_BITS:
                self._dropped[place] = dropped
                self.lose(f"{name}: kernel", more)
                found[place] = more
        return found

    def _problem(self, kind: str, happened: _Happened) -> Problem:
        if kind.startswith("kernel "):
            name, door = self._doors[int(kind[7:])]
            wanted = max(self._source.receive_buffer_bytes, 2 * buffer_of(door))
            values = {"count": happened.count, "door": name, "bytes": buffer_of(door), "wanted": wanted}
            return Problem("listener.kernel_dropped", values=values)
        sender, most = happened.by.most_common(1)[0] if happened.by else ("", 0)
        values = {"count": happened.count, "sender": sender or "?", "most": most, "reason": make_safe(happened.reason)}
        return Problem(f"listener.{kind}", values=values)
