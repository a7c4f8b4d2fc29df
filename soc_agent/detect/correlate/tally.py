"""What a window of events measures: one class a type of correlation, behind one interface.

A new type is one more class here and its name in :func:`tally_maker`.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from math import ceil, inf, isinf
from typing import Any, ClassVar, Protocol, assert_never

from soc_agent.detect.correlate.entry import EVENTS, TIME, WHAT, Entry
from soc_agent.detect.correlate.rhythm import LOOKED_AT, Beats, Rhythm
from soc_agent.detect.correlate.spec import CorrelationSpec, Term

_NEVER = -(2**63)
_EXACT = 2**128
"""More than any sum of whole numbers comes to, by the bounds of a value and of a window."""
_RANKED_CAP = 100


class Tally(Protocol):
    """A measure that follows a sliding window: events come in and fall out, each once."""

    takes_any_order: ClassVar[bool]
    """Whether an event may come in though a later one is there already."""

    def add(self, entry: Entry) -> None:
        """Take an event that came into the window."""
        ...

    def drop(self, entry: Entry) -> None:
        """Give up an event that fell out of the window, the oldest one."""
        ...

    def measure(self, begin_ns: int) -> float:
        """Give what the condition compares; ``begin_ns`` is where the window begins."""
        ...


class EventCount:
    """How many events there are; a message that says that it was repeated counts for all of them."""

    takes_any_order: ClassVar[bool] = True

    def __init__(self) -> None:
        self._events = 0

    def add(self, entry: Entry) -> None:
        """See :class:`Tally`."""
        self._events += abs(entry[EVENTS])

    def drop(self, entry: Entry) -> None:
        """See :class:`Tally`."""
        self._events -= abs(entry[EVENTS])

    def measure(self, begin_ns: int) -> int:
        """See :class:`Tally`."""
        return self._events


class ValueCount:
    """How many distinct values the counted fields have."""

    takes_any_order: ClassVar[bool] = True

    def __init__(self) -> None:
        self._values: dict[Any, int] = {}  # a Counter asks itself in Python for each value that it has not

    def add(self, entry: Entry) -> None:
        """See :class:`Tally`."""
        value = entry[WHAT]
        self._values[value] = self._values.get(value, 0) + 1

    def drop(self, entry: Entry) -> None:
        """See :class:`Tally`."""
        value = entry[WHAT]
        left = self._values[value] - 1
        if left:
            self._values[value] = left
        else:
            del self._values[value]

    def measure(self, begin_ns: int) -> int:
        """See :class:`Tally`."""
        return len(self._values)


class ValueSum:
    """The sum of the values, or their average: exact, so that it does not depend on what was in the window before.

    A line that stands for several events adds its value as often.
    """

    takes_any_order: ClassVar[bool] = True

    def __init__(self, *, average: bool = False) -> None:
        self._average = average
        self._total: int | Fraction = 0
        self._count = 0

    def add(self, entry: Entry) -> None:
        """See :class:`Tally`."""
        value, events = entry[WHAT], abs(entry[EVENTS])
        self._total += (value if isinstance(value, int) else Fraction(value)) * events
        self._count += events

    def drop(self, entry: Entry) -> None:
        """See :class:`Tally`."""
        value, events = entry[WHAT], abs(entry[EVENTS])
        self._total -= (value if isinstance(value, int) else Fraction(value)) * events
        self._count -= events

    def measure(self, begin_ns: int) -> float:
        """See :class:`Tally`."""
        return _number(Fraction(self._total) / self._count if self._average and self._count else self._total)


def _number(total: float | Fraction) -> float:
    """Give a sum as a number: a whole one exactly, whether or not there were others in the window before."""
    if isinstance(total, Fraction):
        if total.denominator == 1 and abs(total.numerator) < _EXACT:
            return total.numerator
        try:
            return float(total)
        except OverflowError:
            return inf if total > 0 else -inf
    return total


class Percentile:
    """The value below which so many percent of the values lie, between two values in proportion (50 is the median).

    A line that stands for several events has its value as often among them, but no more than 100 times.
    """

    takes_any_order: ClassVar[bool] = True

    def __init__(self, percent: int) -> None:
        self._percent = percent
        self._values: list[float] = []

    def add(self, entry: Entry) -> None:
        """See :class:`Tally`."""
        value, times = entry[WHAT], min(abs(entry[EVENTS]), _RANKED_CAP)
        if times == 1:
            insort(self._values, value)
        else:
            place = bisect_left(self._values, value)
            self._values[place:place] = [value] * times

    def drop(self, entry: Entry) -> None:
        """See :class:`Tally`."""
        place = bisect_left(self._values, entry[WHAT])
        del self._values[place : place + min(abs(entry[EVENTS]), _RANKED_CAP)]

    def measure(self, begin_ns: int) -> float:
        """See :class:`Tally`."""
        return percentile_of(self._values, self._percent)


class Temporal:
    """How many of the rules there is an event of."""

    takes_any_order: ClassVar[bool] = True

    def __init__(self) -> None:
        self._latest: dict[int, int] = {}

    def add(self, entry: Entry) -> None:
        """See :class:`Tally`."""
        if entry[TIME] > self._latest.get(entry[WHAT], _NEVER):
            self._latest[entry[WHAT]] = entry[TIME]

    def drop(self, entry: Entry) -> None:
        """See :class:`Tally`; only the latest of each rule counts."""

    def measure(self, begin_ns: int) -> int:
        """See :class:`Tally`."""
        return sum(time_ns >= begin_ns for time_ns in self._latest.values())


class TemporalOrdered:
    """How many of the rules, from the first on, have events one after the other in the order of the rules."""

    takes_any_order: ClassVar[bool] = False

    def __init__(self, order: Sequence[int]) -> None:
        self._places: dict[int, list[int]] = {}
        for place, rule in enumerate(order):
            self._places.setdefault(rule, []).insert(0, place)
        self._begins = [_NEVER] * len(order)
        """For each place in the order, when the latest row of events that reaches it began."""

    def add(self, entry: Entry) -> None:
        """See :class:`Tally`."""
        for place in self._places.get(entry[WHAT], ()):
            self._begins[place] = entry[TIME] if place == 0 else self._begins[place - 1]

    def drop(self, entry: Entry) -> None:
        """See :class:`Tally`; a row that began before the window does not count by itself."""

    def measure(self, begin_ns: int) -> int:
        """See :class:`Tally`."""
        return sum(begun_ns >= begin_ns for begun_ns in self._begins)


class Expression:
    """1 when an expression over rules is true, 0 when not. What must be absent is judged elsewhere."""

    takes_any_order: ClassVar[bool] = False

    def __init__(self, terms: Sequence[Term], *, ordered: bool) -> None:
        self._ways: list[tuple[int, Tally]] = [
            (len(term.present), TemporalOrdered(term.present) if ordered else _Among(term.present)) for term in terms
        ]

    def add(self, entry: Entry) -> None:
        """See :class:`Tally`."""
        for _, way in self._ways:
            way.add(entry)

    def drop(self, entry: Entry) -> None:
        """See :class:`Tally`."""

    def measure(self, begin_ns: int) -> int:
        """See :class:`Tally`."""
        return int(any(way.measure(begin_ns) >= wanted for wanted, way in self._ways))


class _Among(Temporal):
    """The same as :class:`Temporal`, among some of the rules."""

    def __init__(self, rules: Sequence[int]) -> None:
        super().__init__()
        self._rules = frozenset(rules)

    def add(self, entry: Entry) -> None:
        if entry[WHAT] in self._rules:
            super().add(entry)


def percentile_of(values: Sequence[float], percent: int) -> float:
    """Give a percentile of sorted values by linear interpolation between the two nearest; 0 of none."""
    if not values:
        return 0
    place, rest = divmod((len(values) - 1) * percent, 100)
    low = values[place]
    if not rest:
        return low
    high, part = values[place + 1], rest / 100
    apart = high - low
    return low * (1 - part) + high * part if isinf(apart) else low + apart * part


def tally_maker(spec: CorrelationSpec) -> Callable[[], Tally]:
    """Give what makes an empty tally for a correlation."""
    match spec.kind:
        case "event_count":
            return EventCount
        case "value_count" | "first_seen":
            return ValueCount
        case "rhythm":
            return partial(Beats, spec.rhythm or Rhythm(), spec.checks[0].least)
        case "value_sum":
            return ValueSum
        case "value_avg":
            return partial(ValueSum, average=True)
        case "value_percentile" | "value_median":
            return partial(Percentile, spec.percentile if spec.kind == "value_percentile" else 50)
        case "temporal" | "temporal_ordered" if spec.terms:
            return partial(Expression, spec.terms, ordered=spec.kind == "temporal_ordered")
        case "temporal":
            return Temporal
        case "temporal_ordered":
            return partial(TemporalOrdered, [spec.rule_ids.index(rule_id) for rule_id in spec.rule_ids])
        case _:
            assert_never(spec.kind)


def least_entries(spec: CorrelationSpec) -> int:
    """Give how many entries a window must have at least, for the condition to be true; 1 where that is not known."""
    if spec.terms:
        return max(1, min(len(term.present) for term in spec.terms))
    if spec.kind in ("event_count", "value_count", "temporal", "temporal_ordered", "rhythm"):
        return max(1, *(check.least for check in spec.checks))
    return 1


def needs_distinct(spec: CorrelationSpec) -> bool:
    """Say whether :func:`least_entries` counts entries of different values, or rules."""
    is_ordered = spec.kind == "temporal_ordered" and len(set(spec.rule_ids)) == len(spec.rule_ids)
    return bool(spec.terms) or spec.kind in ("value_count", "temporal") or is_ordered


def entries_cap(spec: CorrelationSpec) -> int:
    """Give how many events one group may hold: enough for the condition, and bounded whatever is thrown at it."""
    match spec.kind:
        case "temporal" | "temporal_ordered":
            return _COUNT_CAP
        case "rhythm":
            return max(_COUNT_CAP, 2 * LOOKED_AT * spec.checks[0].least)
        case "event_count" | "value_count":
            # so much more than any count of the condition that three quarters of it decide the same
            return min(max(_COUNT_CAP, *(2 * ceil(check.count) for check in spec.checks)), _MOST)
        case _:
            return _MEASURED_CAP


_COUNT_CAP = 1024
_MEASURED_CAP = 65_536
"""Of events of which each adds to a sum or is ranked."""
_MOST = 500_000


def decides(spec: CorrelationSpec) -> bool:
    """Say whether as many events as a group may hold decide the condition, so that what is dropped changes nothing."""
    if spec.kind == "rhythm":
        return True
    counts = spec.kind in ("event_count", "value_count")
    return counts and all(2 * check.count <= entries_cap(spec) for check in spec.checks)
