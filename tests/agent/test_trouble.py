"""What the engine could not do becomes a line of health."""

import msgspec

from soc_agent.agent.health import HealthLog
from soc_agent.agent.trouble import Trouble
from soc_agent.model import Problem, Where


def said(health: HealthLog) -> list[tuple[str, int]]:
    block = health.take()
    lines = [msgspec.json.decode(line) for line in block.data.splitlines()] if block else []
    return [(line["kind"], line["count"]) for line in lines]


def forgotten(count: int) -> Problem:
    return Problem("correlation.forgotten", values={"count": count, "limit": 1000})


def test_forgotten_windows_are_said_with_how_many_there_are_more() -> None:
    """Once for each that is new, also after another engine took the place of the first."""
    health = HealthLog("test", quiet_s=0)
    trouble = Trouble(health)
    trouble.look([])
    assert said(health) == []
    trouble.look([forgotten(5)])
    trouble.look([forgotten(5)])
    trouble.look([forgotten(8)])
    assert said(health) == [("windows_forgotten", 5), ("windows_forgotten", 3)]
    trouble.look([forgotten(2)])
    assert said(health) == [("windows_forgotten", 2)]


def test_a_rule_that_fails_is_said_once() -> None:
    """It is passed over on lines like that one; what it would find there is not found."""
    health = HealthLog("test", quiet_s=0)
    trouble = Trouble(health)
    failed = Problem("rule.failed", Where("a.yml", 3), {"title": "A", "reason": "ValueError"})
    trouble.look([failed])
    trouble.look([failed])
    assert said(health) == [("rule_refused", 1)]
