"""One collector on a thread of its own: started, watched, started again when it breaks."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping

from msgspec import Struct

from soc_agent.errors import SocAgentError
from soc_agent.model import Block, Collector, Problem
from soc_agent.store import SourceStatus

log = logging.getLogger(__name__)

READ_S = 0.5
"""Longest wait in one read: how soon a stop is noticed."""
RETRY_S = 15.0
"""How long a source that cannot be read rests before it is tried again."""


class SourceReport(Struct, frozen=True):
    """A change of a source's state, for the store and the status line. One that runs may still have a problem."""

    source: str
    state: SourceStatus
    problem: Problem | None = None


class Runner:
    """Reads one collector into the queue of the pipeline, and holds back when the queue is full.

    A collector that raises is closed and, when every block it gave is committed, opened again from the committed
    positions: so nothing is read twice and nothing is left out.
    """

    def __init__(
        self,
        collector: Collector,
        blocks: "queue.Queue[Block]",
        positions: Callable[[str], Mapping[str, bytes]],
        report: Callable[[SourceReport], None],
        retry_s: float = RETRY_S,
    ) -> None:
        self.collector = collector
        self._blocks = blocks
        self._positions = positions
        self._report = report
        self._retry_s = retry_s
        self._stop = threading.Event()
        self._in_flight = 0
        self._all_committed = threading.Condition()
        self._last: SourceReport | None = None
        self._asked_s: float | None = None
        self._thread = threading.Thread(target=self._run, name=f"source {collector.name}", daemon=True)

    @property
    def name(self) -> str:
        """Name of the source."""
        return self.collector.name

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end; :meth:`join` waits for that."""
        self._stop.set()
        self.collector.wake()
        with self._all_committed:
            self._all_committed.notify_all()

    def join(self, timeout_s: float) -> bool:
        """Wait until its thread has ended; False when it has not in time."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def committed(self, blocks: int) -> None:
        """Hear from the pipeline that so many blocks of this source are in the store."""
        if (tell := getattr(self.collector, "committed", None)) is not None:
            tell(blocks)
        self._gone(blocks)

    def _gone(self, blocks: int) -> None:
        with self._all_committed:
            self._in_flight -= blocks
            self._all_committed.notify_all()

    @property
    def idle(self) -> bool:
        """Whether every block it gave is committed."""
        return self._in_flight <= 0

    @property
    def seconds_asked(self) -> float:
        """For how long its collector has not answered: a read that comes back only long after its time hangs."""
        asked_s = self._asked_s
        return 0.0 if asked_s is None else time.monotonic() - asked_s

    def wait_until_committed(self, timeout_s: float) -> bool:
        """Wait until every block it gave is committed; False when that took too long."""
        with self._all_committed:
            return self._all_committed.wait_for(lambda: self._in_flight <= 0, timeout_s)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wait_until_committed()
            if self._stop.is_set():
                break
            problem = self._read_until_trouble()
            if problem is None:
                break
            state, what = problem
            self._say(state, what)
            self._stop.wait(self._retry_s)

    def _read_until_trouble(self) -> tuple[SourceStatus, Problem] | None:
        """Read until the end; give why when the end came too early."""
        collector = self.collector
        self._asked_s = time.monotonic()
        try:
            if missing := collector.missing():
                return SourceStatus.MISSING, missing
            collector.open(self._positions(collector.name))
            try:
                self._read()
            finally:
                collector.close()
        except SocAgentError as error:
            return SourceStatus.FAILED, error.problem
        except Exception as error:
            # the edge of a collector: whatever a hostile packet or a strange file system did, the others go on
            log.exception("source %s failed; it is started again in %.0f s", collector.name, self._retry_s)
            detail = f"{type(error).__name__}: {error}"
            return SourceStatus.FAILED, Problem("agent.collector_failed", values={"detail": detail})
        finally:
            self._asked_s = None
        return None

    def _read(self) -> None:
        while not self._stop.is_set():
            self._asked_s = time.monotonic()
            block = self.collector.read(READ_S)
            self._asked_s = None
            if block is not None:
                self._put(block)
            elif self.collector.finished:
                self._say(SourceStatus.FINISHED)
                return
            problems = self.collector.problems()
            if problems:
                self._say(SourceStatus.RUNNING, problems[-1])
            else:
                self._say(SourceStatus.RUNNING)

    def _put(self, block: Block) -> None:
        with self._all_committed:
            self._in_flight += 1
        while not self._stop.is_set():
            try:
                self._blocks.put(block, timeout=READ_S)
            except queue.Full:
                continue
            return
        self._gone(1)

    def _wait_until_committed(self) -> None:
        with self._all_committed:
            self._all_committed.wait_for(lambda: self._in_flight <= 0 or self._stop.is_set())

    def _say(self, state: SourceStatus, problem: Problem | None = None) -> None:
        report = SourceReport(self.collector.name, state, problem)
        if report != self._last:
            self._last = report
            self._report(report)
