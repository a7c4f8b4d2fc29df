"""Events of base rules in, detections of correlations out."""

import pytest

from soc_agent.detect.correlate import Check, Correlator
from soc_agent.detect.correlate.spec import Kind
from soc_agent.detect.hit import EventRef
from soc_agent.model import Event
from tests.detect.correlate.samples import SECOND, feeder, make_event, make_spec


def test_the_event_that_reaches_the_threshold_detects_and_stands_for_all() -> None:
    """The first detection says how many events, since when, and shows their lines."""
    feed = feeder(make_spec(count=3)).feed
    assert feed(0) == []
    assert feed(10) == []
    (found,) = feed(20)
    assert (found.count, found.first_ns, found.time_ns) == (3, 0, 20 * SECOND)
    assert [line.split()[0] for line in found.evidence] == [b"0", b"10"]
    assert found.entity_key == "10.0.0.1"
    assert found.rule.id == "many"
    assert [(clause.pattern, clause.value) for clause in found.why] == [("gte 3", "3"), ("src_ip", "10.0.0.1")]


def test_each_further_event_is_a_detection_of_its_own() -> None:
    """Repeats count one each, with ids of their own, so that counts add up to the number of events."""
    feed = feeder(make_spec(count=3)).feed
    found = [detection for second in range(6) for detection in feed(second)]
    assert [detection.count for detection in found] == [3, 1, 1, 1]
    assert len({detection.uid for detection in found}) == 4
    assert sum(detection.count for detection in found) == 6


def test_the_window_slides_without_clock_buckets() -> None:
    """Events at the two sides of a minute's border are in one window; events further apart than the span are not."""
    feed = feeder(make_spec(count=3)).feed
    assert [len(feed(second)) for second in (55, 59, 61)] == [0, 0, 1]
    feed = feeder(make_spec(count=3)).feed
    assert [len(feed(second)) for second in (0, 30, 60.5)] == [0, 0, 0]
    feed = feeder(make_spec(count=3)).feed
    assert [len(feed(second)) for second in (0, 30, 60)] == [0, 0, 1]


def test_it_rises_again_after_it_fell() -> None:
    """A new wave is counted anew, without the events that the first wave's detections counted."""
    feed = feeder(make_spec(count=3)).feed
    for second in (0, 1, 2):
        feed(second)
    assert feed(500) == []
    assert feed(501) == []
    (again,) = feed(502)
    assert (again.count, again.first_ns) == (3, 500 * SECOND)


def test_groups_are_counted_apart() -> None:
    """Events of one address do not count for another, and several fields make a group together."""
    feed = feeder(make_spec(count=2, group_by=("src_ip", "user"))).feed
    assert feed(0, src_ip="10.0.0.1", user="a") == []
    assert feed(1, src_ip="10.0.0.1", user="b") == []
    assert feed(2, src_ip="10.0.0.2", user="a") == []
    (found,) = feed(3, src_ip="10.0.0.1", user="a")
    assert found.entity_key == "10.0.0.1 a"


def test_an_event_without_a_group_by_field_is_not_counted() -> None:
    """The specification groups by the values that events have."""
    feed = feeder(make_spec(count=1)).feed
    assert feed(0, src_ip=None) == []
    assert len(feed(1)) == 1


def test_without_group_by_all_events_are_one_group() -> None:
    """Repeats of an ungrouped correlation fold into one alert, whatever their addresses."""
    feed = feeder(make_spec(count=2, group_by=())).feed
    feed(0, src_ip="10.0.0.1")
    (found,) = feed(1, src_ip="10.0.0.2")
    (further,) = feed(2, src_ip="10.0.0.3")
    assert found.entity_key == further.entity_key != ""


def test_the_rule_may_say_what_makes_a_repeat_the_same() -> None:
    """`entity` of the rule goes before the group."""
    feed = feeder(make_spec(count=1, group_by=("src_ip", "user"), entity=("src_ip",))).feed
    (found,) = feed(0, user="a")
    assert found.entity_key == "10.0.0.1"


