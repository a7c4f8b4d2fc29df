"""Values as pySigma types them become tests."""

import pytest
from sigma.types import (
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaQueryExpression,
    SigmaString,
    SigmaType,
)

from soc_agent.detect import ir
from soc_agent.detect.load.values import read_value, with_exact_numbers


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (SigmaString("a*b?c"), ir.Text(("a", ir.ANY, "b", ir.ONE, "c"))),
        (SigmaString(r"a\*b\\c\d"), ir.Text((r"a*b\c\d",))),
        (SigmaString(""), ir.Text(())),
        (SigmaCasedString("Ab"), ir.Text(("Ab",), cased=True)),
        (SigmaNumber(5), ir.Text(("5",))),
        (SigmaNumber(5.0), ir.Text(("5",))),
        (SigmaNumber(1.5), ir.Text(("1.5",))),
        (SigmaBool(True), ir.Text(("true",))),
        (SigmaNull(), ir.Null()),
        (SigmaExists(False), ir.Exists(value=False)),
        (SigmaCIDRExpression("10.0.0.0/8"), ir.Network("10.0.0.0/8")),
        (SigmaFieldReference("g", starts_with=True), ir.FieldRef("g", starts=True)),
        (SigmaExpansion([SigmaString("a"), SigmaNumber(1)]), ir.AnyOf((ir.Text(("a",)), ir.Text(("1",))))),
    ],
)
def test_values(value: SigmaType, expected: ir.Test) -> None:
    assert read_value(value, "f") == expected


@pytest.mark.parametrize("value", [SigmaNull(), SigmaExists(True), SigmaFieldReference("g")])
def test_what_needs_a_field_is_refused_without_one(value: SigmaType) -> None:
    with pytest.raises(ValueError, match="needs a field"):
        read_value(value, "")


def test_what_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="SigmaQueryExpression"):
        read_value(SigmaQueryExpression("x", "y"), "f")


def test_numbers_that_no_float_holds_stay_what_they_are() -> None:
    tree = {"f": 2**53 + 1, "g": [1, -(2**64), True], "h|gte": 2**60, "i": {"j|neq": 2**53}}
    assert with_exact_numbers(tree) == {
        "f": "9007199254740993",
        "g": [1, "-18446744073709551616", True],
        "h|gte": 2**60,
        "i": {"j|neq": 2**53},
    }
