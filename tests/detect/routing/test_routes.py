from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from soc_agent.detect.evaluate.predicate import compile_rule
from soc_agent.detect.routing import routes
from soc_agent.detect.routing.doubts import places_of
from soc_agent.detect.routing.routes import Routes
from soc_agent.model import LogSource
from tests.detect.making import rule_of, view_of
from tests.detect.routing.test_fieldindex import EVENTS, RULES

WINDOWS = "{product: windows, service: security}"
SECURITY = (LogSource("", "windows", "security"),)


def routes_of(*detections: str, searching: int = 0) -> Routes:
    return Routes([rule_of(detection, logsource=WINDOWS) for detection in detections], searching)


def test_rules_are_those_of_the_log_sources_of_the_event() -> None:
    found = routes_of("selection: {A: x}", "selection: {B: y}")
    assert found.of_sources(SECURITY) == 0b11
    assert found.of_sources((LogSource("", "linux", ""),)) == found.of_sources(()) == 0
    assert found.of_event(0b10, SECURITY, {"A": "x", "B": "y"}) == 0b10


def test_an_event_of_another_kind_is_none_of_the_rules_that_name_theirs() -> None:
    found = routes_of("selection: {EventID: [4624, 4625]}", "selection: {EventID: 1102}", "selection: {A: null}")
    for kind in (4625, "4625"):
        assert found.of_event(0b111, SECURITY, {"EventID": kind}) == 0b101
    odd: tuple[Any, ...] = (None, True, 1.0, ["4625"], "x" * 99, -1, 10**30)
    for kind in odd:
        assert found.of_event(0b111, SECURITY, {"EventID": kind}) & 0b100
    assert not any(isinstance(kind, str) and len(kind) > 10 for *_, kind in found._routes)


def test_of_many_rules_those_are_left_that_the_values_allow() -> None:
    found = routes_of(*(f"selection: {{EventID: 1, A: u{number}}}" for number in range(20)))
    everything = (1 << 20) - 1
    assert found.of_event(everything, SECURITY, {"EventID": 1, "A": "U7"}) == 1 << 7
    assert found.of_event(everything & ~(1 << 7), SECURITY, {"EventID": 1, "A": "u7"}) == 0
    assert found.of_event(everything, SECURITY, {"EventID": 2, "A": "u7"}) == 0


def test_what_nobody_could_decode_is_searched_for_words_alone() -> None:
    found = routes_of("selection: {A: x}", "selection: [word]", searching=0b10)
    assert found.of_event(0b11, SECURITY, None) == 0b10


def test_events_of_sources_that_many_rules_look_at_are_counted() -> None:
    found = routes_of(*(f"selection: {{A: u{number}}}" for number in range(4)))
    for _ in range(3):
        found.of_event(0b1111, SECURITY, {})
        found.of_event(0b1111, (LogSource(),), {})
    assert found.telemetry == 3


def test_whoever_invents_kinds_fills_no_memory(monkeypatch: Any) -> None:
    monkeypatch.setattr(routes, "_REMEMBERED", 10)
    monkeypatch.setattr(routes, "_REMEMBERED_INDEXES", 3)
    found = routes_of(*(f"selection: {{EventID: {number // 5}, A|startswith: u{number}}}" for number in range(50)))
    for number in range(100):
        fields = {"EventID": number % 10, "A": f"u{number % 50}x"}
        expected = [
            place for place in range(50) if place // 5 == number % 10 and f"u{number % 50}x".startswith(f"u{place}")
        ]
        assert places_of(found.of_event((1 << 50) - 1, SECURITY, fields)) == expected
    assert len(found._routes) <= 10
    assert len(found._indexes) <= 3


@given(st.lists(RULES, min_size=1, max_size=8), EVENTS, st.sampled_from((None, 7, "7", "a", True)))
def test_no_rule_that_matches_is_left_out(rules: Any, fields: dict[str, Any], kind: Any) -> None:
    fields = {**fields, "EventID": kind}
    found = Routes(rules, 0).of_event((1 << len(rules)) - 1, (LogSource(),), fields)
    matching = [place for place, rule in enumerate(rules) if compile_rule(rule)(view_of(fields))]
    assert set(matching) <= set(places_of(found))


def test_what_is_known_of_rules_that_are_the_same_is_not_found_again(monkeypatch: Any) -> None:
    first, second, third = (rule_of(f"selection: {{A: x{n}}}", logsource=WINDOWS) for n in range(3))
    before = Routes([first, second], 0)
    needs = before.needs_of(0), before.needs_of(1)
    looked: list[Any] = []

    def look(rule: Any) -> tuple[()]:
        looked.append(rule)
        return ()

    monkeypatch.setattr(routes, "field_clauses", look)
    after = Routes([third, replace(second, info=replace(second.info, title="Other"))], 0, before)
    assert after.needs_of(1) == needs[1]
    assert looked == []
    after.needs_of(0)
    assert looked == [third]
