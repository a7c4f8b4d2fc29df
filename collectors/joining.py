"""Several lines become one, in as many bytes: a newline within an event becomes a space."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Taken(NamedTuple):
    """Complete events."""

    size: int
    """How many bytes they are."""
    joined: bytes
    """A line for each event."""
    written: bytes
    """The same events as they were written."""


NOTHING = Taken(0, b"", b"")


class Grouping(Protocol):
    """Says which lines are one event."""

    def take(self, data: bytes, *, final: bool) -> Taken:
        """Give the complete events at the head of whole lines; with ``final``, the last one is complete."""
        ...


def join_at(written: bytes, ends: Sequence[int]) -> bytes:
    r"""Give events, of which each ends at one of these places, as one line each.

    >>> join_at(b"a\nb\nc\n", [4, 6])
    b'a b\nc\n'
    """
    if not ends or len(ends) == written.count(b"\n"):
        return written
    crlf = b"\r" in written and b"\r\n" in written
    joined = bytearray((written.replace(b"\r\n", b"  ") if crlf else written).replace(b"\n", b" "))
    part_at(joined, written, ends)
    return bytes(joined)


def part_at(joined: bytearray, written: bytes, ends: Sequence[int]) -> None:
    """Put back the newlines at these places, as they were written."""
    for end in ends:
        joined[end - 1] = 0x0A
        if written[end - 2 : end - 1] == b"\r":
            joined[end - 2] = 0x0D
