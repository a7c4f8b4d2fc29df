"""Patterns are shown as their author wrote them."""

import pytest

from soc_agent.detect import ir
from soc_agent.detect.explain.written import VALUE_CAP_CHARS, excerpt, expanded, pattern_of
from tests.detect.making import rule_of


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("f", "abc"),
        ("f|contains", "abc"),
        ("f|startswith", "a*b?c"),
        ("f|endswith", "\\cmd.exe"),
        ("f", "*\\cmd.exe"),
        ("f", "100\\%\\*"),
        ("f", "what\\?"),
        ("f", "C:\\\\*"),
        ("f|contains", "\\\\*\\"),
        ("f|re", "a.*b\\d"),
        ("f|cidr", "10.0.0.0/8"),
        ("f", "null"),
        ("f|exists", "true"),
        ("f|fieldref", "g"),
    ],
)
def test_a_pattern_reads_as_it_was_written(key: str, value: str) -> None:
    quoted = value if value in ("null", "true") else f"'{value}'"
    node = rule_of(f"selection:\n  {key}: {quoted}").selections["selection"]
    assert isinstance(node, ir.Item)
    assert pattern_of(node.tests[0], node.key) == value


def test_a_value_that_was_made_into_many() -> None:
    node = rule_of("selection:\n  f|windash|contains: ' -a'").selections["selection"]
    assert isinstance(node, ir.Item)
    forms = [pattern_of(test, node.key) for test in expanded(node.tests[0])]
    assert " -a" in forms
    assert " /a" in forms


def test_of_a_long_text_the_part_that_matters() -> None:
    text = "x" * 4000 + "Evil" + "y" * 4000
    assert "Evil" in excerpt(text, ir.Text((ir.ANY, "evil", ir.ANY)))
    assert excerpt(text, ir.Text(("other",))) == text[:VALUE_CAP_CHARS]
    assert excerpt("short", ir.Text(("o",))) == "short"


def test_a_part_of_a_time_with_its_comparison() -> None:
    assert pattern_of(ir.TimePart("hour", 8), "f|hour") == "8"
    assert pattern_of(ir.TimePart("hour", 8, "gte"), "f|hour|gte") == "8"
    assert pattern_of(ir.Compare("gte", 4294967296), "f|gte") == "4294967296"
    assert pattern_of(ir.Compare("gte", 8), "f") == "gte 8"
