"""The windows that an event completes: the same as looking at all events anew each time."""

from collections.abc import Sequence
from statistics import median
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from soc_agent.detect.correlate import CorrelationSpec
from soc_agent.detect.correlate.entry import EVIDENCE_LINES
from soc_agent.detect.correlate.spec import Term
from soc_agent.detect.correlate.window import Windows
from tests.detect.correlate.samples import SECOND, Feeder, feeder, make_spec

RULES = ("a", "b", "c")
LATENESS_S = 25

Item = tuple[int, str, int, str, int, str]
"""Time in seconds, rule, group, value, events, stream."""
VALUES = {"u": 1, "v": -2.5, "w": "7", "x": None, "y": "many"}
"""What the letters are as numbers; the last two are none."""
TERMS = (Term((0, 2)), Term((1,)))

items = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.sampled_from(RULES),
        st.integers(0, 1),
        st.sampled_from("uvwxy"),
        st.sampled_from([1, 1, 1, 4]),
        st.sampled_from("st"),
    ),
    max_size=60,
)
specs = st.one_of(
    st.builds(
        make_spec,
        st.just("event_count"),
        st.sampled_from(["gte", "gt", "lt", "lte", "eq", "neq"]),
        st.integers(1, 6),
        rules=st.just(RULES),
        timespan_s=st.integers(1, 20),
    ),
    st.builds(
        make_spec,
        st.just("value_count"),
        st.sampled_from(["gte", "eq", "lt"]),
        st.integers(1, 3),
        rules=st.just(RULES),
        timespan_s=st.integers(1, 20),
        field=st.just(("user",)),
    ),
    st.builds(
        make_spec,
        st.sampled_from(["value_sum", "value_avg", "value_percentile", "value_median"]),
        st.sampled_from(["gte", "gt", "lt", "lte", "eq", "neq"]),
        st.integers(-3, 12) | st.floats(-3, 5),
        rules=st.just(RULES),
        timespan_s=st.integers(1, 20),
        field=st.just(("number",)),
        percentile=st.integers(0, 100),
    ),
    st.builds(
        make_spec,
        st.sampled_from(["temporal", "temporal_ordered"]),
        st.just("gte"),
        st.integers(2, 3),
        rules=st.just(RULES),
        timespan_s=st.integers(1, 20),
        terms=st.sampled_from([(), (), TERMS]),
    ),
)


def measure(spec: CorrelationSpec, window: list[Item]) -> float:
    weighed = [item for item in window if spec.value_fields == ("number",) for _ in range(item[4])]
    numbers = [float(VALUES[item[3]]) for item in weighed]  # type: ignore[arg-type]
    match spec.kind:
        case "event_count":
            return sum(item[4] for item in window)
        case "value_count":
            return len({item[3] for item in window})
        case "value_sum":
            return sum(numbers)
        case "value_avg":
            return sum(numbers) / len(numbers)
        case "value_median":
            return median(numbers)
        case "value_percentile":
            place = (len(numbers) - 1) * spec.percentile / 100
            low, high = sorted(numbers)[int(place)], sorted(numbers)[min(int(place) + 1, len(numbers) - 1)]
            return low + (high - low) * (place - int(place))
        case "temporal" if not spec.terms:
            return len({item[1] for item in window})
        case "temporal_ordered" if not spec.terms:
            return max(in_order(RULES[:length], window) * length for length in range(len(RULES) + 1))
        case _:
            found = {item[1] for item in window}
            rows = [[RULES[rule] for rule in term.present] for term in spec.terms]
            return any(
                in_order(row, window) if spec.kind == "temporal_ordered" else found.issuperset(row) for row in rows
            )


def in_order(rules: Sequence[str], window: list[Item]) -> bool:
    """Say whether there are events of the rules one after the other."""
    left = iter(window)
    return all(any(item[1] == rule for item in left) for rule in rules)


class Oracle:
    """Looks at every window anew with every event."""

    def __init__(self, spec: CorrelationSpec) -> None:
        self.spec = spec
        self.span_s = spec.timespan_ns // SECOND
        self.seen: list[tuple[Item, int]] = []
        self.reported: set[int] = set()
        self.latest: dict[str, int] = {}

    def feed(self, item: Item, number: int) -> int | None:
        """Give the count of the detection, if there is one."""
        latest = self.latest.get(item[5], -1)
        self.latest[item[5]] = max(latest, item[0])
        is_number = self.spec.value_fields != ("number",) or item[3] in "uvw"
        if item[0] < latest - LATENESS_S or not is_number:
            return None
        self.seen.append((item, number))
        group = sorted((old for old in self.seen if old[0][2] == item[2]), key=lambda old: (old[0][0], old[1]))
        for end in sorted({old[0][0] for old in group if item[0] <= old[0][0] <= item[0] + self.span_s}):
            window = [old for old in group if end - self.span_s <= old[0][0] <= end]
            if self.spec.holds(measure(self.spec, [old[0] for old in window])):
                new = [old for old in window if old[1] not in self.reported]
                self.reported |= {old[1] for old in new}
                return sum(old[0][4] for old in new)
        return None


