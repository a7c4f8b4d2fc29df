"""One generation of one file, being read: what was read of it, and the next whole lines."""

import math
import os
from typing import Self

from collectors.file_tail.identity import (
    HEAD_BYTES,
    TAIL_BYTES,
    Key,
    TailState,
    begins_with,
    fingerprint,
    read_tail,
)
from collectors.globs import Found
from collectors.lines import Cursor, Piece, cut, read_size
from soc_agent.model import Problem

NEVER = math.inf
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class ReplacedError(Exception):
    """The file was truncated or rewritten: what was read of it is no longer there."""


class RefusedError(Exception):
    """The file cannot be read as lines."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.code)


class Stream:
    """One generation of one file.

    Nothing that was read and not given out is kept in memory: the file is the buffer. Every read begins some bytes
    early and holds that these bytes are still the ones read before, so a rewritten file is never read on.
    """

    def __init__(self, stream_id: str, state: TailState, tail: bytes, now: float) -> None:
        self.id = stream_id
        self.key: Key = state.key
        self.path = state.path
        """The name under which its lines were written."""
        self.log = state.log or state.path
        """The name of the log that it is a part of."""
        self.location = state.path
        """Where it can be opened; empty when it has no name any more that is known."""
        self.cursor: Cursor = state.cursor
        self.size = state.size
        self.mtime_ns = state.mtime_ns
        self.fd = -1
        """The descriptor; :class:`~collectors.file_tail.files.OpenFiles` opens and closes it."""
        self.type = ""
        """The decoder type, once it was guessed."""
        self.type_settled = False
        self.unrecorded = False
        """Whether its position is to be committed also before it has lines."""
        self.refused = False
        """Whether it cannot be read as lines."""
        self.pending = True
        """Whether there may be something to give out."""
        self.grown_at = now
        """When it was last seen to have changed, in seconds of the collector's clock."""
        self.leaving_since: float | None = None
        """Since when its name is gone or another file's."""
        self.after: Stream | None = None
        """The stream whose lines come first: the one that had this name before."""
        self.after_offset = 0
        self.not_before = 0.0
        """When to look again at the earliest: after an error, or to gather more lines into a block."""
        self.retry_s = 0.0
        """How long was waited after the last error; 0 when all is well."""
        self.queued = False
        self.due = NEVER
        """When it is to be looked at, whether it grew or not."""
        self.finished = False
        self._tail = tail
        self._head_length, self._head = state.head_length, state.head
        self._scanned = self.cursor.offset

    @classmethod
    def resume(cls, stream_id: str, state: TailState, fd: int, now: float) -> Self:
        """Continue where ``state`` stands. The open file must still hold what was read of it."""
        stream = cls(stream_id, state, read_tail(fd, state.offset), now)
        stream.size = os.fstat(fd).st_size
        if stream._head_length == 0:
            head = os.pread(fd, HEAD_BYTES, 0)
            stream._head_length, stream._head = len(head), fingerprint(head)
        return stream

    @property
    def has_open_line(self) -> bool:
        """Whether all is read but for a line without its newline."""
        waits = not self.pending and not self.refused
        return waits and self.cursor.offset < self.size and not self.cursor.skipping

    @property
    def unread_bytes(self) -> int:
        """How far the reader is behind, as far as was seen."""
        return max(0, self.size - self.cursor.offset)

    @property
    def must_wait(self) -> bool:
        """Whether another stream's lines come first. That is settled once: not for what it grows by later."""
        stream = self
        while (before := stream.after) is not None:
            can_be_read = not before.finished and not before.retry_s
            if can_be_read and before.pending and before.cursor.offset < stream.after_offset:
                return True
            stream = before
        self.after = None
        return False

    def come_after(self, other: "Stream") -> None:
        """Let all that ``other`` holds by now come first."""
        self.after, self.after_offset = other, max(other.size, _size_now(other))

    def come_before(self, other: "Stream") -> None:
        """Come before ``other``, and after what that one waits for."""
        self.after, self.after_offset = other.after, other.after_offset
        other.come_after(self)

    def is_at(self, path: str) -> bool:
        """Say whether it is the file that has this name now."""
        return self.path == path and self.leaving_since is None and not self.finished

    def looks_like(self, file: Found) -> bool:
        """Say whether another file may be a copy of this one, being made or just made."""
        if self.size == 0 or self.fd < 0:
            return False
        head = os.pread(self.fd, min(HEAD_BYTES, file.size), 0)
        return begins_with(file.path, head)

    def state(self) -> TailState:
        """Give what its position keeps."""
        return TailState(
            path=self.path,
            log=self.log,
            dev=self.key[0],
            ino=self.key[1],
            offset=self.cursor.offset,
            line=self.cursor.line,
            skipping=self.cursor.skipping,
            open_line=self.cursor.open_line,
            head_length=self._head_length,
            head=self._head,
            tail=fingerprint(self._tail),
            size=self.size,
            mtime_ns=self.mtime_ns,
        )

    def read(self, cap: int, now: float, *, final: bool = False) -> Piece | None:
        """Give the next whole lines of the open file, or None; :attr:`pending` says whether to ask again at once.

        With ``final`` a last line without its newline is given too.

        :raises ReplacedError: when the file was truncated or rewritten.
        :raises RefusedError: when it cannot be read as lines.
        :raises OSError: when it cannot be read.
        """
        info = os.fstat(self.fd)
        self._check(info)
        if info.st_size != self.size or info.st_mtime_ns != self.mtime_ns:
            self.grown_at = now
        self.size, self.mtime_ns = info.st_size, info.st_mtime_ns
        if not final and self._only_more_of_a_line(cap):
            return None
        overlap = len(self._tail)
        raw = os.pread(self.fd, overlap + read_size(cap), self.cursor.offset - overlap)
        if not raw.startswith(self._tail):
            raise ReplacedError
        if self.cursor.offset == 0 and raw.startswith(_UTF16):
            raise RefusedError(Problem("tail.utf16", values={"path": self.path}))
        piece = cut(raw, self.cursor, cap, begin=overlap, final=final)
        self._advance(raw, piece.cursor, cap)
        return piece if piece.data else None

    def has_grown(self) -> bool:
        """Say whether the file is another than when it was read last, as far as can be seen without opening it."""
        try:
            info = os.stat(self.fd if self.fd >= 0 else self.location)  # noqa: PTH116
        except OSError:
            return False
        return info.st_size != self.size or info.st_mtime_ns != self.mtime_ns

    def stirs(self) -> bool:
        """Say whether the open file was empty and was touched since: it may have been filled, copied and truncated.

        :raises OSError: when it cannot be looked at.
        """
        if self._head_length or self.size:
            return False
        before, self.mtime_ns = self.mtime_ns, os.fstat(self.fd).st_mtime_ns
        return self.mtime_ns != before

    def verify(self) -> None:
        """Hold that the open file still begins with what was read of it.

        :raises ReplacedError: when it does not.
        :raises OSError: when it cannot be read.
        """
        self._check(os.fstat(self.fd))
        if read_tail(self.fd, self.cursor.offset) != self._tail:
            raise ReplacedError

    def sample(self, size_bytes: int = 65_536) -> bytes:
        """Give the first whole lines of the open file: what its type is guessed from."""
        data = os.pread(self.fd, size_bytes, 0).removeprefix(b"\xef\xbb\xbf").lstrip(b"\0")
        return data[: data.rfind(b"\n") + 1] or data

    def _check(self, info: os.stat_result) -> None:
        shrunk_unread = self.cursor.offset == 0 and info.st_size < self.size
        if shrunk_unread or info.st_size < self.cursor.offset:
            raise ReplacedError
        touched = info.st_mtime_ns != self.mtime_ns and self._head_length > 0
        if touched and fingerprint(os.pread(self.fd, self._head_length, 0)) != self._head:
            raise ReplacedError

    def _only_more_of_a_line(self, cap: int) -> bool:
        """Look only at what came since the last look: a line written byte by byte is not read again each time."""
        if self._scanned <= self.cursor.offset:
            return False
        fresh = os.pread(self.fd, read_size(cap), self._scanned)
        if b"\n" in fresh or self._scanned + len(fresh) - self.cursor.offset > cap:
            return False
        if read_tail(self.fd, self.cursor.offset) != self._tail:
            raise ReplacedError
        self._scanned += len(fresh)
        self.pending = bool(fresh) and self._scanned < self.size
        return True

    def _advance(self, raw: bytes, cursor: Cursor, cap: int) -> None:
        overlap = len(self._tail)
        begin = self.cursor.offset - overlap
        at = cursor.offset - begin
        end = begin + len(raw)
        length = min(HEAD_BYTES, cursor.offset or len(raw))
        if length > self._head_length:
            head = raw[:length] if begin == 0 else os.pread(self.fd, length, 0)
            self._head_length, self._head = len(head), fingerprint(head)
        self._tail = raw[max(0, at - TAIL_BYTES) : at]
        self.cursor = cursor
        more_here = raw.find(b"\n", at) >= 0 or len(raw) - at > cap
        self.pending = more_here or (end < self.size and len(raw) > overlap)
        self._scanned = cursor.offset if self.pending else end


def _size_now(stream: Stream) -> int:
    try:
        return os.stat(stream.fd if stream.fd >= 0 else stream.location).st_size  # noqa: PTH116
    except OSError:
        return 0
