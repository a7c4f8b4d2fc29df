"""Files that are opened for the first time: which may be, where reading begins, and when to try again."""

import logging
import os
from collections.abc import Container

from msgspec.structs import replace

from collectors.file_tail.form import Form
from collectors.file_tail.identity import Key, TailState
from collectors.file_tail.own import own_files
from collectors.file_tail.start import start_at_end
from collectors.globs import Found
from collectors.reports import Reports
from soc_agent.model import Problem
from soc_agent.text import make_safe

_log = logging.getLogger(__name__)
_RETRY_MAX_S = 60.0
_COUNT_BUDGET_BYTES = 256 * 1024 * 1024


class Openings:
    """What is known of the opening of files of one source."""

    def __init__(self, form: Form, reports: Reports) -> None:
        self.at_end = False
        """Whether files found now are read from their end: in the first look at a source that is new."""
        self.unseen: dict[str, TailState] = {}
        """Files of the first look that could not be opened, though what they held then is not to be read: by id."""
        self._form, self._reports = form, reports
        self._retries: dict[str, tuple[float, float]] = {}
        self._own: set[Key] = set()
        self._count_budget = _COUNT_BUDGET_BYTES
        self._now = 0.0

    def look(self, now: float) -> None:
        """Begin another look at the file system."""
        self._now, self._own = now, own_files()

    def allows(self, file: Found) -> bool:
        """Say whether to open a file now: it is not one of this program itself, and did not fail just before."""
        due, _ = self._retries.get(file.path, (0.0, 0.0))
        return self._now >= due and file.key not in self._own

    def opened(self, path: str) -> None:
        """Note that all went well."""
        self._retries.pop(path, None)
        self._reports.clear(f"file {path}")

    def failed(self, path: str, error: OSError) -> None:
        """Note that a file could not be opened; it is tried again later and later."""
        wait_s = next_wait(self._retries.get(path, (0.0, 0.0))[1])
        self._retries[path] = self._now + wait_s, wait_s
        reason = error.strerror or str(error)
        problem = Problem("tail.unreadable", values={"path": make_safe(path), "reason": reason})
        if self._reports.report(f"file {path}", problem):
            _log.warning("%s cannot be read (%s); trying again from time to time", make_safe(path), reason)

    def keep_only(self, paths: Container[str]) -> None:
        """Forget what failed and is no longer there."""
        for path in [path for path in self._retries if path not in paths]:
            self.opened(path)

    def begin(self, fd: int, state: TailState) -> TailState:
        """Give where a file that is new, or that could not be opened in the first look, is read from."""
        if state.unseen and os.fstat(fd).st_size >= state.unseen:
            return start_at_end(fd, state, self._count_budget, self._form, state.unseen)[0]
        if self.at_end:
            state, counted = start_at_end(fd, state, self._count_budget, self._form)
            self._count_budget -= counted
        return state

    def pass_over(self, stream_id: str, file: Found) -> TailState:
        """Give, and keep, the state of a file of the first look that cannot be opened."""
        fresh = TailState(path=file.path, dev=file.dev, ino=file.ino, mtime_ns=file.mtime_ns)
        state = self.unseen[stream_id] = replace(fresh, unseen=file.size)
        return state


def next_wait(wait_s: float) -> float:
    """Give how long to wait, in seconds, after one more error in a row."""
    return min(_RETRY_MAX_S, max(1.0, wait_s * 2))
