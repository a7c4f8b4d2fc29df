"""Indicators in the engine: in the same scan, beside rules, and in correlations."""

from pathlib import Path

import pytest

from soc_agent.detect import Engine, RuleSet
from soc_agent.detect.indicators import RULE_IDS, Indicators
from soc_agent.detect.suppress import fold
from soc_agent.detect.workers import Workers
from soc_agent.model import Detection
from tests import product
from tests.detect.indicators.making import indicators_of
from tests.detect.making import block_of, context_of, rule_text, rules_of

DECODERS = product.decoders()
HEAD = b"Nov 20 08:14:03 web01 app[7]: "
EVIL = rule_text("keywords: [evil]\ncondition: keywords", title="Evil")
BLOCK = b"".join(
    HEAD + text + b"\n"
    for text in (b"fine", b"to 203.0.113.9", b"evil", b"evil 203.0.113.9 bad.com", b"fine", b"bad.com")
)
MANY_NAMES = """
title: One source asks for listed names again and again
id: 11111111-2222-4333-8444-555555555555
correlation:
  type: value_count
  rules: [indicator_domain]
  group-by: [src_ip]
  timespan: 5m
  condition: {field: indicator.value, gte: 2}
"""


@pytest.fixture
def listed(tmp_path: Path) -> Indicators:
    (tmp_path / "feeds").mkdir()
    return indicators_of(tmp_path / "feeds", "203.0.113.9\nbad.com\nworse.com\n")


def rules_in(tmp_path: Path, **texts: str) -> RuleSet:
    folder = tmp_path / "rules"
    folder.mkdir()
    return rules_of(folder, **texts)


def run(
    rules: RuleSet, listed: Indicators | None, data: bytes, type_: str, *, prefilter: bool = True
) -> list[Detection]:
    engine = Engine(rules, DECODERS, prefilter=prefilter, indicators=listed)
    return engine.run(block_of(data, type_, offset=1000, first_line=50), context_of(type_)).detections


def _told(detections: list[Detection]) -> list[tuple[int, str, str]]:
    return [(found.line_number, found.rule.title, found.fields.get("indicator.value", "")) for found in detections]


def test_hits_join_those_of_rules_in_the_order_of_lines(tmp_path: Path, listed: Indicators) -> None:
    rules = rules_in(tmp_path, a=EVIL)
    address, domain = "Address on an indicator list", "Domain name on an indicator list"
    assert _told(run(rules, listed, BLOCK, "syslog")) == [
        (51, address, "203.0.113.9"),
        (52, "Evil", ""),
        (53, "Evil", ""),
        (53, address, "203.0.113.9"),
        (53, domain, "bad.com"),
        (55, domain, "bad.com"),
    ]


def test_the_scan_changes_nothing(tmp_path: Path, listed: Indicators) -> None:
    rules = rules_in(tmp_path, a=EVIL)
    assert run(rules, listed, BLOCK, "syslog") == run(rules, listed, BLOCK, "syslog", prefilter=False)


def test_without_lists_nothing_else_is_detected(tmp_path: Path) -> None:
    rules = rules_in(tmp_path, a=EVIL)
    assert [found.rule.title for found in run(rules, None, BLOCK, "syslog")] == ["Evil", "Evil"]


def test_lines_are_counted_as_ever(tmp_path: Path, listed: Indicators) -> None:
    engine = Engine(rules_in(tmp_path, a=EVIL), DECODERS, indicators=listed)
    counters = engine.run(block_of(BLOCK, "syslog"), context_of("syslog")).counters
    assert (counters.lines, counters.candidates, counters.undecodable) == (6, 4, 0)


def test_rules_that_look_at_every_line_are_no_obstacle(tmp_path: Path, listed: Indicators) -> None:
    rules = rules_in(tmp_path, a=rule_text("s: {program: x}\ncondition: not s", title="Not x"))
    told = _told(run(rules, listed, BLOCK, "syslog"))
    assert [value for _, _, value in told if value] == ["203.0.113.9", "203.0.113.9", "bad.com", "bad.com"]
    assert sum(title == "Not x" for _, title, _ in told) == 6


