"""What a group that grew long can do without: events that no window which is still to come needs.

A flood of one value, or of one rule, must not push out the events of others.
"""

from collections.abc import Sequence

from soc_agent.detect.correlate.entry import EVENTS, TIME, WHAT, Entry
from soc_agent.detect.correlate.spec import CorrelationSpec


class Thinner:
    """Leaves out of a group what one correlation can do without."""

    def __init__(self, spec: CorrelationSpec) -> None:
        self.can_thin = spec.kind in ("value_count", "temporal", "temporal_ordered")
        """Whether there are such events at all: a count or a sum needs them all."""
        self._orders: list[Sequence[int]] = []
        """The rows of rules that are looked for, where order counts."""
        if spec.kind == "temporal_ordered":
            rules = [spec.rule_ids.index(rule_id) for rule_id in spec.rule_ids]
            self._orders = [term.present for term in spec.terms] or [rules]

    def thin(self, group: list[Entry], until_ns: int, present: Entry) -> list[Entry]:
        """Give a group without the events up to a time that are not needed.

        Windows that end after ``until_ns`` have the same measure with the rest. What was left out is counted with the
        next event that was kept.

        :param present: the event that is looked at right now, which is kept.
        """
        old = [place for place, entry in enumerate(group) if entry[TIME] <= until_ns and entry is not present]
        needed = self._needed(group, old)
        left_out = 0
        kept: list[Entry] = []
        needless = set(old) - needed
        for place in range(len(group) - 1, -1, -1):
            entry = group[place]
            if place in needless:
                left_out += max(entry[EVENTS], 0)
                continue
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

    def _needed(self, group: list[Entry], old: list[int]) -> set[int]:
        """Give the places, among some, of what a window that ends later may need.

        Of each value, or rule, the latest: it is in all windows that an earlier one is in. Where order counts, for
        each place of the order the latest row of events up to it, for the same reason: every row goes on from there.
        """
        needed = set({group[place][WHAT]: place for place in old}.values())
        for order in self._orders:
            for length in range(2, len(order) + 1):
                row = _latest_row(group, old, order[:length])
                if row is None:
                    break
                needed.update(row)
        return needed


def _latest_row(group: list[Entry], old: list[int], order: Sequence[int]) -> list[int] | None:
    """Give the places of the latest events of some rules, one after the other."""
    wanted, row = list(order), []
    for place in reversed(old):
        if group[place][WHAT] == wanted[-1]:
            wanted.pop()
            row.append(place)
            if not wanted:
                return row
    return None


def _with(entry: Entry, events: int) -> Entry:
    """Give an event that stands for more events, which no detection has counted."""
    time_ns, known, what, turn = entry
    return time_ns, max(known, 0) + events, what, turn
