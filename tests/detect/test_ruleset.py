"""What a rule set says of itself."""

from pathlib import Path

from soc_agent.decode import Decoders
from soc_agent.errors import describe
from soc_agent.model import LogSource
from tests.detect.making import rule_text, rules_of


def test_rules_whose_log_source_nobody_yields_are_listed(tmp_path: Path) -> None:
    rules = rules_of(
        tmp_path,
        a=rule_text("selection: {f: 1}", title="Heard"),
        b=rule_text("selection: {f: 1}", title="Unheard", logsource="{product: mainframe, service: racf}"),
    )
    (problem,) = rules.without_source([LogSource("", "linux", "syslog"), LogSource("webserver", "", "")])
    assert (problem.code, problem.where.line) == ("rule.no_source", 1)
    assert problem.values == {"title": "Unheard", "source": "product mainframe, service racf"}
    assert "mainframe" in describe(problem)


def test_decoders_tell_what_is_yielded(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, a=rule_text("selection: {f: 1}", logsource="{category: webserver}"))
    decoders = Decoders.load()
    known = frozenset().union(*(decoders.log_sources(name) for name in decoders.types()))
    assert rules.without_source(known) == []
