"""Lines that belong to one event become one: stack traces, statements over several lines, records of the audit daemon.

Pure: :meth:`Grouping.take` is handed whole lines, and says of how many of them, from the first one on, the events are
complete. The others are handed in again with what follows them. So nothing is kept between two calls, and a source
that is read again from the end of what was taken gives the same events, each once.

An event is given twice, in as many bytes: as one line for rules to look at, with a space for each newline within, and
as it was written.
"""

import re
from collections.abc import Callable, Iterator
from itertools import accumulate
from operator import sub
from typing import NamedTuple, Protocol

from soc_agent.config import MultilineOptions, compile_start


class Taken(NamedTuple):
    """Complete events."""

    size: int
    """How many bytes they are."""
    joined: bytes
    """A line for each event."""
    written: bytes
    """The same events as they were written."""


class Grouping(Protocol):
    """Says which lines are one event."""

    def take(self, data: bytes, *, final: bool) -> Taken:
        """Give the complete events at the head of whole lines; with ``final``, the last one is complete."""
        ...


_NOTHING = Taken(0, b"", b"")


def grouping_for(options: MultilineOptions) -> Grouping | None:
    """Give what groups lines as options say; None where each line is an event."""
    bounds = options.max_lines, options.max_bytes
    if options.by == "audit":
        return AuditRecords(*bounds)
    if options.by == "indent":
        return Starts(_starts_of(_NOT_INDENTED), *bounds)
    if options.by == "java":
        return Starts(_java_starts, *bounds)
    if options.by == "start":
        return Starts(_starts_of(compile_start(options.start)), *bounds)
    return None


def _starts_of(pattern: "re.Pattern[bytes]") -> Callable[[bytes], Iterator[int]]:
    return lambda data: (match.start() for match in pattern.finditer(data))


_NOT_INDENTED = re.compile(rb"^(?=[^ \t\r\n])", re.MULTILINE)
_JAVA_START = re.compile(
    rb"^(?=[^ \t\r\n])(?!Caused by: |Suppressed: |\.\.\. \d|at [\w$.<>/@]+\()"
    rb"((?:[a-z_][\w$]*\.)+[A-Z][\w$]*(?=[:\r\n]))?",
    re.MULTILINE,
)
_OF_A_STACK = re.compile(rb"[ \t]+(?:at |\.\.\. \d|Caused by: |Suppressed: )")


def _java_starts(data: bytes) -> Iterator[int]:
    """Yield where events begin in a log of Java: a bare exception belongs to the message right before it."""
    for match in _JAVA_START.finditer(data):
        begin = match.start()
        if match[1] is not None and begin:
            before = data.rfind(b"\n", 0, begin - 1) + 1
            if not _OF_A_STACK.match(data, before):
                continue
        yield begin


class Starts:
    """Events of which the first line can be told from the others."""

    def __init__(self, starts: Callable[[bytes], Iterator[int]], max_lines: int, max_bytes: int) -> None:
        self._starts = starts
        self._max_lines, self._max_bytes = max_lines, max_bytes

    def take(self, data: bytes, *, final: bool) -> Taken:
        """Give the complete events at the head of whole lines."""
        ends = self._ends(data)
        if not final and ends:
            ends.pop()
        if not ends:
            return _NOTHING
        written = data[: ends[-1]]
        return Taken(len(written), _joined(written, ends), written)

    def _ends(self, data: bytes) -> list[int]:
        """Give where events end; a long one is cut into several."""
        if not data:
            return []
        starts = list(self._starts(data))
        if not starts or starts[0]:
            starts.insert(0, 0)
        ends = [*starts[1:], len(data)]
        limit = min(self._max_lines, self._max_bytes)
        if max(map(sub, ends, starts)) <= limit:  # an event of so few bytes has no more lines
            return ends
        cut: list[int] = []
        for begin, end in zip(starts, ends, strict=True):
            if end - begin > limit:
                cut += self._cuts(data, begin, end)
            cut.append(end)
        return cut

    def _cuts(self, data: bytes, begin: int, end: int) -> Iterator[int]:
        """Yield where an event is cut that has too many lines, or bytes. A line that alone has too many stays whole."""
        lines, at = 0, begin
        while at < end:
            after = data.find(b"\n", at, end) + 1 or end
            if at > begin and (lines == self._max_lines or after - begin > self._max_bytes):
                yield at
                begin, lines = at, 0
            lines += 1
            at = after


_RECORD = re.compile(rb"^(?:node=(\S+) )?type=(\S+) msg=audit\((\d+)\.\d+:(\d+)\)", re.MULTILINE)
_LAST = (b"PROCTITLE", b"EOE")
_ALONE = re.compile(
    rb"(?:USER|CRED|DAEMON|SERVICE|SYSTEM|CRYPTO|GRP|ADD|DEL|ACCT|ROLE|CHUSER|CHGRP|VIRT|SOFTWARE|LABEL)_"
)
_Key = tuple[bytes | None, bytes]
"""Node and number of an event."""
_APART_S = 2
"""A record so much later shows that an event has all of its records (auparse(3) waits as long)."""


class _Open(NamedTuple):
    """An event that may have more records."""

    second: int
    lines: list[bytes]


class AuditRecords:
    """Records of the Linux audit daemon that bear the same number, also where those of several events alternate.

    An event has all its records after ``PROCTITLE`` or ``EOE``, or when a record of two seconds later has come. What
    comes of it afterwards is an event of its own.
    """

    def __init__(self, max_lines: int, max_bytes: int) -> None:
        self._max_lines, self._max_bytes = max_lines, max_bytes

    def take(self, data: bytes, *, final: bool) -> Taken:
        """Give the complete events at the head of whole lines."""
        records = {match.start(): match for match in _RECORD.finditer(data)}
        events: list[list[bytes]] = []
        opened: dict[_Key, _Open] = {}
        complete = size = at = 0
        while at < len(data):
            end = data.find(b"\n", at) + 1 or len(data)
            record = records.get(at)
            if record is None:
                events.append([data[at:end]])
            else:
                self._add(events, opened, record, data[at:end])
            at = end
            if not opened or at - size > self._max_bytes:
                opened.clear()
                complete, size = len(events), at
        if final:
            complete, size = len(events), len(data)
        if not complete:
            return _NOTHING
        written = b"".join(line for lines in events[:complete] for line in lines)
        ends = list(accumulate(sum(map(len, lines)) for lines in events[:complete]))
        return Taken(size, _joined(written, ends), written)

    def _add(
        self, events: list[list[bytes]], opened: dict[_Key, _Open], record: "re.Match[bytes]", line: bytes
    ) -> None:
        """Add a record to its event, and close the events that have all of theirs."""
        node, kind, second, serial = record.groups()
        while opened and int(second) - next(iter(opened.values())).second >= _APART_S:
            del opened[next(iter(opened))]
        key = node, serial
        if key not in opened:
            opened[key] = _Open(int(second), [])
            events.append(opened[key].lines)
        lines = opened[key].lines
        lines.append(line)
        if kind in _LAST or _ALONE.match(kind) or len(lines) >= self._max_lines:
            del opened[key]


def _joined(written: bytes, ends: list[int]) -> bytes:
    """Give events as one line each, in as many bytes."""
    if not ends or len(ends) == written.count(b"\n"):
        return written
    crlf = b"\r\n" in written
    joined = bytearray((written.replace(b"\r\n", b"  ") if crlf else written).replace(b"\n", b" "))
    for end in ends:
        joined[end - 1] = 0x0A
        if crlf and written[end - 2 : end - 1] == b"\r":
            joined[end - 2] = 0x0D
    return bytes(joined)
