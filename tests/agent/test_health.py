"""What the agent says of itself becomes lines, and a flood of the same becomes one line with a count."""

import msgspec

from soc_agent.agent.health import KINDS, SOURCE, HealthLog, health_kind
from soc_agent.model import Block, Problem
from soc_agent.text.catalog import catalogue


def lines(block: Block | None) -> list[dict[str, object]]:
    return [msgspec.json.decode(line) for line in block.data.splitlines()] if block else []


def test_a_line_says_what_happened_to_which_source() -> None:
    health = HealthLog("boot")
    health.write("dropped", "lan", "eth0", 7)
    (line,) = lines(health.take())
    assert (line["type"], line["kind"], line["source"], line["count"]) == ("health", "dropped", "lan", 7)
    assert health.take() is None


def test_the_same_again_is_held_back_and_counted() -> None:
    health = HealthLog("boot", quiet_s=0.0)
    health.write("dropped", "lan", count=1)
    loud = HealthLog("boot", quiet_s=3600)
    for _ in range(5):
        loud.write("dropped", "lan", count=2)
    assert [line["count"] for line in lines(loud.take())] == [2]
    assert [line["count"] for line in lines(health.take())] == [1]


def test_what_was_held_back_stands_in_the_next_line() -> None:
    health = HealthLog("boot", quiet_s=3600)
    health.write("dropped", "lan", count=2)
    health.write("dropped", "lan", count=3)
    health._quiet_s = 0.0
    health.write("dropped", "lan", count=4)
    assert [line["count"] for line in lines(health.take())] == [2, 7]


def test_blocks_follow_each_other_in_one_stream() -> None:
    """Offsets and line numbers go on, so that every line has an identity of its own."""
    health = HealthLog("boot")
    health.write("started", "agent")
    first = health.take()
    health.write("stopped", "agent")
    second = health.take()
    assert first is not None
    assert second is not None
    assert first.source == second.source == SOURCE
    assert second.stream_id == first.stream_id
    assert (second.offset, second.first_line) == (len(first.data), 2)


def test_what_a_collector_lacks_becomes_a_kind_of_health() -> None:
    """Every problem that is named has its words; what is not named is a source that cannot be read."""
    assert set(KINDS) <= set(catalogue("en"))
    assert health_kind(Problem("tail.lost_bytes")) == "lost_bytes"
    assert health_kind(Problem("tail.unreadable")) == "source_unreadable"
