"""Rotated logs that were compressed: each is unpacked and read once, from beginning to end."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from msgspec.structs import replace

from collectors.archive import Unpacked, opened, read_unpacked
from collectors.encodings import UTF_8, encoding_for
from collectors.file_tail.form import Cut, Form
from collectors.file_tail.identity import HEAD_BYTES, TAIL_BYTES, Key, TailState, fingerprint, open_regular
from collectors.file_tail.rotation import oldest_first
from collectors.globs import Found
from collectors.lines import BLOCK_BYTES
from collectors.unpack import MissingLibraryError
from soc_agent.errors import SourceError
from soc_agent.model import Problem, Where
from soc_agent.text import make_safe

_SUFFIXES = (".gz", ".xz", ".bz2", ".zst")
_CHUNK_BYTES = 131_072
_SAMPLE_BYTES = 65_536


def unpacked_name(path: str) -> str:
    """Give what a compressed file was called before; empty when its name is not that of one.

    >>> unpacked_name("/log/app.log.2.gz"), unpacked_name("/log/app.log")
    ('/log/app.log.2', '')
    """
    return next((path.removesuffix(suffix) for suffix in _SUFFIXES if path.endswith(suffix)), "")


def packed_oldest_first(files: Iterable[Found]) -> list[Found]:
    """Put compressed files of one log in the order in which they were written."""
    packed = {file.key: file for file in files}
    return [
        packed[file.key]
        for file in oldest_first(each._replace(path=unpacked_name(each.path)) for each in packed.values())
    ]


class PackedFile:
    """A compressed file that is being read. It does not change, so nothing of it need be looked at twice."""

    def __init__(self, file: Found, stream_id: str, state: TailState, form: Form) -> None:
        """:param state: where to go on, as a position has it; places are those of the unpacked text."""
        self.id, self.path = stream_id, state.path
        self.location = file.path
        self.type, self.type_settled = "", False
        self._form = form
        self._state = replace(state, packed=True, dev=file.dev, ino=file.ino, size=file.size, mtime_ns=file.mtime_ns)
        self.begun = False
        self._stack = ExitStack()
        self._unpacked: Unpacked | None = None
        self._head = self._last = self._data = b""
        self._at_end = False

    def state(self) -> TailState:
        """Give what its position keeps."""
        return self._state

    def sample(self) -> bytes:
        """Give the first whole lines: what its type is guessed from."""
        encoding = self._form.encoding(self._state.encoding, self._head)
        data = encoding.text(self._head).lstrip(b"\0") if encoding else b""
        return data[: data.rfind(b"\n") + 1] or data

    def read(self) -> Cut | None:
        """Give the next whole events; None at the end, when the state says that it is done.

        :raises SourceError: when it cannot be read, or is broken.
        """
        unpacked = self._unpacked or self._begin()
        while True:
            encoding = self._form.encoding(self._state.encoding, self._head)
            self._fill(unpacked, encoding.read_size(self._form.cap) if encoding else BLOCK_BYTES)
            encoding = self._form.encoding(self._state.encoding, self._head)
            if encoding is None and not self._at_end:
                continue
            encoding = encoding or encoding_for(UTF_8)
            before, shift = self._state.cursor, self._state.shift
            cut = self._form.cut(encoding, self._data, before, more=not self._at_end, final=self._at_end)
            if cut.piece.cursor == before:
                self.finish()
                return None
            self._advance(cut, encoding.name)
            if cut.piece.data:
                return cut._replace(piece=cut.piece._replace(offset=cut.piece.offset + shift))

    def finish(self) -> None:
        """End, for good: it is not read again."""
        self._state = replace(self._state, done=True)
        self.close()

    def close(self) -> None:
        """Close it."""
        self._stack.close()

    def _begin(self) -> Unpacked:
        self.begun = True
        path = Path(self.location)
        self._unpacked = unpacked = self._stack.enter_context(_opened(self.location, self._state.key))
        left = self._state.offset
        while left and (data := read_unpacked(unpacked, min(left, _CHUNK_BYTES), path)):
            self._head += data[: max(0, _SAMPLE_BYTES - len(self._head))]
            self._last = (self._last + data)[-TAIL_BYTES:]
            left -= len(data)
        return unpacked

    def _fill(self, unpacked: Unpacked, wanted: int) -> None:
        parts, size = [self._data], len(self._data)
        while size < wanted and not self._at_end:
            data = read_unpacked(unpacked, _CHUNK_BYTES, Path(self.location))
            self._at_end = not data
            self._head += data[: max(0, _SAMPLE_BYTES - len(self._head))]
            parts.append(data)
            size += len(data)
        self._data = b"".join(parts)

    def _advance(self, cut: Cut, encoding: str) -> None:
        cursor, state = cut.piece.cursor, self._state
        size = cursor.offset - state.offset
        self._last = (self._last + self._data[:size])[-TAIL_BYTES:]
        self._data = self._data[size:]
        length = min(HEAD_BYTES, cursor.offset)
        grown = cut.piece.offset + len(cut.piece.data) - cursor.offset if cut.piece.data and encoding != UTF_8 else 0
        self._state = replace(
            state,
            offset=cursor.offset,
            line=cursor.line,
            skipping=cursor.skipping,
            open_line=cursor.open_line,
            head_length=length,
            head=fingerprint(self._head[:length]),
            tail=fingerprint(self._last),
            encoding=encoding,
            shift=state.shift + grown,
        )


def packed_holds(file: Found, state: TailState) -> bool:
    """Say whether a compressed file begins with what was read of a log when ``state`` was made."""
    path = file.path
    if not state.head_length:
        return False
    try:
        with _opened(path, file.key) as unpacked:
            head = _read(unpacked, state.head_length, path)
            last = head[max(0, state.offset - TAIL_BYTES) : state.offset]
            left = state.offset - len(head)
            while fingerprint(head) == state.head and left > 0:
                data = _read(unpacked, min(left, _CHUNK_BYTES), path)
                if not data:
                    return False
                last, left = (last + data)[-TAIL_BYTES:], left - len(data)
    except SourceError:
        return False
    return fingerprint(head) == state.head and fingerprint(last) == state.tail


@contextmanager
def _opened(path: str, key: Key) -> Iterator[Unpacked]:
    """Open a compressed file.

    :raises SourceError: when it cannot be opened, or another file has its name by now.
    """
    try:
        fd, info = open_regular(path)
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    try:
        if (info.st_dev, info.st_ino) != key:
            raise _unreadable(path, os.strerror(errno.ENOENT))
        with opened(Path(f"/proc/self/fd/{fd}")) as unpacked:
            yield unpacked
    except MissingLibraryError as error:
        raise MissingLibraryError(replace(error.problem, where=Where(make_safe(path)))) from error
    finally:
        os.close(fd)


def _unreadable(path: str, reason: str) -> SourceError:
    return SourceError(Problem("archive.unreadable", Where(make_safe(path)), {"reason": reason}))


def _read(unpacked: Unpacked, size: int, path: str) -> bytes:
    """Read so many bytes, fewer only at the end."""
    parts: list[bytes] = []
    while size and (data := read_unpacked(unpacked, size, Path(path))):
        parts.append(data)
        size -= len(data)
    return b"".join(parts)
