"""A line and a rule, or a correlation and all that it builds on, explained together."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import structs

from soc_agent.decode import Context, Decoders
from soc_agent.detect import ir
from soc_agent.detect.correlate import CorrelationSpec
from soc_agent.detect.evaluate.view import View, plain_text
from soc_agent.detect.explain.conclusion import conclude
from soc_agent.detect.explain.tree import condition_tree
from soc_agent.detect.explain.verdict import prefilter_verdict
from soc_agent.detect.load.filters import FilterState
from soc_agent.detect.prefilter.index import TypeIndex
from soc_agent.detect.prefilter.running import RunningRule
from soc_agent.detect.ruleset import RuleSet
from soc_agent.model import Event
from soc_agent.model.explanation import (
    CorrelationExplanation,
    Counting,
    Explanation,
    LaidOver,
    Part,
    Reason,
    RuleExplanation,
)

_NANOSECONDS = 1_000_000_000
Lookup = Callable[[Event, str], Any]


def explain_tree(rule: ir.Rule, event: Event, index: TypeIndex) -> RuleExplanation:
    """Explain what a rule makes of an event. ``index`` is for lines of the event's type, and knows the rule."""
    running = RunningRule(rule)
    applies = any(map(rule.log_source.applies_to, event.log_sources))
    condition = condition_tree(rule, View(event, index.spelling.derived))
    prefilter = prefilter_verdict(rule.info.id, event.raw, index)
    readable = event.decoded or running.has_keywords
    return RuleExplanation(
        rule=rule.info,
        line_type=index.spelling.type,
        decoder=event.type,
        decoded=event.decoded,
        wants=rule.log_source,
        has=event.log_sources,
        applies=applies,
        condition=condition,
        prefilter=prefilter,
        matches=applies and readable and condition.holds and prefilter.passes,
        conclusion=conclude(
            condition,
            prefilter,
            applies=applies,
            decoded=event.decoded,
            searches=running.has_keywords,
            wants=rule.log_source,
            has=event.log_sources,
            line_type=index.spelling.type,
        ),
    )


class LineExplainer:
    """Explains lines for the rules and correlations of one set."""

    def __init__(self, rules: RuleSet, decoders: Decoders, lookup: Lookup | None = None) -> None:
        """:param lookup: asked for a field of a group that an event lacks, as the correlator does."""
        self._rules: Mapping[str, ir.Rule] = {rule.info.id: rule for rule in rules.rules}
        self._correlations: Mapping[str, CorrelationSpec] = {spec.info.id: spec for spec in rules.correlations}
        self._decoders = decoders
        self._lookup = lookup
        self._filters: dict[str, list[LaidOver]] = {}
        for found in rules.filters:
            if found.state is FilterState.ACTIVE:
                face = LaidOver(found.title, found.author, found.reason, found.reason_vi, found.expires)
                for rule_id in found.applies_to:
                    self._filters.setdefault(rule_id, []).append(face)

    def explain(self, rule_id: str, line: bytes, context: Context) -> Explanation | None:
        """Explain what a rule makes of a line of the type of the context; None when there is no such rule."""
        return self._explain(rule_id, self._decoders.decode(line, context), context.type)

    def _explain(self, rule_id: str, event: Event, line_type: str) -> Explanation | None:
        rule = self._rules.get(rule_id)
        if rule is not None:
            found = explain_tree(rule, event, TypeIndex([RunningRule(rule)], self._decoders, line_type))
            return structs.replace(found, filters=tuple(self._filters.get(rule_id, ())))
        spec = self._correlations.get(rule_id)
        return self._correlation(spec, event, line_type) if spec is not None else None

    def _correlation(self, spec: CorrelationSpec, event: Event, line_type: str) -> CorrelationExplanation:
        countings = []
        wanted = {spec.rule_ids[number] for term in spec.terms for number in term.present}
        unwanted = {spec.rule_ids[absence.rule] for term in spec.terms for absence in term.absent} - wanted
        for base in dict.fromkeys(spec.rule_ids):
            explanation = self._explain(base, event, line_type)
            if explanation is None:
                continue
            parts = [
                tuple(
                    Part(name, field, self._value(event, field))
                    for name in names
                    if (field := spec.field_of(name, base))
                )
                for names in (spec.group_by, spec.value_fields)
            ]
            countings.append(Counting(explanation, parts[0], parts[1], base in unwanted))
        return CorrelationExplanation(
            rule=spec.info,
            kind=spec.kind,
            condition=spec.condition,
            timespan_s=spec.timespan_ns / _NANOSECONDS,
            countings=tuple(countings),
            matches=any(_counts(counting) for counting in countings),
            conclusion=_conclusion(countings),
        )

    def _value(self, event: Event, field: str) -> str | None:
        value = event.fields.get(field)
        if value is None and self._lookup is not None:
            value = self._lookup(event, field)
        text = plain_text(value)
        return ", ".join(text) if isinstance(text, tuple) else text


def _counts(counting: Counting) -> bool:
    return counting.explanation.matches and not _lacking(counting)


def _lacking(counting: Counting) -> list[str]:
    return [part.field for part in (*counting.group, *counting.counted) if part.value is None]


def _conclusion(countings: list[Counting]) -> Reason:
    matching = [counting for counting in countings if counting.explanation.matches]
    if not matching:
        if len(countings) == 1:
            title = countings[0].explanation.rule.title
            return Reason("explain.not_counted_one", {"title": title, "reason": countings[0].explanation.conclusion})
        return Reason("explain.not_counted", {"count": len(countings)})
    counted = [counting for counting in matching if _counts(counting)]
    titles = ", ".join(counting.explanation.rule.title for counting in counted or matching)
    if counted and all(counting.unwanted for counting in counted):
        return Reason("explain.unwanted", {"titles": titles})
    if not counted:
        return Reason("explain.not_grouped", {"titles": titles, "fields": ", ".join(_lacking(matching[0]))})
    group = ", ".join(f"{part.name}={part.value}" for part in counted[0].group)
    return Reason("explain.counted" if group else "explain.counted_together", {"titles": titles, "group": group})
