"""How far the time of each stream has come: which events are late, and which nobody can need any more.

Time is event time, stream by stream: a log of last week that is read beside a live one is not late.
"""

from collections import OrderedDict

from msgspec import Struct

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


class Watermarks:
    """The time of all streams, and the number of the present event."""

    def __init__(self, lateness_ns: int) -> None:
        self._lateness_ns = lateness_ns
        self._marks: OrderedDict[str, Mark] = OrderedDict()
        self._changed: set[str] = set()
        self._current_ns = 0
        self.turn = 0

    def take(self, stream_id: str, time_ns: int) -> bool:
        """Note an event; False when it is late: older than the latest of its stream by more than the lateness."""
        self.turn += 1
        self._changed.add(stream_id)
        mark = self._marks.get(stream_id)
        if mark is None:
            self._marks[stream_id] = Mark(time_ns, self.turn)
            if len(self._marks) > _STREAMS:
                self._changed.add(self._marks.popitem(last=False)[0])
            self._current_ns = time_ns
            return True
        self._marks.move_to_end(stream_id)
        mark.turn = self.turn
        if time_ns < mark.time_ns - self._lateness_ns:
            mark.late_run += 1
            if mark.late_run < _LATE_RUN:
                self._current_ns = mark.time_ns
                return False
            mark.time_ns = time_ns
        mark.late_run = 0
        mark.time_ns = max(mark.time_ns, time_ns)
        self._current_ns = mark.time_ns
        return True

    def is_passed(self, stream_id: str, time_ns: int) -> bool:
        """Say whether no event up to ``time_ns`` can come any more from a stream.

        Of a stream that ended, the present one decides: its events are not of an earlier time, most likely.
        """
        mark = self._marks.get(stream_id)
        active = mark is not None and mark.turn > self.turn - _ACTIVE_EVENTS
        now_ns = mark.time_ns if mark is not None and active else self._current_ns
        return time_ns < now_ns - self._lateness_ns

    def take_changes(self) -> list[tuple[str, Mark | None]]:
        """Give the streams that changed since the last call; None for one that is forgotten."""
        changed = sorted(self._changed)
        self._changed.clear()
        return [(stream_id, self._marks.get(stream_id)) for stream_id in changed]

    def restore(self, marks: dict[str, Mark]) -> None:
        """Take over the streams of an earlier run."""
        for stream_id, mark in sorted(marks.items(), key=lambda item: item[1].turn):
            self._marks[stream_id] = mark
            self.turn = max(self.turn, mark.turn)
            self._current_ns = mark.time_ns
