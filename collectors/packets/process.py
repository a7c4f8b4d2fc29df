"""The packet collector as the agent has it: packets are read in a process of their own, which may crash.

When that process ends, or says nothing for long, :meth:`PacketProcess.read` raises once; whoever runs the collector
opens it again from the last committed position. A capture file that ended it twice is not read any further.
"""

import fcntl
import os
import select
import signal
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from collectors.packets.messages import (
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
    answers,
    framed,
)
from soc_agent.config import PacketSource
from soc_agent.errors import SourceError
from soc_agent.model import Block, Problem

SILENCE_S = 60.0
"""A process that says nothing for so long hangs: an idle one speaks every second."""
START_S = 120.0
"""So long may it take to begin, on a machine that is busy."""
MOST_ENDINGS = 2
"""A file that ended the process so often is not read any further."""
_PIPE_BYTES = 1_048_576
_STOP_S = 5.0
_MOST_ASKED = 1000
_LINE_BYTES = 16_384


class PacketProcess:
    """Reads an interface or capture files in a process of its own; a :class:`soc_agent.model.Collector`."""

    def __init__(self, options: PacketSource, evidence: Path | None = None) -> None:
        """Make the collector. ``evidence`` is the folder for packets that are asked for with :meth:`keep`."""
        self._options = options
        self._evidence = evidence
        self._asked: deque[tuple[bytes, ...]] = deque(maxlen=_MOST_ASKED)
        self._process: subprocess.Popen[bytes] | None = None
        self._buffer = bytearray()
        self._answers: deque[Answer] = deque()
        self._problems: tuple[Problem, ...] = ()
        self._note_fd = -1
        self._endings: Counter[str] = Counter()
        """By stream id: how often the process ended while it read a file."""
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._heard = 0.0

    @property
    def name(self) -> str:
        """Name of the source in the configuration."""
        return self._options.name

    @property
    def finished(self) -> bool:
        """False: packets may always come, and a capture file may always grow."""
        return False

    @property
    def pid(self) -> int | None:
        """The process that reads, while there is one."""
        return self._process.pid if self._process is not None else None

    def missing(self) -> Problem | None:
        """Say what is missing, as :meth:`collectors.packets.PacketCapture.missing` does there."""
        try:
            return self._start()
        except SourceError as error:
            return error.problem
        finally:
            self._end()

    def open(self, positions: Mapping[str, bytes]) -> None:
        """Begin.

        :raises SourceError: when the source cannot be read, or no process can be started.
        """
        problem = self._start()
        if problem is None:
            skip = tuple(name for name, count in self._endings.items() if count >= MOST_ENDINGS)
            self._tell(Open(dict(positions), skip))
            answer = self._first()
            problem = answer.problem if isinstance(answer, (Opened, Failed)) else None
        if problem is not None:
            self._end()
            raise SourceError(problem)

    def read(self, timeout_s: float) -> Block | None:
        """Give the next block.

        :raises SourceError: when the process has ended; everything that it had said before was given.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            while self._answers:
                answer = self._answers.popleft()
                if isinstance(answer, Lines):
                    return answer.block
                if isinstance(answer, Now):
                    self._problems = answer.problems
                elif isinstance(answer, Failed):
                    raise SourceError(answer.problem)
            while self._asked:
                self._tell(Keep(self._asked.popleft()))
            if not self._hear(max(deadline - time.monotonic(), 0.0)):
                return None

    def problems(self) -> list[Problem]:
        """Give what is wrong right now."""
        return list(self._problems)

    def keep(self, lines: Iterable[bytes]) -> None:
        """Keep the packets of the flows that lines speak of, from any thread; where evidence is kept."""
        short = tuple(line for line in lines if len(line) <= _LINE_BYTES)
        if self._evidence is not None and short:
            self._asked.append(short)

    def wake(self) -> None:
        """End a waiting :meth:`read` early, from another thread."""
        os.eventfd_write(self._wake, 1)

    def close(self) -> None:
        """End the process; the collector can be opened again."""
        self._end()

    def __del__(self) -> None:
        self._end()
        os.close(self._wake)

    def _start(self) -> Problem | None:
        """Start the process; give what the source lacks.

        :raises SourceError: when it cannot be started.
        """
        self._end()
        self._note_fd = os.memfd_create("packets-note", 0)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "collectors.packets.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                pass_fds=(self._note_fd,),
                process_group=0,  # what interrupts the agent at a terminal lets it end this in its own time
            )
        except OSError as error:
            raise SourceError(self._ended(error.strerror or str(error))) from error
        assert self._process.stdout is not None
        fcntl.fcntl(self._process.stdout, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        os.set_blocking(self._process.stdout.fileno(), False)
        self._heard = time.monotonic()
        self._tell(Begin(self._options, self._note_fd, os.fspath(self._evidence or "")))
        answer = self._first()
        return answer.problem if isinstance(answer, (Missing, Failed)) else None

    def _tell(self, order: Order) -> None:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        data = memoryview(framed(order))
        try:
            while data:
                data = data[process.stdin.write(data) or 0 :]
        except OSError as error:
            raise SourceError(self._gone()) from error

    def _first(self) -> Answer:
        """Wait for the answer to what was told.

        :raises SourceError: when the process ends, or says nothing.
        """
        deadline = time.monotonic() + START_S
        while not self._answers:
            self._hear(max(deadline - time.monotonic(), 0.0))
            if not self._answers and time.monotonic() >= deadline:
                raise SourceError(self._gone("hangs"))
        return self._answers.popleft()

    def _hear(self, timeout_s: float) -> bool:
        """Take what the process said; False when it said nothing in time, or when woken.

        :raises SourceError: when it ended, hangs, or says what makes no sense.
        """
        process = self._process
        assert process is not None
        assert process.stdout is not None
        poll = select.poll()
        poll.register(process.stdout, select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        ready = dict(poll.poll(timeout_s * 1000))
        if self._wake in ready:
            os.eventfd_read(self._wake)
            return False
        now = time.monotonic()
        if not ready:
            if now - self._heard > SILENCE_S:
                raise SourceError(self._gone("hangs"))
            return False
        self._heard = now
        data = process.stdout.read(_PIPE_BYTES)
        if data == b"":
            raise SourceError(self._gone())
        self._buffer += data or b""
        try:
            self._answers.extend(answers(self._buffer))
        except msgspec.DecodeError as error:
            raise SourceError(self._gone(str(error))) from error
        return True

    def _gone(self, reason: str = "") -> Problem:
        """End what is left of the process; say why, and remember the file that it was at."""
        process = self._process
        assert process is not None
        at = os.pread(self._note_fd, NOTE_BYTES, 0).decode("ascii", "replace").strip()
        if at:
            self._endings[at] += 1
        if reason:
            process.kill()
        try:
            code = process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            code = 0
        self._end()
        if not reason:
            reason = signal.Signals(-code).name if -code in set(signal.Signals) else f"exit {code}"
        return self._ended(reason)

    def _ended(self, reason: str) -> Problem:
        return Problem("packets.process_ended", values={"source": self.name, "reason": reason})

    def _end(self) -> None:
        process, self._process = self._process, None
        self._buffer.clear()
        self._answers.clear()
        self._problems = ()
        if self._note_fd >= 0:
            os.close(self._note_fd)
            self._note_fd = -1
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.stdout.close()  # a process that still writes ends by that
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
