"""Looks after the watches: are the folders there, are they the same, are they watched, are events read."""

import logging
import os
import stat
from collections.abc import Callable, Sequence
from typing import Protocol

from collectors.file_watch.folder import Folder
from collectors.file_watch.watches import Told, Watches
from collectors.globs import Globs
from collectors.reports import Reports
from soc_agent.config import WatchSource
from soc_agent.model import Problem

_log = logging.getLogger(__name__)


class Arrived(Protocol):
    """Is called when a folder is there that was not, is another one now, is watched again, or is gone."""

    def __call__(self, number: int, *, at_start: bool) -> None:
        """Take the folder up."""
        ...


class Warden:
    """Keeps the folders of one source watched. Used by one thread."""

    def __init__(
        self,
        options: WatchSource,
        folders: Sequence[Folder],
        reports: Reports,
        *,
        told: Told,
        lost: Callable[[], None],
        arrived: Arrived,
    ) -> None:
        self._options = options
        self._folders = folders
        self._reports = reports
        self._arrived = arrived
        self._watches = Watches(told, lost, excludes=Globs((), options.exclude).excludes)
        self._places: dict[int, tuple[int, int]] = {}
        self._counts: dict[int, int] = {}
        self._first = True
        self._is_short = False

    def look(self) -> None:
        """Look at every folder once, and set right what can be."""
        if self._watches.is_blind():
            _log.warning("Source %s: reading file events ended by itself; it is started anew", self._options.name)
            self._reports.happened(Problem("watch.blind", values={"source": self._options.name}))
            self._watches.restart()
        for number, folder in enumerate(self._folders):
            self._look_at(number, folder)
        self._first = False

    def is_watched(self, number: int) -> bool:
        """Say whether events of a folder are told."""
        return self._watches.is_attached(number)

    def walked(self, number: int, folders: int) -> None:
        """Compare the folders that there are with those that the kernel watches: it may grant fewer."""
        self._counts[number] = folders
        watched, there = self._watches.count(), sum(self._counts.values())
        tops = [folder.real for folder in self._folders if folder.real]
        overlap = any(one != other and one.startswith(other + "/") for one in tops for other in tops)
        attached = all(self._watches.is_attached(known) for known in self._counts)
        if watched is None or overlap or not attached or not self._options.recursive or watched >= there:
            self._reports.clear("partly")
            self._is_short = False
        elif not self._is_short:
            self._is_short = True
            self._watches.restart()  # folders came and went meanwhile, or one can be watched now
        elif self._reports.report("partly", Problem("watch.partly", values={"watched": watched, "folders": there})):
            _log.warning("Source %s: only %d of %d folders are watched", self._options.name, watched, there)

    def close(self) -> None:
        """Watch nothing any more."""
        self._watches.close()

    def _look_at(self, number: int, folder: Folder) -> None:
        real = os.path.realpath(folder.path)
        place, problem = _place_of(real, folder.path)
        if place is None:
            if problem is not None and self._reports.report(f"folder:{number}", problem):
                _log.warning("Source %s: %s is no folder to watch; it is looked for", self._options.name, folder.path)
            if folder.real:
                self._watches.detach(number)
                folder.real = ""
                self._arrived(number, at_start=False)
            self._places.pop(number, None)
            if self._counts.pop(number, None) is not None:
                self._reports.clear("partly")
            return
        is_new = self._places.get(number) != place or folder.real != real
        if not is_new and self._watches.is_attached(number):
            return
        self._watches.detach(number)
        folder.real = real
        self._places[number] = place
        attached = self._attach(number, folder)
        if is_new or attached:
            self._arrived(number, at_start=self._first)

    def _attach(self, number: int, folder: Folder) -> bool:
        try:
            self._watches.attach(number, folder.real, recursive=self._options.recursive)
        except OSError as error:
            reason = error.strerror or str(error)
            problem = Problem("watch.no_watches", values={"path": folder.path, "reason": reason})
            if self._reports.report(f"folder:{number}", problem):
                _log.warning("Source %s: %s is walked through, not watched: %s", self._options.name, folder.path, error)
            return False
        self._reports.clear(f"folder:{number}")
        return True


def _place_of(real: str, path: str) -> tuple[tuple[int, int] | None, Problem | None]:
    """Give what a folder is, by device and inode; or what is wrong with it."""
    try:
        info = os.stat(real)  # noqa: PTH116  # str may hold any bytes
    except (FileNotFoundError, NotADirectoryError):
        return None, Problem("watch.missing_folder", values={"path": path})
    except OSError as error:
        reason = error.strerror or str(error)
        return None, Problem("watch.unreadable_folder", values={"path": path, "reason": reason})
    if not stat.S_ISDIR(info.st_mode):
        return None, Problem("watch.no_folder", values={"path": path})
    return (info.st_dev, info.st_ino), None
