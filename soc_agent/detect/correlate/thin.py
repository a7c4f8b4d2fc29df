"""What a group that grew long can do without: events that no window which is still to come needs.

A flood of one value, or of one rule, must not push out the events of others.
"""

from collections import Counter
from collections.abc import Iterable

from soc_agent.detect.correlate.entry import EVENTS, TIME, WHAT, Entry
from soc_agent.detect.correlate.spec import CorrelationSpec


class Thinner:
    """Leaves out of a group what one correlation can do without."""

    def __init__(self, spec: CorrelationSpec) -> None:
        self.can_thin = spec.kind in ("value_count", "temporal", "temporal_ordered")
        """Whether there are such events at all: a count or a sum needs them all."""
        self._by_value = spec.kind == "value_count"
        orders: Iterable[Iterable[object]] = [term.present for term in spec.terms] or [spec.rule_ids]
        self._kept = max(max(Counter(order).values(), default=1) for order in orders)
        """So often a rule may be asked for in one row."""

    def thin(self, group: list[Entry], until_ns: int, present: Entry) -> list[Entry]:
        """Give a group without the events up to a time that are not needed.

        Windows that end after ``until_ns`` have the same measure with the rest: of a value its latest event is in all
        windows that an earlier one is in; of events of one rule without others between them the first and the last
        ones are. What was left out is counted with the next event that was kept.

        :param present: the event that is looked at right now, which is kept.
        """
        ahead: Counter[object] = Counter()
        left_out = 0
        kept: list[Entry] = []
        for place in range(len(group) - 1, -1, -1):
            entry = group[place]
            if not self._by_value and kept and kept[-1][WHAT] != entry[WHAT]:
                ahead.clear()
            if entry[TIME] <= until_ns and entry is not present:
                if self._is_needless(group, place, ahead[entry[WHAT]]):
                    left_out += max(entry[EVENTS], 0)
                    continue
                ahead[entry[WHAT]] += 1
            if left_out and kept and kept[-1] is not present:
                kept[-1] = _with(kept[-1], left_out)
                left_out = 0
            kept.append(entry)
        if left_out:
            # the present event stays what it is
            place = len(kept) - 1 if kept[-1] is not present else len(kept) - 2
            kept[place] = _with(kept[place], left_out)
        kept.reverse()
        return kept

    def _is_needless(self, group: list[Entry], place: int, ahead: int) -> bool:
        """Say whether an event is not needed, where so many of its value, or of its run, are kept after it."""
        if self._by_value:
            return ahead > 0
        return ahead >= self._kept and place > 0 and group[place - 1][WHAT] == group[place][WHAT]


def _with(entry: Entry, events: int) -> Entry:
    """Give an event that stands for more events, which no detection has counted."""
    time_ns, known, what, turn = entry
    return time_ns, max(known, 0) + events, what, turn