def test_aliases_join_fields_of_different_rules() -> None:
    """The same address counts whether a rule's events call it source or destination."""
    spec = make_spec(
        count=2,
        rules=("error", "connect"),
        group_by=("peer",),
        aliases={"peer": {"error": "dst_ip", "connect": "from"}},
    )
    feed = feeder(spec).feed
    assert feed(0, "error", src_ip="10.9.9.9", dst_ip="10.0.0.7") == []
    (found,) = feed(1, "connect", src_ip="10.8.8.8", **{"from": "10.0.0.7"})
    assert found.entity_key == "10.0.0.7"
    assert found.entities["dst_ip"] == ("10.0.0.7",)
    assert found.entities["src_ip"] == ("10.8.8.8",)


def test_value_count_counts_distinct_values() -> None:
    """The same user again does not count; the users of the window are entities of the detection."""
    feed = feeder(make_spec("value_count", count=3, field=("user",))).feed
    assert [len(feed(second, user=user)) for second, user in enumerate("aabba")] == [0] * 5
    (found,) = feed(9, user="c")
    assert found.count == 6
    assert set(found.entities["user"]) == {"a", "b", "c"}
    assert found.why[0].value == "3"
    assert feed(10, user=None) == []


def test_temporal_needs_all_rules_in_any_order() -> None:
    """Events of each rule within the span detect, the last to come completes."""
    spec = make_spec("temporal", count=3, rules=("a", "b", "c"))
    feed = feeder(spec).feed
    assert [len(feed(second, rule)) for second, rule in enumerate("bbac")] == [0, 0, 0, 1]
    feed = feeder(spec).feed
    assert [len(feed(second * 40, rule)) for second, rule in enumerate("bac")] == [0, 0, 0]


def test_temporal_ordered_needs_the_order() -> None:
    """The rules' events must come in the order of the rules, though others may lie between."""
    spec = make_spec("temporal_ordered", count=2, rules=("fail", "success"))
    feed = feeder(spec).feed
    assert [len(feed(second, rule)) for second, rule in enumerate(["success", "fail", "fail", "success"])] == [
        0,
        0,
        0,
        1,
    ]


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ((Check("gt", 2),), [0, 0, 1, 1, 1]),
        ((Check("gte", 2),), [0, 1, 1, 1, 1]),
        ((Check("lt", 2),), [1, 0, 0, 0, 0]),
        ((Check("lte", 2),), [1, 1, 0, 0, 0]),
        ((Check("eq", 3),), [0, 0, 1, 0, 0]),
        ((Check("neq", 3),), [1, 1, 0, 1, 1]),
        ((Check("gt", 1), Check("lte", 3)), [0, 1, 1, 0, 0]),
    ],
)
def test_each_comparison(checks: tuple[Check, ...], expected: list[int]) -> None:
    """The condition is looked at with each event."""
    feed = feeder(make_spec(op=checks[0].op, count=int(checks[0].count), more=checks[1:])).feed
    assert [len(feed(second)) for second in range(5)] == expected


def test_a_repeated_message_counts_for_all() -> None:
    """`message repeated 5 times` is five events."""
    feed = feeder(make_spec(count=5)).feed
    (found,) = feed(0, repeat=5)
    assert found.count == 5


def test_a_line_cannot_name_itself_many_events() -> None:
    """Whoever writes JSON chooses its fields."""
    correlator = Correlator([make_spec(count=2)])
    event = make_event(0, src_ip="10.0.0.1")
    event.fields["repeat"] = 5000
    assert correlator.feed("base", event, EventRef("src", "s", "s", 1, 0, event.raw)) == []


def test_an_event_of_two_rules_counts_once() -> None:
    """Rules of a count are joined by or: a line that both match is one event."""
    feed = feeder(make_spec(count=2, rules=("a", "b"))).feed
    assert feed(0, "a", "b") == []
    assert len(feed(1, "b")) == 1


def test_a_late_event_completes_the_window_it_belongs_to() -> None:
    """Order of arrival does not matter within the lateness, over streams as within one."""
    feed = feeder(make_spec(count=3)).feed
    assert feed(0) == []
    assert feed(50) == []
    assert feed(100) == []
    (found,) = feed(10)
    assert found.time_ns == 10 * SECOND
    assert (found.count, found.first_ns) == (3, 0)


