"""Chains over correlations that say what must not happen, against the slow evaluator."""

from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.detect.correlate.documents import Run, compiled, lines, said
from tests.detect.correlate.oracle import Found, Line, Oracle

LATENESS_S = 25


@st.composite
def chains_of_absence(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw a correlation that waits, one over it of any kind, and one over that; in any order."""

    def document(name: str, kind: str, rules: list[str], **more: Any) -> dict[str, Any]:
        section = {"type": kind, "rules": rules, "timespan": f"{draw(st.integers(1, 20))}s", **more}
        if draw(st.booleans()):
            section["generate"] = True
        return {"title": name, "name": name, "correlation": section}

    def waiting(name: str, first: str, other: str) -> dict[str, Any]:
        kind = draw(st.sampled_from(["temporal", "temporal_ordered"]))
        found = document(name, kind, [first, other], condition=f"({first} and not {other})")
        return {**found, "terms": [((first,), (other,))]}

    made = [waiting("k0", "a", "b")]
    over = draw(st.sampled_from(["absence", "count", "temporal"]))
    if over == "absence":
        made.append(waiting("k1", *draw(st.permutations(["k0", "c"]))))
    elif over == "count":
        made.append(document("k1", "event_count", ["k0"], condition={"gte": draw(st.integers(1, 3))}))
    else:
        made.append(document("k1", draw(st.sampled_from(["temporal", "temporal_ordered"])), ["k0", "c"]))
    if draw(st.booleans()):
        made.append(waiting("k2", "k1", "d"))
    return draw(st.permutations(made))


@given(chains_of_absence(), lines(), st.sampled_from([0, 10**9]))
@settings(max_examples=200, deadline=None, phases=[Phase.generate])
def test_chains_over_absence_give_what_the_oracle_gives(
    made: list[dict[str, Any]], fed: list[Line], records_bytes: int
) -> None:
    """What is due first is judged first, whatever the order of the documents; over kills, and once only."""
    run, oracle = Run(compiled(made), lateness_s=LATENESS_S, records_bytes=records_bytes), Oracle(made, LATENESS_S)
    later = [Line(150 + number / 100, ("d",), "st"[number % 2], {}) for number in range(300)]
    found: list[Found] = []
    wanted: list[Found] = []
    for number, line in enumerate([*fed, *later]):
        found += map(said, run.feed(line, number))
        wanted += oracle.feed(line, number)
        if number % 7 == 6:
            run.commit()
            run.restart()
    found += map(said, run.correlator.advance(None))
    run.commit()
    run.restart()
    found += map(said, run.correlator.advance(None))
    assert sorted(found) == sorted(wanted + oracle.end())
