"""What all rules make of one line, in short: which match, and which come near."""

from collections.abc import Mapping

from soc_agent.decode import Context, Decoders
from soc_agent.detect.evaluate.view import View
from soc_agent.detect.explain.tree import condition_tree
from soc_agent.detect.prefilter.running import RunningRule
from soc_agent.detect.prefilter.spelling import spelling_of
from soc_agent.detect.ruleset import RuleSet
from soc_agent.model.explanation import Branch
from soc_agent.model.judging import Judged, Judgement


def judge_line(rules: RuleSet, decoders: Decoders, line: bytes, context: Context) -> Judged:
    """Say what every rule and correlation makes of a line of the type of the context."""
    event = decoders.decode(line, context)
    view = View(event, spelling_of(decoders, context.type).derived)
    found: dict[str, Judgement] = {}
    for rule in rules.rules:
        if not any(map(rule.log_source.applies_to, event.log_sources)):
            found[rule.info.id] = Judgement(rule.info, matches=False, applies=False)
            continue
        condition = condition_tree(rule, view)
        readable = event.decoded or RunningRule(rule).has_keywords
        held, lacking = nearness(condition)
        found[rule.info.id] = Judgement(rule.info, condition.holds and readable, readable, held, lacking)
    bases = {spec.info.id: spec.rule_ids for spec in rules.correlations}
    for spec in rules.correlations:
        chosen = _of_correlation(spec.info.id, bases, found, frozenset())
        if chosen is not None:
            counted = Judgement(spec.info, chosen.matches, chosen.applies, chosen.held, chosen.lacking)
            found[spec.info.id] = counted
    return Judged(context.type, event.type, event.decoded, event.log_sources, tuple(sorted(found.values(), key=_order)))


def _of_correlation(
    rule_id: str, bases: Mapping[str, tuple[str, ...]], found: Mapping[str, Judgement], seen: frozenset[str]
) -> Judgement | None:
    """Give the judgement of the rule that comes nearest, of those that a correlation builds on."""
    if rule_id in found:
        return found[rule_id]
    if rule_id in seen:
        return None
    below = (_of_correlation(base, bases, found, seen | {rule_id}) for base in bases.get(rule_id, ()))
    return min((each for each in below if each is not None), key=_order, default=None)


def _order(each: Judgement) -> tuple[bool, bool, bool, float, int, str]:
    share = each.held / (each.held + each.lacking) if each.held else 0.0
    return (not each.matches, not each.applies, not each.held, -share, -each.rule.level, each.rule.title)


def nearness(branch: Branch) -> tuple[int, int]:
    """Count the clauses that hold and those that are lacking, on the way through a condition that lacks the least.

    What has to be absent, and is, counts for nothing: it is so for almost every line.
    """
    if branch.kind == "item":
        return (1, 0) if branch.holds else (0, 1)
    if branch.kind == "not":
        return (0, 0) if branch.holds else (0, 1)
    below = [nearness(child) for child in branch.children]
    if branch.kind == "any":
        return min(below, key=lambda each: (each[1], -each[0]), default=(0, 0))
    return sum(held for held, _ in below), sum(lacking for _, lacking in below)
