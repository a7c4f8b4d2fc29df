"""Bytes of a TCP or TLS connection become lines: octet counting and newline framing, told apart message by message.

RFC 6587, sections 3.4.1 and 3.4.2, and RFC 5425, section 4.3. A message that begins with its length, a space and ``<``
or ``{`` is counted; after a counted one a length alone is enough. Every other message ends with a newline. Pure: the
same bytes give the same lines, however they were cut on their way.
"""

import re
from typing import NamedTuple

_START = re.compile(rb"[1-9][0-9]{0,9} ")
_MAYBE_START = re.compile(rb"[1-9][0-9]{0,9} ?")
_COUNTED_LATER = re.compile(rb"\n[\r\n\0]*[1-9][0-9]{0,9} [<{]")
_BETWEEN = re.compile(rb"[\r\n\0]+")
"""What may stand between messages and is none: the end that some senders put behind a counted message, blank lines."""
_MESSAGE = b"<{"
_BOM = b"\xef\xbb\xbf"
"""Some programs of Windows begin a connection with it."""
_ABSURD_BYTES = 67_108_864
"""No sender has messages of this length: who announces one has lost count, or means harm."""


class Framed(NamedTuple):
    """Lines that were made of what came. Each ends with a newline and holds no other."""

    data: bytes
    lines: int = 0
    truncated: int = 0
    """How many of them were cut at the cap, or by the end of the connection."""
    malformed: int = 0
    """How often the framing made no sense."""


class Framer:
    """The framing of one connection. Holds the beginning of at most one message, of at most the cap."""

    def __init__(self, cap: int) -> None:
        """:param cap: of a longer message only so many bytes are kept."""
        self._cap = cap
        self._rest = b""
        self._skip_bytes = 0
        self._skip_line = False
        self._counted = False
        self._at_start = True
        self._out: list[bytes] = []
        self._lines = self._truncated = self._malformed = 0

    @property
    def unfinished(self) -> bool:
        """Whether a message has begun and not ended."""
        return bool(self._rest) or self._skip_line or self._skip_bytes > 0

    def feed(self, data: bytes) -> Framed:
        """Give the messages that are whole now."""
        data = self._rest + data if self._rest else data
        at = 0
        if self._at_start and data:
            if len(data) < len(_BOM) and _BOM.startswith(data):
                self._rest = data
                return self._take()
            self._at_start = False
            at = len(_BOM) if data.startswith(_BOM) else 0
        while (after := self._next(data, at)) > at:
            at = after
        self._rest = data[at:]
        return self._take()

    def finish(self) -> Framed:
        """Give what the end of the connection left open."""
        rest, self._rest = self._rest, b""
        if found := self._counted_at(rest, 0):
            rest = rest[found.end() :]
            self._truncated += 1
            self._malformed += 1
        if rest and not self._skip_line and not self._skip_bytes:
            self._put(rest)
        self._skip_line, self._skip_bytes = False, 0
        return self._take()

    def _take(self) -> Framed:
        framed = Framed(b"".join(self._out), self._lines, self._truncated, self._malformed)
        self._out.clear()
        self._lines = self._truncated = self._malformed = 0
        return framed

    def _next(self, data: bytes, at: int) -> int:
        """Take the next message, or many at once; give the place behind. The same place: more must come first."""
        size = len(data)
        if self._skip_bytes:
            taken = min(self._skip_bytes, size - at)
            self._skip_bytes -= taken
            return at + taken
        if self._skip_line:
            newline = data.find(b"\n", at)
            self._skip_line = newline < 0
            return size if newline < 0 else newline + 1
        if between := _BETWEEN.match(data, at):
            return between.end()
        if at >= size:
            return at
        if 0x31 <= data[at] <= 0x39:
            if self._undecided(data, at):
                return at
            if found := self._counted_at(data, at):
                return self._take_counted(data, at, found.end(), int(found[0]))
        return self._take_lines(data, at)

    def _undecided(self, data: bytes, at: int) -> bool:
        """Whether more must come before it is known how this message is framed."""
        found = _MAYBE_START.match(data, at)
        return found is not None and found.end() == len(data) and found.end() - at <= 11

    def _counted_at(self, data: bytes, at: int) -> re.Match[bytes] | None:
        found = _START.match(data, at)
        if found is None or found.end() >= len(data):
            return None
        if not self._counted and data[found.end()] not in _MESSAGE:
            return None
        if int(found[0]) > _ABSURD_BYTES:
            return None
        return found

    def _take_counted(self, data: bytes, at: int, begin: int, length: int) -> int:
        kept = min(length, self._cap)
        if len(data) < begin + kept:
            return at
        self._counted = True
        self._put(data[begin : begin + kept])
        if kept < length:
            self._truncated += 1
            self._skip_bytes = length - kept
        return begin + kept

    def _take_lines(self, data: bytes, at: int) -> int:
        newline = data.find(b"\n", at, at + self._cap + 1)
        if newline < 0 and len(data) - at <= self._cap:
            return at
        announced = _START.match(data, at)
        absurd = announced and int(announced[0]) > _ABSURD_BYTES and data[announced.end()] in _MESSAGE
        if absurd or (self._counted and data[at] not in _MESSAGE):
            self._malformed += 1
        self._counted = False
        if newline < 0:
            self._put(data[at : at + self._cap])
            self._truncated += 1
            self._skip_line = True
            return at + self._cap
        end = data.rfind(b"\n", newline) + 1
        if found := _COUNTED_LATER.search(data, newline, end):
            end = found.start() + 1
        if (long := self._first_long(data, newline + 1, end)) >= 0:
            end = long
        self._put_lines(data[at:end])
        return end

    def _first_long(self, data: bytes, at: int, end: int) -> int:
        """Give where the first line over the cap begins, or -1. Looks at few bytes: it steps by the cap."""
        while end - at > self._cap + 1:
            newline = data.rfind(b"\n", at, at + self._cap + 1)
            if newline < 0:
                return at
            at = newline + 1
        return -1

    def _put(self, message: bytes) -> None:
        for line in lines_of(message):
            self._out.append(line + b"\n")
            self._lines += 1

    def _put_lines(self, data: bytes) -> None:
        if b"\r" in data or b"\0" in data or b"\n\n" in data:
            lines = [stripped for line in data.split(b"\n") if (stripped := line.strip(b"\r\0"))]
            if lines:
                self._out.append(b"\n".join(lines) + b"\n")
            self._lines += len(lines)
        else:
            self._out.append(data)
            self._lines += data.count(b"\n")


def lines_of(message: bytes) -> list[bytes]:
    """Give the lines that one whole message is: one, or several JSON objects that were sent together.

    A newline inside a message becomes ``#012``, as rsyslog writes it; inside one JSON object, a space.

    >>> lines_of(b"<13>Nov 22 01:00:00 web01 app: first" + bytes([10]) + b"  second")
    [b'<13>Nov 22 01:00:00 web01 app: first#012  second']
    """
    message = message.strip(b"\r\n\0")
    if b"\n" not in message:
        return [message] if message else []
    if not message.lstrip().startswith(b"{"):
        return [message.replace(b"\r\n", b"\n").replace(b"\n", b"#012")]
    parts = [part for line in message.split(b"\n") if (part := line.strip())]
    if all(part.startswith(b"{") and part.endswith(b"}") for part in parts):
        return parts
    return [b" ".join(parts)]
