"""Correlations over correlations: over what did not happen, and by the names that the inner one gave."""

from typing import Any

import pytest

from soc_agent.detect.correlate.spec import Absence, CorrelationSpec, Term
from soc_agent.model import Detection
from tests.detect.correlate.samples import SECOND, Feeder, feeder, make_spec

NOT_B = (Term((0,), (Absence(1, 1),)),)


def absent(rule_id: str = "inner", rules: tuple[str, ...] = ("a", "b"), timespan_s: int = 5) -> CorrelationSpec:
    more: dict[str, Any] = {"terms": NOT_B, "expression": "a and not b"}
    return make_spec("temporal", rule_id=rule_id, rules=rules, timespan_s=timespan_s, **more)


def finish(feed: Feeder, time_s: int = 100_000) -> list[Detection]:
    return feed.feed(time_s, "zz", src_ip="later") + feed.correlator.advance(None)


def test_an_absence_over_an_absence_is_judged_at_its_own_time() -> None:
    inner, outer = absent(), absent("outer", ("inner", "c"), 5)
    feed = feeder(inner, outer, lateness_s=10)
    feed.feed(0, "a")  # inner is true at 5; outer asks for no c from 0 to 10
    feed.feed(8, "c")
    assert finish(feed) == []


@pytest.mark.parametrize("order", [1, -1])
def test_three_levels_of_absence(order: int) -> None:
    specs = [
        absent(),
        absent("middle", ("inner", "c"), 5),
        make_spec(count=1, rule_id="outer", rules=("middle",), timespan_s=1),
    ]
    feed = feeder(*specs[::order], lateness_s=10)
    feed.feed(0, "a")
    (found,) = finish(feed)
    assert found.first_ns == 10 * SECOND


def test_chained_absence_judged_again_after_restart_gives_nothing_twice() -> None:
    specs = [absent(), absent("outer", ("inner", "c"), 5)]
    feed = feeder(*specs, lateness_s=10)
    feed.feed(0, "a")
    first = finish(feed)
    feed.commit()
    feed.restart(specs, lateness_s=10)
    again = finish(feed, 200_000)
    assert [len(first), len(again)] == [1, 0]


def test_the_order_of_correlations_does_not_matter_for_chains_of_absence() -> None:
    found = []
    for order in (1, -1):
        specs = [absent(), absent("outer", ("inner", "c"), 5)][::order]
        feed = feeder(*specs, lateness_s=10)
        feed.feed(0, "a")
        found.append(len(finish(feed)))
    assert found[0] == found[1] == 1


def test_what_a_window_over_an_absence_needs_is_not_dropped_before() -> None:
    """Inner is true at 5 for each of 40 events; outer counts them within 1000 s."""
    inner = absent()
    outer = make_spec(count=40, rule_id="outer", rules=("inner",), timespan_s=1000)
    found = []
    feed = feeder(inner, outer, lateness_s=10)
    for number in range(40):
        found += feed.feed(number * 20, "a")
    for _ in range(300):
        found += feed.feed(100_000, "zz", src_ip="later")
    found += feed.correlator.advance(None)
    assert len(found) == 1


def test_an_alias_of_an_inner_correlation_is_a_field_of_what_it_gives() -> None:
    inner = make_spec(
        count=1, rule_id="inner", rules=("a", "b"), group_by=("peer",), aliases={"peer": {"a": "src_ip", "b": "dst_ip"}}
    )
    outer = make_spec(count=2, rule_id="outer", rules=("inner",), group_by=("peer",))
    feed = feeder(inner, outer)
    feed.feed(0, "a", src_ip="10.0.0.7")
    assert [d.rule.id for d in feed.feed(1, "b", src_ip="10.0.0.1", dst_ip="10.0.0.7")] == ["outer"]


def test_an_alias_goes_through_several_levels_and_past_an_absence() -> None:
    aliases = {"peer": {"a": "src_ip", "b": "dst_ip"}}
    inner = make_spec(
        "temporal",
        rule_id="inner",
        rules=("a", "b"),
        group_by=("peer",),
        aliases=aliases,
        terms=NOT_B,
        expression="a and not b",
        timespan_s=5,
    )
    outer = make_spec(
        count=2, rule_id="outer", rules=("inner",), group_by=("who",), aliases={"who": {"inner": "peer"}}, timespan_s=60
    )
    feed = feeder(inner, outer, lateness_s=10)
    feed.feed(0, "a", src_ip="10.0.0.7")
    feed.feed(20, "a", src_ip="10.0.0.7")
    feed.commit()
    feed.restart([inner, outer], lateness_s=10)
    (found,) = finish(feed)
    assert (found.rule.id, found.entities["src_ip"], found.count) == ("outer", ("10.0.0.7",), 2)
