"""What is known of one file, folder or link, and in what two states of it differ."""

import os
import stat
import time
from hashlib import sha256

from msgspec import Struct

from soc_agent.text import path_text

_PIECE_BYTES = 1 << 20
_SET_ID = stat.S_ISUID | stat.S_ISGID
_CAPABILITIES = "security.capability"
_XATTRS = 32
_RACY_NS = 15_000_000
"""The clock of files ticks slowly: two changes within so short a time may have the same time."""


class Entry(Struct, frozen=True, array_like=True):
    """A file, folder or link as it was when it was looked at. Links are not followed."""

    kind: str
    """``file``, ``folder``, ``link`` or ``other``."""
    mode: int
    uid: int
    gid: int
    size: int = 0
    """In bytes; of files alone, as the three times and ``links``."""
    mtime_ns: int = 0
    ctime_ns: int = 0
    inode: int = 0
    links: int = 0
    sha256: str = ""
    """Empty when the file was too big or could not be read."""
    target: str = ""
    xattrs: dict[str, str] = {}
    """Extended attributes, capabilities and access lists among them: name to the hash of the value."""
    unread: str = ""
    """Why the content is not known."""


def look(path: str, before: Entry | None, cap_bytes: int, tries: int = 3) -> Entry | None:
    """Look at a path; None when nothing is there. Content is read only when the file may have changed.

    A file that changes while it is read is read again, so that times and content belong together.

    :param tries: how often; a file that never rests is as it was read last.
    :raises OSError: when it cannot be told whether something is there.
    """
    try:
        info = os.lstat(path)
        xattrs = _xattrs(path)
        if stat.S_ISLNK(info.st_mode):
            return Entry("link", 0, info.st_uid, info.st_gid, target=path_text(os.readlink(path)), xattrs=xattrs)  # noqa: PTH115
    except (FileNotFoundError, NotADirectoryError):
        return None
    kind = "file" if stat.S_ISREG(info.st_mode) else "folder" if stat.S_ISDIR(info.st_mode) else "other"
    mode = stat.S_IMODE(info.st_mode)
    if kind != "file":
        return Entry(kind, mode, info.st_uid, info.st_gid, xattrs=xattrs)
    times = _times(info)
    if before is not None and (before.size, before.mtime_ns, before.ctime_ns, before.inode) == times:
        return before
    digest, unread = _digest(path, cap_bytes) if info.st_size <= cap_bytes else ("", "too_big")
    if tries and _has_changed(path, times):
        return look(path, before, cap_bytes, tries - 1)
    size, mtime_ns, ctime_ns, inode = times
    if 0 <= time.time_ns() - ctime_ns < _RACY_NS:
        ctime_ns -= 1  # another change may get this very time: the next look is not to take it for the same
    rest = (size, mtime_ns, ctime_ns, inode, info.st_nlink)
    return Entry(kind, mode, info.st_uid, info.st_gid, *rest, digest, "", xattrs, unread)


def _times(info: os.stat_result) -> tuple[int, int, int, int]:
    return info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino


def _has_changed(path: str, times: tuple[int, int, int, int]) -> bool:
    try:
        return _times(os.lstat(path)) != times
    except OSError:
        return True


def differences(old: Entry | None, new: Entry | None) -> list[str]:
    """Name what differs: ``created``, ``deleted``, ``type``, ``content``, ``mode`` …; empty when nothing."""
    if old is None or new is None:
        return ["created"] if new is not None else ["deleted"] if old is not None else []
    if old.kind != new.kind:
        return ["type"]
    found = []
    known = old.sha256 and new.sha256
    if old.sha256 != new.sha256 if known else (old.size, old.mtime_ns) != (new.size, new.mtime_ns):
        found.append("content")
    if old.target != new.target:
        found.append("target")
    if old.mode != new.mode:
        found.append("mode")
    if new.mode & ~old.mode & _SET_ID:
        found.append("setuid")
    if old.uid != new.uid:
        found.append("owner")
    if old.gid != new.gid:
        found.append("group")
    if old.xattrs.get(_CAPABILITIES) != new.xattrs.get(_CAPABILITIES):
        found.append("capabilities")
    if _without(old.xattrs) != _without(new.xattrs):
        found.append("xattrs")
    if old.links != new.links:
        found.append("links")
    if not found and old.mtime_ns != new.mtime_ns:
        found.append("times")
    return found


def fingerprint(entry: Entry | None) -> str:
    """Give what a person approves: the same for the same content and rights, whatever the times."""
    if entry is None:
        return "gone"
    content = entry.sha256 or f"{entry.size} {entry.mtime_ns}"
    xattrs = sorted(entry.xattrs.items())
    what = (entry.kind, entry.mode, entry.uid, entry.gid, content, entry.target, xattrs)
    return sha256(repr(what).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _without(xattrs: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in xattrs.items() if name != _CAPABILITIES}


def _xattrs(path: str) -> dict[str, str]:
    found = {}
    try:
        for name in sorted(os.listxattr(path, follow_symlinks=False))[:_XATTRS]:
            found[name] = sha256(os.getxattr(path, name, follow_symlinks=False)).hexdigest()[:16]
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError:
        return found  # the file system has none
    return found


def _digest(path: str, cap_bytes: int) -> tuple[str, str]:
    digest, total = sha256(), 0
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(fd, "rb", buffering=0) as file:
            while piece := file.read(_PIECE_BYTES):
                digest.update(piece)
                total += len(piece)
                if total > cap_bytes:
                    return "", "too_big"
    except OSError as error:
        return "", error.strerror or str(error)
    return digest.hexdigest(), ""
