"""A line is counted by the rules that match it."""

from soc_agent.model import RuleInfo
from soc_agent.model.judging import Judged, Judgement


def test_rules_that_match_are_counted() -> None:
    rule = RuleInfo("id", "title")
    rules = tuple(Judgement(rule, matches=matches, applies=True) for matches in (True, True, False))
    assert Judged("syslog", "sshd", decoded=True, has=(), rules=rules).matching == 2
