"""Correlation documents are read with their references as written."""

import pytest

from soc_agent.detect.correlate import Rhythm
from soc_agent.detect.load.correlations import parse_correlation
from soc_agent.detect.load.documents import Document, documents_of
from soc_agent.detect.load.parse import Parsed
from soc_agent.model import Level, Where

TEXT = """
title: Many
level: high
correlation:
  type: value_count
  rules: [some_rule]
  group-by: [src_ip]
  timespan: 5m
  condition: {gt: 3, lte: 10, field: user}
"""


def read(text: str) -> Parsed:
    (document,) = documents_of(text.encode(), "c.yml")
    assert isinstance(document, Document)
    return parse_correlation(document, "c.yml")


def test_a_correlation() -> None:
    parsed = read(TEXT)
    assert parsed.problems == []
    assert parsed.correlation is not None
    spec = parsed.correlation.spec
    assert (spec.rule_ids, spec.group_by, spec.value_fields) == (("some_rule",), ("src_ip",), ("user",))
    assert (spec.info.level, spec.info.path, parsed.correlation.line) == (Level.HIGH, "c.yml", 2)
    assert spec.condition == "gt 3, lte 10"


def test_a_fault_has_its_place() -> None:
    (problem,) = read(TEXT.replace("value_count", "value_percentile").replace("lte: 10, ", "")).problems
    assert (problem.code, problem.where.file, problem.where.line) == ("correlation.percentile", "c.yml", 9)


def test_what_pysigma_raises_is_told() -> None:
    (problem,) = read(TEXT.replace("title: Many", "title: Many\nstatus: 5")).problems
    assert (problem.code, problem.where.file) == ("rule.invalid", "c.yml")


def test_an_expression_that_cannot_be_read_is_told_with_its_place() -> None:
    text = TEXT.replace("value_count", "temporal").replace("{gt: 3, lte: 10, field: user}", "some_rule and")
    (problem,) = read(text).problems
    assert (problem.code, problem.where) == ("rule.invalid", Where("c.yml", 9, "correlation.condition"))


def test_numbers_that_stand_as_texts_are_numbers() -> None:
    parsed = read(TEXT.replace("gt: 3, lte: 10", "gt: '3', lte: '10.0'"))
    assert parsed.correlation is not None
    assert parsed.correlation.spec.condition == "gt 3, lte 10"


def test_wrong_attributes_of_ours_are_told_and_it_runs() -> None:
    parsed = read(TEXT + "soc: {layer: x}\n")
    assert parsed.correlation is not None
    assert [problem.code for problem in parsed.problems] == ["rule.soc"]


FIRST_SEEN = """
title: New address
correlation:
  type: value_count
  rules: [some_rule]
  group-by: [user]
  timespan: 90d
  condition: {gte: 1, field: src_ip}
soc:
  layer: 1
  first_seen: {learn: 14d}
"""


def test_our_own_first_seen_stands_beside_the_other_attributes() -> None:
    parsed = read(FIRST_SEEN)
    assert parsed.problems == []
    assert parsed.correlation is not None
    assert (parsed.correlation.spec.kind, parsed.correlation.spec.info.layer) == ("first_seen", 1)


def test_a_wrong_first_seen_is_told_with_its_place() -> None:
    (problem,) = read(FIRST_SEEN.replace("14d", "soon")).problems
    assert (problem.code, problem.where.file, problem.where.line) == ("correlation.first_seen", "c.yml", 11)


def test_an_expression_without_a_list_of_rules() -> None:
    text = TEXT.replace("value_count", "temporal").replace("  rules: [some_rule]\n", "")
    parsed = read(text.replace("{gt: 3, lte: 10, field: user}", "started and not finished"))
    assert parsed.problems == []
    assert parsed.correlation is not None
    assert (parsed.correlation.spec.rule_ids, parsed.correlation.spec.waits) == (("started", "finished"), True)


RHYTHM = """
title: Calls home
correlation:
  type: event_count
  rules: [some_rule]
  group-by: [src_ip]
  timespan: 6h
  condition: {gte: 12}
soc:
  rhythm: {spread: 30}
"""


def test_our_own_rhythm_is_a_count_of_events_at_regular_intervals() -> None:
    parsed = read(RHYTHM)
    assert parsed.problems == []
    assert parsed.correlation is not None
    spec = parsed.correlation.spec
    assert (spec.kind, spec.rhythm) == ("rhythm", Rhythm(spread=30))


@pytest.mark.parametrize(
    ("told", "wrong"), [("gte: 12", "gte: 3"), ("gte: 12", "lt: 12"), ("spread: 30", "jitter: 30")]
)
def test_a_wrong_rhythm_is_told_with_its_place(told: str, wrong: str) -> None:
    (problem,) = read(RHYTHM.replace(told, wrong)).problems
    assert (problem.code, problem.where.file, problem.where.line) == ("correlation.rhythm", "c.yml", 10)


SESSION = """
title: Refusals By Session
level: low
correlation:
  type: temporal_ordered
  rules: [opened, refused]
  group-by: [conn]
  timespan: 10m
soc:
  session: [src_ip]
"""


def test_our_own_session_is_an_order_of_events_that_carries_fields() -> None:
    parsed = read(SESSION)
    assert parsed.problems == []
    assert parsed.correlation is not None
    spec = parsed.correlation.spec
    assert (spec.kind, spec.session) == ("temporal_ordered", ("src_ip",))


@pytest.mark.parametrize(
    ("told", "wrong"),
    [("temporal_ordered", "temporal"), ("[opened, refused]", "[opened]"), ("session: [src_ip]", "session: src_ip")],
)
def test_a_wrong_session_is_told_with_its_place(told: str, wrong: str) -> None:
    (problem,) = read(SESSION.replace(told, wrong)).problems
    assert (problem.code, problem.where.file, problem.where.line) == ("correlation.session", "c.yml", 10)
