"""Lines that belong to one event become one: stack traces, statements over several lines, records of the audit daemon.

Pure: :meth:`Grouping.take` is handed whole lines, and says of how many of them, from the first one on, the events are
complete. The others are handed in again with what follows them. So nothing is kept between two calls, and a source
that is read again from the end of what was taken gives the same events, each once.

An event is given twice, in as many bytes: as one line for rules to look at, with a space for each newline within, and
as it was written.
"""

import re
from collections.abc import Callable, Iterator

from collectors.audit_records import AuditRecords
from collectors.joining import NOTHING, Grouping, Taken, join_at, part_at
from collectors.lines import first_long
from soc_agent.config import MultilineOptions, compile_start

_Join = Callable[[bytes], bytes]
"""Gives whole lines as one line for each event, in as many bytes."""


def grouping_for(options: MultilineOptions) -> Grouping | None:
    """Give what groups lines as options say; None where each line is an event."""
    bounds = options.max_lines, options.max_bytes
    if options.by == "audit":
        return AuditRecords(*bounds)
    if options.by == "indent":
        return Starts(_join_before(rb"[ \t\r\n]"), *bounds)
    if options.by == "java":
        return Starts(_join_java, *bounds)
    if options.by == "start" and _is_simple(options.start):
        return Starts(_join_before(rb"(?!%s)[\s\S]" % options.start.removeprefix("^").encode()), *bounds)
    if options.by == "start":
        return Starts(_join_between(compile_start(options.start)), *bounds)
    return None


def _join_before(rest: bytes) -> _Join:
    """Join the lines that begin so to those before them. One substitution for all lines: no step of Python for each."""
    pattern = re.compile(rb"\n(?=" + rest + rb")")
    crlf = re.compile(rb"\r?\n(?=" + rest + rb")")

    def join(data: bytes) -> bytes:
        if b"\r" in data and b"\r\n" in data:  # one byte is looked for many times faster than two
            return crlf.sub(lambda found: b" " * len(found[0]), data)
        return pattern.sub(b" ", data)

    return join


def _join_between(start: "re.Pattern[bytes]") -> _Join:
    """Join what stands between two lines that begin so, for patterns that only an engine of linear time may try."""

    def join(data: bytes) -> bytes:
        ends = [match.start() for match in start.finditer(data) if 0 < match.start() < len(data)]
        return join_at(data, [*ends, len(data)])

    return join


_ITEM = r"(?:[\w \-:,;/<>=@#%!'\"]|\\[dw\[\](){}.+*?^$|/\-]|\[(?!\^)(?:[\w :,;/<>=@#%.()*+?]|(?<!-)-|\\[dw\[\]\-.])+\])"
_SIMPLE = re.compile(rf"\^?(?:{_ITEM}(?:\{{\d{{1,2}}\}})?)+(?:{_ITEM}[+*?](?:{_ITEM}(?:\{{\d{{1,2}}\}})?)*)?", re.ASCII)


def _is_simple(pattern: str) -> bool:
    """Say whether :mod:`re` tries an expression in linear time too, and finds the same as RE2.

    It does where each item but one has one width, and all are plain ASCII characters and classes of them.
    """
    return _SIMPLE.fullmatch(pattern) is not None


_join_stacks = _join_before(rb"[ \t\r\n]|Caused by: |Suppressed: |\.\.\. \d|at [\w$.<>/@]+\(")
_EXCEPTION = re.compile(rb"\n(?:[a-z_][\w$]*\.)+[A-Z][\w$]*(?=[:\r\n])")
_OF_A_STACK = re.compile(rb"[ \t]+(?:at |\.\.\. \d|Caused by: |Suppressed: )")


def _join_java(data: bytes) -> bytes:
    """Join stack traces; a bare exception belongs to the message right before it."""
    joined = _join_stacks(data)
    newlines = (found.start() for found in _EXCEPTION.finditer(data))
    bare = [at for at in newlines if not _OF_A_STACK.match(data, data.rfind(b"\n", 0, at) + 1)]
    if not bare:
        return joined
    changed = bytearray(joined)
    for at in bare:
        changed[at] = 0x20
        if data[at - 1 : at] == b"\r":
            changed[at - 1] = 0x20
    return bytes(changed)


class Starts:
    """Events of which the first line can be told from the others."""

    def __init__(self, join: _Join, max_lines: int, max_bytes: int) -> None:
        self._join = join
        self._max_lines, self._max_bytes = max_lines, max_bytes

    def take(self, data: bytes, *, final: bool) -> Taken:
        """Give the complete events at the head of whole lines; a long one is cut into several."""
        if not data:
            return NOTHING
        joined = self._join(data)
        if cuts := list(self._cuts(data, joined)):
            parted = bytearray(joined)
            part_at(parted, data, cuts)
            joined = bytes(parted)
        size = len(data) if final else joined.rfind(b"\n", 0, max(0, len(joined) - 1)) + 1
        if not size:
            return NOTHING
        written = data[:size]
        return Taken(size, written if joined == data else joined[:size], written)

    def _cuts(self, data: bytes, joined: bytes) -> Iterator[int]:
        """Yield where events are cut that have too many lines, or bytes."""
        limit = min(self._max_lines, self._max_bytes)  # an event of so few bytes has no more lines
        at = 0
        while (begin := first_long(joined, at, len(joined), limit)) >= 0:
            at = joined.find(b"\n", begin) + 1 or len(joined)
            if at - begin > self._max_bytes or data.count(b"\n", begin, at) > self._max_lines:
                yield from self._cuts_of(data, begin, at)

    def _cuts_of(self, data: bytes, begin: int, end: int) -> Iterator[int]:
        """Yield where one event is cut. A line that alone has too many bytes stays whole."""
        lines, at = 0, begin
        while at < end:
            after = data.find(b"\n", at, end) + 1 or end
            if at > begin and (lines == self._max_lines or after - begin > self._max_bytes):
                yield at
                begin, lines = at, 0
            lines += 1
            at = after
