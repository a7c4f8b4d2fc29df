"""How far the time of each stream has come: which events are late or were read before, and what nobody can need.

Time is event time, stream by stream: a log of last week that is read beside a live one is not late.
"""

from collections.abc import Iterable

from msgspec import Struct

TICK_EVENTS = 256
"""So often it is looked at how far time has come, and whether memory is enough. Counted in events, not in blocks, so
that it does not matter how a log is cut into blocks."""
_ACTIVE_EVENTS = 10_000
"""A stream without an event among so many is taken to have ended."""
_LATE_RUN = 32
"""So many late events in a row mean that the stream's clock was set back, or that one event had a wild time."""
_STREAMS = 4096


class Mark(Struct, array_like=True, gc=False):
    """The time of one stream."""

    time_ns: int
    """The latest event."""
    turn: int
    """Number of its last event, among the events of all streams."""
    late_run: int = 0
    """Late events in a row."""
    offset: int = -1
    """Of the line of its last event."""


class Watermarks:
    """The time of all streams, and the number of the present event."""

    def __init__(self, lateness_ns: int) -> None:
        self._lateness_ns = lateness_ns
        self._marks: dict[str, Mark] = {}
        self._changed: set[str] = set()
        self._present_id = ""
        self._present: Mark | None = None
        self.turn = 0
        self.late = False
        """Whether the last event that :meth:`take` did not take came too late."""
        self.passed_ns = -(2**62)
        """No event before this time can come any more, as :meth:`look` last saw it."""
        self.is_back = False
        """Whether an event showed since then that one before this time can come after all: of a stream that is older
        than the others, or whose clock was set back."""

    def take(self, stream_id: str, time_ns: int, offset: int) -> bool:
        """Note an event; False when it was read before, or is late, which :attr:`late` then says.

        A stream is read from its beginning to its end, so a line that is neither behind the last one nor of a later
        time was read before. Late is what is older than the latest of its stream by more than the lateness.
        """
        self.turn += 1
        mark = self._present if stream_id == self._present_id else self._switch(stream_id)
        if mark is None:
            mark = self._begin(stream_id, time_ns)
        elif time_ns <= mark.time_ns and offset <= mark.offset:
            self.late = False
            return False
        mark.turn = self.turn
        mark.offset = offset
        if time_ns < mark.time_ns - self._lateness_ns:
            mark.late_run += 1
            if mark.late_run < _LATE_RUN:
                self.late = True
                return False
            mark.time_ns = time_ns
            self.is_back = True
        elif time_ns > mark.time_ns:
            mark.time_ns = time_ns
        mark.late_run = 0
        return True

    def look(self) -> int:
        """See how far time has come in all streams that have not ended; gives :attr:`passed_ns`."""
        self.is_back = False
        since = self.turn - _ACTIVE_EVENTS
        times = [mark.time_ns for mark in self._marks.values() if mark.turn > since]
        if times:
            self.passed_ns = min(times) - self._lateness_ns
        return self.passed_ns

    def latest_ns(self) -> int | None:
        """Give the latest time of any stream; None when there was no event."""
        return max((mark.time_ns for mark in self._marks.values()), default=None)

    def take_changes(self) -> list[tuple[str, Mark | None]]:
        """Give the streams that changed since the last call; None for one that is forgotten."""
        changed = sorted(self._changed)
        self._changed.clear()
        self._present_id, self._present = "", None
        return [(stream_id, self._marks.get(stream_id)) for stream_id in changed]

    def all(self) -> list[tuple[str, Mark | None]]:
        """Give all streams."""
        return list(self._marks.items())

    def restore(self, marks: Iterable[tuple[str, Mark | None]]) -> None:
        """Take over streams of an earlier run."""
        for stream_id, mark in marks:
            if mark is None:
                self._marks.pop(stream_id, None)
            else:
                self._marks[stream_id] = mark
                self.turn = max(self.turn, mark.turn)
        self._present_id, self._present = "", None

    def _switch(self, stream_id: str) -> Mark | None:
        self._changed.add(stream_id)
        self._present_id = stream_id
        self._present = self._marks.get(stream_id)
        return self._present

    def _begin(self, stream_id: str, time_ns: int) -> Mark:
        if len(self._marks) >= _STREAMS:
            quiet = sorted(self._marks, key=lambda name: self._marks[name].turn)[: _STREAMS // 8]
            for name in quiet:
                del self._marks[name]
            self._changed.update(quiet)
        self._changed.add(stream_id)
        self._present_id = stream_id
        mark = self._present = self._marks[stream_id] = Mark(time_ns, self.turn)
        self.is_back |= time_ns - self._lateness_ns < self.passed_ns
        return mark
