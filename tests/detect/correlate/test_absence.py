"""Correlations that say what must not happen."""

from itertools import product

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soc_agent.detect.correlate import CorrelationSpec
from soc_agent.detect.correlate.spec import Absence, Kind, Term
from soc_agent.model import Detection
from tests.detect.correlate.samples import SECOND, Feeder, feeder, make_spec

RULES = ("a", "b", "c")
NOT_B = (Term((0,), (Absence(1, 1),)),)
LATENESS_S = 30


def absent(kind: Kind = "temporal", terms: tuple[Term, ...] = NOT_B, timespan_s: int = 60) -> CorrelationSpec:
    return make_spec(kind, rules=RULES, terms=terms, expression="a and not b", timespan_s=timespan_s)


def finish(feed: Feeder, time_s: int = 100_000) -> list[Detection]:
    """Let time pass: an event of another group, far later, and the end of the stream."""
    return feed.feed(time_s, "c", src_ip="later") + feed.correlator.advance(None)


def test_it_speaks_once_the_time_has_passed() -> None:
    """At the event that it is about, with its line; not before what must be absent cannot come any more."""
    feed = feeder(absent(), lateness_s=LATENESS_S)
    assert feed.feed(10, "a") == []
    assert feed.correlator.advance((10 + 60 + LATENESS_S) * SECOND) == []
    (found,) = feed.correlator.advance((10 + 60 + LATENESS_S + 1) * SECOND)
    assert (found.time_ns, found.first_ns, found.count) == (10 * SECOND, 10 * SECOND, 1)
    assert (found.line_number, found.raw.split()[0], found.host) == (1, b"10", "web01")
    assert found.entities["src_ip"] == ("10.0.0.1",)
    assert feed.correlator.advance(10**18) == []


@pytest.mark.parametrize(("other", "silent"), [(70, True), (71, False), (0, True), (-49, True), (-51, False)])
def test_without_order_the_other_may_come_before_or_after(other: int, silent: bool) -> None:
    """Within the timespan, whichever way."""
    feed = feeder(absent(), lateness_s=1000)
    feed.feed(1010, "a")
    feed.feed(1000 + other, "b")
    assert (finish(feed) == []) == silent


@pytest.mark.parametrize(
    ("term", "events", "fires"),
    [
        (Term((0,), (Absence(1, 1),)), "ba", True),
        (Term((0,), (Absence(1, 1),)), "ab", False),
        (Term((1,), (Absence(0, 0),)), "ab", False),
        (Term((1,), (Absence(0, 0),)), "ba", True),
        (Term((0, 2), (Absence(1, 1),)), "abc", False),
        (Term((0, 2), (Absence(1, 1),)), "bac", True),
        (Term((0, 2), (Absence(1, 1),)), "acb", True),
        (Term((0, 2), (Absence(1, 1),)), "abac", True),
        (Term((0, 2), (Absence(1, 1),)), "ca", False),
    ],
)
def test_with_order_it_is_looked_for_between_its_neighbours(term: Term, events: str, fires: bool) -> None:
    """`a and not b and c`: no b between the a and the c."""
    feed = feeder(absent("temporal_ordered", (term,)), lateness_s=LATENESS_S)
    for second, rule in enumerate(events):
        feed.feed(second, rule)
    assert bool(finish(feed)) == fires


def test_an_event_that_comes_late_still_silences_it() -> None:
    """Within the lateness, from the same stream or another."""
    feed = feeder(absent(), lateness_s=200)
    feed.feed(10, "a")
    feed.feed(150, "c", src_ip="other")
    feed.feed(40, "b", stream="t")
    assert finish(feed) == []


def test_it_feeds_the_correlations_above_it() -> None:
    """Two backups that did not end are one detection of the outer correlation."""
    outer = make_spec(count=2, rule_id="twice", rules=("many",), timespan_s=600)
    feed = feeder(absent(), outer, lateness_s=LATENESS_S)
    feed.feed(10, "a")
    feed.feed(200, "a")
    assert [found.rule.id for found in finish(feed)] == ["twice"]


def test_groups_are_bounded_and_that_is_said() -> None:
    """A flood from one address drops what waits the longest."""
    feed = feeder(absent())
    for number in range(3000):
        feed.feed(number / 100, "a")
    assert len(feed.groups()["10.0.0.1"]) <= 1024
    (problem,) = feed.correlator.problems()
    assert problem.code == "correlation.forgotten"


def test_groups_that_nobody_needs_are_forgotten() -> None:
    """Twice the timespan after their last event."""
    feed = feeder(absent(), lateness_s=10, records_bytes=0)
    feed.feed(0, "a")
    finish(feed, 500)
    for number in range(256):
        feed.feed(500 + number / 100, "c", src_ip="later")
    feed.commit()
    assert set(feed.groups()) == {"later"}


