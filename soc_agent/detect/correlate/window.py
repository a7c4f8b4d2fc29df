"""The events of one group, in order of event time, and the windows that an event completes.

A window is every event of the group within ``timespan`` before, and with, one of its events. There are no clock
buckets. An event that comes late completes windows that end after it, too.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable
from operator import attrgetter

from msgspec import Struct

from soc_agent.detect.correlate.entry import EVIDENCE_LINES, Entry
from soc_agent.detect.correlate.spec import CorrelationSpec
from soc_agent.detect.correlate.tally import Tally, entries_cap, tally_for

_time = attrgetter("time_ns")
_FIRST_PRUNE = 32


class Completed(Struct, frozen=True):
    """A window whose condition is true."""

    measure: int
    """What the condition compared."""
    first_ns: int
    """Time of the first event that no earlier detection has counted."""
    events: int
    """How many events no earlier detection has counted."""
    evidence: tuple[bytes, ...]
    """Lines of these events but the last to come, oldest first; bounded."""
    values: tuple[str, ...]
    """Distinct counted values of the window, in order of time; bounded."""


class Window:
    """The events of one group of one correlation."""

    def __init__(self, spec: CorrelationSpec) -> None:
        self._spec = spec
        self._span_ns = spec.timespan_ns
        self._cap = entries_cap(spec)
        self.entries: list[Entry] = []
        self._fresh: list[Entry] = []
        self._with_line: list[Entry] = []
        self.prune_at = _FIRST_PRUNE
        self.cost_bytes = 0
        self._tally: Tally | None = None
        self._low = 0

    def load(self, entries: list[Entry], prune_at: int) -> None:
        """Take over events, in order of time, and the size at which to prune next."""
        self.entries = entries
        self.prune_at = prune_at
        self._recount()

    def insert(self, entry: Entry, is_dead: Callable[[Entry], bool]) -> Completed | None:
        """Take an event; give the window it completes, if there is one whose condition is true.

        ``is_dead`` says of an event whether no window can need it any more.
        """
        self._add(entry, is_dead)
        in_order = entry.time_ns >= self.entries[-1].time_ns
        found = self._last_window() if in_order else self._any_window(entry)
        return self._completed(found, entry) if found is not None else None

    def all_dead(self, is_dead: Callable[[Entry], bool]) -> bool:
        """Say whether no window can need any of the events."""
        return all(map(is_dead, self.entries))

    def _add(self, entry: Entry, is_dead: Callable[[Entry], bool]) -> None:
        if len(self.entries) >= min(self.prune_at, self._cap):
            self.entries = [old for old in self.entries if not is_dead(old)]
            if len(self.entries) >= self._cap:
                del self.entries[: self._cap // 4]  # more than one, so that a flood does not pay for it at each event
            self.prune_at = max(_FIRST_PRUNE, 2 * len(self.entries))
            self._recount()
        if not self.entries or entry.time_ns >= self.entries[-1].time_ns:
            self.entries.append(entry)
            if self._tally is not None:
                self._tally.add(entry)
        else:
            if self._tally is not None and entry.time_ns < self.entries[-1].time_ns - self._span_ns:
                self._low += 1
            elif self._tally is not None:
                self._tally.add(entry)
            self.entries.insert(bisect_right(self.entries, entry.time_ns, key=_time), entry)
        self._fresh.append(entry)
        self.cost_bytes += entry.cost_bytes
        if entry.raw:
            insort(self._with_line, entry, key=_time)
            if len(self._with_line) > EVIDENCE_LINES:
                self._forget_line(self._with_line.pop(0))

    def _recount(self) -> None:
        self._tally = None
        self._fresh = [entry for entry in self.entries if not entry.reported]
        self._with_line = [entry for entry in self.entries if entry.raw]
        self.cost_bytes = sum(entry.cost_bytes for entry in self.entries)

    def _last_window(self) -> tuple[int, int, int] | None:
        """Look at the window that ends now: the tally follows it from event to event."""
        high = len(self.entries)
        begin_ns = self.entries[-1].time_ns - self._span_ns
        if self._tally is None:
            self._tally = tally_for(self._spec)
            self._low = bisect_left(self.entries, begin_ns, key=_time)
            for index in range(self._low, high):
                self._tally.add(self.entries[index])
        else:
            while self.entries[self._low].time_ns < begin_ns:
                self._tally.drop(self.entries[self._low])
                self._low += 1
        measure = self._tally.measure(self.entries, self._low, high)
        return (self._low, high, measure) if self._spec.holds(measure) else None

    def _any_window(self, entry: Entry) -> tuple[int, int, int] | None:
        """Look at every window with an event that came late: those that end with it or up to a timespan after it."""
        tally = tally_for(self._spec)
        low = bisect_left(self.entries, entry.time_ns - self._span_ns, key=_time)
        if tally.looks_at_all and self._spec.only_rises:
            # A part never measures more than the whole; without this a flood out of order costs its square.
            end = bisect_right(self.entries, entry.time_ns + self._span_ns, key=_time)
            if not self._spec.holds(tally.measure(self.entries, low, end)):
                return None
        high = low
        end_ns = entry.time_ns
        while end_ns <= entry.time_ns + self._span_ns:
            while high < len(self.entries) and self.entries[high].time_ns <= end_ns:
                tally.add(self.entries[high])
                high += 1
            while self.entries[low].time_ns < end_ns - self._span_ns:
                tally.drop(self.entries[low])
                low += 1
            measure = tally.measure(self.entries, low, high)
            if self._spec.holds(measure):
                return low, high, measure
            if high == len(self.entries):
                return None
            end_ns = self.entries[high].time_ns
        return None

    def _completed(self, found: tuple[int, int, int], entry: Entry) -> Completed:
        low, high, measure = found
        first_ns, last_ns = self.entries[low].time_ns, self.entries[high - 1].time_ns
        counted = [old for old in self._fresh if first_ns <= old.time_ns <= last_ns]
        self._fresh = [old for old in self._fresh if not first_ns <= old.time_ns <= last_ns]
        counted.sort(key=_time)
        evidence = tuple(old.raw for old in counted if old.raw and old is not entry)
        values: dict[str, None] = {}
        if self._spec.value_fields:
            for index in range(low, high):
                values[self.entries[index].value] = None
                if len(values) >= EVIDENCE_LINES:
                    break
        for old in counted:
            old.reported = True
            self._forget_line(old)
        self._with_line = [old for old in self._with_line if old.raw]
        return Completed(
            measure=measure,
            first_ns=counted[0].time_ns,
            events=sum(old.events for old in counted),
            evidence=evidence,
            values=tuple(values),
        )

    def _forget_line(self, entry: Entry) -> None:
        self.cost_bytes -= len(entry.raw)
        entry.raw = b""
