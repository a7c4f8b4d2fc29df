"""A filter that names the rule of indicators tunes out hits, where and as long as it says."""

from datetime import date
from pathlib import Path

import pytest

from soc_agent.detect import Engine, RuleSet, load_rules
from soc_agent.detect.indicators import RULE_IDS, Indicators
from soc_agent.detect.indicators.filters import HitFilters, filtered_ids
from soc_agent.detect.load.changes import changes_between
from soc_agent.detect.load.filters import FilterState
from tests import product
from tests.detect.indicators.making import event_of, indicators_of
from tests.detect.making import block_of, context_of, rule_text

DECODERS = product.decoders()
HEAD = b"Nov 20 08:14:03 web01 app[7]: "
BLOCK = b"".join(HEAD + text + b"\n" for text in (b"to 203.0.113.9", b"bad.com", b"worse.com"))
FILTER = """
title: Ours
author: lan.nt
logsource: {0}
filter:
  rules: [{1}]
  ours: {2}
  condition: not ours
soc: {{reason: our own test}}
"""


@pytest.fixture
def listed(tmp_path: Path) -> Indicators:
    (tmp_path / "feeds").mkdir()
    return indicators_of(tmp_path / "feeds", "203.0.113.9\nbad.com\nworse.com\n")


def rules_with(folder: Path, *filters: str, today: date | None = None) -> RuleSet:
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "rules" / "rule.yml").write_text(rule_text("keywords: [evil]\ncondition: keywords", title="Evil"))
    (folder / "rules" / "filter.yml").write_text("---".join(filters))
    return load_rules([folder / "rules"], today=today)


def values(rules: RuleSet, listed: Indicators) -> list[object]:
    engine = Engine(rules, DECODERS, indicators=listed)
    found = engine.run(block_of(BLOCK, "syslog"), context_of("syslog")).detections
    return [detection.fields.get("indicator.value") for detection in found]


@pytest.mark.parametrize("name", ["indicator_domain", "Indicator_Domain", RULE_IDS["domain"]])
def test_hits_that_a_filter_speaks_of_make_no_detection(tmp_path: Path, listed: Indicators, name: str) -> None:
    rules = rules_with(tmp_path, FILTER.format("{product: linux}", name, "{indicator.value: bad.com}"))
    assert (rules.problems, rules.notices) == ((), ())
    assert values(rules, listed) == ["203.0.113.9", "worse.com"]
    (found,) = rules.filters
    assert (found.state, found.applies_to) == (FilterState.ACTIVE, (RULE_IDS["domain"],))


def test_by_fields_of_the_event_and_of_the_list(tmp_path: Path, listed: Indicators) -> None:
    by_host = FILTER.format("{product: linux}", "indicator_address", "{program: app}")
    assert values(rules_with(tmp_path, by_host), listed) == ["bad.com", "worse.com"]
    by_source = FILTER.format("{product: linux}", "indicator_address, indicator_domain", "{indicator.source: list}")
    assert values(rules_with(tmp_path, by_source), listed) == []


def test_hits_in_events_of_another_log_source_count(tmp_path: Path, listed: Indicators) -> None:
    rules = rules_with(tmp_path, FILTER.format("{product: windows}", "indicator_domain", "{indicator.value: bad.com}"))
    assert values(rules, listed) == ["203.0.113.9", "bad.com", "worse.com"]


def test_one_that_names_no_rule_is_not_for_hits(tmp_path: Path, listed: Indicators) -> None:
    filter_ = FILTER.format("{product: linux}", "x", "{indicator.value: bad.com}").replace("rules: [x]", "rules: any")
    assert values(rules_with(tmp_path, filter_), listed) == ["203.0.113.9", "bad.com", "worse.com"]


def test_one_that_expired_applies_no_more(tmp_path: Path, listed: Indicators) -> None:
    filter_ = FILTER.format("{product: linux}", "indicator_domain", "{indicator.value: bad.com}")
    filter_ = filter_.replace("own test}", "own test, expires: 2026-06-30}")
    assert len(values(rules_with(tmp_path, filter_, today=date(2026, 6, 30)), listed)) == 2
    rules = rules_with(tmp_path, filter_, today=date(2026, 7, 1))
    assert len(values(rules, listed)) == 3
    assert [problem.code for problem in rules.problems] == ["tuning.expired"]


def test_a_filter_that_came_or_went_is_a_change_of_the_rule_of_hits(tmp_path: Path) -> None:
    before = rules_with(tmp_path)
    after = rules_with(tmp_path, FILTER.format("{product: linux}", "indicator_url", "{indicator.value: x}"))
    assert changes_between(before, after, []).changed == (RULE_IDS["url"],)
    assert changes_between(after, before, []).changed == (RULE_IDS["url"],)
    assert not changes_between(after, after, []).any


def test_names_of_other_rules_are_none_of_indicators() -> None:
    assert filtered_ids(["indicator_hash", "other", "INDICATOR_HASH"]) == (RULE_IDS["hash"],)
    assert filtered_ids([]) == ()
    assert HitFilters([]).lets_through(RULE_IDS["hash"], event_of(HEAD))
