"""One YAML document becomes the intermediate representation: pySigma reads and validates, this translates.

What pySigma cannot read, or the engine cannot run, is refused by name with its file and line.
"""

import re
from collections.abc import Iterator
from types import NoneType
from typing import Any

import msgspec
from msgspec import Struct
from sigma import exceptions as sigma_errors
from sigma.conditions import ConditionAND
from sigma.exceptions import SigmaError
from sigma.filters import SigmaFilter
from sigma.modifiers import reverse_modifier_mapping
from sigma.rule import SigmaDetection, SigmaDetectionItem, SigmaDetections, SigmaLogSource, SigmaRule
from sigma.types import SigmaString, SigmaType

from soc_agent.detect import ir
from soc_agent.detect.evaluate.predicate import compile_rule
from soc_agent.detect.load.cache import CorrelationEntry
from soc_agent.detect.load.condition import read_conditions
from soc_agent.detect.load.documents import DEPTH_CAP, Document
from soc_agent.detect.load.filters import FilterAttributes
from soc_agent.detect.load.info import info_of
from soc_agent.detect.load.placeholders import ListOf, fill, no_lists
from soc_agent.detect.load.policy import POLICY
from soc_agent.detect.load.values import read_value, with_exact_numbers
from soc_agent.detect.regex.expression import RegexRefusedError, compile_regex
from soc_agent.errors import RuleError
from soc_agent.model import LogSource, Problem, Where

_MODIFIER_FAULT = "Unknown modifier"
"""How pySigma's message of a modifier that it does not know begins; the modifier's name follows in quotes."""
_REGEX_FAULT = "Regular expression '"
"""How its message of an expression begins; the expression follows, and the fault, which is ours."""


_OBJECT = re.compile(r"'?<sigma\.types\.Sigma(\w+) object at \w+>'?")
_CLASS = re.compile(r"<class '(?:[a-z]+\.)*(\w+)'>")
_MODIFIER = re.compile("|".join(reverse_modifier_mapping))


class _FormError(ValueError):
    """A document is not of the form that a rule has, which pySigma does not look at."""

    def __init__(self, reason: str, key: str) -> None:
        super().__init__(reason)
        self.key = key
        """Where a person should look."""


class Parsed(Struct):
    """What became of one document: a rule, a filter or a correlation, or nothing; and what is wrong with it."""

    rule: ir.Rule | None = None
    filter: ir.Filter | None = None
    correlation: CorrelationEntry | None = None
    problems: list[Problem] = []


def parse_document(document: Document, name: str, list_of: ListOf = no_lists) -> Parsed:
    """Translate a rule or filter document of the file ``name``. Never raises: what is wrong is in the problems.

    ``list_of`` gives the values that fill a placeholder.
    """
    result = Parsed(problems=[])
    try:
        if "filter" in document.tree:
            result.filter, problems = _filter(document, name, list_of)
        else:
            result.rule, problems = _rule(document, name, list_of)
        result.problems += problems
    except RuleError as error:
        result.problems += error.problems
    except _FormError as error:
        where = Where(name, document.line_of(error.key), error.key)
        result.problems.append(Problem("rule.invalid", where, {"reason": str(error)}))
    except RecursionError:
        where = Where(name, document.line_of("condition"))
        result.problems.append(Problem("rule.too_deep", where, {"limit": DEPTH_CAP}))
    except Exception as error:  # noqa: BLE001 - pySigma meets untrusted documents with whatever Python raises
        result.problems.append(invalid(error, document, name))
    return result


def invalid(error: Exception, document: Document, name: str) -> Problem:
    """Give the problem of a document that pySigma or the translation stumbled over."""
    # a ValueError is ours or pySigma's, said for the author of the rule
    reason = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
    return Problem("rule.invalid", Where(name, document.line), {"reason": reason})


def _check_form(tree: dict[str, Any], section: str) -> None:
    """Refuse what pySigma stumbles over, or takes for something else than its author can have meant.

    :raises _FormError: for the first fault.
    """
    if not isinstance(tree.get("id", ""), (str, NoneType)):
        raise _FormError("the id is no text; put it in quotes", "id")
    log_source = tree.get("logsource")
    log_source = log_source if isinstance(log_source, dict) else {}
    for key in ("category", "product", "service"):
        if not isinstance(log_source.get(key, ""), (str, NoneType)):
            raise _FormError(f"the {key} of the log source is no text; put it in quotes", key)
    stack: list[Any] = [tree.get(section)]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            for key in node:
                if not isinstance(key, (str, NoneType)):
                    raise _FormError(f"the name {key} is no text; put it in quotes", section)
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
    rules = tree[section].get("rules") if section == "filter" and isinstance(tree[section], dict) else ()
    if isinstance(rules, list) and not all(isinstance(rule, str) for rule in rules):
        raise _FormError("the rules of a filter are ids or names, as texts", "rules")


