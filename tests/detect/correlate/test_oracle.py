"""Whole documents against a slow evaluator: all types, groups, aliases and chains, over streams in any order."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.detect.correlate.documents import Run, compiled, document_sets, lines, said
from tests.detect.correlate.oracle import Found, Line, Oracle

LATENESS_S = 25


@given(document_sets(chained=False), lines())
@settings(max_examples=150, deadline=None)
def test_detections_are_those_of_the_oracle(made: list[dict[str, Any]], fed: list[Line]) -> None:
    """Which line completes, of which group, what is measured, how many events no detection has counted, since when."""
    run, oracle = Run(compiled(made), lateness_s=LATENESS_S), Oracle(made, LATENESS_S)
    for number, line in enumerate(fed):
        assert [said(found) for found in run.feed(line, number)] == oracle.feed(line, number), f"line {number}: {line}"
    assert run.correlator.take_late() == oracle.late
    assert sorted(map(said, run.correlator.advance(None))) == sorted(oracle.end())


@given(
    document_sets(chained=False),
    lines(40),
    st.lists(st.sampled_from(["", "cut", "kill"]), min_size=40, max_size=40),
    st.sampled_from([0, 300, 10**9]),
)
@settings(max_examples=100, deadline=None)
def test_blocks_and_kills_at_any_border_change_nothing(
    made: list[dict[str, Any]], fed: list[Line], borders: list[str], records_bytes: int
) -> None:
    """Detections, ids and what they show are those of an uninterrupted run in one block."""
    specs = compiled(made)
    through = Run(specs, lateness_s=LATENESS_S)
    broken = Run(specs, lateness_s=LATENESS_S, records_bytes=records_bytes)
    for number, (line, border) in enumerate(zip(fed, borders, strict=False)):
        assert broken.feed(line, number) == through.feed(line, number)
        if border:
            broken.commit()
        if border == "kill":
            broken.restart()
    assert broken.correlator.advance(None) == through.correlator.advance(None)


def flood(seed: int) -> list[Line]:
    """Give some hundred lines of few groups, mostly in order, in which the watermark passes over most of them."""
    rng = random.Random(seed)
    found, time_s = [], {"s": 0.0, "t": 40.0}
    for _ in range(700):
        stream = rng.choice("sst")
        time_s[stream] += rng.choice([0, 0, 0.25, 1, 1, 3, 30 if rng.random() < 0.05 else 0])
        at_s = time_s[stream] - (rng.randrange(40) if rng.random() < 0.1 else 0)
        fields: dict[str, Any] = {
            "src_ip": rng.choice("1122223"),
            "user": f"u{rng.randrange(9)}",
            "peer": rng.choice("12"),
        }
        fields["n"] = rng.choice([1, 2, 0.5, -1, "3"])
        repeat = rng.randrange(1, 5) if rng.random() < 0.03 else 1
        rules = tuple(sorted(rng.sample("abcd", rng.choice([1, 1, 2]))))
        found.append(Line(max(at_s, 0), rules, stream, fields, repeat))
    return found


@given(document_sets(chained=False), st.integers(0, 10**6), st.sampled_from([0, 2_000, 10**9]))
@settings(max_examples=20, deadline=None)
def test_long_streams_give_what_the_oracle_gives(made: list[dict[str, Any]], seed: int, records_bytes: int) -> None:
    """Large windows are followed, old events are dropped, and every fiftieth block ends with a kill."""
    run, oracle = Run(compiled(made), lateness_s=LATENESS_S, records_bytes=records_bytes), Oracle(made, LATENESS_S)
    for number, line in enumerate(flood(seed)):
        assert [said(found) for found in run.feed(line, number)] == oracle.feed(line, number), f"line {number}: {line}"
        if number % 50 == 49:
            run.commit()
            run.restart()
    assert sorted(map(said, run.correlator.advance(None))) == sorted(oracle.end())


def section(**more: Any) -> dict[str, Any]:
    return {"type": "event_count", "rules": ["a"], "timespan": "60s", "condition": {"gte": 3}, **more}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({}, Found("k", 2, (), 3, 0, "3")),
        ({"group-by": ["src_ip"]}, Found("k", 4, ("1",), 3, 0, "3")),
        ({"type": "value_count", "condition": {"gte": 2, "field": "src_ip"}}, Found("k", 1, (), 2, 0, "2")),
    ],
)
def test_the_oracle_finds_what_a_person_finds(found: dict[str, Any], expected: Found) -> None:
    """The evaluator itself, on a case that can be counted by hand."""
    oracle = Oracle([{"name": "k", "correlation": section(**found)}], 60)
    fed = [Line(number * 10, ("a",), "s", {"src_ip": "12"[number % 2]}) for number in range(5)]
    assert next(one for number, line in enumerate(fed) for one in oracle.feed(line, number)) == expected
