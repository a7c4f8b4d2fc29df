"""The spool: what was received, in order, on disk until it is committed.

A folder of segments, each named by where it begins. Places are bytes since the spool was made, headers included, and
never come again. One process writes (:class:`Spool`), another reads behind it (``behind``).
"""

import fcntl
import os
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import NamedTuple

from collectors.listener.record import (
    MARKER_BYTES,
    SEGMENT_HEADER_BYTES,
    Segment,
    read_segment_header,
    segment_header,
    unpack,
)

SUFFIX = ".spool"
_SEGMENTS = 16
_SEGMENT_BYTES = 16_777_216
_LOCK = "lock"


class SpoolBusyError(Exception):
    """Another process writes to this spool."""


class Stored(NamedTuple):
    """A segment as it lies in the folder."""

    begin: int
    path: Path


def segments_in(folder: Path) -> list[Stored]:
    """Give the segments of a folder, the oldest first."""
    found = []
    for path in folder.iterdir():
        if path.suffix == SUFFIX:
            try:
                found.append(Stored(int(path.stem, 16), path))
            except ValueError:
                continue
    return sorted(found)


class Spool:
    """The end of a spool that is written to. Used by one thread, but for :meth:`sync`."""

    def __init__(self, folder: Path, limit_bytes: int, segment_bytes: int = _SEGMENT_BYTES) -> None:
        """:param limit_bytes: of what is not freed; whoever appends asks :meth:`room` first."""
        self._folder = folder
        self._limit = limit_bytes
        self._segment_bytes = min(segment_bytes, max(65_536, limit_bytes // _SEGMENTS))
        self._lock = -1
        self._fd = -1
        self._turning = threading.Lock()
        """Held while one segment takes the place of another, and while one is synced."""
        self._size = 0
        self._stored: deque[Stored] = deque()
        self._folder_changed = False
        self.id = ""
        """16 hexadecimal digits: another spool in the same folder has another."""
        self.marker = b""
        """What each record of the segment that is written must begin with."""
        self.end = 0
        """Where the next record will stand."""
        self.synced = 0
        """Everything before this place is safe from a power failure."""

    @property
    def begin(self) -> int:
        """Where the oldest segment begins that is kept."""
        return self._stored[0].begin if self._stored else self.end

    @property
    def used(self) -> int:
        """Bytes on disk."""
        return self.end - self.begin

    def room(self, size: int) -> bool:
        """Whether so many more bytes may be kept."""
        return self.used + size <= self._limit

    def open(self, resume: tuple[str, int] | None = None) -> None:
        """Begin to write behind what is there; a torn end is cut off.

        :param resume: id of the spool and place up to which all is committed: the spool may have lost its end with the
            power, and places must not come again.
        :raises SpoolBusyError: when another process writes to it.
        :raises OSError: when the folder cannot be used.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            self._lock = -1
            raise SpoolBusyError from error
        self._stored = deque(segments_in(self._folder))
        while self._stored and not self._take_last(self._stored[-1]):
            self._stored.pop()
        if not self.id:
            self.id = token_hex(8)
        if resume is not None and resume[0] == self.id:
            self.end = max(self.end, resume[1])
        self.synced = self.end
        self._begin_segment()

    def append(self, records: Sequence[bytes]) -> None:
        """Write records, all or none.

        :raises OSError: when the disk takes them not; then nothing is written, and it may be tried again.
        """
        data = b"".join(records)
        try:
            _write_all(self._fd, data)
        except OSError:
            os.ftruncate(self._fd, self._size)
            os.lseek(self._fd, self._size, os.SEEK_SET)
            raise
        self._size += len(data)
        self.end += len(data)

    def turn(self) -> bool:
        """Begin another segment when this one is full; whether it did, so that :attr:`marker` is another.

        :raises OSError: when that cannot be done; the old one goes on.
        """
        if self._size < self._segment_bytes:
            return False
        self.sync()
        self._begin_segment()
        return True

    def sync(self) -> None:
        """Make what was written safe from a power failure. May be called from another thread.

        :raises OSError: when the disk cannot.
        """
        with self._turning:
            end = self.end
            os.fdatasync(self._fd)
            if self._folder_changed:
                _sync_folder(self._folder)
                self._folder_changed = False
            self.synced = max(self.synced, end)

    def free(self, upto: int) -> None:
        """Remove the segments of which every byte stands before this place."""
        while len(self._stored) > 1 and self._stored[1].begin <= upto:
            self._stored.popleft().path.unlink(missing_ok=True)

    def close(self) -> None:
        """End; what was written is synced."""
        if self._fd >= 0:
            try:
                self.sync()
            finally:
                os.close(self._fd)
                self._fd = -1
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _take_last(self, stored: Stored) -> bool:
        """Look at the segment that was written last, and cut off what was torn; False when nothing of it is of use."""
        data = stored.path.read_bytes()
        segment = read_segment_header(data)
        if segment is None:
            stored.path.rename(stored.path.with_suffix(".damaged"))
            return False
        self.id = segment.spool
        end = sound_end(data, segment)
        if end < len(data):
            os.truncate(stored.path, end)
        # of a segment without records the place is used again, or each start would leave one
        self.end = stored.begin + (end if end > SEGMENT_HEADER_BYTES else 0)
        return True

    def _begin_segment(self) -> None:
        """Make the next segment; nothing changes when that fails."""
        last = self._stored[-1] if self._stored else None
        path = self._folder / f"{self.end:016x}{SUFFIX}"
        if last is not None and last.begin == self.end:
            path = last.path
        segment = Segment(self.id, token_bytes(MARKER_BYTES), self.end)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            _write_all(fd, segment_header(segment))
        except OSError:
            os.close(fd)
            path.unlink(missing_ok=True)
            raise
        with self._turning:
            old, self._fd = self._fd, fd
            self.end += SEGMENT_HEADER_BYTES
            self._folder_changed = True
        if old >= 0:
            os.close(old)
        if last is None or last.path != path:
            self._stored.append(Stored(segment.begin, path))
        self.marker = segment.marker
        self._size = SEGMENT_HEADER_BYTES


def sound_end(data: bytes, segment: Segment) -> int:
    """Give where the last sound record of a segment ends; what is damaged before it stays."""
    at = end = SEGMENT_HEADER_BYTES
    while 0 <= at < len(data):
        record = unpack(data, at, segment.marker)
        if isinstance(record, int):
            at = data.find(segment.marker, at + 1)
        else:
            at = end = at + record.size
    return end


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _write_all(fd: int, data: bytes) -> None:
    written = 0
    while written < len(data):
        written += os.write(fd, data[written:] if written else data)
