"""What is inside archives, within bounds: zip with all that is built on it (docx, jar, apk), tar, gzip, bzip2 and xz.

Everything here is hostile: a few bytes can stand for any number, and archives can hold themselves. So the numbers of
levels, members and bytes are bounded for the whole file, and what a stream may grow to. What is beyond is named.
(PKWARE APPNOTE.TXT 6.3; POSIX pax; RFC 1952.)
"""

import bz2
import encodings.cp437  # noqa: F401 - for names in a zip: once the process is confined nothing can be imported
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import IO, Any, NamedTuple

from msgspec import Struct

RATIO = 250
"""A stream may become so many times its size, when it is more than :data:`_FREE_BYTES`."""
_FREE_BYTES = 1 << 20
_PIECE_BYTES = 1 << 16
_XZ_MEMORY_BYTES = 128 * 1024 * 1024
_NAME_CHARACTERS = 400
_ENTRIES_MAX = 100_000
"""Of more entries than this not even the list is read."""
_PACKED = re.compile(r"(?<=.)\.(?:gz|bz2|xz)$", re.IGNORECASE)
"""What a name ends with that is no part of the unpacked file's name."""
_BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError),
    *(NotImplementedError, ValueError, IndexError, OverflowError, RecursionError),
)
"""What the readers of the standard library raise of bytes that are not what they say."""
Stream = Iterator[bytes]


class Bounds(Struct, frozen=True, array_like=True):
    """How far a file is looked into."""

    depth: int
    """Levels of archives within archives; 0: not at all."""
    members: int
    bytes: int
    """Of all members together."""


class _Entry(NamedTuple):
    """What an archive says that it holds."""

    name: str
    packed_bytes: int
    """What the content takes in the archive."""
    stream: Stream | None
    """None when it is no file, or cannot be read."""
    trouble: str = ""
    """Why it cannot be read."""


class Inside:
    """Looks into one file."""

    def __init__(self, bounds: Bounds, is_late: Callable[[], bool]) -> None:
        """:param is_late: says whether there is no more time for this file."""
        self._bounds = bounds
        self._is_late = is_late
        self._members = self._bytes = 0
        self._full = False
        self.beyond: dict[str, str] = {}
        """Why something was not looked at (``depth``, ``members``, ``bytes``, ``ratio``, ``time``, ``encrypted``,
        ``damaged``, or ``format`` when it cannot be read here), each with the first member that it is true of."""

    def members(self, data: bytes, title: str, name: str = "", depth: int = 0) -> Iterator[tuple[str, bytes]]:
        """Yield name and content of every file within bytes, and within those; cut short where a bound is reached.

        :param title: what the bytes themselves are called: a packed stream has no name of its own.
        """
        entries = _entries_of(data)
        if entries is None:
            return
        if depth >= self._bounds.depth:
            self.note("depth", name)
            return
        entry = _Entry(name, 0, None)
        try:
            for entry in entries:
                own = _text(entry.name or _PACKED.sub("", title.rpartition("/")[2]))
                full = f"{name}/{own}"[-_NAME_CHARACTERS:] if name else own[-_NAME_CHARACTERS:]
                if self._is_full(full):
                    return
                self._members += 1
                if entry.trouble:
                    self.note(entry.trouble, full)
                if entry.stream is not None:
                    content = self._content(entry, full)
                    yield full, content
                    yield from self.members(content, own, full, depth + 1)
        except _BROKEN:
            self.note("damaged", name or entry.name)

    def note(self, why: str, name: str) -> None:
        """Keep why something was not looked at."""
        self.beyond.setdefault(why, name)

    def _is_full(self, name: str) -> bool:
        if not self._full:
            why = "members" if self._members >= self._bounds.members else "time" if self._is_late() else ""
            why = why or ("bytes" if self._bytes >= self._bounds.bytes else "")
            if not why:
                return False
            self.note(why, name)
            self._full = True
        return True

    def _content(self, entry: _Entry, name: str) -> bytes:
        """Read a member as far as it may go."""
        pieces, total = [], 0
        most = max(entry.packed_bytes * RATIO, _FREE_BYTES)
        assert entry.stream is not None
        try:
            for piece in entry.stream:
                pieces.append(piece)
                total += len(piece)
                self._bytes += len(piece)
                if total > most or self._bytes >= self._bounds.bytes or self._is_late():
                    self.note(
                        "ratio" if total > most else "bytes" if self._bytes >= self._bounds.bytes else "time", name
                    )
                    break
        except _BROKEN:
            self.note("damaged", name)
        return b"".join(pieces)


