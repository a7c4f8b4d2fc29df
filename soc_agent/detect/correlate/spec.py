"""A Sigma correlation as plain data (Sigma correlation specification 2.1), and what its condition says."""

from collections.abc import Iterable
from math import ceil, floor
from typing import Literal

from msgspec import Struct

from soc_agent.detect.correlate.rhythm import Rhythm
from soc_agent.model import RuleInfo

Kind = Literal[
    "event_count",
    "value_count",
    "value_sum",
    "value_avg",
    "value_percentile",
    "value_median",
    "temporal",
    "temporal_ordered",
    "first_seen",
    "rhythm",
]
Operator = Literal["gt", "gte", "lt", "lte", "eq", "neq"]

NUMERIC: tuple[Kind, ...] = ("value_sum", "value_avg", "value_percentile", "value_median")
"""Types that measure numbers, not words."""


class Check(Struct, frozen=True):
    """One comparison of a correlation's condition, such as ``gte 5``."""

    op: Operator
    count: int | float

    def holds(self, measure: float) -> bool:
        """Say whether what was measured passes."""
        match self.op:
            case "gte":
                return measure >= self.count
            case "gt":
                return measure > self.count
            case "lte":
                return measure <= self.count
            case "lt":
                return measure < self.count
            case "eq":
                return measure == self.count
            case "neq":
                return measure != self.count

    @property
    def least(self) -> int:
        """How much there must be at least of what is counted, for the check to hold."""
        match self.op:
            case "gte" | "eq":
                return max(0, ceil(self.count))
            case "gt":
                return max(0, floor(self.count) + 1)
            case _:
                return 0


class Absence(Struct, frozen=True, array_like=True):
    """A rule that must have no event."""

    rule: int
    """Its number among the rules of the correlation."""
    place: int
    """Before which of the present rules of its term it is looked for, where order counts."""


class Term(Struct, frozen=True, array_like=True):
    """One way in which an expression over rules is true: an event of each of some rules, and none of others."""

    present: tuple[int, ...]
    """Numbers of rules, in the order of the correlation's rules."""
    absent: tuple[Absence, ...] = ()


class CorrelationSpec(Struct, frozen=True):
    """A correlation, ready to run. Plain data, so that it can be kept in the cache of compiled rules."""

    info: RuleInfo
    kind: Kind
    rule_ids: tuple[str, ...]
    """The rules, or correlations, whose events it looks at; in order, for ``temporal_ordered``."""
    timespan_ns: int
    checks: tuple[Check, ...]
    """All must hold. Two of them are a range."""
    generate: bool = False
    """Whether the rules referred to give detections of their own."""
    group_by: tuple[str, ...] = ()
    """Fields, or aliases, whose values make the group."""
    aliases: dict[str, dict[str, str]] = {}
    """Alias to rule id to the field that the alias is in events of that rule."""
    value_fields: tuple[str, ...] = ()
    """The fields whose values are counted or measured."""
    percentile: int = 50
    """For ``value_percentile``: which one."""
    terms: tuple[Term, ...] = ()
    """The condition as an expression over rules, for temporal types that have one; any of the terms must be true."""
    expression: str = ""
    """The same as its author wrote it."""
    learn_ns: int = 0
    """For ``first_seen``: how long a group is only learnt from, since its first event."""
    rhythm: Rhythm | None = None
    """For ``rhythm``: how regular the events must be."""
    session: tuple[str, ...] = ()
    """For ``temporal_ordered``: the fields that the last event is given of those before it."""

    def field_of(self, name: str, rule_id: str) -> str:
        """Give the field that ``name``, a field or an alias, is in events of a rule."""
        return self.aliases.get(name, {}).get(rule_id, name)

    def holds(self, measure: float) -> bool:
        """Say whether the condition is true for what was measured in a window."""
        return all(check.holds(measure) for check in self.checks)

    @property
    def only_rises(self) -> bool:
        """Whether more of what is counted never turns the condition false."""
        return all(check.op in ("gt", "gte") for check in self.checks)

    @property
    def waits(self) -> bool:
        """Whether it speaks of what must not happen, and so can only be judged once its time has passed."""
        return any(term.absent for term in self.terms)

    @property
    def condition(self) -> str:
        """The condition as a person reads it, such as ``gt 100, lte 200``."""
        return self.expression or ", ".join(f"{check.op} {check.count:g}" for check in self.checks)


def find_cycles(specs: Iterable[CorrelationSpec]) -> frozenset[str]:
    """Give the ids of the correlations that refer, through others, to themselves or to such a one."""
    waiting = {spec.info.id: set(spec.rule_ids) for spec in specs}
    while True:
        free = {id_ for id_, refers in waiting.items() if not refers & waiting.keys()}
        if not free:
            return frozenset(waiting)
        for id_ in free:
            del waiting[id_]
