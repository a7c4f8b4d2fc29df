"""One sentence says what decided."""

from typing import Any

import pytest

from soc_agent.detect.explain.conclusion import conclude
from soc_agent.detect.explain.tree import condition_tree
from soc_agent.model import LogSource
from soc_agent.model.explanation import Prefilter, Reason
from tests.detect.making import rule_of, view_of

LINUX = LogSource("", "linux", "")


def conclusion(detection: str, fields: dict[str, Any] | None = None, text: str = "", **more: Any) -> Reason:
    known: dict[str, Any] = {
        "applies": True,
        "decoded": True,
        "searches": False,
        "wants": LINUX,
        "has": (LINUX,),
        "line_type": "syslog",
    }
    prefilter = more.pop("prefilter", Prefilter(passes=True))
    return conclude(condition_tree(rule_of(detection), view_of(fields, text)), prefilter, **(known | more))


@pytest.mark.parametrize(
    ("detection", "fields", "code", "values"),
    [
        ("selection: {f: a}", {"f": "A"}, "matches", {"selection": "selection", "value": "A", "pattern": "a"}),
        ("selection: {f: a, g: b}", {"f": "a", "g": "b"}, "matches_more", {"more": 1}),
        ("a: {f: 1}\ncondition: not a", {"f": 2}, "matches_absence", {}),
        ("selection: {f: a}", {"f": "b"}, "not_value", {"field": "f", "value": "b", "pattern": "a", "more": 0}),
        ("selection: {f: a}", {}, "not_absent", {"field": "f", "clause": "f"}),
        ("selection: {f: a, g: b}", {"f": "x"}, "not_value", {"field": "f", "more": 1}),
        ("selection: {f|contains: [a, b, c]}", {"f": "x"}, "not_value", {"patterns": 3}),
        ("selection: {f|contains|all: [a, b, c]}", {"f": "ab"}, "not_value", {"patterns": 1, "pattern": "c"}),
        ("selection: [x, y]", {}, "not_no_word", {"pattern": "x", "field": ""}),
        (
            "a: {f: 1}\nb: {g: 2}\ncondition: a and not b",
            {"f": 1, "g": 2},
            "not_excluded",
            {"selection": "b", "field": "g", "value": "2"},
        ),
        ("a: {f: 1}\nb: {g: null}\ncondition: a and not b", {"f": 1}, "not_excluded_absent", {"field": "g"}),
        ("selection: {f|neq: a}", {"f": "a"}, "not_unequal", {"field": "f", "value": "a", "clause": "f|neq"}),
        ("a: {f: 1}\nb: {g|neq: a}\ncondition: a and not b", {"f": 1, "g": "x"}, "not_excluded", {"value": "x"}),
    ],
)
def test_what_decided(detection: str, fields: dict[str, Any], code: str, values: dict[str, Any]) -> None:
    found = conclusion(detection, fields)
    assert found.code == f"explain.{code}"
    assert {key: found.values[key] for key in values} == values


def test_of_alternatives_the_nearest_is_told() -> None:
    detection = "a1: {f: 1, g: 2, h: 3}\na2: {f: 1, g: 9}\na3: {x: 1, y: 1}\ncondition: 1 of a*"
    found = conclusion(detection, {"f": 1, "g": 2})
    assert {key: found.values[key] for key in ("selection", "field", "alternatives", "more")} == {
        "selection": "a1",
        "field": "h",
        "alternatives": 3,
        "more": 0,
    }


def test_a_rule_for_other_lines_says_so_first() -> None:
    found = conclusion("selection: {f: a}", {"f": "a"}, applies=False, wants=LogSource("webserver"))
    assert found == Reason("explain.not_applying", {"wants": "category webserver", "has": "product linux"})
    nobody_knows = conclusion("selection: {f: a}", applies=False, has=(LogSource(),))
    assert nobody_knows.code == "explain.not_applying_unknown"


def test_a_line_that_cannot_be_read() -> None:
    assert conclusion("selection: {f: a}", decoded=False).code == "explain.not_decoded"
    assert conclusion("selection: {f: a}", decoded=False, line_type="plain").code == "explain.not_decoded_plain"
    assert conclusion("selection: [a]", text="a", decoded=False, searches=True).code == "explain.matches"


def test_a_broken_promise_of_the_prefilter_is_told() -> None:
    assert conclusion("selection: {f: a}", {"f": "a"}, prefilter=Prefilter(passes=False)).code == "explain.lost"