def _entries_of(data: bytes) -> Iterator[_Entry] | None:
    """Give what an archive holds; None where bytes are no archive."""
    for magic, unpacker in _STREAMS.items():
        if data.startswith(magic):
            return iter([_Entry("", len(data), _unpacked(data, unpacker, again=magic))])
    if data[257:262] == b"ustar":
        return _tar(data)
    if data.startswith((b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07")):
        return iter([_Entry("", len(data), None, "format")])
    return _zip(data) if data.startswith(b"PK\x03\x04") or _ends_as_zip(data) else None


def _ends_as_zip(data: bytes) -> bool:
    """Say whether a zip stands behind something else, a program or a picture: it is known by its end."""
    end = data.rfind(b"PK\x05\x06", max(len(data) - 65_557, 0))
    if not 0 <= end <= len(data) - 22:
        return False
    list_bytes: int = struct.unpack_from("<I", data, end + 12)[0]
    return list_bytes <= end and data.startswith((b"PK\x01\x02", b"PK\x06\x06"), end - list_bytes)


def _zip(data: bytes) -> Iterator[_Entry]:
    if data.count(b"PK\x01\x02") > _ENTRIES_MAX:
        yield _Entry("", 0, None, "members")
        return
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for info in archive.infolist():
            if info.is_dir():
                yield _Entry(info.filename, 0, None)
            elif info.flag_bits & 0x1:
                yield _Entry(info.filename, 0, None, "encrypted")
            elif info.compress_type not in _METHODS:
                yield _Entry(info.filename, 0, None, "format")
            else:
                yield _zip_entry(data, info)


def _zip_entry(data: bytes, info: zipfile.ZipInfo) -> _Entry:
    """Read a member past its check sum: a wrong one hides nothing."""
    at = info.header_offset
    if data[at : at + 4] != b"PK\x03\x04" or at + 30 > len(data):
        return _Entry(info.filename, 0, None, "damaged")
    name_bytes, extra_bytes = struct.unpack_from("<HH", data, at + 26)
    start = at + 30 + name_bytes + extra_bytes
    packed = data[start : start + info.compress_size]
    unpacker = _METHODS[info.compress_type]
    return _Entry(info.filename, len(packed), iter([packed]) if unpacker is None else _unpacked(packed, unpacker))


def _tar(data: bytes) -> Iterator[_Entry]:
    with tarfile.open(fileobj=BytesIO(data), mode="r:") as archive:
        for info in archive:
            file = archive.extractfile(info) if info.isreg() else None
            yield _Entry(info.name, len(data), _pieces_of(file) if file else None)


def _pieces_of(file: IO[bytes]) -> Stream:
    while piece := file.read(_PIECE_BYTES):
        yield piece


def _unpacked(packed: bytes, unpacker: Callable[[], Any], again: bytes = b"") -> Stream:
    """Yield what packed bytes stand for, piece by piece; further streams that begin with ``again`` belong to it."""
    rest = packed
    while rest:
        one = unpacker()
        at, waiting = 0, b""
        while not one.eof:
            if not waiting:
                waiting = rest[at : at + _PIECE_BYTES]
                at += len(waiting)
            piece = one.decompress(waiting, _PIECE_BYTES)
            # zlib gives back what it did not take, the others keep it
            waiting = getattr(one, "unconsumed_tail", b"")
            if piece:
                yield piece
            elif at >= len(rest) and not waiting and not one.eof:
                raise EOFError
        rest = one.unused_data + rest[at:]
        if not again or not rest.startswith(again):
            return


def _text(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode()


_STREAMS: dict[bytes, Callable[[], Any]] = {
    b"\x1f\x8b\x08": lambda: zlib.decompressobj(31),
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\x00": lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY_BYTES),
}
_METHODS: dict[int, Callable[[], Any] | None] = {
    zipfile.ZIP_STORED: None,
    zipfile.ZIP_DEFLATED: lambda: zlib.decompressobj(-15),
    zipfile.ZIP_BZIP2: bz2.BZ2Decompressor,
}
