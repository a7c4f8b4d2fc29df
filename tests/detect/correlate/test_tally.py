"""What windows measure, type by type."""

import math
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.detect.correlate.entry import Entry
from soc_agent.detect.correlate.spec import CorrelationSpec, Kind, Term
from soc_agent.detect.correlate.tally import decides, entries_cap, least_entries, percentile_of, tally_maker
from tests.detect.correlate.samples import make_spec

KINDS: list[Kind] = ["event_count", "value_count", "temporal", "temporal_ordered"]
NUMBERS: list[Kind] = ["value_sum", "value_avg", "value_percentile", "value_median"]
TERMS = (Term((0, 2)), Term((1,)))


def measured(spec: CorrelationSpec, entries: list[Entry], begin: int = 0) -> float:
    tally = tally_maker(spec)()
    for entry in entries:
        tally.add(entry)
    return tally.measure(begin)


def follows(spec: CorrelationSpec, entries: list[Entry], low: int) -> None:
    slid = tally_maker(spec)()
    for entry in entries:
        slid.add(entry)
    for entry in entries[:low]:
        slid.drop(entry)
    assert slid.measure(low) == measured(spec, entries[low:], low)


@given(
    st.sampled_from(KINDS),
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 5)), max_size=20),
    st.data(),
)
def test_a_tally_that_slid_measures_as_a_new_one(
    kind: Kind, with_terms: bool, items: list[tuple[int, int]], data: st.DataObject
) -> None:
    """What fell out of the window leaves no trace; events that a detection counted count as before."""
    terms = TERMS if with_terms and kind.startswith("temporal") else ()
    spec = make_spec(kind, rules=("a", "b", "c"), terms=terms)
    entries: list[Entry] = [(time, events, what, time) for time, (what, events) in enumerate(items)]
    follows(spec, entries, data.draw(st.integers(0, len(entries))))


@given(
    st.sampled_from(NUMBERS),
    st.lists(st.integers(-(2**60), 2**60) | st.floats(-1e300, 1e300), max_size=20),
    st.data(),
)
def test_numbers_leave_no_trace_either(kind: Kind, values: list[float], data: st.DataObject) -> None:
    """Sums are exact, so that no rounding of values long gone decides."""
    spec = make_spec(kind, field=("n",), percentile=90)
    entries: list[Entry] = [(time, (1, -1, 3, 200)[time % 4], value, time) for time, value in enumerate(values)]
    follows(spec, entries, data.draw(st.integers(0, len(entries))))


def test_a_sum_is_as_exact_after_a_fraction_has_left_and_never_fails() -> None:
    spec = make_spec("value_sum", field=("n",))
    for kind in ("value_sum", "value_avg"):
        whole = make_spec(kind, field=("n",))
        follows(whole, [(0, 1, 0.5, 0), (1, 1, 0.0, 1), (2, 1, 2**53 + 1, 2)], 2)
    assert measured(spec, [(0, 1, 1.7e308, 0), (1, 1, 1.7e308, 1)]) == math.inf


@pytest.mark.parametrize(("rules", "expected"), [("abc", 3), ("acb", 2), ("cba", 1), ("bc", 0), ("aabbcc", 3), ("", 0)])
def test_order_is_followed_from_the_first_rule(rules: str, expected: int) -> None:
    """Others may lie between; what is missing ends the order."""
    entries: list[Entry] = [(time, 1, "abc".index(rule), time) for time, rule in enumerate(rules)]
    assert measured(make_spec("temporal_ordered", rules=("a", "b", "c")), entries) == expected


def test_a_row_counts_only_when_it_began_in_the_window() -> None:
    """Order says nothing about events that the timespan has left behind."""
    entries: list[Entry] = [(0, 1, 0, 0), (5, 1, 1, 1), (9, 1, 0, 2)]
    spec = make_spec("temporal_ordered", rules=("a", "b"))
    assert (measured(spec, entries, 0), measured(spec, entries, 1)) == (2, 1)


