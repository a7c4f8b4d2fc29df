"""What a window of events measures: one class a type of correlation, behind one interface.

A new type is one more class here and its name in :func:`tally_for`.
"""

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar, Protocol, assert_never

from soc_agent.detect.correlate.entry import Entry
from soc_agent.detect.correlate.spec import CorrelationSpec


class Tally(Protocol):
    """A measure that follows a sliding window: events come in and fall out, each once."""

    looks_at_all: ClassVar[bool]
    """Whether to measure is to look at every event of the window."""

    def add(self, entry: Entry) -> None:
        """Take an event that came into the window."""
        ...

    def drop(self, entry: Entry) -> None:
        """Give up an event that fell out of the window."""
        ...

    def measure(self, entries: Sequence[Entry], low: int, high: int) -> int:
        """Give what the condition compares. The window is ``entries[low:high]``, in order of time."""
        ...


class EventCount:
    """How many events there are; a message that says that it was repeated counts for all of them."""

    looks_at_all: ClassVar[bool] = False

    def __init__(self) -> None:
        self._events = 0

    def add(self, entry: Entry) -> None:
        """See :class:`Tally`."""
        self._events += entry.events

    def drop(self, entry: Entry) -> None:
        """See :class:`Tally`."""
        self._events -= entry.events

    def measure(self, entries: Sequence[Entry], low: int, high: int) -> int:
        """See :class:`Tally`."""
        return self._events


class ValueCount:
    """How many distinct values the counted fields have."""

    looks_at_all: ClassVar[bool] = False

    def __init__(self) -> None:
        self._values: Counter[str] = Counter()

    def add(self, entry: Entry) -> None:
        """See :class:`Tally`."""
        self._values[entry.value] += 1

    def drop(self, entry: Entry) -> None:
        """See :class:`Tally`."""
        self._values[entry.value] -= 1
        if not self._values[entry.value]:
            del self._values[entry.value]

    def measure(self, entries: Sequence[Entry], low: int, high: int) -> int:
        """See :class:`Tally`."""
        return len(self._values)


class Temporal:
    """How many of the rules there is an event of."""

    looks_at_all: ClassVar[bool] = False

    def __init__(self) -> None:
        self._rules: Counter[int] = Counter()

    def add(self, entry: Entry) -> None:
        """See :class:`Tally`."""
        self._rules[entry.rule] += 1

    def drop(self, entry: Entry) -> None:
        """See :class:`Tally`."""
        self._rules[entry.rule] -= 1
        if not self._rules[entry.rule]:
            del self._rules[entry.rule]

    def measure(self, entries: Sequence[Entry], low: int, high: int) -> int:
        """See :class:`Tally`."""
        return len(self._rules)


class TemporalOrdered:
    """How many of the rules, from the first on, have events one after the other in the order of the rules."""

    looks_at_all: ClassVar[bool] = True

    def __init__(self, order: Sequence[int]) -> None:
        self._order = order

    def add(self, entry: Entry) -> None:
        """See :class:`Tally`; the order is looked at when asked."""

    def drop(self, entry: Entry) -> None:
        """See :class:`Tally`; the order is looked at when asked."""

    def measure(self, entries: Sequence[Entry], low: int, high: int) -> int:
        """See :class:`Tally`. Taking each rule at its earliest is never worse than taking it later."""
        found = 0
        for index in range(low, high):
            if found < len(self._order) and entries[index].rule == self._order[found]:
                found += 1
        return found


def tally_for(spec: CorrelationSpec) -> Tally:
    """Give an empty tally for a correlation."""
    match spec.kind:
        case "event_count":
            return EventCount()
        case "value_count":
            return ValueCount()
        case "temporal":
            return Temporal()
        case "temporal_ordered":
            return TemporalOrdered([spec.rule_ids.index(rule_id) for rule_id in spec.rule_ids])
        case _:
            assert_never(spec.kind)


def entries_cap(spec: CorrelationSpec) -> int:
    """Give how many events one group may hold: enough for the condition, and bounded whatever is thrown at it."""
    if spec.kind in ("temporal", "temporal_ordered"):
        return _TEMPORAL_CAP
    return max(_COUNT_CAP, *(2 * int(check.count) for check in spec.checks))


_TEMPORAL_CAP = 256
_COUNT_CAP = 1024
