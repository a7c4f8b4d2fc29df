"""The thread that scans: what is due by events, and what a walk through a folder finds changed."""

import logging
import math
import os
import threading
import time
from collections.abc import Callable, Sequence

from collectors.file_watch.folder import Folder
from collectors.file_watch.lines import line_of_refused, line_of_vanished, lines_of
from collectors.file_watch.reading import Opened, Refused, identity_of, open_file
from collectors.file_watch.scanner import Scanner
from collectors.file_watch.schedule import File, Schedule, Timing
from collectors.file_watch.table import key_of
from collectors.file_watch.walks import Walk, Walks
from collectors.file_watch.warden import Warden
from collectors.globs import Globs
from collectors.reports import Reports
from soc_agent.config import WatchSource
from soc_agent.model import Problem, ScanLimits
from soc_agent.text import path_text

_log = logging.getLogger(__name__)
RACY_NS = 15_000_000
"""A change so shortly before its scan may be followed by another at the same time: the clock of files ticks slowly."""
_ROOM_BYTES = 4 * 1024 * 1024
"""While so much waits to be read, nothing is scanned."""
ENOUGH_BYTES = 256 * 1024
"""With so many bytes of lines a block is given at once."""
_PUT_OFF_S = 0.5
"""A file that is written without end is scanned all the same after so long."""
_STEP = 256
_IDLE_S = 1.0