def _rule(document: Document, name: str, list_of: ListOf) -> tuple[ir.Rule, list[Problem]]:
    _check_form(document.tree, "detection")
    parsed = SigmaRule.from_dict(_exact(document.tree, "detection"), collect_errors=True, policy=POLICY)
    refuse(parsed.errors, document, name)
    log_source = _log_source(parsed.logsource)
    info, fault = info_of(document.tree, name, log_source)
    selections, condition = _detections(parsed.detection, document, name, list_of)
    rule = ir.Rule(info, log_source, selections, condition, parsed.name or "", document.line)
    return rule, [*soc_problem(fault, document, name), *_check(rule, document, name)]


def _exact(tree: dict[str, Any], key: str) -> dict[str, Any]:
    """Give a document whose section of detections has only numbers that pySigma keeps as they are."""
    return {**tree, key: with_exact_numbers(tree[key])} if key in tree else tree


def _filter(document: Document, name: str, list_of: ListOf) -> tuple[ir.Filter, list[Problem]]:
    _check_form(document.tree, "filter")
    parsed = SigmaFilter.from_dict(_exact(document.tree, "filter"), collect_errors=True, policy=POLICY)
    refuse(parsed.errors, document, name)
    chosen = parsed.filter.rules
    rules = () if isinstance(chosen, str) else tuple(reference.reference for reference in chosen)
    selections, condition = _detections(parsed.filter, document, name, list_of)
    attributes = _filter_attributes(document, name)
    found = ir.Filter(
        title=parsed.title,
        log_source=_log_source(parsed.logsource),
        rules=rules,
        selections=selections,
        condition=condition,
        path=name,
        line=document.line,
        id=str(parsed.id or ""),
        author=parsed.author or "",
        reason=attributes.reason.strip(),
        reason_vi=attributes.reason_vi.strip(),
        expires=attributes.expires.isoformat() if attributes.expires else "",
    )
    laid_over = ir.Rule(info_of({}, name, LogSource())[0], LogSource(), selections, condition)
    return found, _check(laid_over, document, name)


def _filter_attributes(document: Document, name: str) -> FilterAttributes:
    """Give what a filter says under ``soc``. One whose end cannot be read must not hide anything for ever.

    :raises RuleError: when the attributes are wrong.
    """
    try:
        return msgspec.convert(document.tree.get("soc") or {}, FilterAttributes)
    except msgspec.ValidationError as error:
        reason = str(error).replace(" - at `$", " at `soc")
        raise RuleError(
            Problem("tuning.soc", Where(name, document.line_of("soc"), "soc"), {"reason": reason})
        ) from None


def refuse(errors: list[SigmaError], document: Document, name: str) -> None:
    """Turn what pySigma found wrong into problems.

    :raises RuleError: with all of them, when there is one.
    """
    problems = [_problem_of(error, document, name) for error in errors]
    if problems:
        raise RuleError(*problems)


def _problem_of(error: SigmaError, document: Document, name: str) -> Problem:
    reason = str(error.args[0]) if error.args else type(error).__name__
    if isinstance(error, sigma_errors.SigmaModifierError) and reason.startswith(_MODIFIER_FAULT):
        modifier = reason.removeprefix(_MODIFIER_FAULT).strip(" '\"")
        return Problem("rule.modifier", Where(name, document.line_of(f"|{modifier}", modifier)), {"modifier": modifier})
    if isinstance(error, sigma_errors.SigmaRegularExpressionError):
        pattern, _, _ = reason.removeprefix(_REGEX_FAULT).rpartition("' is invalid: ")
        return _regex_error(error.__cause__ or error, pattern, document, name).problem
    places = list(_places(error))
    where = Where(name, document.line_of(*places), places[0] if places else "")
    return Problem("rule.invalid", where, {"reason": _said(reason)})


def _said(reason: str) -> str:
    """Give pySigma's words with the names that a rule has for things in the place of those of its classes."""
    reason = _OBJECT.sub(lambda found: found[1].lower(), reason)
    reason = _CLASS.sub(lambda found: found[1], reason)
    return _MODIFIER.sub(lambda found: f"`{reverse_modifier_mapping[found[0]]}`", reason)


def _places(error: SigmaError) -> Iterator[str]:
    """Yield the keys at which a person should look."""
    kinds = {
        sigma_errors.SigmaLogsourceError: "logsource",
        sigma_errors.SigmaConditionError: "condition",
        sigma_errors.SigmaLevelError: "level",
        sigma_errors.SigmaStatusError: "status",
        sigma_errors.SigmaIdentifierError: "id",
        sigma_errors.SigmaDateError: "date",
        sigma_errors.SigmaTagError: "tags",
    }
    for kind, key in kinds.items():
        if isinstance(error, kind):
            yield key
    if isinstance(error, (sigma_errors.SigmaFilterError, sigma_errors.SigmaFilterConditionError)):
        yield "filter"
    if isinstance(error, (sigma_errors.SigmaValueError, sigma_errors.SigmaTypeError, sigma_errors.SigmaDetectionError)):
        yield "detection"


