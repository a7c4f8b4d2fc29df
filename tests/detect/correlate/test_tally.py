"""What windows measure, type by type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.detect.correlate.entry import Entry
from soc_agent.detect.correlate.spec import Kind
from soc_agent.detect.correlate.tally import entries_cap, tally_for
from tests.detect.correlate.samples import make_spec

KINDS: list[Kind] = ["event_count", "value_count", "temporal", "temporal_ordered"]


@given(
    st.sampled_from(KINDS),
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 5), st.sampled_from("uvw")), max_size=20),
    st.data(),
)
def test_a_tally_that_slid_measures_as_a_new_one(
    kind: Kind, items: list[tuple[int, int, str]], data: st.DataObject
) -> None:
    """What fell out of the window leaves no trace."""
    spec = make_spec(kind, rules=("a", "b", "c"))
    entries = [Entry(time, 0, rule, events, value) for time, (rule, events, value) in enumerate(items)]
    low = data.draw(st.integers(0, len(entries)))
    slid, new = tally_for(spec), tally_for(spec)
    for entry in entries:
        slid.add(entry)
    for entry in entries[:low]:
        slid.drop(entry)
    for entry in entries[low:]:
        new.add(entry)
    assert slid.measure(entries, low, len(entries)) == new.measure(entries, low, len(entries))


@pytest.mark.parametrize(("rules", "expected"), [("abc", 3), ("acb", 2), ("cba", 1), ("bc", 0), ("aabbcc", 3), ("", 0)])
def test_order_is_followed_from_the_first_rule(rules: str, expected: int) -> None:
    """Others may lie between; what is missing ends the order."""
    entries = [Entry(time, 0, "abc".index(rule)) for time, rule in enumerate(rules)]
    tally = tally_for(make_spec("temporal_ordered", rules=("a", "b", "c")))
    assert tally.measure(entries, 0, len(entries)) == expected


def test_a_rule_may_stand_twice_in_an_order() -> None:
    """`fail, fail, success` needs two failures."""
    tally = tally_for(make_spec("temporal_ordered", rules=("fail", "fail", "success")))
    once, twice = [Entry(0, 0, 0), Entry(1, 0, 2)], [Entry(0, 0, 0), Entry(1, 0, 0), Entry(2, 0, 2)]
    assert tally.measure(once, 0, 2) == 1
    assert tally.measure(twice, 0, 3) == 3


def test_a_group_can_always_hold_what_its_condition_asks_for() -> None:
    """The bound grows with the threshold."""
    assert entries_cap(make_spec(count=5)) == 1024
    assert entries_cap(make_spec(count=5000)) == 10_000
    assert entries_cap(make_spec("temporal", count=5000)) == 256
