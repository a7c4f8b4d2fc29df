"""The form of a correlation document: each key is there, known, and of the kind it must be; each fault has its place.

pySigma takes some documents that could not mean anything here (a rule that is referred to by a number, a group without
a name), fails on others with whatever Python raises, and says of none where the fault is. This comes before it.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

import yaml

from soc_agent.detect.correlate import CorrelationSpec
from soc_agent.detect.correlate.spec import NUMERIC
from soc_agent.detect.load.documents import Document
from soc_agent.model import Problem, Where

_KEYS = ("type", "rules", "timespan", "condition", "group-by", "generate", "aliases")
_COUNTED = ("event_count", "value_count", *NUMERIC)
_TEMPORAL = ("temporal", "temporal_ordered")
_TYPES = (*_COUNTED, *_TEMPORAL)
_WITH_FIELD = ("value_count", *NUMERIC)
_OPERATORS = ("gt", "gte", "lt", "lte", "eq", "neq")
_SHOWN_CHARS = 200
_TIMESPAN = re.compile(r"0*[1-9][0-9]*[smhdwMy]")

Fault = tuple[tuple[str, ...], str, dict[str, Any]]
"""Below which keys, the code of the problem, and its values."""


_PLACES = {
    "correlation.no_rules": ("rules",),
    "correlation.many_rules": ("rules",),
    "correlation.repeated_rule": ("rules",),
    "correlation.timespan": ("timespan",),
    "correlation.percentile": ("condition", "percentile"),
    "correlation.field_unused": ("condition", "field"),
    "correlation.one_field": ("condition", "field"),
}
"""Where the faults lie that are found when a correlation is compiled; the others lie in its condition."""


def form_problems(document: Document, name: str) -> list[Problem]:
    """Give what is wrong with the form of a correlation document of the file ``name``; such a one cannot run."""
    section = document.tree.get("correlation")
    found = _faults(section) if isinstance(section, Mapping) else [((), "not_a_map", {})]
    return [
        problem_at(f"correlation_form.{code}", document, name, path, **{key: _shown(it) for key, it in values.items()})
        for path, code, values in found
    ]


def problem_at(code: str, document: Document, name: str, path: tuple[str, ...], **values: Any) -> Problem:
    """Give a problem with the place of a key below ``correlation``, or of the nearest one above it that is there."""
    line = _line_of(document.node, ("correlation", *path)) or document.line
    return Problem(code, Where(name, line, ".".join(("correlation", *path))), values)


def placed(problem: Problem, document: Document, name: str) -> Problem:
    """Give a problem that was found when a correlation was compiled with its place."""
    if problem.where.file:
        return problem
    if problem.code in ("correlation.first_seen", "correlation.rhythm", "correlation.session"):
        own = problem.code.removeprefix("correlation.")
        return Problem(problem.code, Where(name, document.line_of(own), f"soc.{own}"), problem.values)
    return problem_at(problem.code, document, name, _PLACES.get(problem.code, ("condition",)), **problem.values)


def with_numbers(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Give a document in whose condition numbers that stand as texts are numbers, as pySigma takes them."""
    section = tree.get("correlation")
    condition = section.get("condition") if isinstance(section, Mapping) else None
    if not isinstance(section, Mapping) or not isinstance(condition, Mapping):
        return dict(tree)
    numbers = {key: value if key == "field" else _number(value) for key, value in condition.items()}
    return {**tree, "correlation": {**section, "condition": numbers}}


def can_hold(spec: CorrelationSpec) -> bool:
    """Say whether anything that is measured passes all comparisons of a correlation's condition."""
    if spec.terms or spec.kind == "first_seen":
        return True
    counts = [check.count for check in spec.checks]
    if spec.kind in NUMERIC:
        ordered = sorted(set(counts))
        between = [(low + high) / 2 for low, high in pairwise(ordered)]
        return any(map(spec.holds, (*counts, *between, min(counts) - 1, max(counts) + 1)))
    # what is counted holds the event that completes it; of an order nothing may be there but a later part
    least = 0 if spec.kind == "temporal_ordered" else 1
    most = len(spec.rule_ids) if spec.kind in _TEMPORAL else math.inf
    near = {whole + more for count in counts for whole in (math.floor(count),) for more in (-1, 0, 1, 2)}
    return any(least <= measure <= most and spec.holds(measure) for measure in (*near, least))