def test_the_end_of_all_streams_is_not_the_end_of_time() -> None:
    """What would have come after the log ended is not known."""
    feed = feeder(absent(), lateness_s=LATENESS_S)
    feed.feed(10, "a")
    feed.feed(69, "c", src_ip="other")
    assert feed.correlator.advance(None) == []
    feed.feed(71, "c", src_ip="other")
    assert len(feed.correlator.advance(None)) == 1


Item = tuple[int, str, int, str]
"""Time in seconds, rule, group, stream."""
TERMS = [
    Term((0,), (Absence(1, 1),)),
    Term((0,), (Absence(1, 1), Absence(2, 1))),
    Term((0, 1), (Absence(2, 2),)),
    Term((0, 2), (Absence(1, 1),)),
    Term((1, 2), (Absence(0, 0),)),
    Term((2,)),
]


def oracle(spec: CorrelationSpec, items: list[Item]) -> set[int]:
    """Give the numbers of the events that fire: try every row of events for every term, keep the tightest."""
    span = spec.timespan_ns // SECOND
    order = sorted(range(len(items)), key=lambda number: (items[number][0], number))
    fires = set()
    for term, (place, number) in product(spec.terms, enumerate(order)):
        time = items[number][0]
        group = [n for n in order if items[n][2] == items[number][2]]
        at = group.index(number)
        near = [i for i in range(at + 1) if items[group[i]][0] >= time - span]
        rules = [RULES.index(items[n][1]) for n in group]
        rows = [
            row
            for row in product(near, repeat=len(term.present))
            if [rules[i] for i in row] == list(term.present)
            and max(row) == at
            and (spec.kind == "temporal" or list(row) == sorted(set(row)))
        ]
        same = [i for i in range(len(group)) if items[group[i]][0] == time and i > at]
        if spec.kind == "temporal":
            rows = [row for row in rows if not any(rules[i] in set(term.present) - {rules[at]} for i in same)]
        if not rows:
            continue
        row = max(rows, key=lambda row: sorted(row, reverse=True) if spec.kind == "temporal" else row[::-1])
        end = min(items[group[i]][0] for i in row) + span
        spoilt = False
        for one in term.absent:
            for i, rule in enumerate(rules):
                inside = rule == one.rule and time - span <= items[group[i]][0] <= end
                if spec.kind == "temporal_ordered" and one.place > 0:
                    inside &= i > row[one.place - 1]
                if spec.kind == "temporal_ordered" and one.place < len(row):
                    inside &= i < row[one.place]
                spoilt |= inside
        if not spoilt:
            fires.add(number)
        del place
    return fires


@given(
    st.sampled_from(["temporal", "temporal_ordered"]),
    st.lists(st.sampled_from(TERMS), min_size=1, max_size=2).filter(lambda terms: any(term.absent for term in terms)),
    st.integers(1, 20),
    st.lists(
        st.tuples(st.integers(0, 60), st.sampled_from(RULES), st.integers(0, 1), st.sampled_from("st")), max_size=30
    ),
    st.lists(st.booleans(), min_size=31, max_size=31),
    st.sampled_from([0, 10**9]),
)
@settings(max_examples=300, deadline=None)
def test_detections_are_those_of_the_oracle_over_restarts(
    kind: Kind, terms: list[Term], span_s: int, items: list[Item], borders: list[bool], records_bytes: int
) -> None:
    """Events of two streams in any order, with restarts in between: each fires once, and those that must."""
    spec = absent(kind, tuple(terms), span_s)
    bounds = {"lateness_s": 100, "records_bytes": records_bytes}
    feed = feeder(spec, **bounds)
    found: list[Detection] = []
    for (time_s, rule, group, stream), border in zip(items, borders, strict=False):
        found += feed.feed(time_s, rule, stream=stream, src_ip=str(group))
        if border:
            feed.commit()
            feed.restart([spec], **bounds)
    found += feed.feed(100_000, "b", src_ip="later", stream="s")
    found += feed.feed(100_000, "b", src_ip="later", stream="t")
    found += feed.correlator.advance(None)
    assert sorted(d.line_number - 1 for d in found) == sorted(oracle(spec, items))
    assert len({d.uid for d in found}) == len(found)


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from("ab"), st.booleans()), max_size=30))
@settings(max_examples=100, deadline=None)
def test_what_fired_before_a_restart_does_not_fire_after_it(items: list[tuple[int, str, bool]]) -> None:
    """Time that passed by the clock is kept with the state."""
    spec = absent(timespan_s=5)
    through, broken = feeder(spec, lateness_s=3), feeder(spec, lateness_s=3)
    for time_s, rule, border in sorted(items, key=lambda item: item[0]):
        found = [(run.feed(time_s, rule), run.correlator.advance((time_s + 2) * SECOND)) for run in (through, broken)]
        assert found[0] == found[1]
        through.correlator.take_changes()
        broken.commit()
        if border:
            broken.restart([spec], lateness_s=3)
    assert msgspec.to_builtins(through.groups()) == msgspec.to_builtins(broken.groups())
