"""What a flood must not do: push out what other events of its group, or other groups, still need."""

import pytest

from soc_agent.detect.correlate import Check
from soc_agent.detect.correlate.spec import Kind
from tests.detect.correlate.samples import feeder, make_spec


@pytest.mark.parametrize("kind", ["temporal", "temporal_ordered"])
def test_noise_of_one_rule_does_not_push_out_another_rules_event(kind: Kind) -> None:
    feed = feeder(make_spec(kind, count=3, rules=("a", "b", "c"), timespan_s=3600))
    feed.feed(0, "a")
    for second in range(1, 1500):
        feed.feed(second, "b")
    assert len(feed.feed(1500, "c")) == 1


def test_many_events_of_few_values_do_not_push_out_the_other_values() -> None:
    """A spray over 50 users below the noise of one: 50 distinct within the hour."""
    feed = feeder(make_spec("value_count", count=50, field=("user",), timespan_s=3600))
    found = 0
    for number in range(3000):
        found += len(feed.feed(number, user=f"u{number // 60}" if number % 60 == 0 else "service"))
    assert found > 0


def test_a_sum_of_many_small_values_is_reached() -> None:
    feed = feeder(make_spec("value_sum", count=200_000, field=("n",), timespan_s=36_000))
    assert sum(len(feed.feed(number, n=100)) for number in range(2500)) > 0


def test_a_flood_is_not_few_events() -> None:
    """lte 5000: the event after 5,000 others is not completed by a window of 5,000 or fewer."""
    feed = feeder(make_spec(op="lte", count=2000, timespan_s=36_000))
    assert sum(len(feed.feed(number)) for number in range(3000)) == 2000


def test_a_range_has_an_upper_end() -> None:
    feed = feeder(make_spec(op="gte", count=10, more=(Check("lte", 2000),), timespan_s=36_000))
    assert sum(len(feed.feed(number)) for number in range(3000)) == 2000 - 9


def test_a_second_stream_of_older_time_loses_nothing_before_the_next_tick() -> None:
    feed = feeder(make_spec(count=40, timespan_s=60), lateness_s=10)
    for number in range(256 + 1):
        feed.feed(1_000_000 + number, src_ip="other")
    found = [d for number in range(40) for d in feed.feed(number, stream="older")]
    assert len(found) == 1


def test_group_keys_do_not_run_into_each_other() -> None:
    feed = feeder(make_spec(count=2, group_by=("src_ip", "user")))
    assert feed.feed(0, src_ip="a\0b", user="c") == []
    assert feed.feed(1, src_ip="a", user="b\0c") == []


def test_groups_that_are_told_apart_by_odd_characters_stay_apart() -> None:
    feed = feeder(make_spec(count=2, group_by=("src_ip", "user")))
    pairs = [("a\0", "b"), ("a", "\0b"), ("a\x01", "0b"), ("a\x010", "b"), ("a", "\x010b")]
    assert [feed.feed(second, src_ip=one, user=other) for second, (one, other) in enumerate(pairs)] == [[]] * len(pairs)


def test_what_there_is_no_room_for_is_told() -> None:
    feed = feeder(make_spec("value_sum", count=10**12, field=("n",), timespan_s=10**6))
    for number in range(66_000):
        feed.feed(number, n=1)
    (problem,) = feed.correlator.problems()
    assert problem.code == "correlation.forgotten"
