"""Opening a file that somebody else may be changing, moving or replacing at this moment."""

import os
import pwd
import stat
from functools import lru_cache
from hashlib import blake2b
from struct import pack
from typing import Self

from msgspec import Struct

from soc_agent.model import FileFacts
from soc_agent.text import path_text


class Opened(Struct, frozen=True):
    """A regular file that is open for reading. Used with ``with``, which closes it."""

    facts: FileFacts
    file: int
    """Its descriptor."""
    identity: int
    changed_ns: int
    """When the file, or what is known of it, was last changed, by the clock of the file system."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.file)


class Refused(Struct, frozen=True):
    """A file that was not read, and why."""

    facts: FileFacts
    reason: str
    """``too_big`` or ``unreadable``."""
    detail: str
    identity: int
    """As far as it is known, else 0."""


def open_file(path: str, cap_bytes: int, below: str = "") -> Opened | Refused | None:
    """Open a regular file of at most ``cap_bytes``.

    None when there is nothing to read: it is gone, it is no regular file, it is a symbolic link, or (``below`` is a
    folder) it is not below that folder after all, because a folder on the way was replaced by a link.
    """
    try:
        # O_NONBLOCK: to open a FIFO must not wait for somebody who writes into it.
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return _unreadable(path, error)
    opened = False
    try:
        info = os.fstat(fd)
        if not stat.S_ISREG(info.st_mode) or (below and not _is_below(fd, path, below)):
            return None
        facts, identity = _facts(path, info), identity_of(info)
        if info.st_size > cap_bytes:
            return Refused(facts, "too_big", f"more than {cap_bytes} bytes", identity)
        opened = True
        return Opened(facts, fd, identity, info.st_ctime_ns)
    finally:
        if not opened:
            os.close(fd)


def identity_of(info: os.stat_result) -> int:
    """Give 64 bits, the lowest of them 0, that change whenever the content changes or may have.

    The time of change is in it: the time of modification can be set at will, to hide that a file was replaced.
    The device is not: its number may be another after the next start.
    """
    what = pack("<QQqq", info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns)
    return int.from_bytes(blake2b(what, digest_size=8).digest(), "little") & ~1


def _is_below(fd: int, path: str, below: str) -> bool:
    try:
        real = os.readlink(f"/proc/self/fd/{fd}")  # noqa: PTH115  # str may hold any bytes
    except OSError:
        real = os.path.realpath(path)
    return real.startswith(below.rstrip("/") + "/")


def _unreadable(path: str, error: OSError) -> Refused | None:
    try:
        info = os.lstat(path)
    except OSError:
        return None
    if not stat.S_ISREG(info.st_mode):
        return None
    return Refused(_facts(path, info), "unreadable", error.strerror or str(error), identity_of(info))


def _facts(path: str, info: os.stat_result) -> FileFacts:
    return FileFacts(
        path=path_text(path),
        size=info.st_size,
        owner=_owner(info.st_uid),
        mode=f"{stat.S_IMODE(info.st_mode):04o}",
        modified_ns=info.st_mtime_ns,
    )


@lru_cache(maxsize=1024)
def _owner(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
