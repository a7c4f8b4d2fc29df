"""One event in a window of a correlation, as small as can be."""

from msgspec import Struct

EVIDENCE_LINES = 20
"""A group keeps so many of its latest lines, as evidence."""
EVIDENCE_CAP_BYTES = 1024
"""Of each of these lines so much is kept."""
_ENTRY_COST_BYTES = 160


class Entry(Struct, array_like=True, gc=False):
    """One event in a window."""

    time_ns: int
    stream: int
    """Which of the group's streams it came from."""
    rule: int
    """Which of the correlation's rules it is an event of, from 0."""
    events: int = 1
    """How many events the line stands for: more than 1 where syslog says that the last message was repeated."""
    value: str = ""
    """The value that is counted, where values are."""
    reported: bool = False
    """Whether a detection has already counted it."""
    raw: bytes = b""
    """The line, for the latest entries that no detection has shown yet."""

    @property
    def cost_bytes(self) -> int:
        """About how much memory it takes."""
        return _ENTRY_COST_BYTES + len(self.value) + len(self.raw)
