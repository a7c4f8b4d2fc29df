"""Conditions of rules become trees of named selections. Nothing is multiplied: a selection stays a name."""

import re
from collections.abc import Iterator, Mapping
from itertools import combinations
from math import comb
from typing import Any

from sigma import exceptions as sigma_errors
from sigma.conditions import (
    ConditionAND,
    ConditionIdentifier,
    ConditionNOT,
    ConditionOR,
    ConditionSelector,
    SigmaCondition,
)
from sigma.exceptions import SigmaError
from sigma.rule import SigmaDetections

from soc_agent.detect import ir
from soc_agent.detect.evaluate.match import glob
from soc_agent.detect.load.documents import Document
from soc_agent.errors import RuleError
from soc_agent.model import Problem, Where

CONDITION_CAP_CHARS = 16_384
SELECTIONS_CAP = 50_000
"""Most selections that the conditions of a rule name, with those that ``1 of`` and ``all of`` stand for."""
_AT_LEAST = re.compile(r"(?<![\w*-])([2-9]|[1-9]\d{1,4})(\s+of\s+)([\w*]+)")
"""``2 of selection_*``, which pySigma does not know: so many of them, or more."""


def read_conditions(found: SigmaDetections, document: Document, name: str) -> tuple[ir.Node, set[str]]:
    """Give the condition of a rule, of several one that asks for any of them; and the selections that it names.

    :raises RuleError: when one cannot be read, or they name too much.
    """
    names: list[str] = []
    conditions = [_condition(parsed, found, names, document, name) for parsed in found.parsed_condition]
    return conditions[0] if len(conditions) == 1 else ir.Or(tuple(conditions)), set(names)


class _TooManyNamesError(Exception):
    """Conditions name more selections than :data:`SELECTIONS_CAP`."""


def _condition(
    parsed: SigmaCondition, found: SigmaDetections, names: list[str], document: Document, name: str
) -> ir.Node:
    """Translate a condition; to ``names`` are added the selections that it names."""
    text: Any = parsed.condition
    where = Where(name, document.line_of("condition"), "condition")
    if not isinstance(text, str) or len(text) > CONDITION_CAP_CHARS:
        raise RuleError(Problem("rule.condition_size", where, {"limit": CONDITION_CAP_CHARS}))
    several: dict[str, tuple[int, str]] = {}

    def stand_in(match: re.Match[str]) -> str:
        # names of selections have no hyphen at their end
        word = f"at-least-{len(several)}-"
        several[word] = int(match[1]), match[3]
        return word

    try:
        tree = SigmaCondition(_AT_LEAST.sub(stand_in, text), found).parse(postprocess=False)
        return _node(tree, found, names, several)
    except _TooManyNamesError:
        raise RuleError(Problem("bounds.selections", where, {"limit": SELECTIONS_CAP})) from None
    except SigmaError as error:
        reason = str(error.args[0]) if error.args else ""
        raise RuleError(Problem("rule.condition", where, {"reason": reason})) from None


def _node(found: Any, detections: SigmaDetections, names: list[str], several: Mapping[str, tuple[int, str]]) -> ir.Node:
    if isinstance(found, ConditionIdentifier):
        if found.identifier in several and found.identifier not in detections.detections:
            return _at_least(*several[found.identifier], detections, names)
        if found.identifier not in detections.detections:
            raise sigma_errors.SigmaConditionError(f"there is no selection `{found.identifier}`")
        names.append(found.identifier)
        return ir.Ref(found.identifier)
    if isinstance(found, ConditionSelector):
        chosen = list(_chosen(found.pattern, detections))
        if not chosen:
            raise sigma_errors.SigmaConditionError(f"no selection is named like `{found.pattern}`")
        names.extend(chosen)
        if len(names) > SELECTIONS_CAP:
            raise _TooManyNamesError
        refs = tuple(map(ir.Ref, chosen))
        if len(refs) == 1:
            return refs[0]
        return ir.And(refs) if found.cond_class is ConditionAND else ir.Or(refs)
    if isinstance(found, ConditionNOT):
        return ir.Not(_node(found.args[0], detections, names, several))
    if isinstance(found, (ConditionAND, ConditionOR)):
        nodes = tuple(_node(argument, detections, names, several) for argument in found.args)
        return ir.And(nodes) if isinstance(found, ConditionAND) else ir.Or(nodes)
    raise sigma_errors.SigmaConditionError(f"{type(found).__name__} is not known here")


def _at_least(count: int, pattern: str, detections: SigmaDetections, names: list[str]) -> ir.Node:
    """Give what ``2 of selection_*`` means: any two of them."""
    chosen = list(_chosen(pattern, detections))
    if len(chosen) < count:
        raise sigma_errors.SigmaConditionError(f"{len(chosen)} selections are named like `{pattern}`, not {count}")
    if len(names) + comb(len(chosen), count) * count > SELECTIONS_CAP:
        raise _TooManyNamesError
    together = [tuple(map(ir.Ref, some)) for some in combinations(chosen, count)]
    names.extend(ref.name for refs in together for ref in refs)
    return ir.And(together[0]) if len(together) == 1 else ir.Or(tuple(map(ir.And, together)))


def _chosen(pattern: str, detections: SigmaDetections) -> Iterator[str]:
    """Yield the selections that ``of them`` or ``of selection_*`` means; those named ``_…`` only when asked for so."""
    fits = glob([ir.ANY if piece == "*" else piece for piece in re.split(r"(\*)", pattern)])
    for name in detections.detections:
        hidden = name.startswith("_") and not pattern.startswith("_")
        if not hidden and (pattern == "them" or fits(name)):
            yield name
