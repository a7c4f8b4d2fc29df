"""Whether event times of a source agree with the time at which they are read."""

from collections import deque
from statistics import median

SAMPLES = 15
"""So many of the last samples count."""
NEEDED = 5
_STEADY = 0.2
"""A wrong clock is off by the same all the time; what is read late, as a log of last week, comes nearer and nearer."""
_ZONE_S = 1800.0
_ZONE_MIN_S = 1800.0
_ZONE_TOLERANCE_S = 120.0


class SourceClock:
    """The last samples of one source: event time against the time at which it was read, in seconds."""

    def __init__(self) -> None:
        self._offsets: deque[float] = deque(maxlen=SAMPLES)

    def sample(self, event_ns: int, received_ns: int) -> None:
        """Take note of one event. One whose line names no time has no time of its own, and must not be given."""
        self._offsets.append((event_ns - received_ns) / 1e9)

    def forget(self) -> None:
        """Forget all samples: they are of lines that waited to be read."""
        self._offsets.clear()

    def offset_s(self) -> float | None:
        """Give by how much the clock is off (positive: ahead); None while that is not known."""
        if len(self._offsets) < NEEDED:
            return None
        middle = median(self._offsets)
        spread = median(abs(offset - middle) for offset in self._offsets)
        return middle if spread <= max(abs(middle) * _STEADY, 1.0) else None


def zone_error_h(offset_s: float) -> float | None:
    """Give the hours by which a time zone seems to be wrong: offsets of whole half hours; None when it is no zone."""
    halves = round(offset_s / _ZONE_S)
    if abs(offset_s) < _ZONE_MIN_S or abs(halves) > 28 or abs(offset_s - halves * _ZONE_S) > _ZONE_TOLERANCE_S:
        return None
    return halves / 2
