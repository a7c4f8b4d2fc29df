"""The last good version of each list, kept on disk: a list that goes wrong does not vanish, it stays as it was.

Feeds are fetched by programs of others. A download that failed leaves an empty file, a page that says so, or nothing.
"""

import logging
import os
import shutil
from collections.abc import Collection
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import msgspec
from msgspec import Struct

from soc_agent.detect.indicators.indicator import FileReport

_INDEX = "index"
_HEAD_BYTES = 4096
_log = logging.getLogger(__name__)


class Copy(Struct, frozen=True, array_like=True):
    """A good version of one list."""

    name: str
    taken: int
    refused: int
    changed_s: float
    """When the list was written."""


class Copies:
    """The copies for the lists of one configuration. What cannot be read or written of them is as if it were not."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Copy] = {}
        with suppress(OSError, msgspec.DecodeError):
            self._known = msgspec.msgpack.decode((folder / _INDEX).read_bytes(), type=dict[str, Copy])

    def of(self, path: Path) -> Copy | None:
        """Give the copy of a list."""
        copy = self._known.get(str(path))
        return copy if copy is not None and self.place(copy).is_file() else None

    def place(self, copy: Copy) -> Path:
        """Give where a copy lies."""
        return self._folder / copy.name

    def under(self, root: Path) -> list[Path]:
        """Give the lists that are known of a path that is not there now: itself, or what lay below it."""
        return sorted(path for name in self._known if (path := Path(name)) == root or root in path.parents)

    def keep(self, path: Path, report: FileReport, changed_s: float) -> None:
        """Keep a list as it is now."""
        digest = blake2b(str(path).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
        copy = Copy(digest + path.suffix, report.taken, report.refused, changed_s)
        unfinished = self._folder / f".{copy.name}-{os.getpid()}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            unfinished.touch(mode=0o600)
            shutil.copyfile(path, unfinished)
            if path.stat().st_mtime == changed_s:  # otherwise it was written while it was read
                unfinished.replace(self.place(copy))
                self._known[str(path)] = copy
        except OSError as error:
            _log.warning("no copy of the list %s can be kept (%s); it must not go wrong meanwhile", path, error)
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)

    def close(self, paths: Collection[Path]) -> None:
        """Write what is known, of these lists alone; the others were removed."""
        names = {str(path) for path in paths}
        gone = [copy for name, copy in self._known.items() if name not in names]
        self._known = {name: copy for name, copy in self._known.items() if name in names}
        unfinished = self._folder / f".{_INDEX}-{os.getpid()}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            unfinished.write_bytes(msgspec.msgpack.encode(self._known))
            unfinished.replace(self._folder / _INDEX)
            for copy in gone:
                self.place(copy).unlink(missing_ok=True)
        except OSError as error:
            _log.warning("the copies of lists in %s cannot be written: %s", self._folder, error)


def went_wrong(path: Path, report: FileReport, copy: Copy) -> bool:
    """Say whether a list that was good has become none: it is empty, or hardly anything of it is understood.

    One whose lines are all comments was emptied by somebody who meant it.
    """
    if not report.taken:
        return copy.taken > 0 and (report.refused > 0 or _is_empty(path))
    return report.refused > report.taken and copy.refused <= copy.taken and 2 * report.taken < copy.taken


def _is_empty(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return not file.read(_HEAD_BYTES).strip()
    except OSError:
        return True
