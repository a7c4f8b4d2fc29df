"""Files of the host that is looked at, under a root that may be another than ``/``: bounded, and never followed out."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

Section = dict[str, str]
"""What one look gave: item to value."""
SIZE_CAP = 16_777_216
"""Of ``/var/lib/dpkg/status``, the largest of them, a server has a few MiB."""
_ENTRIES = 10_000
RPM_FOLDERS = ("/var/lib/rpm", "/usr/lib/sysimage/rpm")
RPM_CHANGED = tuple(
    f"{folder}/{name}" for folder in RPM_FOLDERS for name in ("rpmdb.sqlite", "Packages", "Packages.db")
)
"""The databases of rpm: one of them is there where rpm keeps packages."""


class Unreadable(Exception):  # noqa: N818 - it is what happened, not a mistake of the program
    """A part of the host cannot be looked at. What was known of it stays known."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class Root(Struct, frozen=True):
    """The file system that is looked at."""

    path: str = "/"

    def at(self, path: str) -> str:
        """Give where a file of the host lies here."""
        return os.path.join(self.path, path.lstrip("/"))  # noqa: PTH118  # str may hold any bytes

    def text(self, path: str) -> str | None:
        """Read a file; None where there is none. What is no regular file is not read: it could hang.

        :raises Unreadable: when it may not be read.
        """
        try:
            handle = os.open(self.at(path), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise Unreadable(path, error.strerror or str(error)) from error
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return None
            parts = []
            left = SIZE_CAP
            while left > 0 and (part := os.read(handle, min(left, 1 << 20))):
                parts.append(part)
                left -= len(part)
        except OSError as error:
            raise Unreadable(path, error.strerror or str(error)) from error
        finally:
            os.close(handle)
        return b"".join(parts).decode("utf-8", "replace")

    def lines(self, path: str) -> list[str]:
        """Read the lines of a file that mean something: none that are empty or comments."""
        found = (line.strip() for line in (self.text(path) or "").splitlines())
        return [line for line in found if line and not line.startswith("#")]

    def names(self, path: str) -> list[str]:
        """Name what is in a folder, sorted; nothing where there is none.

        :raises Unreadable: when it may not be looked through.
        """
        try:
            return sorted(os.listdir(self.at(path)))[:_ENTRIES]  # noqa: PTH208
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise Unreadable(path, error.strerror or str(error)) from error

    def exists(self, path: str) -> bool:
        """Say whether something is there."""
        return os.path.lexists(self.at(path))

    def changed_s(self, path: str) -> int:
        """Give when a file last changed, in seconds since 1970; 0 where there is none."""
        try:
            return int(Path(self.at(path)).stat().st_mtime)
        except OSError:
            return 0

    def stamps(self, paths: Iterator[str] | list[str] | tuple[str, ...]) -> tuple[tuple[str, int, int, int, int], ...]:
        """Give what tells cheaply whether any of these files, or files in these folders, changed."""
        found: list[tuple[str, int, int, int, int]] = []
        for path in paths:
            below = [path]
            here = self.at(path)
            if os.path.isdir(here):  # noqa: PTH112
                try:
                    below += [f"{path}/{name}" for name in self.names(path)]
                except Unreadable:
                    below = [path]
            for each in below:
                try:
                    seen = os.stat(self.at(each))  # noqa: PTH116
                except OSError:
                    continue
                found.append((each, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns))
        return tuple(found)
