"""Rules without their other tests than plain texts."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soc_agent.detect import ir
from soc_agent.detect.evaluate.predicate import compile_rule
from soc_agent.detect.routing.fieldindex import FieldIndex
from soc_agent.detect.routing.reduced import reduced
from tests.detect.making import rule_of, view_of
from tests.detect.routing.test_fieldindex import EVENTS, RULES

LEFT_OUT = "two: {B|re: 'x.*y'}"


def test_a_rule_of_plain_texts_stays_whole() -> None:
    rule = rule_of("one: {A|endswith: [x, y]}\ntwo: {B: null, C|contains|all: [yy, zz]}\ncondition: one and not two")
    found = reduced(rule)
    assert found.rule is rule
    assert {(need.field, need.where, need.text) for test in found.tests for need in test} == {
        ("A", "suffix", "x"),
        ("A", "suffix", "y"),
        ("B", "present", ""),
        ("C", "contains", "yy"),
        ("C", "contains", "zz"),
    }
    assert sorted(map(len, found.tests)) == [1, 1, 1, 2]


@pytest.mark.parametrize(
    ("condition", "fields", "may_match"),
    [
        ("one and two", {"A": "x"}, True),
        ("one and two", {"A": "y"}, False),
        ("one and not two", {"A": "x"}, True),
        ("one and not two", {"A": "y"}, False),
        ("not one and not two", {"A": "x"}, False),
        ("two and not one", {"A": "x"}, False),
        ("two and not one", {"A": "y"}, True),
        ("not (one or two)", {"A": "x"}, False),
    ],
)
def test_what_is_left_out_counts_in_favour_of_the_rule(
    condition: str, fields: dict[str, Any], *, may_match: bool
) -> None:
    found = reduced(rule_of(f"one: {{A: x}}\n{LEFT_OUT}\ncondition: {condition}"))
    assert found.rule is not None
    assert compile_rule(found.rule)(view_of(fields)) is may_match


def test_where_nothing_is_decided_nothing_is_left() -> None:
    for condition in ("two", "one or two", "not two", "1 of them", "not (one and two)"):
        assert reduced(rule_of(f"one: {{A: x}}\n{LEFT_OUT}\ncondition: {condition}")).rule is None


def test_a_letter_that_stands_everywhere_is_left_out() -> None:
    assert reduced(rule_of("selection: {A|contains: e}")).rule is None
    assert reduced(rule_of("selection: {A|contains: '\\'}")).rule is not None


@settings(max_examples=300)
@given(RULES, st.lists(EVENTS, min_size=2, max_size=6))
def test_the_law_of_reduction(rule: ir.Rule, events: list[dict[str, Any]]) -> None:
    found = reduced(rule)
    index = FieldIndex((), found.tests)
    whole = compile_rule(rule)
    held: dict[Any, bool] = {}
    for fields in events:
        may_match = True if found.rule is None else compile_rule(found.rule)(view_of(fields))
        assert may_match or not whole(view_of(fields))
        # what holds for one event holds for all whose values pass the same tests
        if found.rule is not None:
            assert held.setdefault(index.key(fields), may_match) is may_match
