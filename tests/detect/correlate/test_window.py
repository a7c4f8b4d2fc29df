"""The windows that an event completes: the same as looking at all events anew each time."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from soc_agent.detect.correlate import CorrelationSpec
from soc_agent.detect.correlate.entry import EVIDENCE_LINES
from soc_agent.detect.correlate.spec import Kind
from tests.detect.correlate.samples import SECOND, Feeder, feeder, make_spec

RULES = ("a", "b", "c")
LATENESS_S = 25

Item = tuple[int, str, int, str, int]
"""Time in seconds, rule, group, value, events."""

items = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.sampled_from(RULES),
        st.integers(0, 1),
        st.sampled_from("uvw"),
        st.sampled_from([1, 1, 1, 4]),
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
        st.sampled_from(["temporal", "temporal_ordered"]),
        st.just("gte"),
        st.integers(2, 3),
        rules=st.just(RULES),
        timespan_s=st.integers(1, 20),
    ),
)


def measure(kind: Kind, window: list[Item]) -> int:
    match kind:
        case "event_count":
            return sum(item[4] for item in window)
        case "value_count":
            return len({item[3] for item in window})
        case "temporal":
            return len({item[1] for item in window})
        case "temporal_ordered":
            wanted = list(RULES)
            for item in window:
                if wanted and item[1] == wanted[0]:
                    wanted.pop(0)
            return len(RULES) - len(wanted)


class Oracle:
    """Looks at every window anew with every event."""

    def __init__(self, spec: CorrelationSpec) -> None:
        self.spec = spec
        self.span_s = spec.timespan_ns // SECOND
        self.seen: list[tuple[Item, int]] = []
        self.reported: set[int] = set()
        self.latest = -1

    def feed(self, item: Item, number: int) -> int | None:
        """Give the count of the detection, if there is one."""
        if item[0] < self.latest - LATENESS_S:
            return None
        self.latest = max(self.latest, item[0])
        self.seen.append((item, number))
        group = sorted((old for old in self.seen if old[0][2] == item[2]), key=lambda old: (old[0][0], old[1]))
        for end in sorted({old[0][0] for old in group if item[0] <= old[0][0] <= item[0] + self.span_s}):
            window = [old for old in group if end - self.span_s <= old[0][0] <= end]
            if self.spec.holds(measure(self.spec.kind, [old[0] for old in window])):
                new = [old for old in window if old[1] not in self.reported]
                self.reported |= {old[1] for old in new}
                return sum(old[0][4] for old in new)
        return None


def feed_item(feed: Feeder, item: Item) -> int | None:
    time_s, rule, group, value, events = item
    found = feed.feed(time_s, rule, src_ip=str(group), user=value, repeat=events)
    assert len(found) <= 1
    return found[0].count if found else None


@given(specs, items)
@settings(max_examples=300, deadline=None)
def test_detections_are_those_of_the_oracle(spec: CorrelationSpec, sequence: list[Item]) -> None:
    """Sliding is only a faster way of looking at everything; out-of-order and late events included."""
    feed, oracle = feeder(spec, lateness_s=LATENESS_S), Oracle(spec)
    for number, item in enumerate(sequence):
        assert feed_item(feed, item) == oracle.feed(item, number), f"event {number}: {item}"


@given(st.lists(specs, min_size=1, max_size=3), items, st.lists(st.booleans(), min_size=60, max_size=60))
@settings(max_examples=150, deadline=None)
def test_a_restart_at_any_border_changes_nothing(
    several: list[CorrelationSpec], sequence: list[Item], borders: list[bool]
) -> None:
    """State taken at a block's border and restored gives the detections of an uninterrupted run, ids included."""
    named = [
        msgspec.structs.replace(spec, info=msgspec.structs.replace(spec.info, id=f"c{number}"))
        for number, spec in enumerate(several)
    ]
    through, broken = feeder(*named, lateness_s=LATENESS_S), feeder(*named, lateness_s=LATENESS_S)
    for (time_s, rule, group, value, events), border in zip(sequence, borders, strict=False):
        wanted, found = (
            run.feed(time_s, rule, src_ip=str(group), user=value, repeat=events) for run in (through, broken)
        )
        assert found == wanted
        through.correlator.take_changes()
        broken.commit()
        if border:
            broken.restart(named, lateness_s=LATENESS_S)
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
