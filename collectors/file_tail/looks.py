"""When the files of a source are looked at: by the clock, or as soon as something tells of a change."""

import logging
import math
import threading
import time
from collections.abc import Callable

from collectors.file_tail.heat import Heat
from collectors.file_tail.hints import Hints
from collectors.file_tail.register import Register
from collectors.file_tail.stream import Stream
from collectors.globs import Globs, Scan
from collectors.reports import Reports
from soc_agent.model import Problem
from soc_agent.text import make_safe

_log = logging.getLogger(__name__)

_LOOK_MAX_S = 30.0
"""Longest time between looks at the file system, where one costs much."""
_IDLE_SHARE, _BUSY_SHARE = 250, 20
"""Looks take at most one part in so many of a processor; more while lines come and nothing tells of them."""
_QUIET_S = 30.0


class Looks:
    """Looks at the file system, and has the register act on what is there.

    ``ready`` is called with a stream that may have grown. Hints come from a thread of their own; all else is called
    from that of the reader.
    """

    def __init__(
        self,
        name: str,
        globs: Globs,
        register: Register,
        reports: Reports,
        ready: Callable[[Stream], None],
        *,
        rescan_s: float,
        hints: bool,
    ) -> None:
        self._name, self._globs, self._register, self._reports = name, globs, register, reports
        self._ready, self._rescan_s = ready, rescan_s
        self.gave_at = -math.inf
        """When a block was given last, in seconds of the collector's clock."""
        self.heat = Heat()
        self._hints = Hints(self._hint) if hints else None
        self._signal = threading.Event()
        self._lock = threading.Lock()
        self._dirty: set[str] = set()
        self._is_soon = False
        self._next = self._next_hinted = 0.0

    def start(self) -> None:
        """Begin to hear of changes."""
        if self._hints and (reason := self._hints.start()):
            self._no_hints("hints", self._name, reason)

    def stop(self) -> None:
        """Hear no longer."""
        if self._hints:
            self._hints.stop()

    def soon(self) -> None:
        """Ask for a look before its time."""
        self._is_soon = True

    def wake(self) -> None:
        """End a waiting :meth:`wait` early, from any thread."""
        self._signal.set()

    def see(self, now: float) -> None:
        """Do what is due: take what was heard of, look at the file system, or at the files that are read."""
        self._signal.clear()
        self._take_hints()
        if now >= self._next or (self._is_soon and now >= self._next_hinted):
            self.look(now)
        elif self.heat.polling and now >= self.heat.next_poll:
            self._poll(now)

    def wait(self, now: float, until: float) -> None:
        """Wait until then, until something is due, or until something is heard of."""
        times = [until, self._next_hinted if self._is_soon else self._next]
        if self.heat.polling:
            times.append(self.heat.next_poll)
        self._signal.wait(max(0.0, min(times) - now))

    def look(self, now: float) -> None:
        """Look at the file system, act on it, and decide when to look again."""
        self._is_soon = False
        began = time.thread_time()
        scan = self._globs.scan()
        self._register.reconcile(scan, now)
        self._report_scan(scan)
        self.heat.judge(now)
        self._watch_folders()
        cost_s = time.thread_time() - began
        told = self._hints is not None and self._hints.working
        share = _IDLE_SHARE if told or now - self.gave_at > _QUIET_S else _BUSY_SHARE
        rest_s = min(_LOOK_MAX_S, cost_s * share) if self._rescan_s else 0.0
        self._next = now + max(self._rescan_s, rest_s)
        self._next_hinted = now + max(0.05, cost_s * 20)

    def _hint(self, path: str, is_write: bool, is_folder: bool) -> None:
        """Take a hint. Called from watchdog's thread."""
        is_ours = path in self._register.roster.places
        if is_ours and is_write:
            self.heat.note()
            with self._lock:
                self._dirty.add(path)
        elif is_ours or (is_folder and self._globs.may_hold(path)) or self._globs.matches(path):
            self._is_soon = True
        else:
            return
        self._signal.set()

    def _take_hints(self) -> None:
        with self._lock:
            dirty, self._dirty = self._dirty, set()
        for path in dirty:
            stream = self._register.roster.places.get(path)
            if stream is not None:
                self._ready(stream)

    def _poll(self, now: float) -> None:
        """Look at the files that are read, when notices of their writing are not wanted."""
        began = time.thread_time()
        for stream in self._register.roster.streams.values():
            if stream.has_grown():
                self.heat.note()
                self._ready(stream)
        self.heat.polled(now, time.thread_time() - began)

    def _watch_folders(self) -> None:
        if self._hints is None or not self._hints.working:
            return
        folders: dict[str, bool] = {}
        for pattern in self._globs.patterns:
            if pattern.base != "/" or not pattern.is_deep:
                folders[pattern.base] = folders.get(pattern.base, False) or pattern.is_deep
        for stream in self._register.roster.streams.values():
            if stream.location and stream.location != stream.path:
                folders.setdefault(stream.location.rpartition("/")[0] or "/", False)
        failed = self._hints.watch(folders, writes=not self.heat.polling)
        for folder, reason in failed.items():
            self._no_hints(f"hints {folder}", folder, reason)
        self._reports.keep_only("hints ", {f"hints {folder}" for folder in failed})

    def _no_hints(self, key: str, what: str, reason: str) -> None:
        if self._reports.report(key, Problem("tail.no_hints", values={"what": make_safe(what), "reason": reason})):
            _log.warning("%s: no notice of changes (%s); looking at files by the clock instead", what, reason)

    def _report_scan(self, scan: Scan) -> None:
        wrong = {f"scan folder {path}": ("tail.unreadable", path, reason) for path, reason in scan.unreadable.items()}
        wrong |= {f"scan kind {path}": ("tail.not_a_file", path, "") for path in scan.not_files}
        if len(scan.empty) == len(self._globs.patterns):
            # one log may stand under several names on different systems: only when none is there, something is wrong
            wrong["scan empty"] = ("tail.nothing_there", ", ".join(scan.empty), "")
        for key, (code, path, reason) in wrong.items():
            problem = Problem(code, values={"path": make_safe(path), "reason": reason, "source": self._name})
            if self._reports.report(key, problem):
                _log.info("source %s: %s: %s", self._name, make_safe(path), reason or code)
        self._reports.keep_only("scan ", set(wrong))
