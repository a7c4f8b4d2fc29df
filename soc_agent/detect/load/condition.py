"""Conditions of rules become trees of named selections. Nothing is multiplied: a selection stays a name."""

import re
from collections.abc import Iterator
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
    try:
        return _node(parsed.parse(postprocess=False), found, names)
    except _TooManyNamesError:
        raise RuleError(Problem("bounds.selections", where, {"limit": SELECTIONS_CAP})) from None
    except SigmaError as error:
        reason = str(error.args[0]) if error.args else ""
        raise RuleError(Problem("rule.condition", where, {"reason": reason})) from None


def _node(found: Any, detections: SigmaDetections, names: list[str]) -> ir.Node:
    if isinstance(found, ConditionIdentifier):
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
        return ir.Not(_node(found.args[0], detections, names))
    if isinstance(found, (ConditionAND, ConditionOR)):
        nodes = tuple(_node(argument, detections, names) for argument in found.args)
        return ir.And(nodes) if isinstance(found, ConditionAND) else ir.Or(nodes)
    raise sigma_errors.SigmaConditionError(f"{type(found).__name__} is not known here")


def _chosen(pattern: str, detections: SigmaDetections) -> Iterator[str]:
    """Yield the selections that ``of them`` or ``of selection_*`` means; those named ``_…`` only when asked for so."""
    fits = glob([ir.ANY if piece == "*" else piece for piece in re.split(r"(\*)", pattern)])
    for name in detections.detections:
        hidden = name.startswith("_") and not pattern.startswith("_")
        if not hidden and (pattern == "them" or fits(name)):
            yield name
