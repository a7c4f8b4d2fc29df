"""Names of rotated logs: which file used to be which, and in what order they were written."""

import logging
import os
import re
import stat
import time
from collections.abc import Iterable

from collectors.globs import Found

_log = logging.getLogger(__name__)
_SUFFIX = r"[-._](?:\d[\w:+-]*(?:\.\d[\w:+-]*)*|old|bak|prev|last)"
_AFTER = re.compile(rf"(?P<base>.+?)(?P<suffix>{_SUFFIX})")
_BEFORE_EXTENSION = re.compile(rf"(?P<stem>.+?)(?P<suffix>{_SUFFIX})(?P<extension>\.[A-Za-z]\w*)")
_NUMBER = re.compile(r"[-._](\d{1,5})")
_DATE = re.compile(r"[-._](?:19|20)\d\d")


def live_names(name: str) -> list[str]:
    """Give the names that a log may have had before it was rotated to ``name``.

    >>> live_names("app.log.1"), live_names("app-20260101.log"), live_names("app.log")
    (['app.log'], ['app.log'], [])
    """
    names = []
    if match := _AFTER.fullmatch(name):
        names.append(match["base"])
    if match := _BEFORE_EXTENSION.fullmatch(name):
        names.append(match["stem"] + match["extension"])
    return names


def log_paths(path: str) -> list[str]:
    """Give the paths that a file may have been written under: its own, and those that it may have been rotated from."""
    folder, _, name = path.rpartition("/")
    return [path, *(f"{folder}/{live}" for live in live_names(name))]


def naming(path: str) -> str:
    """Give the scheme that a rotated file was named by: its name with other digits.

    >>> naming("/log/app.log.12") == naming("/log/app.log.3") != naming("/log/app.log.20260101")
    True
    """
    name = _name(path)
    return re.sub(r"\d+", lambda digits: "0" * len(digits[0]) if len(digits[0]) > 3 else "0", name)


def is_rotated_from(path: str, log: str) -> bool:
    """Say whether a name can only be that of a rotated part of a log, not that of another log beside it.

    >>> is_rotated_from("/log/app.log.1", "/log/app.log"), is_rotated_from("/log/app-2.log", "/log/app.log")
    (True, False)
    """
    return log in log_paths(path)[1:] and (path.startswith(log) or _DATE.search(path, len(_folder(log))) is not None)


def oldest_first(files: Iterable[Found]) -> list[Found]:
    """Put files of one log in the order in which they were written, the live one last.

    Among those named alike, numbers count for more than times: a writer that still holds a file after its rotation
    makes it look new. Such a file is taken for no newer than those after it, when it is compared with one that was
    named otherwise.
    """
    kinds: dict[str, list[Found]] = {}
    for file in files:
        kinds.setdefault(naming(file.path) if live_names(_name(file.path)) else "", []).append(file)
    ordered: list[tuple[bool, int, Found]] = []
    for kind, alike in kinds.items():
        newest_ns = 1 << 64
        for file in sorted(alike, key=_place, reverse=True):
            newest_ns = min(newest_ns, file.mtime_ns)
            ordered.append((not kind, newest_ns, file))
    ordered.reverse()
    return [file for _, _, file in sorted(ordered, key=lambda entry: entry[:2])]


def is_older(file: Found, other: Found) -> bool:
    """Say whether a file was written before another of the same log, as far as names and times tell."""
    if bool(live_names(_name(file.path))) != bool(live_names(_name(other.path))):
        return bool(live_names(_name(file.path)))
    return _place(file) < _place(other) if naming(file.path) == naming(other.path) else file.mtime_ns < other.mtime_ns


def _place(file: Found) -> tuple[int, int, str]:
    """Give a key that puts files that are named alike oldest first."""
    for pattern in (_AFTER, _BEFORE_EXTENSION):
        if (match := pattern.fullmatch(_name(file.path))) and (number := _NUMBER.fullmatch(match["suffix"])):
            return -int(number[1]), file.mtime_ns, file.path
    return 0, file.mtime_ns, file.path


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


class Neighbours:
    """What lies in a folder, by inode and by the names that files were rotated from. Listed once, then asked often."""

    def __init__(self, folder: str) -> None:
        self._by_inode: dict[int, list[str]] = {}
        self._by_live_name: dict[str, list[str]] = {}
        began = time.thread_time()
        try:
            with os.scandir(folder or "/") as entries:
                for entry in entries:
                    self._by_inode.setdefault(entry.inode(), []).append(entry.path)
                    for name in live_names(entry.name):
                        self._by_live_name.setdefault(name, []).append(entry.path)
        except OSError as error:
            _log.info("%s cannot be listed (%s); rotated files in it are not found", folder, error.strerror)
        self._made = time.monotonic()
        self._cost_s = time.thread_time() - began

    def is_fresh(self, patience: float) -> bool:
        """Say whether the listing is younger than so many times what it cost to make.

        So a folder of thousands of files is not listed again for each one of them.
        """
        return time.monotonic() - self._made < patience * self._cost_s

    def paths_of(self, ino: int) -> list[str]:
        """Give what has this inode."""
        return self._by_inode.get(ino, [])

    def beside(self, path: str, ino: int) -> list[Found]:
        """Give the files that the log ``path`` may have become, oldest first.

        These are the regular files with a rotated name, and whatever has the inode ``ino``. ``path`` itself is not
        among them.
        """
        name = path.rpartition("/")[2]
        paths = {*self._by_inode.get(ino, ()), *self._by_live_name.get(name, ())} - {path}
        files = []
        for other in paths:
            try:
                info = os.lstat(other)
            except OSError:
                continue
            if stat.S_ISREG(info.st_mode):
                files.append(Found(other, info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns))
        return oldest_first(files)