def test_a_correlation_may_count_hits(tmp_path: Path, listed: Indicators) -> None:
    rules = rules_in(tmp_path, c=MANY_NAMES)
    assert rules.problems == ()
    lines = b"".join(
        b'{"_path":"dns","ts":%d,"id.orig_h":"10.0.0.%d","query":"%s"}\n' % (1_700_000_000 + number, host, name)
        for number, (host, name) in enumerate([(5, b"bad.com"), (6, b"bad.com"), (5, b"bad.com"), (5, b"a.worse.com")])
    )
    found = run(rules, listed, lines, "zeek")
    assert [detection.rule.title for detection in found] == ["One source asks for listed names again and again"]


def test_a_correlation_may_let_the_hits_be_heard(tmp_path: Path, listed: Indicators) -> None:
    by_id = MANY_NAMES.replace("indicator_domain", RULE_IDS["domain"]).replace("  type:", "  generate: true\n  type:")
    rules = rules_in(tmp_path, c=by_id)
    line = b'{"_path":"dns","ts":1700000000,"id.orig_h":"10.0.0.5","query":"bad.com"}\n'
    assert [detection.rule.id for detection in run(rules, listed, line, "zeek")] == [RULE_IDS["domain"]]


def test_repeats_fold_by_indicator_and_host(tmp_path: Path, listed: Indicators) -> None:
    lines = b"".join(
        b'{"_path":"conn","ts":%d,"id.orig_h":"10.0.0.%d","id.resp_h":"203.0.113.9","conn_state":"%s"}\n' % item
        for item in [
            (1_700_000_000, 5, b"REJ"),
            (1_700_000_001, 5, b"REJ"),
            (1_700_000_002, 6, b"REJ"),
            (1_700_000_003, 5, b"SF"),
        ]
    )
    alerts = fold(run(rules_in(tmp_path, a=EVIL), listed, lines, "zeek"))
    assert [(alert.detection.fields["src_ip"], alert.level.word, alert.count) for alert in alerts] == [
        ("10.0.0.5", "medium", 2),
        ("10.0.0.6", "medium", 1),
        ("10.0.0.5", "high", 1),  # what came about is worse than what was refused, so it is no repeat
    ]


def test_workers_give_the_same(tmp_path: Path, listed: Indicators) -> None:
    engine = Engine(rules_in(tmp_path, a=EVIL), DECODERS, indicators=listed)
    work = [(block_of(BLOCK, "syslog", offset=1000, first_line=50), context_of("syslog"))]
    with Workers(engine, 1) as workers:
        (matches,) = workers.match(work)
    assert _told(engine.conclude(matches).detections) == _told(run(engine.rules, listed, BLOCK, "syslog"))


def test_a_rule_of_indicators_may_be_disabled(tmp_path: Path) -> None:
    listed = indicators_of(tmp_path, "203.0.113.9\nbad.com", disabled=[RULE_IDS["domain"].upper()])
    assert [value for _, _, value in _told(run(RuleSet(), listed, BLOCK, "syslog"))] == ["203.0.113.9"] * 2


def test_the_example_of_the_documentation_fires(tmp_path: Path, listed: Indicators) -> None:
    text = (Path(__file__).resolve().parents[3] / "docs" / "indicators.md").read_text("utf-8")
    example = text.split("```yaml\n")[1].split("```")[0]
    rules = rules_in(tmp_path, a=example)
    assert rules.problems == ()
    lines = b"".join(
        b'{"_path":"conn","ts":%d,"id.orig_h":"10.0.0.%d","id.resp_h":"203.0.113.9"}\n' % (1_700_000_000 + n, n % 5)
        for n in range(8)
    )
    found = run(rules, listed, lines, "zeek")
    assert min(detection.line_number for detection in found if detection.rule.id not in RULE_IDS.values()) == 54
    assert len([detection for detection in found if detection.rule.id == RULE_IDS["address"]]) == 8
