"""A second evaluator of Sigma: plain and slow, over pySigma's own condition tree, for all that SQL has no words for.

It shares with the engine pySigma's reading of the YAML, and what the decoder read from the line; nothing else.
"""

import ipaddress
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.rule import SigmaRule
from sigma.types import (
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SigmaTimestampPart,
    SpecialChars,
)

from soc_agent.model import Event

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "LT": operator.lt,
    "LTE": operator.le,
    "GT": operator.gt,
    "GTE": operator.ge,
    "NEQ": operator.ne,
}


def matches(rule: SigmaRule, event: Event) -> bool:
    """Say whether a rule matches an event: any of its conditions, as the specification links them."""
    return any(_holds(condition.parsed, event) for condition in rule.detection.parsed_condition)


def _holds(node: Any, event: Event) -> bool:
    if isinstance(node, ConditionAND):
        return all(_holds(argument, event) for argument in node.args)
    if isinstance(node, ConditionOR):
        return any(_holds(argument, event) for argument in node.args)
    if isinstance(node, ConditionNOT):
        return not _holds(node.args[0], event)
    if isinstance(node, ConditionValueExpression):
        return any(_keyword(node.value, text) for text in _texts(event))
    assert isinstance(node, ConditionFieldEqualsValueExpression)
    return _field(node.field, node.value, event.fields)


def _texts(event: Event) -> Iterator[str]:
    yield event.text
    for value in event.fields.values():
        yield from (item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str))


def _values(fields: Mapping[str, Any], field: str) -> list[str]:
    value = fields.get(field)
    return [_text(item) for item in (value if isinstance(value, list) else [value]) if item is not None]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)


def _keyword(value: Any, text: str) -> bool:
    if isinstance(value, SigmaExpansion):
        return any(_keyword(inner, text) for inner in value.values)
    if isinstance(value, SigmaRegularExpression):
        return _regex(value, text)
    return _found(re.search, value, text)


def _found(how: Callable[..., re.Match[str] | None], value: Any, text: str) -> bool:
    """Say whether a pattern is found, case for case only where the rule says so."""
    fold = str if isinstance(value, SigmaCasedString) else _folded
    return how(_pattern(value, fold), fold(text), re.DOTALL) is not None


def _folded(text: str) -> str:
    """Give a text in lower case, letter by letter: the specification names no folding, and this keeps lengths."""
    letters = (letter if letter in "\u0130\u212a" else letter.lower() for letter in text)
    return "".join(letters).replace("ς", "σ")


def _pattern(value: Any, fold: Callable[[str], str]) -> str:
    """Give a value as an expression: the texts themselves, ``*`` and ``?``."""
    if not isinstance(value, SigmaString):
        return re.escape(_text(value.boolean if isinstance(value, SigmaBool) else value.number))
    signs = {SpecialChars.WILDCARD_MULTI: ".*", SpecialChars.WILDCARD_SINGLE: "."}
    return "".join(signs[part] if isinstance(part, SpecialChars) else re.escape(fold(str(part))) for part in value.s)


def _regex(value: SigmaRegularExpression, text: str) -> bool:
    flags = re.ASCII
    for flag in value.flags:
        flags |= SigmaRegularExpression.sigma_to_python_flags[flag]
    return re.search(str(value.regexp), text, flags) is not None


def _field(field: str, value: Any, fields: Mapping[str, Any]) -> bool:
    found = _values(fields, field)
    if isinstance(value, SigmaExpansion):
        return any(_field(field, inner, fields) for inner in value.values)
    if isinstance(value, SigmaNull):
        return not found
    if isinstance(value, SigmaExists):
        return (field in fields) == value.exists
    if isinstance(value, SigmaFieldReference):
        others = [other.lower() for other in _values(fields, value.field)]
        return any(_refers(value, text.lower(), other) for text in found for other in others)
    return any(_value(value, text) for text in found)


def _refers(reference: SigmaFieldReference, text: str, other: str) -> bool:
    if reference.starts_with and reference.ends_with:
        return other in text
    if reference.starts_with:
        return text.startswith(other)
    return text.endswith(other) if reference.ends_with else text == other


def _value(value: Any, text: str) -> bool:
    if isinstance(value, SigmaRegularExpression):
        return _regex(value, text)
    if isinstance(value, SigmaCIDRExpression):
        return _in_network(value, text)
    if isinstance(value, SigmaTimestampPart):
        return _part(value, text) == value.number
    if isinstance(value, SigmaCompareExpression):
        if isinstance(value.number, SigmaTimestampPart):
            number: Any = _part(value.number, text)
        else:
            number = (
                float(text) if re.fullmatch(r"\s*[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?\s*", text, re.ASCII) else None
            )
        return number is not None and _COMPARE[value.op.name](number, value.number.number)
    assert isinstance(value, (SigmaString, SigmaNumber, SigmaBool))
    return _found(re.fullmatch, value, text)


def _in_network(value: SigmaCIDRExpression, text: str) -> bool:
    try:
        # logs write addresses in brackets and with spaces around
        return ipaddress.ip_address(text.strip("[] ")) in value.network
    except ValueError:
        return False


def _part(value: SigmaTimestampPart, text: str) -> int | None:
    """Give the part of a time: ISO 8601, or seconds since 1970."""
    try:
        time = (
            datetime.fromtimestamp(float(text), UTC)
            if re.fullmatch(r"(?!(?:19|20)\d{6}$)\d{1,11}(\.\d*)?", text.strip(), re.ASCII)
            else datetime.fromisoformat(text.strip())
        )
    except ValueError:
        return None
    unit = value.timestamp_part.name.lower()
    return time.isocalendar().week if unit == "week" else getattr(time, unit)
