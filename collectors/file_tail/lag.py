"""How far reading is behind writing, in bytes and in seconds. Asked from any thread, also while nobody reads."""

import os
import threading
from collections.abc import Callable, Iterable
from typing import NamedTuple

from collectors.file_tail.stream import Stream


class Lag(NamedTuple):
    """How far a source is behind."""

    bytes: int
    seconds: float
    """For how long the oldest of these bytes were seen to wait."""


class LagMeter:
    """Remembers of each stream what was last seen to wait, and since when."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._marks: dict[str, tuple[int, float]] = {}

    def measure(self, streams: Iterable[Stream]) -> Lag:
        """Look at the files of streams, and give how far these are behind."""
        now = self._clock()
        with self._lock:
            marks: dict[str, tuple[int, float]] = {}
            total = 0
            for stream in streams:
                size, done = _size(stream), stream.cursor.offset
                if size <= done:
                    continue
                total += size - done
                until, since = self._marks.get(stream.id, (size, now))
                marks[stream.id] = (until, since) if done < until else (size, now)
            self._marks = marks
            oldest = min((since for _, since in marks.values()), default=now)
        return Lag(total, now - oldest)


def _size(stream: Stream) -> int:
    try:
        return os.stat(stream.fd if stream.fd >= 0 else stream.location).st_size  # noqa: PTH116
    except OSError:
        return stream.size
