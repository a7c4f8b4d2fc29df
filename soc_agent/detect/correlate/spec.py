"""A Sigma correlation, compiled to plain data (Sigma correlation specification 2.1)."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from soc_agent.errors import RuleError
from soc_agent.model import Problem, RuleInfo

if TYPE_CHECKING:
    from sigma.correlations import SigmaCorrelationRule

Kind = Literal["event_count", "value_count", "temporal", "temporal_ordered"]
Operator = Literal["gt", "gte", "lt", "lte", "eq", "neq"]

_KINDS: dict[str, Kind] = {
    "event_count": "event_count",
    "value_count": "value_count",
    "temporal": "temporal",
    "temporal_ordered": "temporal_ordered",
}
_OPERATORS: dict[str, Operator] = {"gt": "gt", "gte": "gte", "lt": "lt", "lte": "lte", "eq": "eq", "neq": "neq"}
_NANOSECONDS = 1_000_000_000


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
    """The fields whose values are counted."""

    def field_of(self, name: str, rule_id: str) -> str:
        """Give the field that ``name``, a field or an alias, is in events of a rule."""
        return self.aliases.get(name, {}).get(rule_id, name)

    def holds(self, measure: float) -> bool:
        """Say whether the condition is true for what was measured in a window."""
        return all(check.holds(measure) for check in self.checks)

    @property
    def only_rises(self) -> bool:
        """Whether more events in a window never turn the condition false."""
        return all(check.op in ("gt", "gte") for check in self.checks)

    @property
    def condition(self) -> str:
        """The condition as a person reads it, such as ``gt 100, lte 200``."""
        return ", ".join(f"{check.op} {check.count:g}" for check in self.checks)


def split_range(document: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Check, ...]]:
    """Take a range apart: give the document with one comparison in its condition, and the others.

    The specification allows ``condition: {gt: 100, lte: 200}``; pySigma takes exactly one comparison.
    """
    plain = dict(document)
    correlation = plain.get("correlation")
    condition = correlation.get("condition") if isinstance(correlation, Mapping) else None
    if not isinstance(correlation, Mapping) or not isinstance(condition, Mapping):
        return plain, ()
    operators = [name for name in condition if name in _OPERATORS]
    more = operators[1:]
    counts = [condition[name] for name in more]
    if not more or not all(isinstance(count, (int, float)) and not isinstance(count, bool) for count in counts):
        return plain, ()
    plain["correlation"] = {
        **correlation,
        "condition": {name: value for name, value in condition.items() if name not in more},
    }
    return plain, tuple(Check(_OPERATORS[name], count) for name, count in zip(more, counts, strict=True))


def compile_correlation(
    rule: "SigmaCorrelationRule",
    info: RuleInfo,
    resolve: Callable[[str], str | None],
    more: tuple[Check, ...] = (),
) -> CorrelationSpec:
    """Compile a parsed correlation.

    :param resolve: turns the id or name of a rule into its id; None when there is no such rule.
    :param more: the other comparisons of a range, see :func:`split_range`.
    :raises RuleError: when it refers to a rule that is not there, or asks for what this program cannot do.
    """
    # pySigma is loaded only when a file must be read: it costs as much time as loading a cached rule set
    from sigma.correlations import SigmaCorrelationCondition

    kind = _KINDS.get(rule.type.name.lower())
    if kind is None:
        raise _refused("type", type=rule.type.name.lower(), known=", ".join(_KINDS))
    condition = rule.condition
    if not isinstance(condition, SigmaCorrelationCondition):
        raise _refused("extended")
    if not rule.rules:
        raise _refused("no_rules")
    rule_ids = tuple(_resolved(reference.reference, resolve) for reference in rule.rules)
    if kind == "temporal" and len(set(rule_ids)) < len(rule_ids):
        raise _refused("repeated_rule")
    fields = condition.fieldref or ()
    return CorrelationSpec(
        info=info,
        kind=kind,
        rule_ids=rule_ids,
        timespan_ns=rule.timespan.seconds * _NANOSECONDS,
        checks=(Check(_OPERATORS[condition.op.name.lower()], condition.count), *more),
        generate=rule.generate,
        group_by=tuple(rule.group_by or ()),
        aliases={
            alias.alias: {_resolved(reference.reference, resolve): field for reference, field in alias.mapping.items()}
            for alias in rule.aliases
        },
        value_fields=(fields,) if isinstance(fields, str) else tuple(fields),
    )


def find_cycles(specs: Iterable[CorrelationSpec]) -> frozenset[str]:
    """Give the ids of the correlations that refer, through others, to themselves or to such a one."""
    waiting = {spec.info.id: set(spec.rule_ids) for spec in specs}
    while True:
        free = {id_ for id_, refers in waiting.items() if not refers & waiting.keys()}
        if not free:
            return frozenset(waiting)
        for id_ in free:
            del waiting[id_]


def _resolved(reference: str, resolve: Callable[[str], str | None]) -> str:
    rule_id = resolve(reference)
    if rule_id is None:
        raise _refused("unknown_rule", reference=reference)
    return rule_id


def _refused(code: str, **values: Any) -> RuleError:
    return RuleError(Problem(f"correlation.{code}", values=values))