def test_what_comes_too_late_is_counted_as_late() -> None:
    """An event older than its stream's time less the lateness is not taken, and counted; other streams go on."""
    feed = feeder(make_spec(count=2), lateness_s=30)
    feed.feed(100)
    assert feed.feed(69) == []
    assert feed.correlator.take_late() == 1
    assert feed.correlator.take_late() == 0
    assert len(feed.feed(70)) == 1
    feed.feed(5, stream="older")
    assert len(feed.feed(6, stream="older")) == 1
    assert feed.correlator.take_late() == 0


def test_a_chain_gives_the_outer_detection_alone() -> None:
    """Many failures, then a success: the inner correlation speaks for itself only where asked to."""
    inner = make_spec(count=3, rule_id="many_failures", rules=("fail",))
    for generate, expected in ((False, ["taken"]), (True, ["many_failures", "taken"])):
        outer = make_spec(
            "temporal_ordered", count=2, rule_id="taken", rules=("many_failures", "success"), generate=generate
        )
        feed = feeder(inner, outer).feed
        found = [d.rule.id for second in range(3) for d in feed(second, "fail")]
        found += [d.rule.id for d in feed(5, "success")]
        assert found == expected


def test_a_circle_is_refused() -> None:
    """A correlation cannot wait for itself."""
    with pytest.raises(ValueError, match="a, b"):
        Correlator([make_spec(rule_id="a", rules=("b",)), make_spec(rule_id="b", rules=("a",))])


def test_events_of_the_same_second_are_in_order_of_arrival() -> None:
    """Logs count in seconds: what came first was first, also where later events are there already."""
    feed = feeder(make_spec("temporal_ordered", count=2, rules=("fail", "success"))).feed
    assert [len(feed(second, rule)) for second, rule in ((9, "other"), (9, "fail"), (5, "success"), (5, "fail"))] == [
        0
    ] * 4
    feed = feeder(make_spec("temporal_ordered", count=2, rules=("fail", "success"))).feed
    assert [len(feed(second, rule)) for second, rule in ((90, "fail"), (5, "fail"), (5, "success"))] == [0, 0, 1]


def test_a_line_that_is_an_event_of_two_ordered_rules_counts_for_both() -> None:
    made = feeder(make_spec("temporal", rules=("base", "other"), count=2))
    assert len(made.feed(1, "base", "other")) == 1


@pytest.mark.parametrize("kind", ["event_count", "value_count", "value_sum", "temporal", "temporal_ordered"])
def test_group_by_is_not_ignored(kind: Kind) -> None:
    """Whatever the type: events of different groups never complete a window together."""
    field = () if kind == "event_count" or kind.startswith("temporal") else ("n",)
    count = 6 if kind == "value_sum" else 3
    spec = make_spec(kind, count=count, rules=("a", "b", "c"), group_by=("src_ip", "user"), field=field)
    apart = feeder(spec).feed
    for second, rule in enumerate("abc"):
        assert apart(second, rule, user=rule, n=second + 1) == []
        assert apart(second, rule, user="same", src_ip=f"10.0.0.{second}", n=second + 1) == []
        assert apart(second, rule, user=None, n=second + 1) == []
    together = feeder(spec).feed
    assert [len(together(second, rule, user="an", n=second + 1)) for second, rule in enumerate("abc")][-1] == 1


@pytest.mark.parametrize("row", ["abdc", "acbd", "adcb", "bacd", "abcbd", "dabc"])
def test_order_is_checked_for_every_rule_not_only_the_first(row: str) -> None:
    """All of four rules are there, and the first comes first: only the right order is enough."""
    spec = make_spec("temporal_ordered", count=4, rules=("a", "b", "c", "d"))
    feed = feeder(spec).feed
    found = [len(feed(second, rule)) for second, rule in enumerate(row)]
    assert sum(found) == (1 if row == "abcbd" else 0)


