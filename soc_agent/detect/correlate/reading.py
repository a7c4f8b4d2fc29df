"""From a correlation that pySigma parsed, and our own types, to plain data. What cannot run is refused."""

import re
from collections.abc import Callable, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct

from soc_agent.detect.correlate.expression import terms_of
from soc_agent.detect.correlate.rhythm import Rhythm
from soc_agent.detect.correlate.spec import NUMERIC, Check, CorrelationSpec, Kind, Operator, Term
from soc_agent.errors import RuleError
from soc_agent.model import Problem, RuleInfo

if TYPE_CHECKING:
    from sigma.correlations import SigmaCorrelationCondition, SigmaCorrelationRule

COUNT_CAP = 100_000
"""A window holds no more events than twice this; a threshold beyond it would never be reached."""
RULES_CAP = 256
PERCENT = 100
BEATS = range(5, 1001)
"""How many events of a rhythm can be asked for: fewer may well be so by chance."""
NUMBER_CAP = 2**53
"""No comparison is with a larger number: beyond it, a number is not what was written."""
SPAN_CAP_S = 10 * 366 * 86_400
"""No timespan is longer."""

_KINDS: dict[str, Kind] = {
    "event_count": "event_count",
    "value_count": "value_count",
    "value_sum": "value_sum",
    "value_avg": "value_avg",
    "value_percentile": "value_percentile",
    "value_median": "value_median",
    "temporal": "temporal",
    "temporal_ordered": "temporal_ordered",
}
_OPERATORS: dict[str, Operator] = {"gt": "gt", "gte": "gte", "lt": "lt", "lte": "lte", "eq": "eq", "neq": "neq"}
_NANOSECONDS = 1_000_000_000
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


class FirstSeen(Struct, frozen=True, forbid_unknown_fields=True):
    """What ``soc: first_seen:`` of a correlation says."""

    learn: Annotated[str, Meta(pattern=r"^(0|[1-9][0-9]{0,5}[smhdw])$")] = "7d"
    """How long each group is only learnt from, since its first event."""

    @property
    def learn_ns(self) -> int:
        """The same in nanoseconds."""
        found = re.fullmatch(r"(\d+)([smhdw])", self.learn)
        return int(found[1]) * _SECONDS[found[2]] * _NANOSECONDS if found else 0