def test_a_rule_may_stand_twice_in_an_order() -> None:
    """`fail, fail, success` needs two failures."""
    spec = make_spec("temporal_ordered", rules=("fail", "fail", "success"))
    once: list[Entry] = [(0, 1, 0, 0), (1, 1, 2, 1)]
    twice: list[Entry] = [(0, 1, 0, 0), (1, 1, 0, 1), (2, 1, 2, 2)]
    assert (measured(spec, once), measured(spec, twice)) == (1, 3)


@pytest.mark.parametrize(
    ("present", "ordered", "expected"),
    [((0, 2), False, 1), ((1,), False, 1), ((0,), False, 0), ((2, 0), True, 0), ((0, 1, 2), True, 1)],
)
def test_an_expression_is_true_when_one_of_its_terms_is(present: tuple[int, ...], ordered: bool, expected: int) -> None:
    """Order counts for ordered correlations alone."""
    kind: Kind = "temporal_ordered" if ordered else "temporal"
    terms = (Term((0, 2)), Term((1, 2))) if ordered else TERMS
    entries: list[Entry] = [(time, 1, rule, time) for time, rule in enumerate(present)]
    assert measured(make_spec(kind, rules=("a", "b", "c"), terms=terms), entries) == expected


@given(st.lists(st.integers(-1000, 1000), min_size=1))
def test_the_median_is_the_fiftieth_percentile(values: list[int]) -> None:
    """And the extremes are the lowest and the highest."""
    values.sort()
    assert percentile_of(values, 50) == median(values)
    assert (percentile_of(values, 0), percentile_of(values, 100)) == (values[0], values[-1])
    assert percentile_of([], 50) == 0


def test_a_percentile_lies_between_two_values_in_proportion() -> None:
    assert percentile_of([10, 20, 30, 40], 90) == 37.0
    assert percentile_of([-1.7e308, 1.7e308], 50) == 0


def test_a_group_can_always_hold_what_its_condition_asks_for() -> None:
    """The bound grows with the threshold."""
    assert entries_cap(make_spec(count=5)) == 1024
    assert entries_cap(make_spec(count=5000)) == 10_000
    assert entries_cap(make_spec(op="lte", count=5000)) == 10_000
    assert entries_cap(make_spec(count=10**9)) == 500_000
    assert [decides(make_spec(count=count)) for count in (5000, 10**9)] == [True, False]
    assert entries_cap(make_spec("value_sum", count=5, field=("n",))) == 65_536
    assert entries_cap(make_spec("temporal", count=5000)) == 1024


def test_how_many_entries_a_window_needs() -> None:
    """Nothing is known of sums, and of conditions that fewer events make true."""
    assert least_entries(make_spec(count=5)) == 5
    assert least_entries(make_spec(op="lt", count=5)) == 1
    assert least_entries(make_spec("value_sum", count=5, field=("n",))) == 1
    assert least_entries(make_spec("temporal", rules=("a", "b", "c"), terms=TERMS)) == 1


@pytest.mark.parametrize(
    ("kind", "expected"), [("value_sum", 520.0), ("value_avg", 130.0), ("value_median", 100), ("value_percentile", 184)]
)
def test_a_line_that_stands_for_several_events_weighs_as_many(kind: Kind, expected: float) -> None:
    """Whether or not a detection has counted it."""
    spec = make_spec(kind, field=("n",), percentile=90)
    for sign in (1, -1):
        entries: list[Entry] = [(0, 3 * sign, 100, 0), (1, 1, 220, 1)]
        assert measured(spec, entries) == pytest.approx(expected)


def test_a_line_is_ranked_a_bounded_number_of_times() -> None:
    """However many events it stands for: each would take room of its own."""
    entries: list[Entry] = [(0, 100_000, 1, 0), *((time, 1, 2, time) for time in range(1, 102))]
    assert measured(make_spec("value_median", field=("n",)), entries) == 2