def _regex_error(error: BaseException, pattern: str, document: Document, name: str) -> RuleError:
    line = document.line_of(pattern) if pattern else document.line
    return RuleError(Problem("rule.regex", Where(name, line), {"pattern": pattern, "reason": str(error)}))


def soc_problem(fault: str, document: Document, name: str) -> list[Problem]:
    """Give the problem of ``soc`` attributes that are wrong, if they are. The rule runs without them."""
    return [Problem("rule.soc", Where(name, document.line_of("soc"), "soc"), {"reason": fault})] if fault else []


def _log_source(found: SigmaLogSource) -> LogSource:
    return LogSource(found.category or "", found.product or "", found.service or "")


def _detections(
    found: SigmaDetections, document: Document, name: str, list_of: ListOf
) -> tuple[dict[str, ir.Node], ir.Node]:
    condition, used = read_conditions(found, document, name)
    chosen = {key: value for key, value in found.detections.items() if key in used}
    if missing := fill(chosen.values(), list_of):
        where = Where(name, document.line_of(f"%{missing[0]}%"))
        raise RuleError(Problem("rule.placeholder", where, {"names": ", ".join(missing), "name": missing[0]}))
    selections = {key: _detection(value) for key, value in chosen.items()}
    if max(_depth(node) for node in (condition, *selections.values())) > DEPTH_CAP:
        raise RuleError(Problem("rule.too_deep", Where(name, document.line_of("condition")), {"limit": DEPTH_CAP}))
    return selections, condition


def _depth(node: ir.Node) -> int:
    if isinstance(node, ir.Not):
        return 1 + _depth(node.node)
    if isinstance(node, (ir.And, ir.Or)):
        return 1 + max(_depth(child) for child in node.nodes)
    return 1


def _detection(found: SigmaDetection) -> ir.Node:
    nodes = tuple(
        _item(item) if isinstance(item, SigmaDetectionItem) else _detection(item) for item in found.detection_items
    )
    if len(nodes) == 1:
        return nodes[0]
    return ir.And(nodes) if found.item_linking is ConditionAND else ir.Or(nodes)


def _written(found: SigmaDetectionItem) -> list[SigmaType]:
    """Give the values as they were before modifiers."""
    return found.original_value or []


def _written_as(value: Any) -> str:
    return (
        {None: "null", True: "true", False: "false"}.get(value, "this")
        if isinstance(value, (bool, NoneType))
        else "this"
    )


def _item(found: SigmaDetectionItem) -> ir.Node:
    field = found.field or ""
    modifiers = [reverse_modifier_mapping[modifier.__name__] for modifier in found.modifiers]
    if not found.value and not field:
        raise ValueError("an empty list of words")
    if "re" in modifiers:
        for value in _written(found):
            written: Any = value.original if isinstance(value, SigmaString) else None
            if not isinstance(written, (str, int, float)) or isinstance(written, bool):
                raise _FormError(
                    f"{_written_as(written)} is no regular expression; put it in quotes", "|".join([field, *modifiers])
                )
    key = "|".join([field, *modifiers])
    try:
        tests = tuple(read_value(value, field) for value in found.value) or (ir.Null(),)
    except ValueError as error:
        raise _FormError(str(error), key or "detection") from None
    item = ir.Item(field, key, tests, found.value_linking is ConditionAND and len(tests) > 1)
    return ir.Not(item) if found.negated else item


def _check(rule: ir.Rule, document: Document, name: str) -> list[Problem]:
    """Compile the rule once, to refuse now what could not run later; say which expressions run within a budget."""
    problems = []
    for test in regexes_of(rule):
        try:
            limit = compile_regex(test.pattern, test.flags).limit
        except RegexRefusedError as error:
            raise _regex_error(error, test.pattern, document, name) from None
        if limit:
            where = Where(name, document.line_of(test.pattern))
            problems.append(Problem("rule.regex_budget", where, {"pattern": test.pattern, "limit": limit}))
    try:
        compile_rule(rule)
        msgspec.msgpack.encode(rule)
    except (RegexRefusedError, UnicodeEncodeError) as error:
        raise _regex_error(error, "", document, name) from None
    return problems


def regexes_of(rule: ir.Rule) -> Iterator[ir.Regex]:
    """Yield every regular expression of a rule."""
    stack: list[Any] = list(rule.selections.values())
    while stack:
        node = stack.pop()
        if isinstance(node, ir.Regex):
            yield node
        elif isinstance(node, (ir.Item, ir.AnyOf)):
            stack.extend(node.tests)
        elif isinstance(node, ir.Not):
            stack.append(node.node)
        elif isinstance(node, (ir.And, ir.Or)):
            stack.extend(node.nodes)
