"""What correlation documents mean, worked out slowly: every event is kept in a list, every window is looked at anew.

It reads the documents themselves, not what the program makes of them, and shares nothing with it but the rules of time:
what is late, and when it is looked what has passed.
"""

from fractions import Fraction
from itertools import combinations
from typing import Any

from msgspec import Struct

SECOND = 1_000_000_000
LATE_RUN = 32
TICK = 256
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_CHECKS = {
    "gt": lambda measure, count: measure > count,
    "gte": lambda measure, count: measure >= count,
    "lt": lambda measure, count: measure < count,
    "lte": lambda measure, count: measure <= count,
    "eq": lambda measure, count: measure == count,
    "neq": lambda measure, count: measure != count,
}
KNOWN = "src_ip.country"
COUNTRIES = {"1": "VN", "2": "VN", "3": "NL"}


class Line(Struct, frozen=True):
    """A line, the base rules that match it, and what it holds."""

    time_s: float
    rules: tuple[str, ...]
    stream: str
    fields: dict[str, Any]
    repeat: int = 1
    """How many events it stands for."""


class Found(Struct, frozen=True, order=True):
    """A detection: of which correlation, completed by which line, of which group, and what it says."""

    rule: str
    number: int
    group: tuple[str, ...]
    count: int
    first_ns: int
    measure: str


class Item:
    """An event in a group."""

    def __init__(self, time_ns: int, turn: int, what: Any, events: int, line: "Placed", rule: str) -> None:
        self.time_ns = time_ns
        self.turn = turn
        self.what = what
        self.events = events
        self.line = line
        self.rule = rule
        self.is_counted = False
        self.waits = False


class Placed(Struct, frozen=True):
    """A line and its number."""

    line: Line
    number: int


