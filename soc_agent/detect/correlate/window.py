"""The events of each group of one correlation, in order of event time, and the windows that an event completes.

A window is every event of the group within ``timespan`` before, and with, one of its events. There are no clock
buckets. An event that comes late completes windows that end after it, too.

A group is a plain list of entries; what a large group measures is followed from event to event beside it.
"""

from bisect import bisect_left
from itertools import islice
from operator import itemgetter
from typing import Any

from msgspec import Struct

from soc_agent.detect.correlate.entry import EVENTS, EVIDENCE_LINES, TIME, TURN, WHAT, Entry
from soc_agent.detect.correlate.spec import CorrelationSpec
from soc_agent.detect.correlate.tally import (
    Tally,
    decides,
    entries_cap,
    least_entries,
    needs_distinct,
    tally_maker,
)
from soc_agent.detect.correlate.thin import Thinner

Groups = dict[str, list[Entry]]

_SMALL = 32
"""A window of so few events is measured anew each time; a larger one is followed."""
_LOOKED_AT_FOR_VALUES = 64
_what = itemgetter(WHAT)
_SWEPT_FROM = 1024
GROUP_COST_BYTES = 260
ENTRY_COST_BYTES = 140
VALUE_COST_BYTES = 200
"""About what a group takes with its key, an entry, and an entry with a text; measured, dictionary included."""


class Completed(Struct, frozen=True):
    """A window whose condition is true."""

    measure: float
    """What the condition compared."""
    first_ns: int
    """Time of the first event that no earlier detection has counted."""
    events: int
    """How many events no earlier detection has counted."""
    turns: tuple[int, ...] = ()
    """Numbers of these events but the last to come, oldest first; the latest of them, where there are many."""
    values: tuple[str, ...] = ()
    """Distinct counted values of the window, in order of time; bounded."""
    given: tuple[str | None, ...] = ()
    """What the events before gave to the one that completed it, where they do: the values of the session's fields."""


class _Follower:
    """The measure of the last window of a large group, as far as it was followed."""

    __slots__ = ("high", "low", "tally")

    def __init__(self, tally: Tally, low: int) -> None:
        self.tally = tally
        self.low = low
        self.high = low


