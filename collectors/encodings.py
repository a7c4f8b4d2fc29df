"""Bytes of a log in some encoding become pieces of whole lines in UTF-8.

A log says its encoding by a byte order mark, or its source is told (option ``encoding``). Of encodings in which a
newline is the byte 0x0A whole lines are cut first and then translated, so a character at the edge of a read is never
torn; UTF-16 is translated first, from and up to whole characters.
"""

import codecs
import re
from collections.abc import Callable
from typing import Protocol

from collectors.lines import Cursor, Piece, cut, read_size

UTF_8 = "utf-8"
_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_SAMPLE_BYTES = 64
_ENOUGH_BYTES = 16
"""So many bytes, every other one of them zero, are taken for UTF-16 without a mark."""
_WIDE = ("utf-16-le", "utf-16-be")
_HALVES = re.compile("[\ud800-\udfff]")
"""Halves of a character beyond the basic plane: alone they are none."""


class Encoding(Protocol):
    """How the bytes of a log become pieces of lines in UTF-8. Offsets of pieces are those of the file."""

    name: str

    def cut(self, raw: bytes, cursor: Cursor, cap: int, *, begin: int = 0, final: bool = False) -> Piece:
        """Give the whole lines at the head of ``raw[begin:]``, as :func:`collectors.lines.cut` does."""
        ...

    def length(self, text: bytes) -> int:
        """Give how many bytes of the file some text is, which begins at the beginning of a piece."""
        ...

    def read_size(self, cap: int) -> int:
        """Give how many bytes to read at once, so that a line over the cap is seen to be over it."""
        ...

    def has_more(self, raw: bytes, at: int, cap: int) -> bool:
        """Say whether another piece can be cut from ``raw[at:]``."""
        ...

    def last_newline(self, raw: bytes, offset: int) -> int:
        """Give where the last newline of bytes ends that begin at this place of the file; 0 when there is none."""
        ...

    def count_lines(self, raw: bytes) -> int:
        """Give how many newlines there are in bytes from the beginning of a file on."""
        ...

    def text(self, raw: bytes) -> bytes:
        """Give bytes from the beginning of a file as UTF-8, without a byte order mark."""
        ...


def by_mark(head: bytes) -> str:
    """Give the encoding that a byte order mark of UTF-16 says; empty when there is none."""
    return _MARKS.get(head[:2], "")


