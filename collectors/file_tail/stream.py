"""One generation of one file, being read: what was read of it, and the next whole lines."""

import math
import os
from typing import Self

from msgspec.structs import replace

from collectors.encodings import UTF_8, Encoding
from collectors.file_tail.form import Cut, Form
from collectors.file_tail.identity import (
    HEAD_BYTES,
    TAIL_BYTES,
    Key,
    TailState,
    begins_with,
    file_holds,
    fingerprint,
    read_tail,
    still_holds,
)
from collectors.file_tail.packed import packed_holds
from collectors.file_tail.rotation import is_older
from collectors.globs import Found
from collectors.lines import Cursor
from soc_agent.config import FileSource

NEVER = math.inf
_PLAIN = Form(FileSource(name="plain", paths=()))


class ReplacedError(Exception):
    """The file was truncated or rewritten: what was read of it is no longer there."""


class Stream:
    """One generation of one file.

    Nothing that was read and not given out is kept in memory: the file is the buffer. Every read begins some bytes
    early and holds that these bytes are still the ones read before, so a rewritten file is never read on.
    """

    def __init__(self, stream_id: str, state: TailState, tail: bytes, now: float, form: Form = _PLAIN) -> None:
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
        self.shift = state.shift
        """What to add to an offset for the place in its text as UTF-8."""
        self.group_waits = False
        """Whether whole lines wait for what may follow them in their event."""
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
        self._form = form
        self._encoding_name = state.encoding

    @classmethod
    def resume(cls, stream_id: str, state: TailState, fd: int, now: float, form: Form = _PLAIN) -> Self:
        """Continue where ``state`` stands. The open file must still hold what was read of it."""
        stream = cls(stream_id, state, read_tail(fd, state.offset), now, form)
        stream.size = os.fstat(fd).st_size
        if stream._head_length == 0:
            head = os.pread(fd, HEAD_BYTES, 0)
            stream._head_length, stream._head = len(head), fingerprint(head)
        return stream

    @property
    def has_open_line(self) -> bool:
        """Whether all is read but for a line without its newline, or lines of an event that may go on."""
        return not self.pending and self.cursor.offset < self.size and not self.cursor.skipping

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

    def is_older(self, other: "Stream") -> bool:
        """Say whether its file was rotated before another's, as far as their names tell."""
        if other.finished or not self.location or not other.location:
            return False
        return is_older(*(Found(each.location, *each.key, each.size, each.mtime_ns) for each in (self, other)))

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
            encoding=self._encoding_name,
            shift=self.shift,
        )

    def read(self, now: float, *, flush: bool = False, final: bool = False) -> Cut | None:
        """Give the next whole events of the open file, or None; :attr:`pending` says whether to ask again at once.

        With ``flush`` an event that may go on is given too, with ``final`` also a last line without its newline.
        Offsets are those of the text as UTF-8.

        :raises ReplacedError: when the file was truncated or rewritten.
        :raises OSError: when it cannot be read.
        """
        info = os.fstat(self.fd)
        self._check(info)
        if info.st_size != self.size or info.st_mtime_ns != self.mtime_ns:
            self.grown_at = now
        self.size, self.mtime_ns = info.st_size, info.st_mtime_ns
        encoding = self._form.encoding(
            self._encoding_name, os.pread(self.fd, 64, 0) if not self._encoding_name else b""
        )
        if encoding is None:
            self.pending = False
            return None
        size = encoding.read_size(self._form.cap)
        if not final and not flush and self._only_more_of_a_line(size):
            return None
        overlap = len(self._tail)
        raw = os.pread(self.fd, overlap + size, self.cursor.offset - overlap)
        if not raw.startswith(self._tail):
            raise ReplacedError
        more = self.cursor.offset - overlap + len(raw) < self.size
        cut = self._form.cut(encoding, raw, self.cursor, begin=overlap, more=more, final=final, flush=flush)
        self._advance(raw, cut, encoding)
        if not cut.piece.data:
            return None
        self._encoding_name = encoding.name
        given = cut._replace(piece=cut.piece._replace(offset=cut.piece.offset + self.shift))
        if encoding.name != UTF_8:
            self.shift += cut.piece.offset + len(cut.piece.data) - self.cursor.offset
        return given

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

    def is_packed_as(self, file: Found) -> bool:
        """Say whether a compressed file begins with what was read, or, where nothing was, with what the file holds."""
        state = self.state()
        if not state.head_length and self.fd >= 0:
            head = os.pread(self.fd, HEAD_BYTES, 0)
            state = replace(state, head_length=len(head), head=fingerprint(head))
        return packed_holds(file, state)

    def is_there(self) -> bool:
        """Say whether what was read can still be found: in the open file, or where it was when it was closed."""
        state = self.state()
        return still_holds(self.fd, state) if self.fd >= 0 else file_holds(self.location, state)

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
        raw = os.pread(self.fd, size_bytes, 0)
        encoding = self._form.encoding(self._encoding_name, raw)
        data = encoding.text(raw).lstrip(b"\0") if encoding else b""
        return data[: data.rfind(b"\n") + 1] or data

    def _check(self, info: os.stat_result) -> None:
        shrunk_unread = self.cursor.offset == 0 and info.st_size < self.size
        if shrunk_unread or info.st_size < self.cursor.offset:
            raise ReplacedError
        touched = info.st_mtime_ns != self.mtime_ns and self._head_length > 0
        if touched and fingerprint(os.pread(self.fd, self._head_length, 0)) != self._head:
            raise ReplacedError

    def _only_more_of_a_line(self, size: int) -> bool:
        """Look only at what came since the last look: a line written byte by byte is not read again each time."""
        if self._scanned <= self.cursor.offset:
            return False
        fresh = os.pread(self.fd, size, self._scanned)
        if b"\n" in fresh or self._scanned + len(fresh) - self.cursor.offset > self._form.cap:
            return False
        if read_tail(self.fd, self.cursor.offset) != self._tail:
            raise ReplacedError
        self._scanned += len(fresh)
        self.pending = bool(fresh) and self._scanned < self.size
        return True

    def _advance(self, raw: bytes, cut: Cut, encoding: Encoding) -> None:
        cursor = cut.piece.cursor
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
        self.group_waits = cut.waits
        more_here = not cut.waits and encoding.has_more(raw, at, self._form.cap)
        self.pending = more_here or (end < self.size and len(raw) > overlap)
        self._scanned = cursor.offset if self.pending else end


def _size_now(stream: Stream) -> int:
    try:
        return os.stat(stream.fd if stream.fd >= 0 else stream.location).st_size  # noqa: PTH116
    except OSError:
        return 0
