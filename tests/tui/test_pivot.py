"""From an alert to its entities: every filter that is made is understood, and finds the alert it came from."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from soc_agent.store import AlertFilter, Store
from tests.tui.hostile import EVERYTHING, commands
from tui.pivot import pivots, term


def test_each_way_on_finds_the_alert_again(store: Store) -> None:
    for alert in store.alerts(store.alert_ids()):
        for pivot in pivots(alert):
            assert alert.id in store.alert_ids(AlertFilter.parse(pivot.filter)), pivot.filter


def test_entities_come_first_then_host_rule_and_source(store: Store) -> None:
    (alert,) = store.alerts(store.alert_ids(AlertFilter.parse("level=critical")))
    assert [pivot.filter.partition("=")[0] for pivot in pivots(alert)] == ["file", "hash", "host", "rule", "source"]


@given(st.text(min_size=1, max_size=40))
def test_any_value_makes_a_filter_that_is_understood(value: str) -> None:
    AlertFilter.parse(term("user", value))


def test_values_are_quoted_where_they_must_be() -> None:
    assert term("user", "root") == "user=root"
    assert term("user", "a b") == 'user="a b"'
    assert term("user", "a,b") == 'user="a,b"'
    assert term("user", 'a"b') == "user=a*b"


def test_hostile_entities_are_text(store: Store) -> None:
    text = EVERYTHING.decode("utf-8", "replace")
    alert = replace(store.alerts(store.alert_ids())[0], host=text, entities={"user": (text,), text: ("x",)})
    for pivot in pivots(alert):
        assert commands("".join(part.text for part in pivot.line)) == []
