"""Which rules a line that nobody can decode may concern."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.detect.evaluate.predicate import compile_rule
from soc_agent.detect.prefilter.undecoded import can_match_text
from tests.detect.making import rule_of, view_of

CASES: list[tuple[str, bool | None]] = [
    ("s: [{f: 1}, {'|all': [a]}]\ncondition: s", True),
    ("keywords: [evil]\ncondition: keywords", True),
    ("selection: {f: 1}", False),
    ("a: {f: 1}\nk: [evil]\ncondition: a and k", False),
    ("a: {f: 1}\nk: [evil]\ncondition: a or k", True),
    ("a: {f: 1}\nk: [evil]\ncondition: k and not a", True),
    ("a: {f: null}\nk: [evil]\ncondition: k and a", True),
    ("a: {f: null}\nk: [evil]\ncondition: k and not a", False),
    ("a: {f|exists: true}\nk: [evil]\ncondition: k and a", False),
    ("a: {f: 1}\nb: {g: 2}\nk: [evil]\ncondition: (a and k) or b", False),
    ("a: {f: 1}\nk: [evil]\ncondition: not (k and a)", True),
    ("a: {f|re: '.*'}\nk: [evil]\ncondition: 1 of them", True),
    ("a: {f|neq: 1}\nk: [evil]\ncondition: a and k", None),
]


@pytest.mark.parametrize(("detection", "expected"), CASES)
def test_a_rule_that_needs_a_field_cannot(detection: str, *, expected: bool | None) -> None:
    found = can_match_text(rule_of(detection))
    if expected is not None:
        assert found is expected


@given(text=st.text(alphabet="evil x", max_size=12), case=st.sampled_from(CASES))
def test_no_text_matches_a_rule_that_cannot(text: str, case: tuple[str, bool | None]) -> None:
    rule = rule_of(case[0])
    if not can_match_text(rule) and "k: [" in case[0]:
        assert not compile_rule(rule)(view_of({}, text))
