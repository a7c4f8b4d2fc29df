"""Files by name: globs with ``**``, looked at again and again for little."""

import fnmatch
import os
import re
import stat
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_RACY_NS = 2_000_000_000
"""A folder that changed so shortly before it was listed may have changed again under the same time stamp."""
_RELIST_NS = 60_000_000_000
"""No listing is trusted for longer: a file server's clock is not ours."""
_WILD = re.compile(r"[*?\[]")


class Found(NamedTuple):
    """A regular file, as it was when it was looked at."""

    path: str
    dev: int
    ino: int
    size: int
    mtime_ns: int

    @property
    def key(self) -> tuple[int, int]:
        """Device and inode."""
        return self.dev, self.ino


class Scan(NamedTuple):
    """What a look at the file system gave."""

    files: dict[str, Found]
    """Path to file. Symbolic links are followed; what is no regular file is left out."""
    unreadable: dict[str, str]
    """Path of a folder or file that could not be looked at, to the reason."""
    not_files: list[str]
    """Paths named without a wildcard that are there, and are no regular files."""
    empty: list[str]
    """Patterns that nothing matched, though every folder could be looked at."""


class _Listing(NamedTuple):
    mtime_ns: int
    listed_ns: int
    folders: list[str]
    links: list[str]
    files: list[str]

    def is_good(self, mtime_ns: int, now_ns: int) -> bool:
        """Say whether a folder with this time of modification still has these entries."""
        settled = self.listed_ns - mtime_ns > _RACY_NS
        return self.mtime_ns == mtime_ns and settled and now_ns - self.listed_ns < _RELIST_NS


class Pattern:
    """One glob, in the manner of a shell with ``**``: wildcards do not match a leading dot."""

    def __init__(self, text: str, *, hidden: bool = False) -> None:
        self.text = text
        self.parts = os.path.abspath(text).split("/")[1:]  # noqa: PTH100  # paths here are str: they may hold any bytes
        if self.parts[-1] == "**":
            self.parts.append("*")
        self._hidden = hidden
        self._match = [None if part == "**" else _compile(part, hidden=hidden) for part in self.parts]
        folders = self.parts[:-1]
        fixed = next((index for index, part in enumerate(folders) if _WILD.search(part)), len(folders))
        self.base = "/" + "/".join(folders[:fixed])
        """The folder below which everything lies that matches."""
        self.is_deep = fixed < len(folders)
        """Whether files in folders below :attr:`base` can match."""

    @property
    def is_plain(self) -> bool:
        """Whether it names one path, without a wildcard."""
        return not any(_WILD.search(part) for part in self.parts)

    def matches(self, path: str) -> bool:
        """Say whether an absolute path has a name that matches."""
        return self._matches(path.split("/")[1:], 0, 0)

    def _matches(self, names: list[str], name: int, part: int) -> bool:
        while part < len(self.parts):
            matcher = self._match[part]
            if matcher is None:
                if self._matches(names, name, part + 1):
                    return True
                if name >= len(names) - 1 or (names[name].startswith(".") and not self._hidden):
                    return False
                name += 1
                continue
            if name >= len(names) or not matcher.match(names[name]):
                return False
            name, part = name + 1, part + 1
        return name == len(names)


class Globs:
    """Several globs, less what is excluded. Remembers the listings of folders that did not change."""

    def __init__(self, patterns: Sequence[str], exclude: Sequence[str] = ()) -> None:
        self.patterns = [Pattern(text) for text in patterns]
        self._exclude_names = [_compile(text, hidden=True) for text in exclude if "/" not in text]
        self._exclude_paths = [
            Pattern(text if text.startswith("/") else f"/**/{text}", hidden=True) for text in exclude if "/" in text
        ]
        self._listings: dict[str, _Listing] = {}

    def matches(self, path: str) -> bool:
        """Say whether a path would be found if it were there."""
        return not self.excludes(path) and any(pattern.matches(path) for pattern in self.patterns)

    def may_hold(self, folder: str) -> bool:
        """Say whether something that matches may lie below a folder."""
        return any(pattern.is_deep and folder.startswith(pattern.base) for pattern in self.patterns)

    def excludes(self, path: str) -> bool:
        """Say whether a path is left out: by its name, or by the whole path where the exclusion has a slash."""
        name = path.rpartition("/")[2]
        return any(matcher.match(name) for matcher in self._exclude_names) or any(
            pattern.matches(path) for pattern in self._exclude_paths
        )

    def scan(self) -> Scan:
        """Look at the file system."""
        scan = Scan({}, {}, [], [])
        for pattern in self.patterns:
            before = len(scan.files) + len(scan.unreadable) + len(scan.not_files)
            again = False
            for path in self._walk(pattern, "", 0, scan.unreadable):
                again = again or path in scan.files
                if path not in scan.files and not self.excludes(path):
                    _look(path, pattern.is_plain, scan)
            if len(scan.files) + len(scan.unreadable) + len(scan.not_files) == before and not again:
                scan.empty.append(pattern.text)
        return scan

    def _walk(self, pattern: Pattern, folder: str, part: int, unreadable: dict[str, str]) -> Iterator[str]:
        """Yield the paths that may match the parts of the pattern from ``part`` on, below ``folder``."""
        while part < len(pattern.parts) and not _WILD.search(pattern.parts[part]):
            folder = f"{folder}/{pattern.parts[part]}"
            part += 1
        if part == len(pattern.parts):
            yield folder
            return
        listing = self._list(folder or "/", unreadable)
        if listing is None:
            return
        matcher, last = pattern._match[part], part == len(pattern.parts) - 1  # noqa: SLF001  # one module, one idea
        if matcher is None:
            yield from self._walk(pattern, folder, part + 1, unreadable)
            for name in listing.folders:
                if not name.startswith("."):
                    yield from self._walk(pattern, f"{folder}/{name}", part, unreadable)
        elif last:
            yield from (f"{folder}/{name}" for name in listing.files if matcher.match(name))
        else:
            for name in (*listing.folders, *listing.links):
                if matcher.match(name):
                    yield from self._walk(pattern, f"{folder}/{name}", part + 1, unreadable)

    def _list(self, folder: str, unreadable: dict[str, str]) -> _Listing | None:
        try:
            mtime_ns = os.stat(folder).st_mtime_ns  # noqa: PTH116
            known, now = self._listings.get(folder), time.time_ns()
            if known and known.is_good(mtime_ns, now):
                return known
            listing = _Listing(mtime_ns, now, [], [], [])
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        listing.folders.append(entry.name)
                    elif entry.is_symlink() and entry.is_dir():
                        listing.links.append(entry.name)
                    else:
                        listing.files.append(entry.name)
        except (FileNotFoundError, NotADirectoryError):
            self._listings.pop(folder, None)
            return None
        except OSError as error:
            unreadable[folder] = error.strerror or str(error)
            return None
        self._listings[folder] = listing
        return listing


def _look(path: str, is_plain: bool, scan: Scan) -> None:
    try:
        info = os.stat(path)  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        scan.unreadable[path] = error.strerror or str(error)
        return
    if stat.S_ISREG(info.st_mode):
        scan.files[path] = Found(path, info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns)
    elif is_plain:
        scan.not_files.append(path)


def _compile(part: str, *, hidden: bool) -> re.Pattern[str]:
    visible = "" if hidden or part.startswith(".") else r"(?!\.)"
    return re.compile(visible + fnmatch.translate(part))
