"""The collector: paths are looked at when an event says so and on schedule, changes leave as lines."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from collectors.endless import Endless
from collectors.file_watch.tree import WalkLog
from collectors.file_watch.watches import Watches
from collectors.globs import Globs
from collectors.integrity.audit import Asked, AuditLogs
from collectors.integrity.dpkg import Dpkg
from collectors.integrity.entry import Entry, differences, look
from collectors.integrity.judge import Judge, with_renames
from collectors.integrity.lines import Change, line_of
from collectors.integrity.packages import Manager, Packages
from collectors.integrity.records import Record, Records
from collectors.integrity.rpm import Rpm
from collectors.integrity.tree import everything
from soc_agent.config import IntegritySource
from soc_agent.model import Block, Problem
from soc_agent.text import path_text

_log = logging.getLogger(__name__)
_STEP = 256
_STEP_S = 0.1
_APPROVALS = 500
"""So many changes that wait for approval are asked for in one round."""


class Timing(Struct, frozen=True):
    """How long to wait for what, in seconds."""

    settle_s: float = 1.0
    """From an event to the look: writers finish, and auditd has written its records."""
    package_s: float = 3.0
    """Between two looks at a file of a package while a package manager is at work."""
    package_limit_s: float = 120.0
    """After so long such a change is judged whatever the package manager does."""
    approvals_s: float = 5.0
    """Between two looks at what people approved."""


class IntegrityWatch(Endless):
    """Tells what changes on the files of some folders. A :class:`soc_agent.model.Collector`.

    The state of a path and the line that tells its change commit together: what changed while the agent stood still
    is found at the next start, and nothing is told twice. ``approved`` gives what a person approved of a path.
    """

    def __init__(
        self,
        options: IntegritySource,
        approved: Callable[[str], str] = lambda _: "",
        packages: Packages | None = None,
        timing: Timing | None = None,
    ) -> None:
        super().__init__(options.name, time.monotonic)
        self._options = options
        self._timing = timing or Timing()
        self._packages = packages or Packages(*_managers(options))
        self._judge_of = Judge(approved, self._packages, self._timing.package_limit_s)
        self._audit = AuditLogs(options.audit_logs, options.audit_window_s)
        self._excludes = Globs((), options.exclude).excludes
        self._changed = threading.Condition()
        self._due: dict[str, float] = {}
        self._walk: Iterator[str] | None = None
        self._walk_due = 0.0
        self._next_approvals = 0.0
        self._present: set[str] = set()
        self._walk_log = WalkLog()
        self._watches: Watches | None = None
        self._records = Records(options.name, {})
        self._woken = False

    def missing(self) -> Problem | None:
        """See :class:`soc_agent.model.Collector`: what is not there yet is noted when it appears."""
        return None

    def open(self, positions: Mapping[str, bytes]) -> None:
        """See :class:`soc_agent.model.Collector`."""
        self._records = Records(self.name, positions)
        self._watches = Watches(self._told, self._lost, everything=True, excludes=self._excludes)
        self._walk, self._walk_due = None, 0.0

    def read(self, timeout_s: float) -> Block | None:
        """See :class:`soc_agent.model.Collector`. Looks at files too: a block may take as long as its hashes."""
        self._work()
        block = self._records.take_block(time.time_ns())
        if block is not None:
            return block
        with self._changed:
            self._changed.wait_for(self._has_work, timeout_s)
            self._woken = False
        return None

    def wake(self) -> None:
        """See :class:`soc_agent.model.Collector`."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def close(self) -> None:
        """See :class:`soc_agent.model.Collector`."""
        if self._watches is not None:
            self._watches.close()
            self._watches = None

    def _told(self, number: int, what: str, path: str) -> None:
        """Take an event. Called by the thread of the watches."""
        if not self._is_ours(path):
            return
        with self._changed:
            if what == "folder":
                self._walk_due = min(self._walk_due, time.monotonic() + self._timing.settle_s)
            self._due.setdefault(path, time.monotonic() + self._timing.settle_s)
            self._changed.notify_all()

    def _lost(self) -> None:
        """Take note that the kernel dropped events: everything is looked at. Called by the thread of the watches."""
        self._reports.happened(Problem("watch.overflow", values={"source": self.name}))
        with self._changed:
            self._walk_due = 0.0
            self._changed.notify_all()

    def _is_ours(self, path: str) -> bool:
        """Say whether a path is watched: neither it nor a folder on the way to it is left out."""
        for top in (top.rstrip("/") for top in self._options.paths):
            if path == top:
                return True
            if path.startswith(top + "/"):
                steps = path[len(top) + 1 :].split("/")
                return not any(self._excludes("/".join([top, *steps[:end]])) for end in range(1, len(steps) + 1))
        return False

    def _has_work(self) -> bool:
        now = time.monotonic()
        due = self._walk is not None or now >= self._walk_due or now >= self._next_approvals
        return self._woken or due or any(at <= now for at in self._due.values())

    def _work(self) -> None:
        now = time.monotonic()
        with self._changed:
            due = [path for path, at in self._due.items() if at <= now]
            for path in due:
                del self._due[path]
        if due:
            self._judge(due)
        if self._walk is None and now >= self._walk_due:
            self._attach()
            self._walk_due = now + self._options.interval_s
            self._present, self._walk_log = set(), WalkLog()
            self._packages.refresh()
            self._walk = everything(self._options.paths, self._options.recursive, self._excludes, self._walk_log)
        if self._walk is not None:
            self._step(self._walk, now)
        if now >= self._next_approvals:
            self._next_approvals = now + self._timing.approvals_s
            self._take_approvals()

    def _attach(self) -> None:
        """Watch what is not watched: a folder that appeared, or all after reading events ended."""
        assert self._watches is not None
        if self._watches.is_blind():
            self._reports.happened(Problem("watch.blind", values={"source": self.name}))
            self._watches.restart()
        for number, top in enumerate(self._options.paths):
            if self._watches.is_attached(number):
                continue
            self._watches.detach(number)
            is_folder = os.path.isdir(top)  # noqa: PTH112 - str may hold any bytes
            folder = top if is_folder else os.path.dirname(top)  # noqa: PTH120
            try:
                self._watches.attach(number, folder, recursive=self._options.recursive and is_folder)
            except OSError as error:
                code = "watch.no_watches" if os.path.lexists(folder) else "watch.missing_folder"
                reason = error.strerror or str(error)
                self._reports.report(f"top:{number}", Problem(code, values={"path": top, "reason": reason}))
            else:
                self._reports.clear(f"top:{number}")

    def _step(self, walk: Iterator[str], now: float) -> None:
        """Go on with the look at everything for a while; what changed is judged with the next events."""
        for _ in range(_STEP):
            path = next(walk, None)
            if path is None:
                self._end_walk()
                return
            self._present.add(path)
            record = self._records.get(path)
            new = self._look(path, record.now if record else None)
            if record is None and new is not None and not self._records.complete:
                self._records.put(path, Record(new, package=self._packages.owner(path)))
            elif new is not None and (record is None or new != record.now):
                self._due.setdefault(path, now)
            elif record is not None and (owner := self._packages.owner(path)) != record.package:
                self._records.put(path, Record(record.now, record.base, record.deviates, owner))
            if time.monotonic() - now > _STEP_S:
                return

    def _end_walk(self) -> None:
        self._walk = None
        if not self._walk_log.unreadable:
            gone = [path for path, record in self._records.items() if record.now and path not in self._present]
            with self._changed:
                for path in gone:
                    self._due.setdefault(path, 0.0)
        for path, reason in self._walk_log.unreadable.items():
            problem = Problem("watch.unreadable_folder", values={"path": path_text(path), "reason": reason})
            self._reports.report(f"unreadable:{path}", problem)
        self._reports.keep_only("unreadable:", {f"unreadable:{path}" for path in self._walk_log.unreadable})
        self._records.finish()

    def _look(self, path: str, before: Entry | None) -> Entry | None:
        try:
            return look(path, before, self._options.size_cap_bytes)
        except OSError as error:
            reason = error.strerror or str(error)
            problem = Problem("watch.unreadable_folder", values={"path": path_text(path), "reason": reason})
            self._reports.report(f"unreadable:{path}", problem)
            return before

    def _judge(self, paths: list[str]) -> None:
        """Look at paths, and tell what changed; what was renamed is one change."""
        found: list[Change] = []
        for path in paths:
            record = self._records.get(path)
            old = record.now if record else None
            new = self._look(path, old)
            changes = differences(old, new)
            if changes:
                found.append(Change(path, old, new, changes, "unexpected"))
            elif new is not None and record is not None and new != old:
                self._records.put(path, Record(new, record.base, record.deviates, record.package))
        for change in with_renames(found):
            self._tell(change)
            if change.old is None and change.new is not None and change.new.links > 1:
                self._look_at_others(change.path, change.new.inode)
        self._audit.forget()

    def _look_at_others(self, path: str, inode: int) -> None:
        """Look at the other names of a file that got one more: the kernel does not tell it of them."""
        names = [name for name, record in self._records.items() if record.now and record.now.inode == inode]
        with self._changed:
            for name in names:
                if name != path:
                    self._due.setdefault(name, 0.0)

    def _tell(self, change: Change) -> None:
        path, record = change.path, self._records.get(change.path)
        if not self._records.complete and record is None:
            self._records.put(path, Record(change.new, package=self._packages.owner(path)))
            return
        base = record.base if record is not None and record.deviates else change.old
        verdict, package = self._judge_of.verdict(change, record)
        if verdict == "wait":
            with self._changed:
                for waiting in filter(None, (path, change.old_path)):
                    self._due.setdefault(waiting, time.monotonic() + self._timing.package_s)
            return
        who = None
        if verdict == "unexpected":
            who = self._audit.who(_asked(change))
        told = Change(path, change.old, change.new, change.changes, verdict, package, change.old_path, who)
        if verdict == "unexpected" and change.changes != ["times"]:
            owner = record.package if record is not None and change.new is None else self._packages.owner(path)
            kept: Record | None = Record(change.new, base, deviates=True, package=owner)
        elif change.changes == ["times"] and record is not None:
            kept = Record(change.new, record.base, record.deviates, record.package)
        else:
            kept = Record(change.new, package=self._packages.owner(path)) if change.new is not None else None
        self._records.put(path, kept, line_of(told, self.name, time.time_ns()))
        if change.old_path:
            self._records.put(change.old_path, None)

    def _take_approvals(self) -> None:
        """Take as the new baseline what people approved since."""
        waiting = [(path, record) for path, record in self._records.items() if record.deviates][:_APPROVALS]
        for path, record in waiting:
            if self._judge_of.is_approved(path, record.now):
                changes = differences(record.base, record.now) or ["times"]
                told = Change(path, record.base, record.now, changes, "approved")
                kept = Record(record.now, package=record.package) if record.now is not None else None
                self._records.put(path, kept, line_of(told, self.name, time.time_ns()))


def _asked(change: Change) -> Asked:
    """Ask who did it. Of links and folders no times are kept: what was done lately, then."""
    changed_ns = change.new.ctime_ns if change.new is not None and change.new.ctime_ns else time.time_ns()
    since_ns = change.old.ctime_ns if change.old is not None else 0
    inodes = {entry.inode for entry in (change.old, change.new) if entry is not None and entry.inode}
    return Asked(change.path, changed_ns, since_ns, change.changes, inodes)


def _managers(options: IntegritySource) -> tuple[Manager, ...]:
    return (Dpkg(below=options.paths), Rpm(below=options.paths)) if options.packages else ()
