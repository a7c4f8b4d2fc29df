"""Whose turn it is: streams that have something to give out, one after the other, and streams to be looked at later."""

import heapq
import itertools
from collections import deque
from collections.abc import Iterator

from collectors.file_tail.stream import NEVER, Stream

GATHER_S = 0.02
"""A stream that was read to its end is not read again sooner: lines that come one by one gather into blocks."""


class Turns:
    """A round of streams, so that a hot one does not starve the quiet ones."""

    def __init__(self) -> None:
        self._round: deque[Stream] = deque()
        self._timers: list[tuple[float, int, Stream]] = []
        self._ticket = itertools.count()

    def ready(self, stream: Stream) -> None:
        """Give a stream a turn, as it may have something to give out."""
        stream.pending = True
        if not stream.queued and not stream.finished:
            stream.queued = True
            self._round.append(stream)

    def take(self, now: float) -> Stream | None:
        """Give the stream whose turn it is; None when none can be read now."""
        for _ in range(len(self._round)):
            stream = self._round.popleft()
            if stream.finished:
                stream.queued = False
            elif stream.not_before > now or stream.must_wait:
                self._round.append(stream)
            else:
                stream.queued = False
                return stream
        return None

    def look_again(self, stream: Stream, due: float) -> None:
        """Let :meth:`due` give the stream at some time, or at the time it waits for already if that is earlier."""
        if due < stream.due:
            stream.due = due
            heapq.heappush(self._timers, (due, next(self._ticket), stream))

    def due(self, now: float) -> Iterator[Stream]:
        """Yield the streams whose time has come."""
        while self._timers and self._timers[0][0] <= now:
            due, _, stream = heapq.heappop(self._timers)
            if due == stream.due and not stream.finished:
                stream.due = NEVER
                yield stream

    def next_time(self) -> float:
        """Give when there is something to do; infinity when that is never."""
        soonest = min((stream.not_before for stream in self._round if not stream.must_wait), default=NEVER)
        return min(soonest, self._timers[0][0]) if self._timers else soonest
