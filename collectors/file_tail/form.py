"""How the bytes of a source's files become blocks of events: their encoding, and which lines are one event."""

from typing import NamedTuple

from collectors.audit_records import AuditRecords, begins_with_record, has_records
from collectors.columns import one_header
from collectors.encodings import Encoding, by_mark, encoding_for, sniff
from collectors.joining import Grouping
from collectors.lines import Cursor, Piece
from collectors.multiline import grouping_for
from soc_agent.config import AUTO, FileSource


class Cut(NamedTuple):
    """Whole events, and where to go on after them."""

    piece: Piece
    written: bytes = b""
    """The bytes of the piece as they were written, where lines were joined."""
    waits: bool = False
    """Whether whole lines were left, because their event may not be complete."""


class Form:
    """What the options of a source say of the bytes of its files."""

    def __init__(self, options: FileSource) -> None:
        self.cap = options.line_cap_bytes
        self.grouping: Grouping | None = grouping_for(options.multiline)
        """Which lines are one event in all files; None where each line is one, or the lines say it."""
        by_itself = options.type in (AUTO, "auditd", "syslog") and not options.multiline.by
        bounds = options.multiline.max_lines, options.multiline.max_bytes
        self._audit = AuditRecords(*bounds) if by_itself else None
        self._audit_in_syslog = AuditRecords(*bounds, in_syslog=True) if by_itself else None
        self.wait_s = float(options.multiline.wait_s)
        self._encoding = options.encoding
        self._encodings: dict[str, Encoding] = {}

    def encoding(self, name: str, head: bytes) -> Encoding | None:
        """Give the encoding of a file: that which is known by name, or what its first bytes and the options say.

        None as long as too few bytes are there to tell.
        """
        if not name and self._encoding == AUTO:
            name = sniff(head)
        elif not name and _is_utf16(self._encoding):
            name = by_mark(head) or (self._encoding if len(head) > 1 else "")
        elif not name:
            name = self._encoding
        if not name:
            return None
        if name not in self._encodings:
            self._encodings[name] = encoding_for(name)
        return self._encodings[name]

    def cut(
        self,
        encoding: Encoding,
        raw: bytes,
        cursor: Cursor,
        *,
        begin: int = 0,
        more: bool = False,
        final: bool = False,
        flush: bool = False,
    ) -> Cut:
        """Give the whole events at the head of ``raw[begin:]``, whose first byte is the one at ``cursor.offset``.

        :param more: whether the file goes on after ``raw``.
        :param flush: whether whole lines are whole events.
        :param final: whether a line without its newline is one too.
        """
        piece = encoding.cut(raw, cursor, self.cap, begin=begin, final=final)
        if (end := one_header(piece.data)) < len(piece.data):
            data = piece.data[:end]
            after = Cursor(piece.offset + encoding.length(data), piece.first_line + data.count(b"\n"))
            piece = piece._replace(data=data, cursor=after, truncated=0)
        grouping = self.grouping
        if grouping is None and self._audit and begins_with_record(piece.data):
            grouping = self._audit
        elif grouping is None and self._audit_in_syslog and has_records(piece.data):
            grouping = self._audit_in_syslog
        if grouping is None or not piece.data:
            return Cut(piece)
        after = piece.cursor
        at = begin + after.offset - cursor.offset
        ends_here = final or flush or after.skipping or after.open_line or encoding.has_more(raw, at, self.cap)
        taken = grouping.take(piece.data, final=ends_here)
        if not taken.size and more:
            taken = grouping.take(piece.data, final=True)
        written = taken.written if taken.joined != taken.written else b""
        if taken.size == len(piece.data):
            return Cut(piece._replace(data=taken.joined), written)
        offset = piece.offset + encoding.length(piece.data[: taken.size])
        line = piece.first_line + piece.data.count(b"\n", 0, taken.size)
        done = Cursor(offset, line) if taken.size else cursor
        return Cut(piece._replace(data=taken.joined, cursor=done), written, waits=True)


def _is_utf16(name: str) -> bool:
    return name.lower().replace("-", "").replace("_", "") in ("utf16", "utf16le", "utf16be")
