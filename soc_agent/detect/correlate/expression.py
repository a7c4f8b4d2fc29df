"""Conditions that are expressions over rules, such as ``a and (b or c) and not d``, as terms any of which is enough."""

from typing import TYPE_CHECKING, Any

from soc_agent.detect.correlate.spec import Absence, Term
from soc_agent.errors import RuleError
from soc_agent.model import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sigma.correlations import CorrelationConditionItem, SigmaRuleReference

TERMS_CAP = 64
"""An expression may be true in so many ways; each is looked at with each event."""
CHARS_CAP = 4096
"""An expression is no longer, so that reading it takes no time."""
_LOOKED_THROUGH = 4 * TERMS_CAP
"""Of more ways than these it is not looked which cover others."""
_DEPTH_CAP = 100

_Literals = frozenset[tuple[str, bool]]
"""Rules, and whether each must have an event."""


def terms_of(parsed: "CorrelationConditionItem | SigmaRuleReference", numbers: "Mapping[str, int]") -> tuple[Term, ...]:
    """Give the terms of an expression that pySigma parsed.

    :param numbers: rule names, as the expression has them, to their numbers among the correlation's rules.
    :raises RuleError: when the expression is never true, true without any event, or true in too many ways.
    """
    found = _minimal(_ways(parsed, present=True, depth=0))
    if not found:
        raise RuleError(Problem("correlation.never_true"))
    terms = []
    for way in found:
        present = tuple(sorted(numbers[name] for name, wanted in way if wanted))
        absent = sorted(numbers[name] for name, wanted in way if not wanted)
        if not present:
            names = " and ".join(f"not {name}" for name, _ in sorted(way))
            raise RuleError(Problem("correlation.absence_alone", values={"term": names}))
        places = tuple(Absence(rule, sum(other < rule for other in present)) for rule in absent)
        terms.append(Term(present, places))
    return tuple(sorted(terms, key=lambda term: (term.present, [(a.rule, a.place) for a in term.absent])))


def check_length(correlation: Any) -> None:
    """Refuse the ``correlation`` of a document whose condition is an expression of hostile length.

    :raises RuleError: then.
    """
    condition = correlation.get("condition") if isinstance(correlation, dict) else None
    if isinstance(condition, str) and len(condition) > CHARS_CAP:
        raise RuleError(Problem("correlation.expression_long", values={"limit": CHARS_CAP}))


def _ways(node: Any, *, present: bool, depth: int) -> set[_Literals]:
    """Give the ways in which a node is true, or false; ``not`` is carried down to the rules."""
    from sigma.correlations import CorrelationConditionAND, CorrelationConditionNOT, SigmaRuleReference

    if depth > _DEPTH_CAP:
        raise RuleError(Problem("correlation.expression_size", values={"limit": TERMS_CAP}))
    if isinstance(node, SigmaRuleReference):
        return {frozenset({(node.reference, present)})}
    if isinstance(node, CorrelationConditionNOT):
        return _ways(node.args[0], present=not present, depth=depth + 1)
    parts = [_ways(argument, present=present, depth=depth + 1) for argument in node.args]
    if isinstance(node, CorrelationConditionAND) != present:  # a negated and is an or, and the other way round
        return _bounded(set().union(*parts))
    ways: set[_Literals] = {frozenset()}
    for part in parts:
        ways = _bounded({one | other for one in ways for other in part})
    return ways


def _bounded(ways: set[_Literals]) -> set[_Literals]:
    possible = {way for way in ways if not any((name, not wanted) in way for name, wanted in way)}
    if TERMS_CAP < len(possible) <= _LOOKED_THROUGH:
        possible = _minimal(possible)
    if len(possible) > TERMS_CAP:
        raise RuleError(Problem("correlation.expression_size", values={"limit": TERMS_CAP}))
    return possible


def _minimal(ways: set[_Literals]) -> set[_Literals]:
    """Leave out what another, shorter way covers."""
    return {way for way in ways if not any(other < way for other in ways)}
