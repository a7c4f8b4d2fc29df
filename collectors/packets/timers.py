"""When the table looks at its flows next: in buckets of about a quarter of a second, which cost less than a heap."""

import heapq
from bisect import bisect_left
from operator import attrgetter

from collectors.packets.flow import Flow

BUCKET_BITS = 28
"""Of nanoseconds."""

by_due = attrgetter("queued_ns", "first_index")
"""In this order flows are looked at."""
_by_time = attrgetter("queued_ns")


class Timers:
    """Flows by the time at which they are queued, ``queued_ns``; one that is queued anew has old entries, too."""

    def __init__(self) -> None:
        self._buckets: dict[int, list[Flow]] = {}
        self._numbers: list[int] = []
        """Of buckets that there are, as a heap."""
        self.size = 0
        """Entries, old ones counted."""

    def add(self, flow: Flow) -> None:
        """Take a flow, by the time at which it is queued now."""
        number = flow.queued_ns >> BUCKET_BITS
        bucket = self._buckets.get(number)
        if bucket is None:
            self._buckets[number] = [flow]
            heapq.heappush(self._numbers, number)
        else:
            bucket.append(flow)
        self.size += 1

    def take(self, before_ns: int) -> list[Flow]:
        """Take the flows of the earliest bucket that are queued before a time, each once, in their order.

        There are none when no flow is queued before that time.
        """
        while self._numbers and self._numbers[0] << BUCKET_BITS < before_ns:
            number = heapq.heappop(self._numbers)
            bucket = self._buckets.pop(number)
            self.size -= len(bucket)
            due = list(dict.fromkeys(flow for flow in bucket if flow.queued_ns >> BUCKET_BITS == number))
            due.sort(key=by_due)
            if (number + 1) << BUCKET_BITS > before_ns:
                split = bisect_left(due, before_ns, key=_by_time)
                self._put_back(number, due[split:])
                return due[:split]
            if due:
                return due
        return []

    def _put_back(self, number: int, flows: list[Flow]) -> None:
        if flows:
            self._buckets[number] = flows
            heapq.heappush(self._numbers, number)
            self.size += len(flows)

    def prune(self) -> None:
        """Drop old entries, which hold flows in memory that have ended."""
        self.size = 0
        for number, bucket in self._buckets.items():
            bucket[:] = dict.fromkeys(flow for flow in bucket if flow.queued_ns >> BUCKET_BITS == number)
            self.size += len(bucket)

    def clear(self) -> None:
        """Drop all."""
        self._buckets.clear()
        self._numbers.clear()
        self.size = 0