def split_first_seen(document: Mapping[str, Any]) -> tuple[dict[str, Any], FirstSeen | None]:
    """Take our ``soc: first_seen:`` out of a correlation document.

    :raises RuleError: when it is not what it should be.
    """
    plain, soc = dict(document), document.get("soc")
    if not isinstance(soc, Mapping) or "first_seen" not in soc:
        return plain, None
    plain["soc"] = {name: value for name, value in soc.items() if name != "first_seen"}
    try:
        return plain, msgspec.convert(soc["first_seen"] or {}, FirstSeen)
    except msgspec.ValidationError as error:
        raise _refused("first_seen", reason=str(error)) from None


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
    if not more or not all(map(_is_number, counts)):
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
    first_seen: FirstSeen | None = None,
    rhythm: Rhythm | None = None,
    session: tuple[str, ...] = (),
) -> CorrelationSpec:
    """Compile a parsed correlation.

    :param resolve: turns the id or name of a rule into its id; None when there is no such rule.
    :param more: the other comparisons of a range, see :func:`split_range`.
    :param first_seen: what makes a ``first_seen`` of a count of values; ``rhythm`` a ``rhythm`` of a count of events.
    :param session: the fields that the last event of a ``temporal_ordered`` is given of those before it.
    :raises RuleError: when it refers to a rule that is not there, or asks for what this program cannot do.
    """
    # pySigma is loaded only when a file must be read: it costs as much time as loading a cached rule set
    from sigma.correlations import SigmaCorrelationCondition

    kind = _KINDS.get(rule.type.name.lower())
    if kind is None:
        raise _refused("type", type=rule.type.name.lower(), known=", ".join(_KINDS))
    condition = rule.condition
    spans_s = (rule.timespan.seconds, first_seen.learn_ns // _NANOSECONDS if first_seen else 0)
    if max(spans_s) > SPAN_CAP_S:
        raise _refused("timespan", limit="10y")
    references = [reference.reference for reference in rule.rules or ()]
    terms: tuple[Term, ...] = ()
    checks: tuple[Check, ...] = (Check("gte", 1),)
    fields: tuple[str, ...] = ()
    percentile = 50
    if isinstance(condition, SigmaCorrelationCondition):
        checks, fields, percentile = _comparison(kind, condition, more)
    else:
        references = references or condition.get_referenced_rules()
    if not references:
        raise _refused("no_rules")
    if len(references) > RULES_CAP:
        raise _refused("many_rules", count=len(references), limit=RULES_CAP)
    rule_ids = tuple(_resolved(reference, resolve) for reference in references)
    repeats = len(set(rule_ids)) < len(rule_ids)
    if not isinstance(condition, SigmaCorrelationCondition):
        if repeats:
            raise _refused("repeated_rule")
        terms = terms_of(condition.parsed, {name: number for number, name in enumerate(references)})
    if kind == "temporal" and repeats:
        raise _refused("repeated_rule")
    if first_seen is not None:
        if kind != "value_count" or checks != (Check("gte", 1),):
            raise _refused("first_seen", reason="`type: value_count`, `condition: {field: …, gte: 1}`")
        kind = "first_seen"
    if rhythm is not None:
        if kind != "event_count" or [check.op for check in checks] != ["gte"] or not _is_rhythm(checks[0].count):
            raise _refused("rhythm", reason=f"`type: event_count`, `condition: {{gte: {BEATS[0]}–{BEATS[-1]}}}`")
        kind = "rhythm"
    if session and (kind != "temporal_ordered" or terms or repeats or len(rule_ids) < 2 or not rule.group_by):
        raise _refused("session", reason="`type: temporal_ordered`, `rules: [a, b]`, `group-by: […]`")
    return CorrelationSpec(
        info=info,
        kind=kind,
        rule_ids=rule_ids,
        timespan_ns=rule.timespan.seconds * _NANOSECONDS,
        checks=checks,
        generate=rule.generate,
        group_by=tuple(rule.group_by or ()),
        aliases={
            alias.alias: {_resolved(reference.reference, resolve): field for reference, field in alias.mapping.items()}
            for alias in rule.aliases
        },
        value_fields=fields,
        percentile=percentile,
        terms=terms,
        expression="" if isinstance(condition, SigmaCorrelationCondition) else condition.expression,
        learn_ns=first_seen.learn_ns if first_seen else 0,
        rhythm=rhythm,
        session=session,
    )


def _comparison(
    kind: Kind, condition: "SigmaCorrelationCondition", more: tuple[Check, ...]
) -> tuple[tuple[Check, ...], tuple[str, ...], int]:
    """Give the checks of a condition, its fields, and its percentile."""
    checks = (Check(_OPERATORS[condition.op.name.lower()], condition.count), *more)
    named = condition.fieldref or ()
    fields = (named,) if isinstance(named, str) else tuple(named)
    percentile = 50
    if max(abs(check.count) for check in checks) > NUMBER_CAP:
        raise _refused("number", limit=NUMBER_CAP)
    if kind in ("event_count", "temporal", "temporal_ordered") and fields:
        raise _refused("field_unused", type=kind)
    if kind in NUMERIC and len(fields) != 1:
        raise _refused("one_field", type=kind)
    if kind in ("event_count", "value_count") and max(check.least for check in checks) > COUNT_CAP:
        raise _refused("threshold", limit=COUNT_CAP)
    if kind == "value_percentile":
        if condition.percentile is None or not 0 <= condition.percentile <= PERCENT:
            raise _refused("percentile", percentile=condition.percentile)
        percentile = condition.percentile
    return checks, fields, percentile


def _is_rhythm(count: float) -> bool:
    return count in BEATS


def _is_number(count: Any) -> bool:
    return isinstance(count, (int, float)) and not isinstance(count, bool) and isfinite(count)


def _resolved(reference: str, resolve: Callable[[str], str | None]) -> str:
    rule_id = resolve(reference)
    if rule_id is None:
        raise _refused("unknown_rule", reference=reference)
    return rule_id


def _refused(code: str, **values: Any) -> RuleError:
    return RuleError(Problem(f"correlation.{code}", values=values))
