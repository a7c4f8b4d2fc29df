"""Records of the spool become blocks: one for each type of lines, with the sender of each line."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec
from msgspec import Struct

from collectors.audit_records import AuditRecords, has_records
from collectors.listener.behind import Portion
from collectors.listener.record import Record
from soc_agent.config import MultilineOptions
from soc_agent.model import Block, Counters, Position, Sender

STREAM = "received"
"""The one position of a listener: what is committed of its spool."""
AUTO = "auto"
_SAMPLE_BYTES = 16_384


class Place(Struct, frozen=True, omit_defaults=True):
    """Where a spool is to be continued."""

    spool: str
    at: int
    line: int = 1
    """Number of the next line."""
    to: int = 0
    """When not 0, the portion from ``at`` to here gave several blocks, and the first :attr:`done` are committed."""
    done: int = 0


_encode = msgspec.json.encode
_decode = msgspec.json.Decoder(Place).decode


def read_place(state: bytes | None) -> Place | None:
    """Read a position that was committed; None when there is none, or it is damaged."""
    if state is None:
        return None
    try:
        return _decode(state)
    except (msgspec.DecodeError, ValueError):
        return None


class Lines(NamedTuple):
    """Lines of one sender and one type."""

    sender: Sender
    type: str
    data: bytes
    truncated: int


class Cutter:
    """Makes the blocks of one source."""

    def __init__(self, source: str, guess: Callable[[bytes], str]) -> None:
        """:param guess: gives the decoder type of lines that are neither JSON nor marked as syslog."""
        self._source, self._guess = source, guess
        bounds = MultilineOptions()
        self._audit = AuditRecords(bounds.max_lines, bounds.max_bytes, in_syslog=True)

    def blocks(self, spool: str, portion: Portion, line: int) -> list[Block]:
        """Give the blocks of a portion, of which ``line`` is the number of the first line."""
        by_type: dict[str, list[Lines]] = {}
        for record in portion.records:
            for lines in self._typed(record):
                by_type.setdefault(lines.type, []).append(lines)
        after = line + sum(record.lines for record in portion.records)
        blocks: list[Block] = []
        for done, (line_type, parts) in enumerate(by_type.items(), 1):
            written = b"".join(part.data for part in parts)
            senders = _senders(parts)
            data = self._joined(written, senders) if has_records(written) else written
            place = Place(spool, portion.end, after)
            if done < len(by_type):
                place = Place(spool, portion.begin, line, portion.end, done)
            truncated = sum(part.truncated for part in parts)
            block = Block(
                source=self._source,
                stream=STREAM,
                stream_id=f"{spool}/{line_type}",
                type=line_type,
                data=data,
                offset=portion.begin,
                first_line=line,
                position=Position(self._source, STREAM, _encode(place)),
                received_ns=portion.records[0].received_ns,
                lost=Counters(truncated=truncated) if truncated else None,
                senders=senders,
                written=written if data != written else b"",
            )
            blocks.append(block)
        return blocks

    def _joined(self, data: bytes, senders: tuple[tuple[int, Sender], ...]) -> bytes:
        """Join the records of the audit daemon that are one event of one sender, in as many bytes."""
        ends = [*(begin for begin, _ in senders[1:]), len(data)]
        return b"".join(
            self._audit.take(data[begin:end], final=True).joined for (begin, _), end in zip(senders, ends, strict=True)
        )

    def _typed(self, record: Record) -> list[Lines]:
        """Give the lines of a record by type."""
        if record.type != AUTO:
            return [Lines(record.sender, record.type, record.data, record.truncated)]
        is_json = record.data.startswith(b"{")
        if (b"\n{" in record.data) != (is_json and record.lines > 1) or (is_json and not _all_objects(record.data)):
            return self._mixed(record)
        return [Lines(record.sender, self._type_of(record.data), record.data, record.truncated)]

    def _mixed(self, record: Record) -> list[Lines]:
        objects: list[bytes] = []
        others: list[bytes] = []
        for line in record.data.splitlines(keepends=True):
            (objects if line.startswith(b"{") else others).append(line)
        found = [b"".join(lines) for lines in (objects, others) if lines]
        truncated = [record.truncated, *[0] * (len(found) - 1)]
        return [
            Lines(record.sender, self._type_of(data), data, cut) for data, cut in zip(found, truncated, strict=True)
        ]

    def _type_of(self, data: bytes) -> str:
        if data.startswith(b"<") and data[1:2].isdigit():
            return "syslog"
        found = self._guess(data[:_SAMPLE_BYTES])
        if found == "plain":
            return "json" if data.startswith(b"{") else "syslog"
        return found


def _all_objects(data: bytes) -> bool:
    return data.count(b"\n{") == data.count(b"\n") - 1


def _senders(parts: Sequence[Lines]) -> tuple[tuple[int, Sender], ...]:
    """Give where the lines of each sender begin."""
    found: list[tuple[int, Sender]] = []
    at = 0
    for part in parts:
        if not found or found[-1][1] != part.sender:
            found.append((at, part.sender))
        at += len(part.data)
    return tuple(found)
