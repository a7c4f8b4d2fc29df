"""Matching on several processors: processes match blocks, and what they matched comes back in the order of the blocks.

Each process has a copy of the engine, made by ``fork`` once its rules are loaded, so that they share its memory. What
needs the order of the input, detections and correlations, stays with the engine of the caller: the result is the same
as without workers.
"""

import gc
import os
import pickle
import signal
import threading
from collections.abc import Iterable, Iterator
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from soc_agent.decode import Context
from soc_agent.detect.engine import Engine, Matches
from soc_agent.errors import SourceError
from soc_agent.model import Block, Problem

_AHEAD = 3
"""So many blocks for each worker are on their way at a time: it has the next one before it gives back the last."""
_PROTOCOL = 5
_END_S = 5.0


class _Worker:
    def __init__(self, engine: Engine, others: list[Connection]) -> None:
        context = get_context("fork")
        self.connection, there = context.Pipe()
        self.process: BaseProcess = context.Process(
            target=_serve, args=(engine, there, [*others, self.connection]), name="match", daemon=True
        )
        self.process.start()
        there.close()
        self.blocks: list[int] = []
        """Numbers of the blocks that it works at."""


class Workers:
    """Processes that match blocks. Use as a context: at its end, however it comes, they end too."""

    def __init__(self, engine: Engine, count: int) -> None:
        """:param engine: must not be used for matching by anybody else meanwhile."""
        # what was loaded stays: looking through it for garbage would copy its memory into every process
        gc.collect()
        gc.freeze()
        self._workers: list[_Worker] = []
        for _ in range(count):
            self._workers.append(_Worker(engine, [worker.connection for worker in self._workers]))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.connection.close()
        for worker in self._workers:
            if kind is not None:
                worker.process.terminate()
            worker.process.join(_END_S)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()

    def match(self, work: Iterable[tuple[Block, Context]]) -> Iterator[Matches]:
        """Yield what was matched in each block, in the order of the blocks.

        :raises SourceError: when a worker died, which nothing in a line should cause: of a lack of memory, most likely.
        """
        done: dict[int, Matches] = {}
        sent = given = 0
        for block, context in work:
            while sent - given >= _AHEAD * len(self._workers):
                self._receive(done)
                while given in done:
                    yield done.pop(given)
                    given += 1
            self._send(sent, block, context)
            sent += 1
        while given < sent:
            if given not in done:
                self._receive(done)
                continue
            yield done.pop(given)
            given += 1

    def _send(self, number: int, block: Block, context: Context) -> None:
        worker = min(self._workers, key=lambda each: len(each.blocks))
        try:
            worker.connection.send_bytes(pickle.dumps((block, context), _PROTOCOL))
        except OSError:
            raise _died(worker) from None
        worker.blocks.append(number)

    def _receive(self, done: dict[int, Matches]) -> None:
        """Wait until at least one worker has given something back, and take what there is."""
        waiting = {worker.connection: worker for worker in self._workers if worker.blocks}
        for ready in connection.wait(list(waiting)):
            worker = waiting[ready]  # type: ignore[index]
            try:
                data = worker.connection.recv_bytes()
            except (EOFError, OSError):
                raise _died(worker) from None
            done[worker.blocks.pop(0)] = pickle.loads(data)  # noqa: S301 - from a process of our own


def workers_of(asked: int) -> int:
    """Give how many workers to use: those asked for, or for 0 one for each processor that this process may use."""
    return asked or len(os.sched_getaffinity(0))


def _died(worker: _Worker) -> SourceError:
    worker.process.join(_END_S)
    code = worker.process.exitcode
    return SourceError(Problem("workers.died", values={"pid": worker.process.pid, "code": code}))


def _serve(engine: Engine, there: Connection, others: list[Connection]) -> None:
    """Match blocks until nobody sends any more. Runs in the worker."""
    # Ctrl-C goes to all processes of a terminal: the caller decides what it means
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for other in others:
        other.close()  # else this process would keep the pipes of others open after their end
    inbox: SimpleQueue[bytes | None] = SimpleQueue()
    # blocks are taken off the pipe at once: were both sides to wait for the other to read, none would
    threading.Thread(target=_fill, args=(inbox, there), daemon=True).start()
    while (data := inbox.get()) is not None:
        block, context = pickle.loads(data)  # noqa: S301 - as above
        try:
            there.send_bytes(pickle.dumps(engine.match(block, context), _PROTOCOL))
        except BrokenPipeError:
            return


def _fill(inbox: "SimpleQueue[bytes | None]", there: Connection) -> None:
    try:
        while True:
            inbox.put(there.recv_bytes())
    except (EOFError, OSError):
        inbox.put(None)
