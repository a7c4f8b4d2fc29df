"""Why a rule matched."""

from typing import Any

import pytest

from soc_agent.detect.explain import CLAUSES_CAP, VALUE_CAP_CHARS, Explainer
from soc_agent.model import Clause
from tests.detect.making import rule_of, view_of


def why(detection: str, fields: dict[str, Any] | None = None, text: str = "") -> list[tuple[str, str, str, str]]:
    clauses = Explainer(rule_of(detection)).explain(view_of(fields, text))
    assert all(clause.matched for clause in clauses)
    return [(clause.item, clause.pattern, clause.field, clause.value) for clause in clauses]


@pytest.mark.parametrize(
    ("line", "value", "pattern"),
    [
        ("f: abc", "ABC", "abc"),
        ("f|contains: [x, b]", "abc", "b"),
        ("f|startswith: a", "abc", "a"),
        ("f|endswith: c", "abc", "c"),
        ("f: 'a*c'", "abc", "a*c"),
        ("f|contains: 'a?c'", "xabcx", "a?c"),
        ("f|re: b+", "abbc", "b+"),
        ("f|cidr: 10.0.0.0/8", "10.1.1.1", "10.0.0.0/8"),
        ("f|gt: 5", 7, "5"),
        ("f: 5", 5, "5"),
        ("f|exists: true", "x", "true"),
        ("f|windash: ' -a'", " /a", " /a"),
        ("f|hour: 8", "2026-11-21T08:00:00Z", "8"),
        ("f|cased: Ab", "Ab", "Ab"),
    ],
)
def test_the_pattern_as_a_person_wrote_it(line: str, value: Any, pattern: str) -> None:
    key = line.partition(":")[0]
    assert why(f"selection:\n  {line}", {"f": value}) == [(f"selection: {key}", pattern, "f", str(value))]


def test_what_is_absent_has_no_value() -> None:
    assert why("selection: {f: null, g|exists: false}", {}) == [
        ("selection: f", "null", "f", ""),
        ("selection: g|exists", "false", "g", ""),
    ]


def test_fields_that_are_compared() -> None:
    assert why("selection: {f|fieldref: g}", {"f": "a", "g": "A"}) == [("selection: f|fieldref", "g", "f", "a")]


def test_every_part_that_had_to_hold() -> None:
    assert why("a: {f|contains|all: [x, y], g: 1}\nb: {h: 2}\ncondition: a and b", {"f": "yx", "g": 1, "h": 2}) == [
        ("a: f|contains|all", "x", "f", "yx"),
        ("a: f|contains|all", "y", "f", "yx"),
        ("a: g", "1", "g", "1"),
        ("b: h", "2", "h", "2"),
    ]


def test_of_alternatives_the_one_that_held() -> None:
    detection = "a1: {f: 1}\na2: {g: 2}\ncondition: 1 of a*"
    assert why(detection, {"g": 2}) == [("a2: g", "2", "g", "2")]
    assert why("a: [{f: 1}, {g: 2}]\ncondition: a", {"g": 2}) == [("a: g", "2", "g", "2")]


def test_of_what_had_to_be_absent_nothing() -> None:
    assert why("a: {f: 1}\nb: {g: 2}\ncondition: a and not b", {"f": 1}) == [("a: f", "1", "f", "1")]


def test_nothing_when_the_rule_does_not_match() -> None:
    assert why("selection: {f: 1}", {"f": 2}) == []
    assert why("a: {f: 1}\ncondition: not a", {"f": 2}) == []


def test_of_several_values_the_one_that_matched() -> None:
    assert why("selection: {f|contains: b}", {"f": ["a", "xbx"]}) == [("selection: f|contains", "b", "f", "xbx")]


def test_of_a_keyword_the_text_that_has_it() -> None:
    detection = "keywords: [evil]\ncondition: keywords"
    assert why(detection, {"f": "so evil"}, "a line") == [("keywords", "evil", "", "so evil")]
    assert why(detection, {}, "an evil line") == [("keywords", "evil", "", "an evil line")]


def test_of_a_long_value_the_part_that_matched() -> None:
    ((_, _, _, value),) = why("selection: {f|contains: Evil}", {"f": "x" * 5000 + "evil" + "y" * 5000})
    assert len(value) == VALUE_CAP_CHARS
    assert "evil" in value


def test_the_number_of_reasons_is_bounded() -> None:
    words = [f"w{n}" for n in range(200)]
    assert len(why(f"selection: {{f|contains|all: {words}}}", {"f": " ".join(words)})) == CLAUSES_CAP


def test_a_reason_is_given_once() -> None:
    assert len(why("a: {f: 1}\ncondition: a and a", {"f": 1})) == 1


def test_rules_are_explained_again_and_again() -> None:
    explainer = Explainer(rule_of("selection: {f: [1, 2]}"))
    assert [explainer.explain(view_of({"f": n}))[0].pattern for n in (1, 2, 1)] == ["1", "2", "1"]
    assert explainer.explain(view_of({"f": 2})) == (Clause("selection: f", "2", "f", "2"),)
