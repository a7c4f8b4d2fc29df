"""Alerts are explained for the console with the rules that the configuration names."""

from pathlib import Path

import pytest

from soc_agent.cli.console import explainer
from soc_agent.cli.explainer import AlertExplainer
from soc_agent.config import Config, parse_config
from soc_agent.model import Alert, Layer, Level, Problem, Status, Tier
from soc_agent.model.explanation import CorrelationExplanation, RuleExplanation
from tests.detect.making import RECEIVED_NS, rule_text

SSHD = b"Nov 20 08:14:03 web01 sshd[7]: Failed password for root from 192.0.2.1 port 22 ssh2"
BRUTE_FORCE = "62babaca-71b5-498d-a8c0-027f27045d16"


def alert_of(rule_id: str, raw: bytes, source: str = "auth") -> Alert:
    return Alert(
        id=1,
        uid=b"x" * 16,
        rule_id=rule_id,
        title="An alert",
        level=Level.HIGH,
        layer=Layer.MONITORING,
        tier=Tier.SERVER,
        status=Status.NEW,
        first_ns=RECEIVED_NS,
        last_ns=RECEIVED_NS,
        recorded_ns=RECEIVED_NS,
        count=1,
        host="web01",
        source=source,
        stream="/var/log/auth.log",
        line_number=1,
        raw=raw,
        fields={},
        entities={},
        entity_key="web01",
        tags=(),
        why=(),
    )


@pytest.fixture
def config() -> Config:
    return parse_config(b"sources: [{kind: file, name: auth, paths: [/var/log/auth.log], type: syslog}]\n")


def test_an_alert_of_a_correlation(config: Config, tmp_path: Path) -> None:
    found = AlertExplainer(config, tmp_path)(alert_of(BRUTE_FORCE, SSHD))
    assert isinstance(found, CorrelationExplanation)
    assert found.matches


def test_the_type_is_that_of_the_source_or_guessed(config: Config, tmp_path: Path) -> None:
    (tmp_path / "mine.yml").write_text(rule_text("selection: {a: 1}", more="name: mine", logsource="{product: linux}"))
    config = parse_config(b"rules: {builtin: false, paths: [mine.yml]}\nsources: []\n")
    found = AlertExplainer(config, tmp_path)(alert_of("mine", SSHD, source="gone"))
    assert isinstance(found, RuleExplanation)
    assert (found.line_type, found.matches) == ("syslog", False)


def test_a_rule_that_is_gone_is_said_to_be_gone(config: Config, tmp_path: Path) -> None:
    found = explainer(config, tmp_path)(alert_of("no such rule", SSHD))
    assert isinstance(found, Problem)
    assert found.code == "explain.not_running"


def test_a_rule_that_changed_is_explained_as_it_is_now(tmp_path: Path) -> None:
    config = parse_config(b"rules: {builtin: false, paths: [mine.yml]}\n")
    explain = AlertExplainer(config, tmp_path)
    matching = []
    for word in ("root", "nobody"):
        text = rule_text(f"selection: {{message|contains: {word}}}", more="name: mine", logsource="{product: linux}")
        (tmp_path / "mine.yml").write_text(text)
        found = explain(alert_of("mine", SSHD))
        assert isinstance(found, RuleExplanation)
        matching.append(found.matches)
    assert matching == [True, False]