def sniff(head: bytes) -> str:
    """Give the encoding of a file that begins so: by its mark, or by the zeros that UTF-16 has between letters.

    Empty as long as too little is there to tell; what is neither is taken for UTF-8.
    """
    if len(head) < 2:
        return "" if head in (b"", b"\xff", b"\xfe") else UTF_8
    if marked := by_mark(head):
        return UTF_8 if _is_narrow(head[2:_SAMPLE_BYTES]) else marked
    sample = head[:_SAMPLE_BYTES]
    sample = sample[: len(sample) // 2 * 2]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if min(even, odd) > 0 or max(even, odd) * 4 < len(sample):
        return UTF_8
    if len(sample) < _ENOUGH_BYTES:
        return "" if b"\n" not in sample else UTF_8
    return _WIDE[0] if odd else _WIDE[1]


def _is_narrow(sample: bytes) -> bool:
    """Say whether bytes behind a mark are letters of one byte each, so that the mark was none."""
    plain = sum(0x20 <= byte < 0x7F for byte in sample)
    return 0 not in sample and len(sample) >= _ENOUGH_BYTES and plain * 5 >= len(sample) * 4


def as_text(head: bytes) -> bytes:
    """Give the first bytes of a file as UTF-8, where it is a text in UTF-16; as they are, where it is anything else."""
    name = sniff(head)
    return encoding_for(name).text(head) if name in _WIDE else head


def translator(head: bytes) -> Callable[[bytes, bool], bytes] | None:
    """Give what makes UTF-8 of a file that begins so, piece by piece, the second argument saying which is the last.

    None where there is nothing to translate.
    """
    name = sniff(head)
    if name not in _WIDE:
        return None
    # by this name it takes off the mark, and by the others it does not
    decoder = codecs.getincrementaldecoder("utf-16" if by_mark(head) else name)("replace")

    def translate(data: bytes, final: bool) -> bytes:
        return decoder.decode(data, final).encode("utf-8", "replace")

    return translate


def encoding_for(name: str) -> Encoding:
    """Give the encoding of this name.

    :raises LookupError: when there is none.
    """
    known = codecs.lookup(name).name
    if known in ("utf-8", "ascii"):
        return Plain()
    return Wide(known if known in _WIDE else _WIDE[0]) if known.startswith("utf-16") else Narrow(known)


class Plain:
    """UTF-8, or whatever has newlines where UTF-8 has them: taken as it is."""

    name = UTF_8

    def cut(self, raw: bytes, cursor: Cursor, cap: int, *, begin: int = 0, final: bool = False) -> Piece:
        """Give the whole lines at the head of ``raw[begin:]``."""
        return cut(raw, cursor, cap, begin=begin, final=final)

    def length(self, text: bytes) -> int:
        """Give the length of the text: it is what the file holds."""
        return len(text)

    def read_size(self, cap: int) -> int:
        """Give how many bytes to read at once."""
        return read_size(cap)

    def has_more(self, raw: bytes, at: int, cap: int) -> bool:
        """Say whether another piece can be cut from ``raw[at:]``."""
        return raw.find(b"\n", at) >= 0 or len(raw) - at > cap

    def last_newline(self, raw: bytes, offset: int) -> int:
        """Give where the last newline ends."""
        return raw.rfind(b"\n") + 1

    def count_lines(self, raw: bytes) -> int:
        """Give how many newlines there are."""
        return raw.count(b"\n")

    def text(self, raw: bytes) -> bytes:
        """Give bytes without a byte order mark."""
        return raw.removeprefix(codecs.BOM_UTF8)


class Narrow(Plain):
    """An encoding of one byte a character, such as windows-1258: lines are cut first, then translated."""

    def __init__(self, name: str) -> None:
        self.name = name

    def cut(self, raw: bytes, cursor: Cursor, cap: int, *, begin: int = 0, final: bool = False) -> Piece:
        """Give the whole lines at the head of ``raw[begin:]``, as UTF-8."""
        piece = cut(raw, cursor, cap, begin=begin, final=final)
        return piece._replace(data=self.text(piece.data)) if piece.data else piece

    def length(self, text: bytes) -> int:
        """Give how many bytes of the file some whole lines are."""
        return len(text.decode("utf-8").encode(self.name, "replace"))

    def text(self, raw: bytes) -> bytes:
        """Give bytes as UTF-8; what stands for no character is marked."""
        return raw.decode(self.name, "replace").encode("utf-8")


class Wide:
    """UTF-16, little or big endian."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._newline = "\n".encode(name)

    def cut(self, raw: bytes, cursor: Cursor, cap: int, *, begin: int = 0, final: bool = False) -> Piece:
        """Give the whole lines at the head of ``raw[begin:]``, as UTF-8."""
        data = self._data(raw[begin:], final=final)
        piece = cut(data, cursor, cap, final=final)
        done, lead = piece.cursor.offset - cursor.offset, piece.offset - cursor.offset
        after = piece.cursor._replace(offset=cursor.offset + self.length(data[:done]))
        return piece._replace(offset=cursor.offset + self.length(data[:lead]), cursor=after)

    def length(self, text: bytes) -> int:
        """Give how many bytes of the file some text is; a character that was cut off at its end does not count."""
        return len(text.decode("utf-8", "ignore").encode(self.name))

    def read_size(self, cap: int) -> int:
        """Give how many bytes to read at once: two for what may be one byte of UTF-8."""
        return 2 * read_size(cap)

    def has_more(self, raw: bytes, at: int, cap: int) -> bool:
        """Say whether another piece can be cut from ``raw[at:]``."""
        rest = len(raw) - at
        return self._find_newline(raw, at) or (rest * 3 > cap * 2 and len(self._data(raw[at:], final=True)) > cap)

    def last_newline(self, raw: bytes, offset: int) -> int:
        """Give where the last newline ends, at a whole character of the file."""
        end = len(raw)
        while (found := raw.rfind(self._newline, 0, end)) >= 0:
            if (offset + found) % 2 == 0:
                return found + 2
            end = found + 1
        return 0

    def count_lines(self, raw: bytes) -> int:
        """Give how many newlines there are."""
        return self._data(raw, final=True).count(b"\n")

    def text(self, raw: bytes) -> bytes:
        """Give bytes from the beginning of a file as UTF-8."""
        return self._data(raw, final=False).removeprefix(codecs.BOM_UTF8)

    def _data(self, raw: bytes, *, final: bool) -> bytes:
        whole = raw[: len(raw) // 2 * 2]
        text = whole.decode(self.name, "surrogatepass")
        if text and "\ud800" <= text[-1] <= "\udbff" and not final:
            text = text[:-1]
        return _HALVES.sub("\ufffd", text).encode("utf-8")

    def _find_newline(self, raw: bytes, at: int) -> bool:
        found = raw.find(self._newline, at)
        while found >= 0 and (found - at) % 2:
            found = raw.find(self._newline, found + 1)
        return found >= 0
