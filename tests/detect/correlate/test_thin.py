"""What a long group can do without: the measure of every window that is still to come is the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.detect.correlate.entry import EVENTS, TIME, WHAT, Entry
from soc_agent.detect.correlate.spec import CorrelationSpec
from soc_agent.detect.correlate.tally import tally_maker
from soc_agent.detect.correlate.thin import Thinner
from tests.detect.correlate.samples import make_spec

RULES = ("a", "b", "c")
SPECS = {
    "values": make_spec("value_count", count=3, field=("user",)),
    "unordered": make_spec("temporal", count=3, rules=RULES),
    "ordered": make_spec("temporal_ordered", count=3, rules=RULES),
    "twice": make_spec("temporal_ordered", count=4, rules=("a", "b", "b", "c")),
}


def groups(rules: int) -> st.SearchStrategy[list[Entry]]:
    row = st.lists(st.tuples(st.integers(0, 40), st.integers(0, rules - 1)), min_size=2, max_size=40)
    return row.map(lambda pairs: [(at, 1, what, turn) for turn, (at, what) in enumerate(sorted(pairs))])


def measure(spec: CorrelationSpec, group: list[Entry], begin: int, end: int) -> float:
    tally = tally_maker(spec)()
    for entry in group:
        if begin <= entry[TIME] <= end:
            tally.add(entry)
    return tally.measure(begin)


@given(st.sampled_from(sorted(SPECS)), groups(3), st.integers(0, 40), st.integers(1, 30), st.data())
def test_windows_that_end_later_measure_the_same(
    name: str, group: list[Entry], until: int, span: int, data: st.DataObject
) -> None:
    spec = SPECS[name]
    kept = Thinner(spec).thin(list(group), until, group[-1])
    late = data.draw(st.lists(st.tuples(st.integers(until + 1, 60), st.integers(0, 2)), max_size=5))
    more = [(at, 1, what, 1000 + turn) for turn, (at, what) in enumerate(late)]
    whole, rest = (sorted([*entries, *more], key=lambda entry: entry[TIME]) for entries in (group, kept))
    for end in {entry[TIME] for entry in whole if entry[TIME] > until}:
        assert measure(spec, rest, end - span, end) == measure(spec, whole, end - span, end)


@given(st.sampled_from(sorted(SPECS)), groups(3), st.integers(0, 40))
def test_what_is_left_out_is_counted_with_the_rest(name: str, group: list[Entry], until: int) -> None:
    kept = Thinner(SPECS[name]).thin(list(group), until, group[-1])
    assert sum(entry[EVENTS] for entry in kept) == len(group)
    assert kept[-1] is group[-1]
    assert {entry[WHAT] for entry in kept} == {entry[WHAT] for entry in group}


def test_what_detections_counted_is_not_counted_with_the_rest() -> None:
    group = [(0, -1, 0, 0), (1, -1, 0, 1), (2, 1, 0, 2), (3, 1, 0, 3), (4, 1, 0, 4), (5, 1, 0, 5)]
    kept = Thinner(SPECS["unordered"]).thin(group, 9, group[-1])
    assert [entry[EVENTS] for entry in kept] == [3, 1]


@pytest.mark.parametrize("name", ["unordered", "ordered"])
def test_noise_of_several_rules_in_turn_leaves_little(name: str) -> None:
    """The first of four rules stays however long two others alternate."""
    group = [(0, 1, 0, 0), *((at, 1, 1 + at % 2, at) for at in range(1, 500))]
    kept = Thinner(SPECS[name]).thin(group, 400, group[-1])
    assert kept[0][TIME] == 0
    assert len(kept) <= 99 + 1 + 2 + 3


def test_a_count_or_a_sum_needs_every_event() -> None:
    assert not Thinner(make_spec("event_count")).can_thin
    assert not Thinner(make_spec("value_sum", field=("n",))).can_thin
