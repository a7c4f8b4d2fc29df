"""The collector: folders whose closed and moved-in files are scanned, findings as lines."""

import threading
import time
from collections.abc import Mapping

from collectors.endless import Endless
from collectors.file_watch.folder import Folder
from collectors.file_watch.scanner import Scanner
from collectors.file_watch.schedule import Timing
from collectors.file_watch.worker import ENOUGH_BYTES, Worker
from soc_agent.config import WatchSource
from soc_agent.model import Block, Problem

_END_S = 2.0


class FileWatch(Endless):
    """Scans files of watched folders as they are closed or moved in. A :class:`soc_agent.model.Collector`.

    Every version of a file that is there for longer than the way of an event is scanned, or said to be not scanned,
    and its result committed exactly once: a version that was not committed before a stop or a kill is found and
    scanned at the next start. Two things may be scanned once more: a version that changed within 15 ms of its scan,
    and, after a restart, one whose time of change moved though its content did not (owner, mode, links).
    """

    def __init__(self, options: WatchSource, scanner: Scanner, timing: Timing | None = None) -> None:
        super().__init__(options.name, time.monotonic)
        self._options = options
        self._scanner = scanner
        self._timing = timing or Timing()
        self._changed = threading.Condition()
        self._folders: list[Folder] = []
        self._worker: Worker | None = None
        self._woken = False
        self._turn = -1
        self._news_since = 0.0

    def missing(self) -> Problem | None:
        """See :class:`soc_agent.model.Collector`: a folder that is not there yet is waited for."""
        return None

    def open(self, positions: Mapping[str, bytes]) -> None:
        """See :class:`soc_agent.model.Collector`. Watching begins in the background."""
        self._folders = [Folder(path, self.name, positions) for path in dict.fromkeys(self._options.paths)]
        self._worker = Worker(self._options, self._scanner, self._folders, self._changed, self._reports, self._timing)
        self._worker.start()

    def read(self, timeout_s: float) -> Block | None:
        """See :class:`soc_agent.model.Collector`. A block may have no lines: clean files were scanned."""
        with self._changed:
            block = self._next()
            if block is None and self._has_enough(timeout_s):
                for folder in self._folders:
                    folder.gather()
                block = self._next()
            self._woken = False
        return block

    def problems(self) -> list[Problem]:
        """See :class:`soc_agent.model.Collector`."""
        stuck = self._worker.stuck() if self._worker is not None else None
        return [*super().problems(), *([stuck] if stuck is not None else [])]

    def wake(self) -> None:
        """See :class:`soc_agent.model.Collector`."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def close(self) -> None:
        """See :class:`soc_agent.model.Collector`. A scan that runs is not waited for for long."""
        if self._worker is not None:
            self._worker.stop()
            self._worker.join(_END_S)
            self._worker = None

    def _next(self) -> Block | None:
        for _ in self._folders:
            self._turn = (self._turn + 1) % len(self._folders)
            block = self._folders[self._turn].take_block(time.time_ns())
            if block is not None:
                if block.data:
                    self._changed.notify_all()  # there is room again
                return block
        return None

    def _has_enough(self, timeout_s: float) -> bool:
        """Wait for what is worth a block: one for each of ten thousand files would cost more than scanning them."""
        if not self._changed.wait_for(lambda: self._woken or self._has_news(), timeout_s) or self._woken:
            return False
        self._news_since = self._news_since or time.monotonic()
        left_s = self._news_since + self._timing.clean_s - time.monotonic()
        self._changed.wait_for(lambda: self._woken or self._is_urgent(), max(min(timeout_s, left_s), 0))
        if not self._is_urgent() and time.monotonic() < self._news_since + self._timing.clean_s:
            return False
        if self._is_urgent() and not self._woken:
            self._changed.wait_for(self._is_full, min(timeout_s, self._timing.gather_s))
        self._news_since = 0.0
        return True

    def _has_news(self) -> bool:
        return any(folder.has_news() for folder in self._folders)

    def _is_urgent(self) -> bool:
        return any(folder.is_urgent() for folder in self._folders)

    def _is_full(self) -> bool:
        return self._woken or sum(folder.waiting_bytes for folder in self._folders) >= ENOUGH_BYTES