def feed_item(feed: Feeder, item: Item) -> int | None:
    time_s, rule, group, value, events, stream = item
    found = feed.feed(time_s, rule, stream=stream, src_ip=str(group), user=value, number=VALUES[value], repeat=events)
    assert len(found) <= 1
    return found[0].count if found else None


@given(specs, items)
@settings(max_examples=300, deadline=None)
def test_detections_are_those_of_the_oracle(spec: CorrelationSpec, sequence: list[Item]) -> None:
    """Sliding is only a faster way of looking at everything; out-of-order and late events included."""
    feed, oracle = feeder(spec, lateness_s=LATENESS_S), Oracle(spec)
    for number, item in enumerate(sequence):
        assert feed_item(feed, item) == oracle.feed(item, number), f"event {number}: {item}"


def test_a_line_that_stands_for_several_events_does_so_after_a_restart() -> None:
    spec = make_spec("event_count", "eq", 5, rules=("a",), timespan_s=1)
    run = feeder(spec, records_bytes=0)
    run.feed(1, "a", src_ip="0", repeat=4)
    run.commit()
    run.restart([spec], records_bytes=0)
    (detection,) = run.feed(2, "a", src_ip="0", repeat=1)
    assert detection.count == 5


@given(
    st.lists(specs, min_size=1, max_size=3),
    items,
    st.lists(st.booleans(), min_size=60, max_size=60),
    st.sampled_from([0, 300, 10**9]),
)
@settings(max_examples=150, deadline=None)
def test_a_restart_at_any_border_changes_nothing(
    several: list[CorrelationSpec], sequence: list[Item], borders: list[bool], records_bytes: int
) -> None:
    """State taken at a block's border and restored gives the detections of an uninterrupted run, ids included."""
    named = [
        msgspec.structs.replace(spec, info=msgspec.structs.replace(spec.info, id=f"c{number}"))
        for number, spec in enumerate(several)
    ]
    bounds = {"lateness_s": LATENESS_S, "records_bytes": records_bytes}
    through, broken = feeder(*named, **bounds), feeder(*named, **bounds)
    for (time_s, rule, group, value, events, stream), border in zip(sequence, borders, strict=False):
        fields: dict[str, Any] = {"src_ip": str(group), "user": value, "number": VALUES[value], "repeat": events}
        wanted, found = (run.feed(time_s, rule, stream=stream, **fields) for run in (through, broken))
        assert found == wanted
        through.correlator.take_changes()
        broken.commit()
        if border:
            broken.restart(named, **bounds)
    assert broken.correlator.take_late() <= through.correlator.take_late()


@given(st.permutations(range(8)))
def test_whether_a_threshold_is_reached_does_not_depend_on_the_order(order: list[int]) -> None:
    """Whatever order the events of a window arrive in, the last to come detects, and the counts add up."""
    feed = feeder(make_spec(count=8, timespan_s=7))
    found = [detection for second in order for detection in feed.feed(second)]
    assert [detection.count for detection in found] == [8]


def test_evidence_is_the_latest_lines_and_bounded() -> None:
    """A large window keeps its latest lines, oldest first, each cut."""
    feed = feeder(make_spec(count=100)).feed
    found = [d for number in range(100) for d in feed(number / 10, text="x" * 5000)]
    assert len(found) == 1
    assert len(found[0].evidence) == EVIDENCE_LINES - 1
    assert all(len(line) <= 1024 for line in found[0].evidence)
    assert [float(line.split()[0]) for line in found[0].evidence] == [number / 10 for number in range(80, 99)]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=120))
def test_values_are_the_first_distinct_ones_of_the_latest_events(numbers: list[int]) -> None:
    """In order of time, bounded, however they repeat."""
    windows = Windows(make_spec("value_count", count=1, field=("user",)))
    for turn, number in enumerate(numbers):
        completed = windows.take("k", (turn, 1, f"u{number}", turn))
        latest = [f"u{old}" for old in numbers[: turn + 1][-64:]]
        assert completed is not None
        assert completed.values == tuple(dict.fromkeys(latest))[:EVIDENCE_LINES]


def test_what_is_dead_for_a_whole_span_goes_though_no_flood_like_it_comes_again() -> None:
    """A flood of groups must not stay in memory until another one of twice its size comes."""
    spec = make_spec("event_count", timespan_s=60)
    windows = Windows(spec)
    for number in range(5000):
        windows.take(f"flood {number}", (number, 1, "", number))
    windows.sweep(5000)
    assert len(windows.groups) == 5000
    at = 121 * SECOND + 5000
    windows.take("later", (at, 1, "", 5001))
    windows.sweep(at)
    assert list(windows.groups) == ["later"]
    assert windows.cost_bytes < 1000
    assert windows.forgotten == 0