@pytest.mark.parametrize("kind", ["event_count", "temporal", "temporal_ordered"])
def test_a_window_is_never_longer_than_the_timespan(kind: Kind) -> None:
    """A chain of events, each near the one before, is no window; nor is one a nanosecond too long."""
    spec = make_spec(kind, count=3, rules=("a", "b", "c"), timespan_s=60)
    feed = feeder(spec).feed
    assert [len(feed(second, rule)) for second, rule in ((0, "a"), (40, "b"), (80, "c"))] == [0, 0, 0]
    feed = feeder(spec).feed
    assert [len(feed(second, rule)) for second, rule in ((0, "a"), (30, "b"), (60.000000001, "c"))] == [0, 0, 0]
    feed = feeder(spec).feed
    assert [len(feed(second, rule)) for second, rule in ((0, "a"), (30, "b"), (60, "c"))] == [0, 0, 1]


def test_what_the_event_lacks_is_looked_up_for_groups_and_values() -> None:
    """Impossible travel is a rule: two countries of one user within an hour."""
    countries = {"10.0.0.1": "VN", "10.0.0.2": "VN", "10.0.0.3": "NL"}

    def lookup(event: Event, field: str) -> str | None:
        return countries.get(event.fields["src_ip"]) if field == "src_ip.country" else None

    spec = make_spec("value_count", count=2, group_by=("user",), field=("src_ip.country",), timespan_s=3600)
    feed = feeder(spec, lookup=lookup).feed
    assert feed(0, user="an", src_ip="10.0.0.1") == []
    assert feed(1, user="an", src_ip="10.0.0.2") == []
    assert feed(2, user="an", src_ip="10.0.0.9") == []
    assert len(feed(3, user="an", src_ip="10.0.0.3")) == 1
    by_country = make_spec(count=2, group_by=("src_ip.country",))
    feed = feeder(by_country, lookup=lookup).feed
    assert feed(0, src_ip="10.0.0.1") == []
    (found,) = feed(1, src_ip="10.0.0.2")
    assert found.entity_key == "VN"


def test_what_counts_a_field_that_nobody_knows_asks_for_no_events() -> None:
    by_country = make_spec("value_count", count=1, group_by=("user",), field=("src_ip.country",), rules=("login",))
    by_user = make_spec("value_count", count=1, group_by=("user",), field=("src_ip",), rules=("base", "other"))
    unknown = frozenset({"src_ip.country"})
    assert Correlator([by_country, by_user], unknown=unknown).wants == {"base", "other"}
    assert Correlator([by_country, by_user], lookup=lambda *_: None).wants == {"login", "base", "other"}
    aliased = make_spec(group_by=("where",), rules=("a", "b"), aliases={"where": {"a": "src_ip.country", "b": "user"}})
    assert Correlator([aliased], unknown=unknown).wants == {"b"}
    feed = feeder(by_country, by_user, unknown=unknown).feed
    assert len(feed(0, user="an", src_ip="10.0.0.1")) == 1


def test_a_line_cannot_choose_what_is_known_of_its_address() -> None:
    spec = make_spec(count=2, group_by=("src_ip.country",))
    feed = feeder(spec, lookup=lambda _, field: "NL" if field == "src_ip.country" else None).feed
    assert feed(0, **{"src_ip": "10.0.0.1", "src_ip.country": "VN"}) == []
    (found,) = feed(1, **{"src_ip": "10.0.0.1", "src_ip.country": "LA"})
    assert found.entity_key == "NL"
    alone = feeder(spec).feed
    assert [alone(second, **{"src_ip.country": "VN"}) for second in (0, 1)] == [[], []]


@pytest.mark.parametrize("group_by", [(), ("src_ip", "user")])
def test_a_field_without_a_name_is_no_group(group_by: tuple[str, ...]) -> None:
    """JSON may have a member whose name is empty; it must not take events out of their group."""
    feed = feeder(make_spec(count=2, group_by=group_by)).feed
    assert feed(0, **{"": "x", "src_ip": "10.0.0.1", "user": "an"}) == []
    assert len(feed(1, **{"": "y", "src_ip": "10.0.0.1", "user": "an"})) == 1
