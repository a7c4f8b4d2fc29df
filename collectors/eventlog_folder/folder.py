"""The collector of folders into which event logs are put."""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Mapping
from pathlib import Path

from collectors.endless import Endless
from collectors.eventlog import end_parser
from collectors.eventlog_folder.memory import Memory, mark_of
from collectors.eventlog_folder.reading import read_log
from collectors.eventlog_folder.ready import Ready
from collectors.globs import Found, Globs
from soc_agent.config import EventLogSource
from soc_agent.errors import SourceError, describe
from soc_agent.model import Block, Problem, Where
from soc_agent.text import path_text

_log = logging.getLogger(__name__)
_NAMES = ("*.[eE][vV][tT][xX]", "*.[xX][mM][lL]")
_SUFFIXES = (".evtx", ".xml")
_AGAIN_S = 60.0
"""A file that could not be read is tried again after so long, or when it changes."""


class EventLogFolder(Endless):
    """Reads event logs once, as they are put into folders; a :class:`soc_agent.model.Collector`.

    A file is read when it is whole: unchanged for ``settle_s``, with all parts that its header names. One that stays
    incomplete is read as far as it goes. Files are parsed in a process of its own.
    """

    def __init__(self, options: EventLogSource, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(options.name, clock)
        self._options = options
        self._clock = clock
        self._folders = [path for path in options.paths if _is_folder(path)]
        self._globs = Globs([name for path in options.paths for name in _patterns(path)], options.exclude)
        self._ready = Ready(options)
        self._memory = Memory(options.name, {})
        self._failed: dict[str, float] = {}
        self._queue: deque[Found] = deque()
        self._reading: tuple[Found, Generator[Block | None, None, None]] | None = None
        self._look_at = 0.0
        self._wake = threading.Event()

    def missing(self) -> Problem | None:
        """Nothing is needed but the folders, which may come later."""
        return None

    def open(self, positions: Mapping[str, bytes]) -> None:
        """Begin, with what was read before."""
        self._memory = Memory(self.name, positions)
        self._look_at = self._clock()

    def read(self, timeout_s: float) -> Block | None:
        """Give the next block, waiting for it up to ``timeout_s``; None when there was none."""
        end = self._clock() + timeout_s
        while not self._wake.is_set():
            if self._reading is None:
                self._begin()
            if self._reading is not None:
                block = self._step(*self._reading)
                if block is not None:
                    return block
            left_s = end - self._clock()
            if left_s <= 0:
                break
            if self._reading is None:
                self._wake.wait(min(left_s, max(0.0, self._look_at - self._clock())))
        self._wake.clear()
        return None

    def wake(self) -> None:
        """End a waiting :meth:`read` early, from another thread."""
        self._wake.set()

    def close(self) -> None:
        """End."""
        if self._reading is not None:
            self._reading[1].close()
            self._reading = None
        end_parser()

    def _begin(self) -> None:
        """Begin with the next file; when there is none, look for files that are whole and not known."""
        now = self._clock()
        if not self._queue and now >= self._look_at:
            self._queue.extend(self._look(now))
            self._look_at = now + self._options.rescan_s
        while self._queue and self._reading is None:
            file = self._queue.popleft()
            if file.size <= self._options.size_cap_bytes:
                self._reading = (file, read_log(file, self.name, self._memory, self._tell))
            else:
                size, limit = file.size, self._options.size_cap_bytes
                where = Where(path_text(file.path))
                self._fail(file, Problem("eventlogs.too_big", where, {"size": size, "limit": limit}))
        if self._reading is None:
            end_parser()

    def _look(self, now: float) -> list[Found]:
        scan = self._globs.scan()
        keys = {f"file:{path}" for path in scan.files}
        self._reports.keep_only("file:", keys)
        self._reports.keep_only("folder:", {f"folder:{path}" for path in scan.unreadable})
        for path, reason in scan.unreadable.items():
            values = {"path": path_text(path), "reason": reason}
            self._reports.report(f"folder:{path}", Problem("eventlogs.unreadable_folder", values=values))
        for folder in self._folders:
            if os.path.isdir(folder):  # noqa: PTH112  # str may hold any bytes
                self._reports.clear(f"missing:{folder}")
            else:
                values = {"path": path_text(folder)}
                self._reports.report(f"missing:{folder}", Problem("watch.missing_folder", values=values))
        marks = {file.path: mark_of(file) for file in scan.files.values()}
        self._failed = {mark: at for mark, at in self._failed.items() if at > now}
        unknown = [
            file
            for file in scan.files.values()
            if not self._memory.is_done(marks[file.path]) and marks[file.path] not in self._failed
        ]
        return self._ready.look(unknown, now)

    def _step(self, file: Found, blocks: Generator[Block | None, None, None]) -> Block | None:
        try:
            block = next(blocks)
        except StopIteration:
            self._reading = None
            self._reports.clear(f"file:{file.path}")
        except SourceError as error:
            self._reading = None
            self._fail(file, error.problem)
        except OSError as error:
            self._reading = None
            values = {"reason": error.strerror or str(error)}
            self._fail(file, Problem("archive.unreadable", Where(path_text(file.path)), values))
        else:
            return block
        return None

    def _fail(self, file: Found, problem: Problem) -> None:
        self._failed[mark_of(file)] = self._clock() + _AGAIN_S
        if self._reports.report(f"file:{file.path}", problem):
            _log.warning("Source %s: %s", self.name, describe(problem))

    def _tell(self, problem: Problem) -> None:
        _log.warning("Source %s: %s", self.name, describe(problem))
        self._reports.happened(problem)


def _is_folder(path: str) -> bool:
    """Say whether a path of the configuration names a folder: neither a glob nor a log."""
    name = Path(path).name
    return not any(sign in name for sign in "*?[") and not name.lower().endswith(_SUFFIXES)


def _patterns(path: str) -> list[str]:
    """Give the globs of a path of the configuration: a folder stands for the event logs in it and below it."""
    return [f"{path.rstrip('/')}/**/{name}" for name in _NAMES] if _is_folder(path) else [path]
