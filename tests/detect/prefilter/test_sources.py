"""What lines of a log source hold: a rule that looks at sshd alone need not look at lines of other programs."""

from soc_agent.detect.prefilter.running import RunningRule
from soc_agent.detect.prefilter.sources import SourceLiterals, programs
from soc_agent.detect.prefilter.spelling import spelling_of
from tests import product
from tests.detect.making import rule_of

DECODERS = product.decoders()
SSHD, SYSMON = "{product: linux, service: sshd}", "{product: windows, service: sysmon}"


def literals(line_type: str = "syslog") -> SourceLiterals:
    return SourceLiterals(DECODERS, spelling_of(DECODERS, line_type))


def rule(logsource: str, detection: str = "selection: {user: root}") -> RunningRule:
    return RunningRule(rule_of(detection, logsource=logsource))


def test_a_rule_of_a_program_is_looked_for_by_the_program() -> None:
    found = literals().of(rule(SSHD))
    assert found is not None
    assert b"sshd" in found


def test_words_are_looked_for_in_every_line() -> None:
    """A line that nobody can decode is searched for them all the same."""
    assert literals().of(rule(SSHD, "keywords: [evil]\ncondition: keywords")) is None
    assert literals().of_payload(rule(SYSMON, "keywords: [evil]\ncondition: keywords")) == ()


def test_any_syslog_line_may_be_of_a_wide_source() -> None:
    assert literals().of(rule("{product: linux}")) is None


def test_an_event_that_is_carried_is_looked_for_by_what_carries_it() -> None:
    channel, event = literals().of_payload(rule(SYSMON))
    assert any(b"sysmon" in literal for literal in channel)
    assert b"eventid" in event, "that it is an event of Windows at all"
    assert literals("json").of_payload(rule(SYSMON)) == ()


def test_programs_are_those_of_the_decoders() -> None:
    assert {b"sshd", b"sudo"} <= set(programs(DECODERS, spelling_of(DECODERS, "syslog")))
