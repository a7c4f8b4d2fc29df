"""The condition as a tree: each part true or false, with the value that decided."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.detect.evaluate.predicate import compile_rule
from soc_agent.detect.explain.tree import TESTS_CAP, condition_tree
from soc_agent.model.explanation import Branch, Pattern
from tests.detect.making import rule_of, view_of


def tree(detection: str, fields: dict[str, Any] | None = None, text: str = "") -> Branch:
    rule, view = rule_of(detection), view_of(fields, text)
    found = condition_tree(rule, view)
    assert found.holds == compile_rule(rule)(view)
    return found


def item(line: str, fields: dict[str, Any] | None = None, text: str = "") -> Branch:
    (child,) = tree(f"selection:\n  {line}", fields, text).children
    return child


def test_a_tree_has_the_shape_of_its_condition() -> None:
    found = tree("a: {f: 1}\nb: {g: 2, h: 3}\ncondition: a and not b", {"f": 1, "g": 2})
    assert (found.kind, found.holds) == ("all", True)
    selection, negation = found.children
    assert (selection.kind, selection.label, selection.holds) == ("selection", "a", True)
    assert (negation.kind, negation.holds) == ("not", True)
    (other,) = negation.children
    assert (other.label, other.holds, other.children[0].kind) == ("b", False, "all")
    assert [child.holds for child in other.children[0].children] == [True, False]


def test_alternatives_within_alternatives_are_alternatives() -> None:
    found = tree("a1: {f: 1}\na2: {f: 2}\nb: {g: 1}\ncondition: 1 of a* or b", {"g": 1})
    assert (found.kind, [child.label for child in found.children]) == ("any", ["a1", "a2", "b"])


def test_a_clause_shows_the_value_of_its_field() -> None:
    found = item("f|endswith: '\\cmd.exe'", {"f": "C:\\Other.exe"})
    assert found == Branch(
        "item", False, "f|endswith", field="f", values=("C:\\Other.exe",), tests=(Pattern("\\cmd.exe", False),)
    )


def test_an_absent_field_is_said_to_be_absent() -> None:
    assert not item("f: 1", {}).present
    assert item("f: 1", {"f": ""}).present
    assert item("f: null", {}).holds


def test_of_several_patterns_those_that_decide_come_first() -> None:
    found = item("f|contains: [a, b, c]", {"f": "xbx"})
    assert [(tested.pattern, tested.holds) for tested in found.tests] == [("b", True), ("a", False), ("c", False)]
    found = item("f|contains|all: [a, b, c]", {"f": "ac"})
    assert [(tested.pattern, tested.holds) for tested in found.tests] == [("b", False), ("a", True), ("c", True)]
    assert found.every


def test_of_several_values_the_one_that_decides_comes_first() -> None:
    assert item("f: b", {"f": ["a", "b", "c"]}).values == ("b", "a", "c")


def test_many_patterns_are_counted() -> None:
    found = item(f"f: {[f'w{number}' for number in range(50)]}", {"f": "w40"})
    assert len(found.tests) == TESTS_CAP
    assert found.tests[0] == Pattern("w40", True)
    assert found.left_out == 50 - TESTS_CAP


def test_a_value_that_was_made_into_many_is_one_pattern() -> None:
    found = item("f|windash|contains: ' -a'", {"f": "x /a"})
    (tested,) = found.tests
    assert (tested.pattern, tested.holds, tested.forms > 1) == (" /a", True, True)


def test_a_field_that_is_compared_shows_both_values() -> None:
    found = item("f|fieldref: g", {"f": "a", "g": "b"})
    assert found.tests == (Pattern("g", False, refers_to="b"),)
    assert found.values == ("a",)


def test_a_keyword_shows_the_text_that_has_it() -> None:
    found = tree("keywords: [evil]\ncondition: keywords", {"f": "very evil"}, "a line").children[0]
    assert (found.holds, found.field, found.values) == (True, "", ("very evil",))
    missing = tree("keywords: [evil]\ncondition: keywords", {}, "a line").children[0]
    assert (missing.holds, missing.values) == (False, ())


_FIELDS = st.dictionaries(st.sampled_from("fgh"), st.sampled_from(["a", "b", "ab", "xay", 1, None, ["a", "c"]]))


@pytest.mark.parametrize(
    "detection",
    [
        "s1: {f: a, g|contains: b}\ns2: [{h: 1}, {f|endswith: b}]\ncondition: 1 of s*",
        "s: {f|contains|all: [a, x]}\nt: {g|exists: false}\ncondition: s or not t",
        "s: [a, b]\nt: {h|re: '^x'}\ncondition: s and not t",
    ],
)
@given(fields=_FIELDS)
def test_the_tree_says_what_the_engine_says(detection: str, fields: dict[str, Any]) -> None:
    tree(detection, fields, " ".join(map(str, fields.values())))