class Worker(threading.Thread):
    """Scans what events and walks bring. Shares its folders with the reader, under ``changed``."""

    def __init__(
        self,
        options: WatchSource,
        scanner: Scanner,
        folders: Sequence[Folder],
        changed: threading.Condition,
        reports: Reports,
        timing: Timing,
    ) -> None:
        super().__init__(name=f"watch {options.name}", daemon=True)
        self._options = options
        self._scanner = scanner
        self._folders = folders
        self._changed = changed
        self._reports = reports
        self._timing = timing
        self._limits = ScanLimits(
            *(options.size_cap_bytes, options.timeout_s),
            *(options.archive_depth, options.archive_members, options.archive_bytes),
        )
        self._globs = Globs((), options.exclude)
        self._schedule = Schedule(timing)
        self._walks = Walks(self._new_walk)
        self._warden = Warden(options, folders, reports, told=self._told, lost=self._lost, arrived=self._arrived)
        self._noting_before_ns: dict[int, int] = {}
        self._put_off: dict[File, float] = {}
        self._vanished: dict[int, tuple[int, str, float]] = {}
        """Of folders: how many files were gone before they could be scanned, one of them, and when that is told."""
        self._stopping = False
        self._at: tuple[str, float] | None = None
        """The path that is looked at, and since when."""

    def stop(self) -> None:
        """Ask the thread to end; a scan that runs is not waited for."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def stuck(self) -> Problem | None:
        """Say that a path does not let go of this thread, as on a disk that does not answer; None while all is well.

        Called by the reader's thread.
        """
        at = self._at
        if at is None or time.monotonic() - at[1] < self._timing.stuck_s + self._limits.timeout_s:
            return None
        return Problem("watch.stuck", values={"path": path_text(at[0])})

    def run(self) -> None:
        """Work until asked to end."""
        next_look = 0.0
        try:
            while not self._stopping:
                if time.monotonic() >= next_look:
                    self._warden.look()
                    self._tell_vanished()
                    next_look = time.monotonic() + self._timing.check_s
                if not self._work():
                    self._wait(next_look)
        finally:
            self._warden.close()

    def _told(self, number: int, what: str, path: str) -> None:
        """Take an event. Called by the thread of the watches."""
        folder = self._folders[number]
        if self._is_excluded(folder.real, path):
            return
        with self._changed:
            now = time.monotonic()
            if what == "gone":
                self._schedule.forget((number, path))
            elif what == "folder":
                # Files may have come into it before it was watched.
                self._walks.want(number, path, folder.real, now + self._timing.created_s)
            elif not (self._schedule.closed if what == "closed" else self._schedule.created)((number, path), now):
                self._schedule.drop(number)
                self._walks.want(number, folder.real, folder.real, now)
            self._changed.notify_all()

    def _lost(self) -> None:
        """Take note that the kernel dropped events. Called by the thread of the watches."""
        _log.warning("Source %s: the kernel dropped file events; its folders are walked through", self._options.name)
        self._reports.happened(Problem("watch.overflow", values={"source": self._options.name}))
        with self._changed:
            for number, folder in enumerate(self._folders):
                if folder.real:
                    self._walks.want(number, folder.real, folder.real, time.monotonic())
            self._changed.notify_all()

    def _arrived(self, number: int, *, at_start: bool) -> None:
        """Begin with a folder: it was there at the start, or appeared, is another one now, or is gone."""
        folder = self._folders[number]
        with self._changed:
            self._walks.forget(number)
            if at_start and not self._options.scan_existing and not folder.complete:
                folder.held = True
                self._noting_before_ns[number] = time.time_ns() - RACY_NS
            elif not folder.real:
                folder.held = False
                self._noting_before_ns.pop(number, None)
            if folder.real:
                self._walks.want(number, folder.real, folder.real, time.monotonic())

    def _wait(self, next_look: float) -> None:
        with self._changed:
            times = [next_look, self._schedule.next_due(), self._walks.next_due()]
            left_s = min(at for at in times if at is not None) - time.monotonic()
            if not self._stopping:
                self._changed.wait(min(max(left_s, 0.001), _IDLE_S) if self._has_room() else _IDLE_S)

    def _has_room(self) -> bool:
        return sum(folder.waiting_bytes for folder in self._folders) < _ROOM_BYTES

    def _work(self) -> bool:
        """Do one piece of work; False when there is none."""
        with self._changed:
            if not self._has_room():
                return False
            now = time.monotonic()
            file = self._schedule.pop(now)
            walk = self._walks.current(now) if file is None else None
        if file is not None:
            self._at = (file[1], time.monotonic())
            self._scan(file, self._folders[file[0]].was_scanned)
        elif walk is not None:
            self._at = (self._folders[walk.number].path, time.monotonic())
            self._step(walk)
        self._at = None
        return file is not None or walk is not None

    def _scan(self, file: File, is_known: Callable[[str, int], bool]) -> None:
        number, path = file
        folder = self._folders[number]
        opened = open_file(path, self._limits.cap_bytes, below=folder.real) if folder.real else None
        if opened is None:
            self._put_off.pop(file, None)
            if folder.real and not os.path.lexists(path) and not folder.was_seen(path):
                count, _, at = self._vanished.get(number, (0, "", time.monotonic() + self._timing.vanished_s))
                self._vanished[number] = (count + 1, path, at)
        elif isinstance(opened, Refused):
            if not is_known(path, opened.identity):
                line = line_of_refused(opened, path, self._options.name, time.time_ns())
                self._keep(file, opened.identity, [line], settled=True)
        else:
            with opened:
                self._scan_opened(file, opened, is_known)

    def _scan_opened(self, file: File, opened: Opened, is_known: Callable[[str, int], bool]) -> None:
        path = file[1]
        if is_known(path, opened.identity):
            self._put_off.pop(file, None)
            return
        now_ns, settled = time.time_ns(), _is_settled(opened.changed_ns)
        if not settled and self._may_wait(file):
            return
        scan = self._scanner.scan_file(opened.file, opened.facts, self._limits)
        if not scan.again:
            self._reports.clear("scanner")
        elif self._reports.report("scanner", Problem("watch.no_scanner", values={"reason": scan.detail})):
            _log.error("Source %s: files are not scanned: %s", self._options.name, scan.detail)
        lines = lines_of(opened.facts, scan, path, self._options.name, now_ns)
        self._keep(file, None if scan.again else opened.identity, lines, settled=settled)

    def _tell_vanished(self) -> None:
        """Tell once in a while of files that were gone too soon: temporary ones are, and so is what hides."""
        now = time.monotonic()
        for number, (count, path, at) in list(self._vanished.items()):
            if at <= now:
                del self._vanished[number]
                folder = self._folders[number]
                line = line_of_vanished(folder.path, path, count, self._options.name, time.time_ns())
                with self._changed:
                    folder.told(line)
                    self._changed.notify_all()

    def _keep(self, file: File, identity: int | None, lines: list[bytes], *, settled: bool) -> None:
        """Keep what came of a file; one that may have changed meanwhile is due again."""
        number, path = file
        folder = self._folders[number]
        with self._changed:
            is_news = not folder.has_news() or (bool(lines) and not folder.is_urgent())
            folder.scanned(path, identity if settled else None, lines)
            now = time.monotonic()
            self._schedule.scanned(file, now)
            self._put_off.pop(file, None)
            if not settled:
                self._schedule.closed(file, now)
            if self._walks.running is not None:
                self._walks.running.present.add(key_of(path))
            if is_news or folder.waiting_bytes >= ENOUGH_BYTES:
                self._changed.notify_all()

    def _may_wait(self, file: File) -> bool:
        """Put off a file that is being written at this moment; False when it was put off for long enough."""
        with self._changed:
            now = time.monotonic()
            since = self._put_off.setdefault(file, now)
            if now - since < _PUT_OFF_S and self._schedule.closed(file, now):
                return True
            del self._put_off[file]
            return False

    def _new_walk(self, number: int, top: str) -> Walk | None:
        whole = self._folders[number].real
        if not whole:
            return None
        again = top == whole and self._rescan_in_s(self._folders[number]) <= 0
        return Walk(number, top, whole, recursive=self._options.recursive, excludes=self._globs.excludes, again=again)

    def _rescan_in_s(self, folder: Folder) -> float:
        """Give in how many seconds all files are to be scanned, also those that did not change."""
        if not self._options.rescan_s or not folder.rescanned_ns:
            return math.inf
        return self._options.rescan_s - (time.time_ns() - folder.rescanned_ns) / 1e9

    def _step(self, walk: Walk) -> None:
        """Go on with a walk for a while: until the first file that is to be scanned."""
        folder = self._folders[walk.number]
        noting_before_ns = self._noting_before_ns.get(walk.number, 0)
        for _ in range(_STEP):
            seen = walk.step()
            if seen is None:
                self._end(walk)
                return
            identity = identity_of(seen.info)
            with self._changed:
                walk.present.add(key_of(seen.path))
                if not walk.again and folder.is_known(seen.path, identity):
                    continue
                if seen.info.st_ctime_ns < noting_before_ns and folder.is_new_ground(seen.path):
                    folder.note(seen.path, identity)
                    continue
                if not _is_settled(seen.info.st_ctime_ns):
                    now = time.monotonic()
                    if not self._schedule.closed((walk.number, seen.path), now):
                        self._walks.want(walk.number, folder.real, folder.real, now + self._timing.created_s)
                    continue
            self._scan((walk.number, seen.path), _nothing_is_known if walk.again else folder.is_known)
            return

    def _end(self, walk: Walk) -> None:
        number, folder = walk.number, self._folders[walk.number]
        for path, reason in walk.log.unreadable.items():
            problem = Problem("watch.unreadable_folder", values={"path": path_text(path), "reason": reason})
            if self._reports.report(f"unreadable:{number}:{path}", problem):
                _log.warning("Source %s: %s cannot be listed: %s", self._options.name, path_text(path), reason)
        with self._changed:
            if self._walks.running is walk:
                self._walks.running = None
            if not walk.full:
                return
            if walk.log.folders:
                if not walk.log.unreadable:
                    folder.forget_others(walk.present)
                folder.finish(time.time_ns(), rescanned=walk.again)
                self._noting_before_ns.pop(number, None)
            later_s = self._timing.reconcile_s if self._warden.is_watched(number) else self._timing.poll_s
            later_s = min(later_s, max(self._rescan_in_s(folder), 0.0))
            if folder.real:
                self._walks.want(number, folder.real, folder.real, time.monotonic() + later_s)
            self._changed.notify_all()
        self._reports.keep_only(f"unreadable:{number}:", {f"unreadable:{number}:{p}" for p in walk.log.unreadable})
        self._warden.walked(number, walk.log.folders)

    def _is_excluded(self, top: str, path: str) -> bool:
        """Say whether a path or a folder on the way to it is left out."""
        while len(path) > len(top):
            if self._globs.excludes(path):
                return True
            path = path.rpartition("/")[0]
        return False


def _nothing_is_known(path: str, identity: int) -> bool:
    del path, identity
    return False


def _is_settled(changed_ns: int) -> bool:
    """Say whether a change is so long ago that another one would have another time."""
    return not 0 <= time.time_ns() - changed_ns < RACY_NS
