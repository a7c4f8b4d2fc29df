"""Correlation documents are read with their references as written."""

from soc_agent.detect.correlations import parse_correlation
from soc_agent.detect.documents import Document, documents_of
from soc_agent.detect.parse import Parsed
from soc_agent.model import Level

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
    (problem,) = read(TEXT.replace("value_count", "value_avg").replace("lte: 10, ", "")).problems
    assert (problem.code, problem.where.file, problem.where.line) == ("correlation.type", "c.yml", 4)


def test_what_pysigma_raises_is_told() -> None:
    (problem,) = read(TEXT.replace("gt: 3, lte: 10", "between: 3")).problems
    assert (problem.code, problem.where.file) == ("rule.invalid", "c.yml")


def test_what_python_raises_is_told() -> None:
    (problem,) = read(
        TEXT.replace("timespan: 5m", "aliases: {a: {b: [c]}}\n  timespan: 5m").replace("[src_ip]", "5")
    ).problems
    assert problem.code == "rule.invalid"


def test_wrong_attributes_of_ours_are_told_and_it_runs() -> None:
    parsed = read(TEXT + "soc: {layer: x}\n")
    assert parsed.correlation is not None
    assert [problem.code for problem in parsed.problems] == ["rule.soc"]
