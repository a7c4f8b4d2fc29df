"""Values that a group never had, or not for so long."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from soc_agent.detect.correlate.first_seen import VALUES_CAP
from tests.detect.correlate.samples import DAY_S, feeder, make_spec

SPEC = make_spec("first_seen", timespan_s=30 * DAY_S, group_by=("user",), field=("src_ip",), learn_s=7 * DAY_S)


def test_day_one_is_quiet_and_later_a_new_value_speaks() -> None:
    """A group is only learnt from at first; then each value that is new makes one detection."""
    feed = feeder(SPEC).feed
    assert feed(0, user="an", src_ip="10.0.0.1") == []
    assert feed(DAY_S, user="an", src_ip="10.0.0.2") == []
    assert feed(8 * DAY_S, user="an", src_ip="10.0.0.1") == []
    (found,) = feed(8 * DAY_S, user="an", src_ip="10.0.0.3")
    assert (found.count, found.why[0].value, found.entity_key) == (1, "10.0.0.3", "an")
    assert feed(8 * DAY_S + 5, user="an", src_ip="10.0.0.3") == []


def test_each_group_is_learnt_from_by_itself() -> None:
    """A new colleague does not raise an alert with the first login."""
    feed = feeder(SPEC).feed
    feed(0, user="an", src_ip="10.0.0.1")
    assert feed(20 * DAY_S, user="binh", src_ip="10.0.0.9") == []
    assert feed(20 * DAY_S, user="an", src_ip="10.0.0.9")


def test_a_value_is_new_again_after_the_timespan() -> None:
    """And not before; each time that it is seen counts anew."""
    feed = feeder(SPEC).feed
    feed(0, user="an", src_ip="10.0.0.1")
    assert feed(20 * DAY_S, user="an", src_ip="10.0.0.1") == []
    assert feed(50 * DAY_S, user="an", src_ip="10.0.0.1") == []
    assert len(feed(81 * DAY_S, user="an", src_ip="10.0.0.1")) == 1


def test_thresholds_over_it_are_correlations_over_it() -> None:
    """Three addresses that are new for one user within an hour."""
    outer = make_spec(count=3, rule_id="several_new", rules=("many",), group_by=("user",), timespan_s=3600)
    feed = feeder(msgspec.structs.replace(SPEC, learn_ns=0), outer).feed
    found = [feed(second, user="an", src_ip=f"10.0.0.{second}") for second in range(3)]
    assert [[d.rule.id for d in some] for some in found] == [[], [], ["several_new"]]


def test_only_what_changes_the_memory_is_written() -> None:
    """A value that comes all day costs one entry a day."""
    feed = feeder(SPEC)
    feed.feed(0, user="an", src_ip="10.0.0.1")
    first = len(b"".join(change.data or b"" for change in feed.correlator.take_changes()))
    for second in range(1000):
        feed.feed(second, user="an", src_ip="10.0.0.1")
    again = len(b"".join(change.data or b"" for change in feed.correlator.take_changes()))
    assert again < first + 200


def test_values_of_a_group_are_bounded_and_that_is_said() -> None:
    """Those that were not seen for the longest time are forgotten."""
    feed = feeder(SPEC)
    for number in range(VALUES_CAP + 100):
        feed.feed(number * 600, user="an", src_ip=f"10.{number // 250}.{number % 250}.1")
    assert len(feed.groups()["an"][2]) <= VALUES_CAP
    (problem,) = feed.correlator.problems()
    assert problem.code == "correlation.forgotten"


def test_groups_are_bounded_apart_from_windows() -> None:
    """A flood of other events does not make it forget whom it knows."""
    flood = make_spec(count=3, rule_id="flood", rules=("noise",))
    feed = feeder(SPEC, flood, memory_bytes=400_000)
    feed.feed(0, user="an", src_ip="10.0.0.1")
    for number in range(3000):
        feed.feed(number / 100, "noise", src_ip=f"10.1.{number // 250}.{number % 250}")
    assert feed.correlator.problems()
    assert "an" in feed.groups(0)
    for number in range(1024):
        feed.feed(40 + number / 100, user=f"user{number}", src_ip="10.0.0.1")
    assert len(feed.groups(0)) < 512


def test_nothing_is_learnt_where_there_is_no_learning() -> None:
    """Of a new value that comes out of order, neither."""
    feed = feeder(msgspec.structs.replace(SPEC, learn_ns=0), lateness_s=600).feed
    assert [len(feed(time_s, user="an", src_ip=value)) for time_s, value in ((500, "a"), (100, "b"), (100, "a"))] == [
        1,
        1,
        0,
    ]


@given(
    st.lists(st.tuples(st.integers(0, 120), st.integers(0, 1), st.sampled_from("uvw"), st.booleans()), max_size=60),
    st.integers(0, 20),
    st.sampled_from([0, 10**9]),
)
@settings(max_examples=200, deadline=None)
def test_detections_are_those_of_an_oracle_over_restarts(
    items: list[tuple[int, int, str, bool]], learn: int, records_bytes: int
) -> None:
    """Events of any day in any order, with restarts in between."""
    spec = msgspec.structs.replace(SPEC, learn_ns=learn * DAY_S * 10**9)
    bounds = {"lateness_s": 1000 * DAY_S, "records_bytes": records_bytes}
    feed = feeder(spec, **bounds)
    begun: dict[int, int] = {}
    seen: dict[tuple[int, str], int] = {}
    for day, user, value, restart in items:
        known = seen.get((user, value))
        is_new = known is None or day - known > 30
        if known is None or day > known:
            begun[user] = min(day, begun.get(user, day))
        seen[user, value] = max(day, known or 0)
        found = feed.feed(day * DAY_S, user=str(user), src_ip=value)
        assert bool(found) == (is_new and day >= begun[user] + learn)
        if restart:
            feed.commit()
            feed.restart([spec], **bounds)
