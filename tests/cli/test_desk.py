"""The console's questions about lines are answered with the rules and sources that the configuration names."""

from pathlib import Path

import pytest

from soc_agent.cli.console import LateDesk
from soc_agent.cli.desk import Desk
from soc_agent.config import Config, parse_config
from soc_agent.model import Problem
from soc_agent.model.explanation import CorrelationExplanation, RuleExplanation
from soc_agent.model.judging import Judged, LogLine
from tests.detect.making import RECEIVED_NS, rule_text

SSHD = b"Nov 20 08:14:03 web01 sshd[7]: Failed password for root from 192.0.2.1 port 22 ssh2"
BRUTE_FORCE = "62babaca-71b5-498d-a8c0-027f27045d16"


def line_of(raw: bytes, source: str = "auth") -> LogLine:
    return LogLine(raw, source, "/var/log/auth.log", 1, RECEIVED_NS)


@pytest.fixture
def config() -> Config:
    return parse_config(b"sources: [{kind: file, name: auth, paths: [/var/log/auth.log], type: syslog}]\n")


def test_an_alert_of_a_correlation(config: Config, tmp_path: Path) -> None:
    found = Desk(config, tmp_path).explain(BRUTE_FORCE, line_of(SSHD), "")
    assert isinstance(found, CorrelationExplanation)
    assert found.matches


def test_the_type_is_that_of_the_source_or_guessed(config: Config, tmp_path: Path) -> None:
    (tmp_path / "mine.yml").write_text(rule_text("selection: {a: 1}", more="name: mine", logsource="{product: linux}"))
    config = parse_config(b"rules: {builtin: false, paths: [mine.yml]}\nsources: []\n")
    found = Desk(config, tmp_path).explain("mine", line_of(SSHD, source="gone"), "")
    assert isinstance(found, RuleExplanation)
    assert (found.line_type, found.matches) == ("syslog", False)


def test_a_rule_that_is_gone_is_said_to_be_gone(config: Config, tmp_path: Path) -> None:
    found = LateDesk(config, tmp_path).explain("no such rule", line_of(SSHD), "An old rule")
    assert isinstance(found, Problem)
    assert found.code == "explain.not_running"
    assert found.values == {"title": "An old rule", "id": "no such rule"}


def test_a_rule_that_changed_is_explained_as_it_is_now(tmp_path: Path) -> None:
    config = parse_config(b"rules: {builtin: false, paths: [mine.yml]}\n")
    desk = Desk(config, tmp_path)
    matching = []
    for word in ("root", "nobody"):
        text = rule_text(f"selection: {{message|contains: {word}}}", more="name: mine", logsource="{product: linux}")
        (tmp_path / "mine.yml").write_text(text)
        found = desk.explain("mine", line_of(SSHD), "")
        assert isinstance(found, RuleExplanation)
        matching.append(found.matches)
    assert matching == [True, False]


def test_a_line_without_an_alert_is_judged_by_all_rules(config: Config, tmp_path: Path) -> None:
    for line in (line_of(SSHD), LogLine(SSHD)):
        found = LateDesk(config, tmp_path).judge(line)
        assert isinstance(found, Judged)
        assert (found.line_type, found.decoder) == ("syslog", "sshd")
        assert next(each for each in found.rules if each.rule.id == BRUTE_FORCE).matches


def test_lines_of_a_source(tmp_path: Path) -> None:
    (tmp_path / "auth.log").write_bytes(SSHD + b"\n")
    config = parse_config(b"sources: [{kind: file, name: auth, paths: [auth.log]}]\n")
    found = LateDesk(config, tmp_path).lines("auth")
    assert not isinstance(found, Problem)
    assert [line.raw for line in found] == [SSHD]
    other = Desk(config, tmp_path).lines("mail")
    assert isinstance(other, Problem)
    assert other.code == "lines.not_configured"
