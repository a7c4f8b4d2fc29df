"""Correlations that say what must not happen: judged when so much time has passed that it cannot happen any more.

Each event that may complete the positive part of a term waits for its time. Then no window of the timespan that holds
the positive part, at its tightest, may hold an event that must be absent; where order counts, that event is looked for
between the neighbours that the condition gives it.
"""

from bisect import bisect_left
from heapq import heapify, heappop, heappush
from typing import Any

from soc_agent.detect.correlate.entry import EVENTS, EVIDENCE_LINES, TIME, TURN, WHAT, WITNESS, Entry
from soc_agent.detect.correlate.spec import CorrelationSpec, Term
from soc_agent.detect.correlate.window import ENTRY_COST_BYTES, GROUP_COST_BYTES, Completed, Windows

_CAP = 1024

Due = tuple[str, Entry, Completed]
"""Group key, the event that completed the positive part, and the window."""


class Absences(Windows):
    """The groups of one correlation that waits."""

    def __init__(self, spec: CorrelationSpec) -> None:
        super().__init__(spec)
        self.completing = frozenset(
            rule
            for term in spec.terms
            for rule in (term.present[-1:] if spec.kind == "temporal_ordered" else term.present)
        )
        """Numbers of the rules whose events may complete the positive part."""
        self._ordered = spec.kind == "temporal_ordered"
        self._waiting: list[tuple[int, int, int, str]] = []
        """When to judge, number of the event, its rule, its group; a heap."""

    def take(self, key: str, entry: Entry) -> Completed | None:
        """Take an event; nothing is completed before its time has passed."""
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = [entry]
            self.cost_bytes += GROUP_COST_BYTES + len(key)
            self._oldest_ns = min(self._oldest_ns, entry[TIME])
        else:
            group.insert(bisect_left(group, (entry[TIME] + 1,)), entry)
            if len(group) > _CAP:
                self._drop_oldest(group)
        self.cost_bytes += self._cost(entry)
        if len(entry) > WITNESS:
            heappush(self._waiting, (entry[TIME] + self._span_ns, entry[TURN], entry[WHAT], key))
        return None

    def due(self, passed_ns: int) -> list[Due]:
        """Judge the events whose time has passed; give the windows in which nothing came that must be absent."""
        found: list[Due] = []
        waiting = self._waiting
        while waiting and waiting[0][0] < passed_ns:
            at_ns, turn, rule, key = heappop(waiting)
            group = self.groups.get(key)
            index = _index_of(group, at_ns - self._span_ns, turn, rule) if group is not None else None
            if group is None or index is None:
                continue
            entry = group[index]
            window = self._judge(group, index)
            group[index] = (*group[index][:WITNESS],)
            self.cost_bytes -= len(entry[WITNESS])
            if window is not None:
                found.append((key, entry, self._reported(group, window, entry)))
        return found

    @property
    def next_ns(self) -> int | None:
        """When the next event is to be judged; None when none waits."""
        return self._waiting[0][0] if self._waiting else None

    def drop_dead(self) -> None:
        """See :class:`Windows`; an event is needed until those a timespan after it are judged."""
        self._drop_before(self._passed_ns - 2 * self._span_ns)

    def add_groups(self, groups: dict[str, list[Entry]]) -> None:
        """See :class:`Windows`."""
        super().add_groups(groups)
        for key, group in groups.items():
            for entry in group:
                if len(entry) > WITNESS:
                    self._waiting.append((entry[TIME] + self._span_ns, entry[TURN], entry[WHAT], key))
        heapify(self._waiting)

    def _cost(self, entry: Entry) -> int:
        return ENTRY_COST_BYTES + (100 + len(entry[WITNESS]) if len(entry) > WITNESS else 0)

    def _cost_of(self, group: list[Entry]) -> int:
        return sum(map(self._cost, group))

    def _drop_oldest(self, group: list[Entry]) -> None:
        dead = group[: _CAP // 4]
        self.cost_bytes -= self._cost_of(dead)
        self.forgotten += sum(len(entry) > WITNESS for entry in dead)
        del group[: _CAP // 4]

    def _judge(self, group: list[Entry], index: int) -> tuple[int, ...] | None:
        """Give the indexes of the positive part that an event completes, when nothing else came; None else."""
        for term in self._spec.terms:
            found = self._row(group, index, term) if self._ordered else self._set(group, index, term)
            if found is not None and not self._spoilt(group, index, term, found):
                return found
        return None

    def _set(self, group: list[Entry], index: int, term: Term) -> tuple[int, ...] | None:
        """Find the latest event of each rule of a term up to an event, within the timespan."""
        missing = set(term.present) - {group[index][WHAT]}
        if len(missing) == len(term.present):
            return None
        begin_ns, found = group[index][TIME] - self._span_ns, [index]
        # events of the very same time have no order here: the last of them completes
        end = bisect_left(group, (group[index][TIME] + 1,))
        for place in range(end - 1, -1, -1):
            if not missing or group[place][TIME] < begin_ns:
                break
            if group[place][WHAT] in missing:
                missing.discard(group[place][WHAT])
                found.append(place)
        return None if missing or max(found) != index else tuple(sorted(found))

    def _row(self, group: list[Entry], index: int, term: Term) -> tuple[int, ...] | None:
        """Find the latest row of events of a term's rules, in their order, that ends with an event."""
        begin_ns, found = group[index][TIME] - self._span_ns, []
        wanted = list(term.present)
        for place in range(index, -1, -1):
            if not wanted or group[place][TIME] < begin_ns:
                break
            if group[place][WHAT] == wanted[-1]:
                wanted.pop()
                found.append(place)
            elif place == index:
                return None
        return None if wanted else tuple(reversed(found))

    def _spoilt(self, group: list[Entry], index: int, term: Term, found: tuple[int, ...]) -> bool:
        """Say whether an event came that must be absent."""
        first = bisect_left(group, (group[index][TIME] - self._span_ns,))
        last = bisect_left(group, (group[found[0]][TIME] + self._span_ns + 1,))
        for absent in term.absent:
            low, high = first, last
            if self._ordered and absent.place > 0:
                low = found[absent.place - 1] + 1
            if self._ordered and absent.place < len(found):
                high = found[absent.place]
            if any(group[place][WHAT] == absent.rule for place in range(low, high)):
                return True
        return False

    def _reported(self, group: list[Entry], window: tuple[int, ...], entry: Entry) -> Completed:
        """Count the events of the positive part that no detection has counted."""
        counted = []
        for place in window:
            old = group[place]
            if old[EVENTS] > 0:
                counted.append(old)
                group[place] = (old[TIME], -old[EVENTS], *old[WHAT:])
        return Completed(
            measure=1,
            first_ns=min((old[TIME] for old in counted), default=entry[TIME]),
            events=sum(old[EVENTS] for old in counted) or 1,
            turns=tuple(old[TURN] for old in counted if old[TURN] != entry[TURN])[-EVIDENCE_LINES + 1 :],
        )


def _index_of(group: list[Entry], time_ns: int, turn: int, rule: int) -> int | None:
    for index in range(bisect_left(group, (time_ns,)), len(group)):
        entry: tuple[Any, ...] = group[index]
        if entry[TIME] > time_ns:
            return None
        if entry[TURN] == turn and entry[WHAT] == rule and len(entry) > WITNESS:
            return index
    return None