class Windows:
    """The groups of one correlation."""

    def __init__(self, spec: CorrelationSpec) -> None:
        self.groups: Groups = {}
        self.cost_bytes = 0
        self.forgotten = 0
        """Events that were dropped before they could be judged."""
        self._spec = spec
        self._span_ns = spec.timespan_ns
        self._make_tally = tally_maker(spec)
        self._least = least_entries(spec)
        self._counts_entries = spec.kind == "event_count" and spec.only_rises
        """Whether so many entries in a window are enough; no longer once an entry stands for several events."""
        self._is_count = spec.kind == "event_count"
        self._stands_for_more = False
        """Whether an entry of a count stands, or stood, for several events."""
        self._counts_words = spec.kind == "value_count"
        self._needs_distinct = needs_distinct(spec)
        self._is_temporal = self._needs_distinct and self._least > 1 and not self._counts_words
        self._varied: set[str] = set()
        """Groups of temporal types in which more than one of the rules has an event."""
        self._cap = entries_cap(spec)
        self._thinner = Thinner(spec)
        self._is_enough = decides(spec)
        self._passed_ns = self._latest_ns = -(2**62)
        self._oldest_ns = 2**62
        """No group's last event is before this time."""
        self._followers: dict[str, _Follower] = {}
        self._mixed: set[str] = set()
        """Groups where an event that no detection counted may lie before one that was counted."""
        self._sweep_at = _SWEPT_FROM

    def take(self, key: str, entry: Entry) -> Completed | None:
        """Take an event; give the window it completes, if there is one whose condition is true."""
        group = self.groups.get(key)
        time_ns, events, what, _ = entry
        if events != 1 and self._is_count:
            self._count_more()
        if group is None:
            group = self.groups[key] = [entry]
            self.cost_bytes += GROUP_COST_BYTES + len(key) + self._cost(entry)
            if time_ns < self._oldest_ns:
                self._oldest_ns = time_ns
        elif time_ns >= self._latest_ns or time_ns >= group[-1][0]:
            if self._is_temporal and what != group[-1][2]:
                self._varied.add(key)
            group.append(entry)
            self.cost_bytes += VALUE_COST_BYTES + len(what) if self._counts_words else ENTRY_COST_BYTES
            if not len(group) & 31:
                self._prune(key, group, entry)
        else:
            return self._take_late(key, group, entry)
        if time_ns > self._latest_ns:
            self._latest_ns = time_ns  # spares a look at the last event of each group, which is seldom at hand
        least = self._least
        if len(group) < least or (self._is_temporal and key not in self._varied):
            return None
        if group[-least][0] < time_ns - self._span_ns:
            return None
        return self._judge_last(key, group, entry)

    def _count_more(self) -> None:
        """Count no longer entries but what they stand for."""
        self._stands_for_more, self._counts_entries, self._least = True, False, 1

    def sweep(self, passed_ns: int) -> None:
        """Note that no event before a time can come any more; drop groups that nobody can need, when it is worth it."""
        self._passed_ns = passed_ns
        # after a flood of groups no other of its size may ever come: what has been dead for a whole span goes too
        is_stale = len(self.groups) >= _SWEPT_FROM and self._horizon_ns - self._oldest_ns > self._span_ns
        if len(self.groups) >= self._sweep_at or is_stale:
            self.drop_dead()
            self._sweep_at = max(_SWEPT_FROM, 2 * len(self.groups))

    def drop_dead(self) -> None:
        """Drop every group that nobody can need."""
        self._drop_before(self._horizon_ns)

    def _drop_before(self, horizon_ns: int) -> None:
        if horizon_ns <= self._oldest_ns:
            return
        self.drop([key for key, group in self.groups.items() if group[-1][0] < horizon_ns])
        self._oldest_ns = min((group[-1][0] for group in self.groups.values()), default=2**62)

    def drop(self, keys: list[str]) -> None:
        """Drop groups."""
        many = len(keys) > max(_SWEPT_FROM, len(self.groups) // 2)
        for key in keys:
            group = self.groups.pop(key)
            self.cost_bytes -= GROUP_COST_BYTES + len(key) + self._cost_of(group)
            self._followers.pop(key, None)
            self._mixed.discard(key)
            self._varied.discard(key)
        if many:
            self.groups = dict(self.groups)  # a dictionary keeps the room of what is gone from it

    def turns(self) -> list[int]:
        """Give for each group the number of its last event."""
        return [group[-1][3] for group in self.groups.values()]

    def forget(self, turn: int) -> int:
        """Drop the groups whose last event has this number or a lower one; give how many."""
        keys = [key for key, group in self.groups.items() if group[-1][3] <= turn]
        self.drop(keys)
        return len(keys)

    def pack(self) -> tuple[Any, ...]:
        """Give what must be known besides the groups, as plain data."""
        return self._stands_for_more, self._passed_ns, self._latest_ns, self._sweep_at, sorted(self._mixed)

    def load(self, rest: tuple[Any, ...]) -> None:
        """Take over what :meth:`pack` gave; the groups were added before."""
        stands_for_more, self._passed_ns, self._latest_ns, self._sweep_at, mixed = rest
        if stands_for_more:
            self._count_more()
        self._mixed = set(mixed)

    def add_groups(self, groups: Groups) -> None:
        """Take over groups of an earlier run."""
        self.groups.update(groups)
        self._oldest_ns = min((group[-1][0] for group in self.groups.values()), default=2**62)
        self.cost_bytes += sum(GROUP_COST_BYTES + len(key) + self._cost_of(group) for key, group in groups.items())
        if self._is_temporal:
            self._varied.update(key for key, group in groups.items() if len({old[WHAT] for old in group}) > 1)

    @property
    def _horizon_ns(self) -> int:
        """An event before this time is in no window that can still be completed."""
        return self._passed_ns - self._span_ns

    def _cost(self, entry: Entry) -> int:
        return VALUE_COST_BYTES + len(entry[WHAT]) if self._counts_words else ENTRY_COST_BYTES

    def _cost_of(self, group: list[Entry]) -> int:
        return sum(map(self._cost, group)) if self._counts_words else ENTRY_COST_BYTES * len(group)

    def _prune(self, key: str, group: list[Entry], present: Entry) -> None:
        """Drop the events that nobody can need, and shorten a group that is still too long."""
        dead = bisect_left(group, (self._horizon_ns,), 0, len(group) - 1)
        if dead:
            self._cut(key, group, dead)
        if len(group) > self._cap:
            self._shorten(key, group, present)

    def _shorten(self, key: str, group: list[Entry], present: Entry) -> None:
        """Bring a group to what there is room for; that is less than the cap, so that a flood seldom pays for it."""
        room = self._cap * 3 // 4
        if self._thinner.can_thin:
            # first what nothing can ask for any more, then what only an event could that comes late
            for until_ns in (self._passed_ns, group[-1][TIME]):
                if len(group) > room:
                    cost_bytes = self._cost_of(group)
                    group[:] = self._thinner.thin(group, until_ns, present)
                    self.cost_bytes += self._cost_of(group) - cost_bytes
                    self._followers.pop(key, None)
        if len(group) > room:
            dead = len(group) - room
            if not self._is_enough:
                self.forgotten += dead
            self._cut(key, group, dead)

    def _cut(self, key: str, group: list[Entry], dead: int) -> None:
        self.cost_bytes -= self._cost_of(group[:dead])
        del group[:dead]
        follower = self._followers.get(key)
        if follower is not None:
            if follower.low < dead:
                del self._followers[key]
            else:
                follower.low -= dead
                follower.high -= dead

    def _judge_last(self, key: str, group: list[Entry], entry: Entry) -> Completed | None:
        """Look at the window that ends with the last event."""
        begin_ns, high = entry[TIME] - self._span_ns, len(group)
        follower = self._followers.get(key)
        low = follower.low if follower is not None else 0
        low = bisect_left(group, (begin_ns,), low)
        if self._counts_entries:
            return self._completed(key, group, low, high, high - low, entry)
        if high - low <= _SMALL:
            if self._needs_distinct and len({old[WHAT] for old in group[low:high]}) < self._least:
                return None
            tally = self._make_tally()
            for index in range(low, high):
                tally.add(group[index])
            if follower is not None:
                del self._followers[key]
        else:
            tally = self._follow(key, group, follower, low)
        measure = tally.measure(begin_ns)
        return self._completed(key, group, low, high, measure, entry) if self._spec.holds(measure) else None

    def _follow(self, key: str, group: list[Entry], follower: _Follower | None, low: int) -> Tally:
        if follower is None or low > follower.high:
            follower = self._followers[key] = _Follower(self._make_tally(), low)
        add, drop = follower.tally.add, follower.tally.drop
        for index in range(follower.high, len(group)):
            add(group[index])
        for index in range(follower.low, low):
            drop(group[index])
        follower.low, follower.high = low, len(group)
        return follower.tally

    def _take_late(self, key: str, group: list[Entry], entry: Entry) -> Completed | None:
        """Take an event that came after a later one: look at every window that it is in."""
        self.cost_bytes += self._cost(entry)
        index = bisect_left(group, (entry[TIME] + 1,))
        group.insert(index, entry)
        if self._is_temporal:
            self._varied.add(key)
        follower = self._followers.get(key)
        if follower is not None:
            if index < follower.low:
                follower.low += 1
                follower.high += 1
            elif index < follower.high and follower.tally.takes_any_order:
                follower.tally.add(entry)
                follower.high += 1
            elif index < follower.high:
                del self._followers[key]
        if not len(group) & 31:
            self._prune(key, group, entry)
        self._mixed.add(key)
        found = self._any_window(group, entry)
        return self._completed(key, group, *found, entry) if found is not None else None

    def _any_window(self, group: list[Entry], entry: Entry) -> tuple[int, int, float] | None:
        """Look at the windows that end with an event, or up to a timespan after it."""
        last_ns = entry[TIME] + self._span_ns
        low = high = bisect_left(group, (entry[TIME] - self._span_ns,))
        end = bisect_left(group, (last_ns + 1,))
        if end - low < self._least or low == end:
            return None
        tally = self._make_tally()
        end_ns = entry[TIME]
        while True:
            while high < end and group[high][TIME] <= end_ns:
                tally.add(group[high])
                high += 1
            while group[low][TIME] < end_ns - self._span_ns:
                tally.drop(group[low])
                low += 1
            measure = tally.measure(end_ns - self._span_ns)
            if self._spec.holds(measure):
                return low, high, measure
            if high == end:
                return None
            end_ns = group[high][TIME]

    def _completed(
        self, key: str, group: list[Entry], low: int, high: int, measure: float, entry: Entry
    ) -> Completed | None:
        whole = key in self._mixed
        if not whole and entry is group[high - 1] and group[high - 2][EVENTS] < 0 and high > 1 and entry[EVENTS] > 0:
            # one more in a flood: all before it were counted by the detections of before
            group[high - 1] = (entry[TIME], -entry[EVENTS], entry[WHAT], entry[TURN])
            values = self._values(group, low, high) if self._counts_words else ()
            return Completed(measure, entry[TIME], entry[EVENTS], (), values)
        counted: list[Entry] = []
        for index in range(high - 1, low - 1, -1):
            old = group[index]
            if old[EVENTS] > 0:
                counted.append(old)
                group[index] = (old[TIME], -old[EVENTS], old[WHAT], old[TURN])
            elif not whole:
                break
        if whole and high == len(group):
            self._mixed.discard(key)  # what is left lies before all windows that end later
        if not counted:
            return None  # the event itself was one too many for its group
        return Completed(
            measure=measure,
            first_ns=counted[-1][TIME],
            events=sum(old[EVENTS] for old in counted),
            turns=tuple(old[TURN] for old in counted[:EVIDENCE_LINES] if old is not entry)[: EVIDENCE_LINES - 1][::-1],
            values=self._values(group, low, high) if self._counts_words else (),
        )

    def _values(self, group: list[Entry], low: int, high: int) -> tuple[str, ...]:
        begin = max(low, high - _LOOKED_AT_FOR_VALUES)
        values = dict.fromkeys(map(_what, group[begin : min(begin + EVIDENCE_LINES, high)]))
        while len(values) < EVIDENCE_LINES and (begin := begin + EVIDENCE_LINES) < high:
            values.update(dict.fromkeys(map(_what, group[begin : min(begin + EVIDENCE_LINES, high)])))
        return tuple(islice(values, EVIDENCE_LINES))