def _faults(section: Mapping[Any, Any]) -> Iterator[Fault]:
    yield from _unknown(section)
    kind = section.get("type")
    kind = kind.lower() if isinstance(kind, str) else kind
    if kind not in _TYPES:
        yield ("type",), "type" if kind is not None else "no_type", {"type": kind, "known": ", ".join(_TYPES)}
    if "timespan" not in section:
        yield ("timespan",), "no_timespan", {}
    elif not isinstance(section["timespan"], str) or not _TIMESPAN.fullmatch(section["timespan"]):
        yield ("timespan",), "timespan", {"timespan": section["timespan"]}
    condition = section.get("condition")
    rules = section.get("rules")
    if rules is None and (kind not in _TEMPORAL or condition is None):
        yield ("rules",), "no_rules", {}
    elif rules is not None and not _is_text(rules) and not _is_list(rules, _is_text):
        yield ("rules",), "rules", {"rules": rules}
    group_by = section.get("group-by")
    if group_by is not None and not _is_text(group_by) and not _is_list(group_by, _is_name, may_be_empty=True):
        yield ("group-by",), "group_by", {"group_by": group_by}
    if not isinstance(section.get("generate"), (bool, type(None))):
        yield ("generate",), "generate", {"generate": section["generate"]}
    yield from _faults_of_aliases(section.get("aliases"))
    yield from _faults_of_condition(condition, kind)


def _unknown(section: Mapping[Any, Any]) -> Iterator[Fault]:
    """Yield keys that look like a known one that is missing: what they say would be passed over in silence."""
    missing = [key for key in _KEYS if key not in section]
    for key in section:
        near = get_close_matches(str(key).lower().replace("_", "-"), missing, 1, 0.75) if key not in _KEYS else ()
        if key == "timeframe" and "timespan" in missing:
            near = ["timespan"]
        if near:
            yield (_shown(key),), "key", {"key": key, "near": near[0]}


def _faults_of_aliases(aliases: Any) -> Iterator[Fault]:
    if aliases is None:
        return
    if not isinstance(aliases, Mapping):
        yield ("aliases",), "aliases", {"aliases": aliases}
        return
    for alias, fields in aliases.items():
        is_map = isinstance(fields, Mapping) and _is_text(alias)
        if not is_map or not all(_is_text(rule) and _is_text(field) for rule, field in fields.items()):
            yield ("aliases", _shown(alias)), "aliases", {"aliases": {alias: fields}}


def _faults_of_condition(condition: Any, kind: Any) -> Iterator[Fault]:
    path = ("condition",)
    if condition is None or isinstance(condition, str):
        if kind in _COUNTED:
            yield path, "no_condition" if condition is None else "expression", {"type": kind}
        return
    if not isinstance(condition, Mapping):
        yield path, "condition", {"condition": condition}
        return
    operators = [key for key in condition if key in _OPERATORS]
    if not operators:
        yield path, "no_comparison", {"known": ", ".join(_OPERATORS)}
    for key in condition:
        if key not in (*_OPERATORS, "field", "percentile"):
            yield (*path, _shown(key)), "comparison", {"key": key, "known": ", ".join(_OPERATORS)}
    for key in operators:
        if not isinstance(_number(condition[key]), (int, float)):
            yield (*path, key), "number", {"number": condition[key]}
    field = condition.get("field")
    if field is None and kind in _WITH_FIELD:
        yield path, "no_field", {"type": kind}
    elif field is not None and not _is_text(field) and not _is_list(field, _is_text):
        yield (*path, "field"), "field", {"field": field}
    percentile = condition.get("percentile")
    if "percentile" in condition and (isinstance(percentile, bool) or not _is_whole(_number(percentile))):
        yield (*path, "percentile"), "percentile", {"percentile": percentile}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_name(value: Any) -> bool:
    """Say whether an item of a list can name a field; pySigma takes numbers there as the texts that they were."""
    return _is_text(value) or (isinstance(value, (int, float)) and not isinstance(value, bool))


def _is_list(value: Any, is_item: Callable[[Any], bool], *, may_be_empty: bool = False) -> bool:
    return isinstance(value, list) and (may_be_empty or bool(value)) and all(map(is_item, value))


def _is_whole(value: Any) -> bool:
    return isinstance(value, (int, float)) and value == math.floor(value)


def _number(value: Any) -> Any:
    """Give a finite number from what may be its text; what is none, as it is but for numbers without an end."""
    if isinstance(value, int):
        return value
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return value
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else number


def _shown(value: Any) -> str:
    """Give what was written, as far as a person wants to read it."""
    text = str(value)
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"


def _line_of(node: Any, path: tuple[str, ...]) -> int:
    """Give the line of the last key of a path that is there; 0 when none is."""
    line = 0
    for name in path:
        if not isinstance(node, yaml.MappingNode):
            break
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == name:
                line, node = key.start_mark.line + 1, value
                break
        else:
            break
    return line
