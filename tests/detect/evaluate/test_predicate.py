"""Conditions and selections become predicates."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.detect import ir
from soc_agent.detect.evaluate.predicate import compile_item, compile_rule
from tests.detect.making import matches, rule_of, view_of

SELECTIONS = """
selection_a:
  a: 1
selection_b:
  b: 1
other:
  c: 1
_hidden:
  d: 1
condition: """


def fields(names: str) -> dict[str, Any]:
    return dict.fromkeys(names, 1)


@pytest.mark.parametrize(
    ("condition", "there", "expected"),
    [
        ("selection_a", "a", True),
        ("selection_a and selection_b", "a", False),
        ("selection_a and selection_b", "ab", True),
        ("selection_a or selection_b", "b", True),
        ("not selection_a", "", True),
        ("not selection_a", "a", False),
        ("selection_a and not selection_b", "ab", False),
        ("not selection_a and selection_b", "b", True),
        ("not (selection_a and selection_b)", "a", True),
        ("selection_a or selection_b and other", "a", True),
        ("(selection_a or selection_b) and other", "a", False),
        ("not not selection_a", "a", True),
        ("1 of selection_*", "b", True),
        ("1 of selection_*", "c", False),
        ("any of selection_*", "a", True),
        ("all of selection_*", "a", False),
        ("all of selection_*", "ab", True),
        ("1 of them", "c", True),
        ("1 of them", "d", False),
        ("all of them", "abc", True),
        ("all of them", "ab", False),
        ("1 of _*", "d", True),
        ("1 of *_a", "a", True),
        ("1 of s*_b", "b", True),
        ("1 of other", "c", True),
        ("not 1 of selection_*", "c", True),
        ("1 of selection_* and not other", "a", True),
        ("selection_a or selection_b or other or selection_a", "c", True),
        ("selection_a and selection_b and other and selection_a", "abc", True),
    ],
)
def test_conditions(condition: str, there: str, expected: bool) -> None:
    assert matches(SELECTIONS + condition, fields(there)) is expected


def test_several_conditions_are_alternatives() -> None:
    detection = SELECTIONS + "[selection_a, selection_b]"
    assert matches(detection, fields("b"))
    assert not matches(detection, fields("c"))


@pytest.mark.parametrize(
    ("selection", "event", "expected"),
    [
        ("{a: 1, b: 2}", {"a": 1, "b": 2}, True),
        ("{a: 1, b: 2}", {"a": 1}, False),
        ("[{a: 1}, {b: 2}]", {"b": 2}, True),
        ("[{a: 1, b: 2}, {c: 3}]", {"a": 1}, False),
        ("[{a: 1, b: 2}, {c: 3}]", {"c": 3}, True),
        ("[[{a: 1}, {b: 2}], {c: 3}]", {"b": 2}, True),
        ("{a: [1, 2], b|contains: [x, y]}", {"a": 2, "b": "ay"}, True),
        ("{a: [1, 2], b|contains: [x, y]}", {"a": 3, "b": "ay"}, False),
        ("{a|startswith: x, a|endswith: y}", {"a": "x-y"}, True),
        ("{a|startswith: x, a|endswith: y}", {"a": "x-z"}, False),
        ("{a: null, b: 1}", {"b": 1}, True),
        ("{a|contains: [], b: 1}", {"b": 1}, True),
    ],
)
def test_selections(selection: str, event: dict[str, Any], expected: bool) -> None:
    assert matches(f"selection: {selection}", event) is expected


def test_a_selection_is_compiled_once_however_often_it_is_named() -> None:
    rule = rule_of(SELECTIONS + " or ".join(["selection_a"] * 500))
    predicate = compile_rule(rule)
    assert predicate(view_of({"a": 1}))
    assert not predicate(view_of({"b": 1}))


PARTS: st.SearchStrategy[str | int] = st.one_of(st.sampled_from(["a", "b"]), st.sampled_from([ir.ANY, ir.ONE]))
TEXTS = st.lists(PARTS, max_size=4).map(lambda parts: ir.Text(tuple(parts)))
TESTS = st.one_of(TEXTS, st.lists(TEXTS, min_size=1, max_size=3).map(lambda tests: ir.AnyOf(tuple(tests))))
VALUES = st.one_of(
    st.none(), st.text(alphabet="ab", max_size=4), st.lists(st.text(alphabet="ab", max_size=3), max_size=3)
)


@given(st.lists(TESTS, min_size=1, max_size=6), st.booleans(), VALUES)
def test_grouping_tests_changes_nothing(tests: list[ir.Test], every: bool, value: Any) -> None:
    """Tests of one kind are compiled together; the answer is that of each alone."""
    view = view_of({"f": value})
    alone = [compile_item(ir.Item("f", "f", (test,)))(view) for test in tests]
    assert compile_item(ir.Item("f", "f", tuple(tests), every))(view) == (all(alone) if every else any(alone))
