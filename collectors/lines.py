"""Bytes become pieces of whole lines. Pure: whoever reads a file, an archive or a pipe calls :func:`cut`.

A line ends with a newline byte. A carriage return before it stays in the line; decoders take it off. A piece is an
exact slice of the stream, but for its last line, which may have been cut at the cap or left open by its writer and then
ends with a newline that the stream does not have. So the place of a line in the stream is that of the piece plus that
of the line in the piece, whatever the sizes of the reads were.
"""

from typing import NamedTuple

BLOCK_BYTES = 1_048_576
"""How much is read at once, and so about the largest piece."""

_BOM = b"\xef\xbb\xbf"


class Cursor(NamedTuple):
    """Where a stream is to be continued."""

    offset: int = 0
    """Bytes before this place are done."""
    line: int = 1
    """Number of the line that this place is in, from 1."""
    skipping: bool = False
    """The place is inside a line that was cut at the cap: its rest is to be skipped."""
    open_line: bool = False
    """The line before this place was given out without its newline, which may still come."""


class Piece(NamedTuple):
    """Whole lines, and where to go on after them. ``data`` is empty when there was nothing to give out yet."""

    data: bytes
    offset: int
    """Where ``data`` begins in the stream."""
    first_line: int
    cursor: Cursor
    truncated: int = 0
    """1 when the last line of ``data`` was cut at the cap."""


def read_size(cap: int) -> int:
    """Give how many bytes to read at once, so that a line over the cap is seen to be over it."""
    return max(BLOCK_BYTES, cap + 1)


def cut(raw: bytes, cursor: Cursor, cap: int, *, begin: int = 0, final: bool = False) -> Piece:
    r"""Give the whole lines at the head of ``raw[begin:]``, whose first byte is the one at ``cursor.offset``.

    Runs of NUL bytes at the beginning of a line (a hole after a crash or a truncation) are left out, as is a UTF-8
    byte order mark. A line of more than ``cap`` bytes keeps its first ``cap``. With ``final`` a line without its
    newline is taken too; the newline, or more of the line, may come later all the same. Not all lines need come in one
    piece: call again until the cursor stands still.

    >>> cut(b"a\nb\nc", Cursor(), 100)
    Piece(data=b'a\nb\n', offset=0, first_line=1, cursor=Cursor(offset=4, line=3, ...), truncated=0)
    """
    base = cursor.offset - begin
    at, line, skipping, open_line = _resume(raw, cursor, begin, final)
    if cursor.offset == 0 and raw.startswith(_BOM, begin):
        at += len(_BOM)
    if not skipping:
        at = _skip_nul(raw, at, cap, final)
    rest = Cursor(base + at, line, skipping, open_line)
    end = raw.rfind(b"\n", at) + 1
    if skipping or at >= len(raw) or (end == 0 and len(raw) - at <= cap and not final):
        return Piece(b"", rest.offset, line, rest)
    if end == 0:
        return _unfinished(raw, rest, at, cap)
    if b"\0" in raw:
        hole = raw.find(b"\n\0", at, end)
        end = hole + 1 if hole >= 0 else end
    long = first_long(raw, at, end, cap)
    if long == at:
        return _unfinished(raw, rest, at, cap)
    if long > at:
        end = long
    data = raw[at:end]
    return Piece(data, rest.offset, line, Cursor(base + end, line + data.count(b"\n")))


def _resume(raw: bytes, cursor: Cursor, begin: int, final: bool) -> tuple[int, int, bool, bool]:
    """Finish what the cursor is in the middle of; give the place in ``raw``, the line number and what is still open."""
    if cursor.skipping:
        newline = raw.find(b"\n", begin)
        if newline < 0:
            return len(raw), cursor.line, True, False
        return newline + 1, cursor.line + 1, False, False
    if cursor.open_line and begin < len(raw):
        for late in (b"\n", b"\r\n"):
            if raw.startswith(late, begin):
                return begin + len(late), cursor.line + 1, False, False
        if raw[begin:] == b"\r" and not final:
            return begin, cursor.line, False, True
        return begin, cursor.line, False, False
    return begin, cursor.line, False, cursor.open_line


def _skip_nul(raw: bytes, at: int, cap: int, final: bool) -> int:
    """Give the place after a run of NUL bytes. A run at the very end stays: on NFS, zeros may precede their data."""
    if at >= len(raw) or raw[at]:
        return at
    run = len(raw) - at - len(raw[at:].lstrip(b"\0"))
    if at + run == len(raw) and run <= cap and not final:
        return at
    return at + run


def _unfinished(raw: bytes, rest: Cursor, at: int, cap: int) -> Piece:
    """Take the line at ``at``, which is too long or lacks its newline."""
    head = raw[at : at + cap]
    too_long = len(raw) - at > cap
    after = Cursor(rest.offset + len(head), rest.line, skipping=too_long, open_line=not too_long)
    return Piece(head + b"\n", rest.offset, rest.line, after, int(too_long))


def first_long(raw: bytes, at: int, end: int, cap: int) -> int:
    """Give where the first line of more than ``cap`` bytes begins in whole lines, or -1. Few bytes are looked at."""
    while end - at > cap + 1:
        newline = raw.rfind(b"\n", at, at + cap + 1)
        if newline < 0:
            return at
        at = newline + 1
    return -1
