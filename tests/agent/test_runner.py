"""A source is read on a thread of its own, waits when nobody takes its blocks, and comes back when it breaks."""

import queue
import threading
import time
from collections.abc import Callable, Mapping

import pytest

from soc_agent.agent.runner import Runner, SourceReport
from soc_agent.errors import SourceError
from soc_agent.model import Block, Position, Problem
from soc_agent.store import SourceStatus


class Numbers:
    """A collector of the numbers 0, 1, 2 …, which can be told to break."""

    def __init__(self, end: int, breaks_at: int = -1, missing: int = 0) -> None:
        self.name = "numbers"
        self.opened: list[Mapping[str, bytes]] = []
        self.next = 0
        self.reads = 0
        self._end = end
        self._breaks_at = breaks_at
        self._missing = missing
        self._woken = threading.Event()

    @property
    def finished(self) -> bool:
        return self.next >= self._end

    def missing(self) -> Problem | None:
        self._missing -= 1
        return Problem("cli.no_config", values={"searched": "x"}) if self._missing >= 0 else None

    def open(self, positions: Mapping[str, bytes]) -> None:
        self.opened.append(dict(positions))
        self.next = int(positions.get("n", b"0"))

    def read(self, timeout_s: float) -> Block | None:
        self.reads += 1
        if self.finished:
            self._woken.wait(timeout_s if self._end > 10**6 else 0)
            return None
        if self.next == self._breaks_at:
            self._breaks_at = -1
            raise RuntimeError("hostile input")
        self.next += 1
        position = Position("numbers", "n", b"%d" % self.next)
        return Block("numbers", "n", "n", "plain", b"%d\n" % (self.next - 1), position=position)

    def problems(self) -> list[Problem]:
        return []

    def wake(self) -> None:
        self._woken.set()

    def close(self) -> None:
        pass


class Bench:
    """A runner, with what it is told and what it tells."""

    def __init__(self, collector: Numbers, size: int = 4) -> None:
        self.blocks: queue.Queue[Block] = queue.Queue(size)
        self.reports: list[SourceReport] = []
        self.committed: dict[str, bytes] = {}
        self.runner = Runner(collector, self.blocks, lambda _: dict(self.committed), self.reports.append, retry_s=0.05)

    def take(self) -> bytes:
        """Take a block and commit it, as the pipeline does."""
        block = self.blocks.get(timeout=5)
        assert block.position is not None
        self.committed[block.position.stream_id] = block.position.state
        self.runner.committed(1)
        return block.data


def eventually(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.01)


def test_everything_is_read_once_and_the_end_is_told() -> None:
    bench = Bench(Numbers(10))
    bench.runner.start()
    assert [int(bench.take()) for _ in range(10)] == list(range(10))
    assert bench.runner.join(5)
    assert [report.state for report in bench.reports] == [SourceStatus.RUNNING, SourceStatus.FINISHED]


def test_nobody_takes_so_it_does_not_read() -> None:
    """With the queue full, the collector is not asked for more than one block beyond it."""
    collector = Numbers(1000)
    bench = Bench(collector, size=4)
    bench.runner.start()
    eventually(bench.blocks.full)
    before = collector.next
    with pytest.raises(AssertionError):
        # it must not go on: give it a moment in which it would
        _within(0.3, lambda: collector.next > before + 1)
    assert [int(bench.take()) for _ in range(20)] == list(range(20))
    bench.runner.stop()
    assert bench.runner.join(5)


def _within(seconds: float, true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_collector_that_breaks_continues_from_the_last_commit() -> None:
    """Nothing is lost and nothing repeated, though blocks were still in the queue when it broke."""
    collector = Numbers(10, breaks_at=6)
    bench = Bench(collector, size=10)
    bench.runner.start()
    eventually(lambda: any(report.state is SourceStatus.FAILED for report in bench.reports))
    assert len(collector.opened) == 1, "it must wait until what it gave is committed"
    assert [int(bench.take()) for _ in range(10)] == list(range(10))
    assert collector.opened == [{}, {"n": b"6"}]
    assert bench.runner.join(5)


def test_what_is_missing_is_told_and_tried_again() -> None:
    bench = Bench(Numbers(1, missing=2))
    bench.runner.start()
    assert int(bench.take()) == 0
    assert bench.runner.join(5)
    states = [report.state for report in bench.reports]
    assert states == [SourceStatus.MISSING, SourceStatus.RUNNING, SourceStatus.FINISHED]
    assert bench.reports[0].problem is not None


def test_a_source_error_names_its_problem() -> None:
    class Closed(Numbers):
        def open(self, positions: Mapping[str, bytes]) -> None:
            raise SourceError(Problem("cli.unreadable", values={"reason": "x"}))

    bench = Bench(Closed(1))
    bench.runner.start()
    eventually(lambda: bool(bench.reports))
    bench.runner.stop()
    assert bench.runner.join(5)
    assert bench.reports[0].state is SourceStatus.FAILED
    assert bench.reports[0].problem == Problem("cli.unreadable", values={"reason": "x"})


def test_it_stops_while_it_waits_for_room() -> None:
    bench = Bench(Numbers(1000), size=1)
    bench.runner.start()
    eventually(bench.blocks.full)
    bench.runner.stop()
    assert bench.runner.join(5)
