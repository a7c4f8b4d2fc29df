"""An earlier run counted again: nothing is lost and nothing counts twice, whatever else changed meanwhile."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soc_agent.detect.correlate.spec import Absence, CorrelationSpec, Term
from tests.detect.correlate.documents import Run, compiled, lines, said
from tests.detect.correlate.oracle import Correlation, Line, Oracle
from tests.detect.correlate.samples import Feeder, feeder, make_spec

LATENESS_S = 25
BOUNDS = [0, 10**9]
"""After each block a snapshot, or records only."""


@pytest.mark.parametrize("records_bytes", BOUNDS)
def test_a_lowered_threshold_counts_what_no_detection_counted(records_bytes: int) -> None:
    feed = feeder(make_spec(count=10), records_bytes=records_bytes)
    for second in range(6):
        feed.feed(second)
    feed.commit()
    feed.restart([make_spec(count=3)])
    (found,) = feed.feed(6)
    assert (found.count, found.first_ns) == (7, 0)


@pytest.mark.parametrize("records_bytes", BOUNDS)
def test_a_raised_threshold_does_not_count_twice(records_bytes: int) -> None:
    feed = feeder(make_spec(count=3), records_bytes=records_bytes)
    for second in range(4):
        feed.feed(second)
    feed.commit()
    feed.restart([make_spec(count=6)])
    assert feed.feed(4) == []
    assert [found.count for found in feed.feed(5)] == [2]


def section(kind: str, condition: dict[str, Any]) -> list[dict[str, Any]]:
    rules = ["a", "b", "c"]
    return [
        {
            "title": "k",
            "name": "k",
            "correlation": {
                "type": kind,
                "rules": rules,
                "timespan": "40s",
                "group-by": ["src_ip"],
                "condition": condition,
            },
        }
    ]


CONDITIONS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "event_count": st.builds(lambda op, n: {op: n}, st.sampled_from(["gte", "gt", "lte", "eq"]), st.integers(1, 6)),
    "value_count": st.builds(lambda n: {"gte": n, "field": "user"}, st.integers(1, 4)),
    "value_percentile": st.builds(
        lambda n, p: {"gte": n, "percentile": p, "field": "n"}, st.integers(0, 3), st.just(9)
    ),
    "temporal": st.builds(lambda n: {"gte": n}, st.integers(1, 3)),
    "temporal_ordered": st.builds(lambda n: {"gte": n}, st.integers(1, 3)),
}


@given(st.sampled_from(sorted(CONDITIONS)), lines(), st.data(), st.sampled_from([0, 300, 10**9]))
@settings(max_examples=120, deadline=None)
def test_conditions_that_change_at_each_restart_count_as_in_one_run(
    kind: str, fed: list[Line], data: st.DataObject, records_bytes: int
) -> None:
    """Which line completes is decided by the condition of now, how many no detection counted by all that was."""
    made = section(kind, data.draw(CONDITIONS[kind]))
    run, oracle = Run(compiled(made), lateness_s=LATENESS_S, records_bytes=records_bytes), Oracle(made, LATENESS_S)
    for number, line in enumerate(fed):
        assert [said(found) for found in run.feed(line, number)] == oracle.feed(line, number), f"line {number}: {line}"
        if number % 9 == 8:
            run.commit()
            made = section(kind, data.draw(CONDITIONS[kind]))
            run.specs, oracle.all[0].condition = compiled(made), Correlation(made[0]).condition
            run.restart()


def absent(timespan_s: int = 5) -> CorrelationSpec:
    terms = (Term((0,), (Absence(1, 1),)),)
    rules = ("a", "b")
    more: dict[str, Any] = {"terms": terms, "expression": "a and not b", "timespan_s": timespan_s}
    return make_spec("temporal", rule_id="inner", rules=rules, **more)


def finish(feed: Feeder, time_s: int) -> list[str]:
    found = feed.feed(time_s, "zz", src_ip="later") + feed.correlator.advance(None)
    return [detection.rule.id for detection in found]


@pytest.mark.parametrize("records_bytes", BOUNDS)
@pytest.mark.parametrize("changed", [True, False])
def test_a_changed_inner_correlation_resets_only_itself(records_bytes: int, changed: bool) -> None:
    """The outer one keeps what the inner one gave it, once."""
    outer = make_spec(count=3, rule_id="outer", rules=("inner",), timespan_s=500_000)
    feed = feeder(absent(), outer, lateness_s=10, records_bytes=records_bytes)
    feed.feed(0, "a")
    assert finish(feed, 100_000) == []
    for number in range(3):
        feed.commit()
        feed.restart([absent(timespan_s=6 + number * changed), outer], lateness_s=10, records_bytes=records_bytes)
    feed.feed(100_001, "a")
    assert finish(feed, 200_000) == []
    feed.feed(200_001, "a")
    assert finish(feed, 300_000) == ["outer"]
