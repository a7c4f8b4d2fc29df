"""What is said of a reload."""

from soc_agent.agent.rulereport import health_line, reload_line
from soc_agent.detect.load.changes import RuleChanges
from soc_agent.model import Problem, RuleInfo, Where


def problem(number: int, code: str = "rule.not_a_rule") -> Problem:
    values = {"title": "f", "expires": "2026-12-31"} if code == "tuning.expired" else {}
    return Problem(code, Where(f"/rules/x{number}.yml", number), values)


def test_one_line_says_what_changed() -> None:
    changes = RuleChanges(added=("a",), changed=("b", "c"), restarted=("c",), kept=("/rules/x12.yml",))
    line = reload_line(changes, [RuleInfo("c", "Many")], [problem(12)])
    assert line == (
        "rules reloaded: +1 −0 ~2, 1 run, refused: x12.yml:12, the version before runs of: x12.yml,"
        " windows begin anew of: Many"
    )
    assert reload_line(RuleChanges(), [], []) == "rules reloaded: +0 −0 ~0, 0 run"


def test_of_many_some_are_named() -> None:
    line = reload_line(RuleChanges(), [], [problem(n) for n in range(1, 9)])
    assert "x5.yml:5, and 3 more" in line


def test_each_problem_is_a_line_of_its_own_and_very_many_are_one() -> None:
    few = list(health_line([problem(1), problem(2)]))
    assert [(kind, count) for kind, _, count in few] == [("rule_refused", 1)] * 2
    assert few[0][1].startswith("/rules/x1.yml:1")
    (many,) = health_line([problem(n) for n in range(100)])
    assert many[0] == "rule_refused"
    assert many[2] == 100


def test_a_filter_that_expired_is_told_apart() -> None:
    found = list(health_line([problem(1), problem(2, "tuning.expired")]))
    assert [kind for kind, _, _ in found] == ["filter_expired", "rule_refused"]
