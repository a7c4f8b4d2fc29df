"""One event in a window of a correlation, as small as can be, and the lines that are kept to be shown.

An entry is a plain tuple: a million of them must fit into memory, and be written as bytes without being looked at.
"""

from bisect import bisect_right
from typing import Any

EVIDENCE_LINES = 20
"""A detection shows so many lines, its own among them."""
EVIDENCE_CAP_BYTES = 1024
"""Of each of these lines so much is kept."""
LINES_CAP_BYTES = 32 * 1024 * 1024
"""So much is kept of lines that no detection has shown yet, in all; the oldest go first."""

Entry = tuple[Any, ...]
"""Time in nanoseconds; how many events the line stands for (syslog: "last message repeated"), negative once a
detection has counted them; what is counted (a value, a number, or which of the rules); the number of the event among
all. A correlation that waits has a fifth: the event itself, as bytes, where it may become a detection."""
TIME, EVENTS, WHAT, TURN, WITNESS = range(5)

_LINE_COST_BYTES = 100


class Lines:
    """The lines of events that no detection has shown, by the number of the event; block by block, the oldest go."""

    def __init__(self, cap_bytes: int = LINES_CAP_BYTES) -> None:
        self.fresh: dict[int, bytes] = {}
        """Those of the present block; whoever adds to it cuts them to :data:`EVIDENCE_CAP_BYTES`."""
        self._cap_bytes = cap_bytes
        self._size_bytes = 0
        self._begins: list[int] = []
        """For each block that is kept, the number of its first event."""
        self._blocks: list[tuple[dict[int, bytes], str, int]] = []
        """Its lines, the row in which they are written, and their size."""

    def get(self, turn: int) -> bytes:
        """Give the line of an event; nothing when it is not kept."""
        if turn in self.fresh:
            return self.fresh[turn]
        place = bisect_right(self._begins, turn)
        return self._blocks[place - 1][0].get(turn, b"") if place else b""

    def settle(self, row: str) -> list[str]:
        """Take the lines of the present block to the others; ``row`` is where they are written.

        Gives the rows that need not be kept any longer.
        """
        block, self.fresh = self.fresh, {}
        size_bytes = sum(map(len, block.values())) + _LINE_COST_BYTES * len(block)
        self._begins.append(next(iter(block)))
        self._blocks.append((block, row, size_bytes))
        self._size_bytes += size_bytes
        count = 0
        while self._size_bytes > self._cap_bytes:
            self._size_bytes -= self._blocks[count][2]
            count += 1
        gone = [name for _, name, _ in self._blocks[:count]]
        del self._begins[:count], self._blocks[:count]
        return gone
