"""Reading a spool behind its writer, from any place on."""

import os
from pathlib import Path
from typing import NamedTuple

from collectors.listener.record import (
    MARKER_BYTES,
    SEGMENT_HEADER_BYTES,
    Record,
    Segment,
    read_segment_header,
    unpack,
)
from collectors.listener.spool import segments_in


class Portion(NamedTuple):
    """Records that stand one behind the other, and what could not be read before them."""

    records: list[Record]
    begin: int
    end: int
    damaged: int
    """Bytes that are missing or damaged."""


class Behind:
    """The end of a spool that is read from. Used by one thread."""

    def __init__(self, folder: Path, at: int = 0) -> None:
        self._folder = folder
        self.at = at
        """Place of the next record."""
        self._fd = -1
        self._segment: Segment | None = None

    def read(self, upto: int, limit: int, span_ns: int) -> Portion:
        """Give the next records before the place ``upto``: about ``limit`` bytes, received within ``span_ns``."""
        damaged = 0
        while self.at < upto:
            damaged += self._find_segment(upto)
            if self._segment is None:
                break
            records, begin, skipped = self._records(upto, limit, span_ns)
            damaged += skipped
            if records:
                return Portion(records, begin, self.at, damaged)
            if not skipped and not self._at_end():
                break
        return Portion([], self.at, self.at, damaged)

    def close(self) -> None:
        """End."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
            self._segment = None

    def _at_end(self) -> bool:
        return self._segment is not None and self.at >= self._segment.begin + os.fstat(self._fd).st_size

    def _find_segment(self, upto: int) -> int:
        """See to it that the segment with the next record is open; give how many bytes are missing before it."""
        if self._segment is not None and not self._at_end():
            return 0
        stored = segments_in(self._folder)
        self.close()
        missing = 0
        for place, (begin, path) in enumerate(stored):
            after = stored[place + 1].begin if place + 1 < len(stored) else upto
            if after <= self.at:
                continue
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            segment = read_segment_header(os.pread(fd, SEGMENT_HEADER_BYTES, 0))
            end = begin + os.fstat(fd).st_size
            if segment is None or (end <= self.at < after):
                os.close(fd)
                missing += after - self.at
                self.at = after
                continue
            missing += max(0, begin - self.at)
            self.at = max(self.at, begin + SEGMENT_HEADER_BYTES)
            self._fd, self._segment = fd, segment
            return missing
        return missing

    def _records(self, upto: int, limit: int, span_ns: int) -> tuple[list[Record], int, int]:
        """Give records, where they begin, and how many bytes were skipped before them."""
        assert self._segment is not None
        base, marker = self._segment.begin, self._segment.marker
        end = min(upto, base + os.fstat(self._fd).st_size)
        want = min(limit, end - self.at)
        data = os.pread(self._fd, want, self.at - base)
        records: list[Record] = []
        skipped = at = 0
        begin = self.at
        while at < len(data):
            record = unpack(data, at, marker)
            if isinstance(record, Record):
                if records and record.received_ns - records[0].received_ns > span_ns:
                    break
                records.append(record)
                at += record.size
                continue
            if record and self.at + at + record <= end:
                if records:
                    break
                data = data[at:] + os.pread(self._fd, record - (len(data) - at), self.at - base + len(data))
                self.at += at
                begin, at = self.at, 0
                continue
            if records:
                break
            skip = _next_marker(data, at, marker, last=self.at + len(data) >= end)
            skipped += skip - at
            at = skip
            begin = self.at + at
        self.at += at
        return records, begin, skipped


def _next_marker(data: bytes, at: int, marker: bytes, *, last: bool) -> int:
    """Give where the next record may begin; at the end of the data, a marker may be cut in two."""
    found = data.find(marker, at + 1)
    if found >= 0:
        return found
    return len(data) if last else max(at + 1, len(data) - MARKER_BYTES + 1)
