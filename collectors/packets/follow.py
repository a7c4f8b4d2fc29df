"""Capture files as an input of the packet collector: those that match, as they appear and as they grow.

A file that has not grown for :data:`QUIET_S` is at its end: its open flows are reported. It is read on when it grows
all the same.
"""

import glob
import os
import stat
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

from collectors.packets.bpf import compile_filter
from collectors.packets.capture_stream import CaptureStream, stream_id
from soc_agent.config import PacketSource
from soc_agent.errors import SourceError
from soc_agent.model import Block, Problem, Where
from soc_agent.text import path_text

QUIET_S = 5.0
RESCAN_S = 1.0
MAX_OPEN = 4
"""Files that are read at once; a flow table and a buffer each."""


_Mark = tuple[int, int, int, int]


def _mark(status: os.stat_result) -> _Mark:
    """Give what changes when a file does."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


class FollowInput:
    """Reads capture files, a few at once, one batch of each in turn."""

    def __init__(self, options: PacketSource, note: Callable[[str], None] | None = None) -> None:
        self._options = options
        self._note = note
        self._skipped: frozenset[str] = frozenset()
        self._positions: dict[str, bytes] = {}
        self._open: dict[str, CaptureStream] = {}
        self._done: dict[str, _Mark] = {}
        """By path: the files that were read to their end."""
        self._ready: deque[Block] = deque()
        self._problems: dict[str, list[Problem]] = {}
        self._lock = threading.Lock()
        self._next_scan = 0.0
        self._is_crowded = False
        """Whether files wait because so many are open."""
        self._wake = threading.Event()

    def missing(self) -> Problem | None:
        """Say what the filter lacks."""
        try:
            if self._options.filter:
                compile_filter(self._options.filter)
        except SourceError as error:
            return error.problem
        return None

    def skip(self, stream_ids: tuple[str, ...]) -> None:
        """Leave files with these stream ids out and report them."""
        self._skipped = frozenset(stream_ids)

    def keep(self, lines: tuple[bytes, ...]) -> None:
        """Do nothing: the capture file itself is the evidence."""

    def open(self, positions: Mapping[str, bytes]) -> None:
        """Begin where the positions say.

        :raises SourceError: as :meth:`missing` says.
        """
        problem = self.missing()
        if problem is not None:
            raise SourceError(problem)
        self._positions = dict(positions)

    def read(self, timeout_s: float) -> Block | None:
        """Give the next block."""
        deadline = time.monotonic() + timeout_s
        while not self._ready:
            if time.monotonic() >= self._next_scan:
                self._scan()
                self._next_scan = time.monotonic() + RESCAN_S
            if not self._advance():
                wait_s = min(deadline, self._next_scan) - time.monotonic()
                if self._wake.wait(max(wait_s, 0.0)):
                    self._wake.clear()
                    break
            if time.monotonic() >= deadline:
                break
        return self._ready.popleft() if self._ready else None

    def problems(self) -> list[Problem]:
        """Give what is wrong now."""
        with self._lock:
            return [problem for problems in self._problems.values() for problem in problems]

    def wake(self) -> None:
        """End a waiting read."""
        self._wake.set()

    def close(self) -> None:
        """End."""
        for stream in self._open.values():
            stream.close()
        self._open.clear()

    def _advance(self) -> bool:
        """Read a batch of each open file; say whether there was any."""
        found = False
        for path, stream in list(self._open.items()):
            try:
                self._noted(stream.identity)
                blocks = stream.read()
            except OSError as error:
                self._close(path, [Problem("packets.unreadable", Where(path), {"reason": error.strerror})])
                continue
            except SourceError as error:
                self._close(path, [error.problem])
                continue
            if blocks is not None:
                found = True
                self._ready.extend(blocks)
            elif self._is_over(stream):
                found = True
                self._ready.extend(stream.finish())
                self._close(path, stream.problems())
        self._noted("")
        return found

    def _noted(self, identity: str) -> None:
        if self._note is not None:
            self._note(identity)

    def _is_over(self, stream: CaptureStream) -> bool:
        """Say whether a file that was read as far as it is there has come to its end."""
        status = os.fstat(stream.fd)
        if stream.is_broken or stream.is_shorter or status.st_nlink == 0 or self._is_crowded:
            return True
        return time.time() - status.st_mtime > QUIET_S or time.monotonic() - stream.grown_at > QUIET_S

    def _scan(self) -> None:
        """Find files that are new or have grown. Files are taken in the order of their age."""
        found: dict[str, os.stat_result] = {}
        for pattern in self._options.paths:
            for path in glob.iglob(pattern, recursive=True):  # noqa: PTH207 - Path.glob takes no absolute pattern
                try:
                    status = Path(path).stat()
                except OSError:
                    continue
                if stat.S_ISREG(status.st_mode):
                    found[path] = status
        for path in (set(self._done) | set(self._problems)) - set(found) - set(self._open):
            self._done.pop(path, None)
            self._say(path, [])
        self._is_crowded = False
        for path, status in sorted(found.items(), key=lambda item: (item[1].st_mtime_ns, item[0])):
            if path in self._open or self._done.get(path) == _mark(status):
                continue
            if len(self._open) >= MAX_OPEN:
                self._is_crowded = True
                break
            self._begin(path)

    def _begin(self, path: str) -> None:
        try:
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            self._say(path, [Problem("packets.unreadable", Where(path), {"reason": error.strerror})])
            return
        identity = stream_id(fd)
        if identity is None:
            os.close(fd)
            return
        if identity in self._skipped:
            self._done[path] = _mark(os.fstat(fd))
            self._say(path, [Problem("packets.given_up", Where(path))])
            os.close(fd)
            return
        self._say(path, [])
        self._open[path] = CaptureStream(fd, path_text(path), identity, self._options, self._positions.get(identity))

    def _close(self, path: str, problems: list[Problem]) -> None:
        """Have done with a file until it changes."""
        stream = self._open.pop(path)
        self._positions[stream.identity] = stream.state
        self._done[path] = _mark(os.fstat(stream.fd))
        self._say(path, problems)
        stream.close()

    def _say(self, path: str, problems: list[Problem]) -> None:
        with self._lock:
            self._problems.pop(path, None)
            if problems:
                self._problems[path] = problems
