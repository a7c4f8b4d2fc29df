"""Reads packets in a process of its own: hostile input that crashes a parser ends this process, not the agent.

Run as ``python -m collectors.packets.worker``; :mod:`collectors.packets.process` starts it, and says over standard
input what to do. What it finds goes to standard output (:mod:`collectors.packets.messages`).
"""

import gc
import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from collectors.packets.capture import PacketCapture
from collectors.packets.messages import (
    LENGTH_BYTES,
    NOTE_BYTES,
    Answer,
    Begin,
    Failed,
    Keep,
    Lines,
    Missing,
    Now,
    Open,
    Opened,
    Order,
    framed,
    order,
)
from soc_agent.errors import SourceError
from soc_agent.model import Problem
from soc_agent.privileges import READ_SEARCH, give_up, reach, with_least

ALIVE_S = 1.0
_MEMORY_BYTES = 4_294_967_296
"""Address space: the ring, the flow table and what NumPy maps take well under a quarter of it."""
_NICENESS = -10
"""Of live capture: packets do not wait while a busy engine keeps the processor."""
_GARBAGE_THRESHOLD = 50_000
"""Flows are many and hold no cycles: the collector looks seldom."""


class Worker:
    """Serves one source."""

    def __init__(self, source: BinaryIO, target: BinaryIO, opened: Callable[[Begin], None] = lambda _: None) -> None:
        """:param opened: is called when all is open, before the first packet is looked at."""
        self._source = source
        self._target = target
        self._opened = opened
        self._note_fd = -1
        self._over = threading.Event()
        self._said: tuple[float, tuple[Problem, ...]] = (0.0, ())

    def run(self) -> None:
        """Serve until the input ends."""
        begin = self._take()
        if not isinstance(begin, Begin):
            return
        self._note_fd = begin.note_fd
        capture = PacketCapture(
            begin.options, note=self._note, evidence=Path(begin.evidence) if begin.evidence else None
        )
        self._say(Missing(capture.missing()))
        opening = self._take()
        if isinstance(opening, Open):
            capture.skip(opening.skip)
            try:
                capture.open(opening.positions)
            except SourceError as error:
                self._say(Opened(error.problem))
                return
            if begin.options.interface:
                with suppress(OSError):  # where nobody may, it takes its turn like others (RLIMIT_NICE)
                    os.nice(_NICENESS)
            self._opened(begin)
            self._say(Opened(None))
            threading.Thread(target=self._listen, args=(capture,), daemon=True).start()
            self._read(capture)

    def _read(self, capture: PacketCapture) -> None:
        while not self._over.is_set():
            try:
                block = capture.read(ALIVE_S)
            except SourceError as error:
                self._say(Failed(error.problem))
                return
            if block is not None:
                self._say(Lines(block))
            now, problems = time.monotonic(), tuple(capture.problems())
            if problems != self._said[1] or now - self._said[0] >= ALIVE_S:
                self._said = now, problems
                self._say(Now(problems))

    def _listen(self, capture: PacketCapture) -> None:
        while (said := self._take()) is not None:
            if isinstance(said, Keep):
                capture.keep(said.lines)
        self._over.set()
        capture.wake()

    def _take(self) -> Order | None:
        """Give the next order; None at the end."""
        head = self._source.read(LENGTH_BYTES)
        if len(head) < LENGTH_BYTES:
            return None
        return order(self._source.read(int.from_bytes(head, "big")))

    def _say(self, answer: Answer) -> None:
        self._target.write(framed(answer))
        self._target.flush()

    def _note(self, stream_id: str) -> None:
        """Leave word of the file whose packets are read next, for the case that they are the last."""
        os.pwrite(self._note_fd, stream_id.encode().ljust(NOTE_BYTES), 0)


def confine(begin: Begin) -> None:
    """Give up the rights that opening needed. Capture files come later, from whoever may write them."""
    if not begin.options.interface:
        give_up((READ_SEARCH,))
        return
    with suppress(PermissionError):  # evidence that cannot be kept is told by who keeps it
        with_least(lambda: reach(written=[Path(begin.evidence)] if begin.evidence else []))


def main() -> None:
    """Run with bounded memory, and on one thread until rights are given up: each thread has its own."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # NumPy comes late; it would start some
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    gc.freeze()
    gc.set_threshold(_GARBAGE_THRESHOLD)
    # what a library prints must not stand among the messages
    target = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        Worker(sys.stdin.buffer, target, confine).run()
    except BrokenPipeError:
        return  # the agent has ended


if __name__ == "__main__":
    main()
