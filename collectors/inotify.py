"""The kernel's own word on what happens in folders (inotify(7)): what it lost is said in the queue itself."""

import ctypes
import os
from collections.abc import Iterator
from struct import Struct as Layout
from typing import NamedTuple

MODIFY, ATTRIB, CLOSE_WRITE = 0x002, 0x004, 0x008
MOVED_FROM, MOVED_TO, CREATE, DELETE = 0x040, 0x080, 0x100, 0x200
DELETE_SELF, MOVE_SELF, UNMOUNT = 0x400, 0x800, 0x2000
OVERFLOW, IGNORED, IS_FOLDER = 0x4000, 0x8000, 0x4000_0000
ONLY_FOLDER, NOT_FOLLOWED = 0x0100_0000, 0x0200_0000
"""Bits of events and of watches, by their names in ``sys/inotify.h`` without ``IN_``."""
_READ_BYTES = 1 << 18
_HEAD = Layout("@iIII")
_LIBC = ctypes.CDLL(None, use_errno=True)


class Event(NamedTuple):
    """What happened to, or in, a watched folder."""

    watch: int
    """Number of the watch; -1 when the event is about none, as an overflow."""
    mask: int
    name: bytes
    """Of what is in the folder; empty when it is about the folder itself."""


class Inotify:
    """One queue of events. Not for several threads, but :meth:`add` and :meth:`remove` may be called beside a read."""

    def __init__(self) -> None:
        """Open the queue.

        :raises OSError: when the system or the user has as many as the kernel grants.
        """
        self._file = _checked(_LIBC.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))

    def fileno(self) -> int:
        """Give the descriptor: it is readable while events wait."""
        return self._file

    def add(self, path: str, mask: int) -> int:
        """Watch a path, and give the number of the watch: that of an earlier one where it is the same file.

        :raises OSError: when the kernel grants no more watches, or nothing is there.
        """
        return _checked(_LIBC.inotify_add_watch(self._file, os.fsencode(path), mask))

    def remove(self, watch: int) -> None:
        """Watch no more; a watch that ended by itself is no error."""
        _LIBC.inotify_rm_watch(self._file, watch)

    def read(self) -> list[Event]:
        """Give events that wait; none when there are none."""
        try:
            data = os.read(self._file, _READ_BYTES)
        except BlockingIOError:
            return []
        return list(events_in(data))

    def close(self) -> None:
        """Close the queue, and end all its watches."""
        os.close(self._file)


def events_in(data: bytes) -> Iterator[Event]:
    """Yield the events in bytes that the kernel gave: ``struct inotify_event``, each with its name behind it."""
    at = 0
    while at + _HEAD.size <= len(data):
        watch, mask, _, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        yield Event(watch, mask, data[at : at + length].rstrip(b"\0"))
        at += length


def _checked(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
