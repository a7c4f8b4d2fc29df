"""Rules that are tried too often, and ruled out."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.detect.evaluate.predicate import compile_rule
from soc_agent.detect.routing import doubts
from soc_agent.detect.routing.doubts import Doubts, places_of
from tests.detect.making import rule_of, view_of
from tests.detect.routing.test_fieldindex import EVENTS, RULES

RULE = "one: {A|startswith: a}\ntwo: {A|endswith: z}\ncondition: one and not two"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doubts, "_LEARN_AT", 3)


def test_a_rule_that_is_tried_again_and_again_is_ruled_out_by_what_it_excludes() -> None:
    found = Doubts([rule_of("selection: {B|re: x.y}"), rule_of(RULE)])
    events = [{"A": "ab"}, {"A": "az"}, {"A": "b"}, {}]
    assert [found.left(0b11, fields) for fields in events] == [0b11, 0b11, 0b11, 0b01]
    assert found.doubtful == 0b10
    assert [found.left(0b11, fields) for fields in events * 2] == [0b11, 0b01, 0b01, 0b01] * 2
    assert found.left(0b01, {"A": "az"}) == 0b01


def test_a_rule_that_is_hardly_tried_is_left_alone() -> None:
    found = Doubts([rule_of(RULE), rule_of("selection: {A: b}")])
    found._learn_at = 300
    found.left(0b01, {"A": "ab"})
    for _ in range(300):
        found.left(0b10, {"A": "b"})
    assert found.doubtful == 0b10


def test_memory_is_bounded_whatever_events_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doubts, "_REMEMBERED", 10)
    monkeypatch.setattr(doubts, "_MOST", 5)
    rules = [rule_of(f"selection: {{A|contains: ab{number}}}") for number in range(12)]
    found = Doubts(rules)
    for number in range(2_000):
        fields = {"A": " ".join(f"ab{place}" for place in places_of(number))}
        matching = sum(1 << place for place in range(12) if fields["A"].find(f"ab{place}") >= 0)
        assert found.left(number | 1, fields) & matching == matching & (number | 1)
    assert found.doubtful.bit_count() <= 5
    assert len(found._known) <= 10
    assert len(found._tries) <= 10


@given(st.lists(RULES, min_size=1, max_size=5), st.lists(EVENTS, min_size=1, max_size=5))
def test_no_rule_that_matches_is_ruled_out(rules: Any, events: list[dict[str, Any]]) -> None:
    found, every = Doubts(rules), (1 << len(rules)) - 1
    for fields in events * 3:
        matching = {place for place, rule in enumerate(rules) if compile_rule(rule)(view_of(fields))}
        assert matching <= set(places_of(found.left(every, fields)))


def test_places_are_those_of_the_bits() -> None:
    assert places_of(0b101001) == [0, 3, 5]
    assert places_of(0) == []
