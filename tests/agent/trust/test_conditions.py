"""A condition is said when it begins and when it ends, and nothing in between."""

import msgspec

from soc_agent.agent.health import HealthLog, endings
from soc_agent.agent.trust import Conditions


def said(health: HealthLog) -> list[dict[str, object]]:
    found = []
    while (block := health.take()) is not None:
        found += [msgspec.json.decode(line) for line in block.data.splitlines()]
    return found


def test_it_begins_once_and_ends_once() -> None:
    health = HealthLog("boot", quiet_s=3600)
    conditions = Conditions(health)
    for _ in range(3):
        conditions.begin("source_silent", "auth", "why", 900, since_ns=10**9)
    for _ in range(2):
        conditions.end("source_silent", "auth", "well")
    lines = said(health)
    assert [line["kind"] for line in lines] == ["source_silent", "well_again"]
    assert {line["since"] for line in lines} == {"1970-01-01T00:00:01.000000Z"}
    assert (lines[0]["detail"], lines[0]["count"], lines[1]["of"]) == ("why", 900, "source_silent")


def test_it_is_said_again_however_soon_it_comes_again() -> None:
    health = HealthLog("boot", quiet_s=3600)
    conditions = Conditions(health)
    for _ in range(2):
        conditions.begin("source_silent", "auth", since_ns=5)
        conditions.end("source_silent", "auth")
    assert [line["kind"] for line in said(health)] == ["source_silent", "well_again"] * 2


def test_a_block_of_health_ends_with_what_ends_something() -> None:
    """So what begins anew in the same moment is not closed with what was before it."""
    health = HealthLog("boot")
    conditions = Conditions(health)
    conditions.begin("a", "auth")
    conditions.end("a", "auth", "well")
    conditions.begin("a", "auth", since_ns=7)
    first, second = health.take(), health.take()
    assert first is not None
    assert second is not None
    assert list(endings(first.data)) == [("a", "auth", "well")]
    assert list(endings(second.data)) == []
    assert (second.offset, second.first_line) == (len(first.data), 3)


def test_those_of_an_earlier_run_can_end() -> None:
    health = HealthLog("boot")
    conditions = Conditions(health)
    conditions.restore([("source_silent", "auth", 5)])
    conditions.begin("source_silent", "auth")
    assert said(health) == []
    assert (conditions.of_kind("source_silent"), conditions.of_source("auth")) == (["auth"], ["source_silent"])
    assert conditions.all() == {("source_silent", "auth"): 5}
    conditions.end("source_silent", "auth")
    assert [line["kind"] for line in said(health)] == ["well_again"]


def test_one_whose_line_somebody_else_writes() -> None:
    health = HealthLog("boot")
    conditions = Conditions(health)
    assert conditions.note("dropped", "lan")
    assert not conditions.note("dropped", "lan")
    assert conditions.since("dropped", "lan")
    assert said(health) == []