class Group:
    """The events of one group, in order of time, then of arrival."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.known: set[Any] = set()

    def add(self, item: Item) -> None:
        self.items.append(item)
        self.items.sort(key=lambda old: old.time_ns)


class Correlation:
    """One document."""

    def __init__(self, document: dict[str, Any]) -> None:
        section = document["correlation"]
        self.id: str = document["name"]
        self.type: str = section["type"]
        self.rules: list[str] = section["rules"]
        self.span_ns = int(section["timespan"][:-1]) * _UNITS[section["timespan"][-1]] * SECOND
        self.group_by: list[str] = section.get("group-by", [])
        self.aliases: dict[str, dict[str, str]] = section.get("aliases", {})
        self.generate: bool = section.get("generate", False)
        self.is_first_seen = "first_seen" in document.get("soc", {})
        self.terms: list[tuple[tuple[str, ...], tuple[str, ...]]] = document.get("terms", [])
        condition = section.get("condition", {"gte": len(self.rules)})
        self.condition: dict[str, Any] = condition if isinstance(condition, dict) else {}
        named = self.condition.get("field", [])
        self.fields: list[str] = [named] if isinstance(named, str) else named
        self.is_temporal = self.type.startswith("temporal")
        self.is_ordered = self.type == "temporal_ordered"
        self.waits = any(absent for _, absent in self.terms)
        self.groups: dict[tuple[str, ...], Group] = {}

    def field(self, name: str, rule: str) -> str:
        return self.aliases.get(name, {}).get(rule, name)

    def holds(self, measure: float) -> bool:
        return all(_CHECKS[op](measure, count) for op, count in self.condition.items() if op in _CHECKS)

    def measure(self, window: list[Item]) -> float:
        """Give what the condition compares, for all the events of a window."""
        rules = [item.rule for item in window]
        if self.terms:
            return any(self._is_there(present, rules) for present, _ in self.terms)
        values = [item.what for item in window]
        events = [item.events for item in window]
        match self.type:
            case "event_count":
                return sum(events)
            case "value_count":
                return len(set(values))
            case "temporal":
                return len(set(rules))
            case "temporal_ordered":
                return max(n for n in range(len(self.rules) + 1) if in_order(self.rules[:n], rules))
            case "value_sum":
                return as_number(self._sum(window))
            case "value_avg":
                return as_number(self._sum(window) / sum(events))
            case _:
                ranked = [item.what for item in window for _ in range(min(item.events, 100))]
                return between(sorted(ranked), self.condition.get("percentile", 50))

    def _sum(self, window: list[Item]) -> Fraction:
        return sum((Fraction(item.what) * item.events for item in window), Fraction())

    def _is_there(self, present: tuple[str, ...], rules: list[str]) -> bool:
        return in_order(present, rules) if self.is_ordered else set(present) <= set(rules)


class Oracle:
    """All correlations over all streams."""

    def __init__(self, documents: list[dict[str, Any]], lateness_s: float) -> None:
        self.all = [Correlation(document) for document in documents]
        quiet = {rule for one in self.all if not one.generate for rule in one.rules}
        self.silent = quiet - {rule for one in self.all if one.generate for rule in one.rules}
        self.lateness_ns = round(lateness_s * SECOND)
        self.marks: dict[str, list[int]] = {}
        self.turn = 0
        self.seen: set[tuple[str, str, tuple[str, ...]]] = set()
        self.late = 0

    def feed(self, line: Line, number: int) -> list[Found]:
        self.turn += 1
        time_ns = round(line.time_s * SECOND)
        is_taken = self._take(line.stream, time_ns, number)
        found: list[Found] = []
        if self.turn % TICK == 0:
            found += self.judge(min(mark[0] for mark in self.marks.values()) - self.lateness_ns)
        self.seen = set()
        if is_taken:
            for rule in line.rules:
                found += self._give(rule, Placed(line, number), time_ns, line.repeat, is_chained=False)
        return found

    def end(self) -> list[Found]:
        """Let time come to the latest event."""
        return self.judge(max(mark[0] for mark in self.marks.values())) if self.marks else []

    def judge(self, passed_ns: int) -> list[Found]:
        """Judge what waited until a time, whatever correlation it is of, what is due first first."""
        found: list[Found] = []
        while True:
            due = [
                (item.time_ns + one.span_ns, number, item.turn, one.rules.index(item.rule), key, item)
                for number, one in enumerate(self.all)
                for key, group in one.groups.items()
                for item in group.items
                if item.waits and item.time_ns + one.span_ns < passed_ns
            ]
            if not due:
                return found
            at_ns, number, _, _, key, item = min(due, key=lambda this: this[:5])
            item.waits = False
            one = self.all[number]
            row = row_of(one, one.groups[key].items, item)
            if row is not None:
                self.seen = set()
                found += self._report(one, key, row, item, "", at_ns)

    def _take(self, stream: str, time_ns: int, number: int) -> bool:
        mark = self.marks.setdefault(stream, [time_ns, 0, -1])
        if time_ns <= mark[0] and number <= mark[2]:
            return False
        mark[2] = number
        if time_ns < mark[0] - self.lateness_ns:
            mark[1] += 1
            if mark[1] < LATE_RUN:
                self.late += 1
                return False
            mark[0] = time_ns
        mark[0] = max(mark[0], time_ns)
        mark[1] = 0
        return True

    def _give(self, rule: str, placed: Placed, time_ns: int, events: int, *, is_chained: bool) -> list[Found]:
        found: list[Found] = []
        for one in self.all:
            if rule not in one.rules:
                continue
            fields = placed.line.fields
            key = tuple(as_text(value_of(fields, one.field(name, rule))) for name in one.group_by)
            what = what_of(one, rule, fields)
            if None in key or what is None:
                continue
            group = one.groups.setdefault(key, Group())  # type: ignore[arg-type]
            if one.is_first_seen and what in group.known:
                continue
            if is_chained or (len(one.rules) > 1 and not one.is_temporal):
                token = one.id, rule if is_chained else "", key
                if token in self.seen:
                    continue
                self.seen.add(token)  # type: ignore[arg-type]
            item = Item(time_ns, self.turn, what, events, placed, rule)
            found += self._add(one, key, group, item)  # type: ignore[arg-type]
        return found

    def _add(self, one: Correlation, key: tuple[str, ...], group: Group, item: Item) -> list[Found]:
        group.known.add(item.what)
        group.add(item)
        if one.waits:
            item.waits = item.rule in {
                rule for present, _ in one.terms for rule in (present[-1:] if one.is_ordered else present)
            }
            return []
        if one.is_first_seen:
            return self._report(one, key, [item], item, "", item.time_ns)
        ends = {old.time_ns for old in group.items if 0 <= old.time_ns - item.time_ns <= one.span_ns}
        for end_ns in sorted(ends):
            window = [old for old in group.items if end_ns - one.span_ns <= old.time_ns <= end_ns]
            measure = one.measure(window)
            if measure if one.terms else one.holds(measure):
                said = "" if one.terms else f"{measure:.15g}"
                return self._report(one, key, window, item, said, item.time_ns)
        return []

    def _report(
        self, one: Correlation, key: tuple[str, ...], window: list[Item], item: Item, measure: str, at_ns: int
    ) -> list[Found]:
        new = [old for old in window if not old.is_counted]
        for old in new:
            old.is_counted = True
        count = sum(old.events for old in new) or 1
        first_ns = min((old.time_ns for old in new), default=item.time_ns)
        found = [Found(one.id, item.line.number, key, count, first_ns, measure)] if one.id not in self.silent else []
        return found + self._give(one.id, item.line, at_ns, 1, is_chained=True)


def row_of(one: Correlation, items: list[Item], item: Item) -> list[Item] | None:
    """Give the tightest positive part that an event completes, of the first term that nothing spoils."""
    at = items.index(item)
    numbers = {rule: number for number, rule in enumerate(one.rules)}
    for present, absent in sorted(one.terms, key=lambda term: [[numbers[rule] for rule in part] for part in term]):
        row = ordered_row(one, items, at, present) if one.is_ordered else loose_row(one, items, at, present)
        if row is None:
            continue
        first_ns, last_ns = item.time_ns - one.span_ns, items[row[0]].time_ns + one.span_ns
        spoilt = False
        for rule in absent:
            place = sum(numbers[other] < numbers[rule] for other in present)
            for index, other in enumerate(items):
                inside = other.rule == rule and first_ns <= other.time_ns <= last_ns
                if one.is_ordered and place > 0:
                    inside = inside and index > row[place - 1]
                if one.is_ordered and place < len(row):
                    inside = inside and index < row[place]
                spoilt = spoilt or inside
        if not spoilt:
            return [items[index] for index in row]
    return None


def loose_row(one: Correlation, items: list[Item], at: int, present: tuple[str, ...]) -> list[int] | None:
    if items[at].rule not in present:
        return None
    others = set(present) - {items[at].rule}
    if any(item.rule in others and item.time_ns == items[at].time_ns for item in items[at + 1 :]):
        return None
    row = [at]
    for rule in others:
        near = [i for i in range(at) if items[i].rule == rule and items[i].time_ns >= items[at].time_ns - one.span_ns]
        if not near:
            return None
        row.append(max(near))
    return sorted(row)


def ordered_row(one: Correlation, items: list[Item], at: int, present: tuple[str, ...]) -> list[int] | None:
    near = [i for i in range(at) if items[i].time_ns >= items[at].time_ns - one.span_ns]
    rows = [
        [*row, at]
        for row in combinations(near, len(present) - 1)
        if [items[i].rule for i in (*row, at)] == list(present)
    ]
    return max(rows, key=lambda row: row[::-1], default=None)


def in_order(wanted: list[str] | tuple[str, ...], rules: list[str]) -> bool:
    """Say whether events of the rules come one after the other."""
    left = iter(rules)
    return all(any(rule == one for rule in left) for one in wanted)


def value_of(fields: dict[str, Any], name: str) -> Any:
    """Give a value; what is known of an address comes from nowhere else."""
    return COUNTRIES.get(str(fields.get("src_ip"))) if name == KNOWN else fields.get(name)


def as_text(value: Any) -> str | None:
    return None if value is None else str(value)


def what_of(one: Correlation, rule: str, fields: dict[str, Any]) -> Any:
    """Give what is counted of an event: None when it has no such value, 0 where nothing is counted."""
    if not one.fields:
        return 0
    values = [value_of(fields, one.field(name, rule)) for name in one.fields]
    if one.type != "value_count":
        return numeric(values[0])
    texts = [as_text(value) for value in values]
    return None if None in texts else "\0".join(texts)  # type: ignore[arg-type]


def numeric(value: Any) -> Any:
    try:
        value = (float(value) if not value.isdecimal() else int(value)) if isinstance(value, str) else value
    except ValueError:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or (type(value) is int and abs(value) >= 2**63):
        return None
    return value if value == value and abs(value) != float("inf") else None


def as_number(total: Fraction) -> float:
    """Give a sum as it is compared: a whole number exactly, others as near as can be."""
    if total.denominator == 1 and abs(total.numerator) < 2**128:
        return total.numerator
    return float(total)


def between(values: list[float], percent: int) -> float:
    """Give a percentile, between two values in proportion."""
    place, rest = divmod((len(values) - 1) * percent, 100)
    low = values[place]
    return low if rest == 0 else low + (values[place + 1] - low) * rest / 100
