"""A flood of some rules, or of some values, in one group: nothing that a window still needs is pushed out."""

import random
from typing import Any

import pytest

from tests.detect.correlate.documents import Run, compiled, said
from tests.detect.correlate.oracle import Found, Line, Oracle

LATENESS_S = 600


def flood(seed: int) -> tuple[list[dict[str, Any]], list[Line]]:
    """Give one correlation of rules, values or events with a long timespan, and lines in order, most of them noise."""
    rng = random.Random(seed)
    kind = rng.choice(["temporal", "temporal_ordered", "value_count", "event_count"])
    section: dict[str, Any] = {"type": kind, "rules": ["a", "b", "c", "d"], "timespan": f"{rng.randrange(300, 3000)}s"}
    if kind == "value_count":
        section["condition"] = {rng.choice(["gte", "eq", "lt"]): rng.randrange(3, 12), "field": "user"}
    elif kind == "event_count":
        section["condition"] = rng.choice([{"lte": 1100}, {"gte": 20, "lt": 1000}, {"eq": 1050}, {"neq": 1100}])
    noise, rare = rng.choice(["b", "bc", "bcd", "cb", "ab"]), rng.choice([0.002, 0.01])
    found, time_s = [], 0.0
    for _ in range(2600 if kind == "value_count" else 1400):
        time_s += rng.choice([0, 0.5, 1, 1])
        rule = rng.choice("abcd") if rng.random() < rare else rng.choice(noise)
        user = f"u{rng.randrange(12)}" if rng.random() < rare else "u0"
        found.append(Line(time_s, (rule,), "s", {"src_ip": "1", "user": user}))
    return [{"title": "k", "name": "k", "correlation": section}], found


@pytest.mark.parametrize("seed", range(24))
def test_noise_pushes_nothing_out(seed: int) -> None:
    """The same lines complete the same measure, over kills too; how many they stand for adds up."""
    made, fed = flood(seed)
    run, oracle = Run(compiled(made), lateness_s=LATENESS_S, records_bytes=seed % 2 * 10**9), Oracle(made, LATENESS_S)
    found: list[Found] = []
    wanted: list[Found] = []
    for number, line in enumerate(fed):
        found += map(said, run.feed(line, number))
        wanted += oracle.feed(line, number)
        if number % 200 == 199:
            run.commit()
            run.restart()
    assert [(one.number, one.measure) for one in found] == [(one.number, one.measure) for one in wanted]
    assert run.correlator.problems() == []
