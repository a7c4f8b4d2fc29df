"""Values of Sigma detections, as pySigma types them, become tests of the intermediate representation."""

from typing import Any

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
    SigmaRegularExpressionFlag,
    SigmaString,
    SigmaTimestampPart,
    SigmaType,
    SpecialChars,
)

from soc_agent.detect import ir
from soc_agent.detect.evaluate.match import tidy

_FLAGS = (
    ("i", SigmaRegularExpressionFlag.IGNORECASE),
    ("m", SigmaRegularExpressionFlag.MULTILINE),
    ("s", SigmaRegularExpressionFlag.DOTALL),
)
_EXACT = 2**53
_COMPARING = frozenset({"lt", "lte", "gt", "gte"})
_WILDCARDS = {SpecialChars.WILDCARD_MULTI: ir.ANY, SpecialChars.WILDCARD_SINGLE: ir.ONE}


def read_value(value: SigmaType, field: str) -> ir.Test:
    """Give the test of one value, whose placeholders are filled.

    :raises ValueError: when such a value cannot be tested here; the message is for the author of the rule.
    """
    if isinstance(value, SigmaString):
        return ir.Text(_parts(value), isinstance(value, SigmaCasedString))
    if isinstance(value, SigmaNumber) and not isinstance(value, SigmaTimestampPart):
        return ir.Text((str(value.number),))
    if isinstance(value, SigmaBool):
        return ir.Text(("true" if value.boolean else "false",))
    if isinstance(value, SigmaRegularExpression):
        return ir.Regex(str(value.regexp), "".join(flag for flag, sigma in _FLAGS if sigma in value.flags))
    if isinstance(value, SigmaExpansion):
        return ir.AnyOf(tuple(read_value(item, field) for item in value.values))
    if not field:
        raise ValueError("this value needs a field")
    if isinstance(value, SigmaTimestampPart):
        return ir.TimePart(value.timestamp_part.name.lower(), int(value.number))
    if isinstance(value, SigmaCIDRExpression):
        return ir.Network(str(value.network))
    if isinstance(value, SigmaNull):
        return ir.Null()
    if isinstance(value, SigmaExists):
        return ir.Exists(value.exists)
    if isinstance(value, SigmaCompareExpression):
        operator, number = value.op.name.lower(), value.number
        if isinstance(number, SigmaTimestampPart):
            return ir.TimePart(number.timestamp_part.name.lower(), int(number.number), operator)
        return ir.Compare(operator, number.number)
    if isinstance(value, SigmaFieldReference):
        return ir.FieldRef(value.field, value.starts_with, value.ends_with)
    raise ValueError(f"values of type {type(value).__name__} are not known here")


def with_exact_numbers(node: Any) -> Any:
    """Give a detection with whole numbers that no float holds as texts, since pySigma makes floats of them.

    What is compared as a number stays one.
    """
    if isinstance(node, dict):
        return {key: child if _is_compared(key) else with_exact_numbers(child) for key, child in node.items()}
    if isinstance(node, list):
        return [with_exact_numbers(child) for child in node]
    if isinstance(node, int) and not isinstance(node, bool) and abs(node) > _EXACT:
        return str(node)
    return node


def _is_compared(key: Any) -> bool:
    return isinstance(key, str) and not _COMPARING.isdisjoint(key.split("|")[1:])


def _parts(value: SigmaString) -> tuple[str | int, ...]:
    return tidy([_WILDCARDS[part] if isinstance(part, SpecialChars) else str(part) for part in value.s])
