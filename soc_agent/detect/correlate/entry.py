"""One event in a window of a correlation, as small as can be, and the lines that are kept to be shown.

An entry is a plain tuple: a million of them must fit into memory, and be written as bytes without being looked at.
"""

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
    """The lines of events that no detection has shown, by the number of the event.

    There are two generations: when the younger is full, the older is forgotten as a whole. So the bound costs nothing
    with each event. A generation is full only between two blocks.
    """

    def __init__(self, cap_bytes: int = LINES_CAP_BYTES) -> None:
        self.fresh: dict[int, bytes] = {}
        """Those of the present block; whoever adds to it cuts them to :data:`EVIDENCE_CAP_BYTES`."""
        self._half_bytes = cap_bytes // 2
        self._young: dict[int, bytes] = {}
        self._old: dict[int, bytes] = {}
        self._rows: dict[str, int] = {}
        self._size_bytes = 0

    def get(self, turn: int) -> bytes:
        """Give the line of an event; nothing when it is not kept."""
        return self.fresh.get(turn) or self._young.get(turn) or self._old.get(turn) or b""

    def settle(self, row: str) -> list[str]:
        """Take the lines of the present block to the others; ``row`` is where they are written.

        Gives the rows that need not be kept any longer.
        """
        fresh, self.fresh = self.fresh, {}
        self._young.update(fresh)
        self._size_bytes += sum(map(len, fresh.values())) + _LINE_COST_BYTES * len(fresh)
        self._rows[row] = 1
        if self._size_bytes <= self._half_bytes:
            return []
        self._old, self._young, self._size_bytes = self._young, {}, 0
        gone = [name for name, age in self._rows.items() if age > 1]
        self._rows = {name: age + 1 for name, age in self._rows.items() if age == 1}
        return gone
