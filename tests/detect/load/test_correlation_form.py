"""What is wrong with the form of a correlation is refused where it stands; what pySigma takes means the same here."""

from collections.abc import Callable
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from sigma.correlations import (
    CorrelationConditionAND,
    CorrelationConditionNOT,
    SigmaCorrelationCondition,
    SigmaCorrelationRule,
    SigmaRuleReference,
)
from sigma.exceptions import SigmaError

from soc_agent.detect import load_rules
from soc_agent.detect.correlate import CorrelationSpec
from soc_agent.detect.load.correlations import parse_correlation
from soc_agent.detect.load.documents import Document, documents_of
from soc_agent.detect.load.parse import Parsed
from soc_agent.errors import describe
from soc_agent.text import use_language

COUNT = {"type": "event_count", "rules": ["base"], "timespan": "1m", "condition": {"gte": 5}}
VALUES = {**COUNT, "type": "value_count", "condition": {"gte": 5, "field": "user"}}
PERCENTILE = {**COUNT, "type": "value_percentile", "condition": {"gte": 5, "field": "n", "percentile": 95}}
TEMPORAL = {"type": "temporal", "rules": ["base", "other"], "timespan": "1m"}
BASE = """
title: Base
name: base
logsource: {product: linux}
detection: {s: {f: 1}, condition: s}
---
"""
NAMES = ("r0", "r1", "r2", "r3")


def text_of(section: Any) -> str:
    return yaml.safe_dump({"title": "Rules of a timespan", "correlation": section}, sort_keys=False)


def read(section: Any) -> Parsed:
    (document,) = documents_of(text_of(section).encode(), "c.yml")
    assert isinstance(document, Document)
    return parse_correlation(document, "c.yml")


def without(section: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in section.items() if name != key}


def each(code: str, key: str, make: Callable[[Any], Any], *values: Any) -> list[tuple[Any, str, str]]:
    return [(make(value), code, key) for value in values]


@pytest.mark.parametrize("section", [COUNT, VALUES, PERCENTILE, TEMPORAL])
def test_what_is_right_has_no_problems(section: dict[str, Any]) -> None:
    """Also with what may be left out, written in its other ways."""
    ways: tuple[dict[str, Any], ...] = (
        {},
        {"group-by": "a"},
        {"group-by": []},
        {"group-by": [5]},
        {"generate": None},
        {"aliases": {}},
    )
    for more in ways:
        assert read({**section, **more}).problems == []
    for timespan in ("1s", "2m", "3h", "4d", "5w", "6M", "007y"):
        assert read({**section, "timespan": timespan}).problems == []


@pytest.mark.parametrize(
    ("section", "code", "key"),
    [
        (5, "not_a_map", ""),
        (without(COUNT, "type"), "no_type", ""),
        ({**COUNT, "type": "nope"}, "type", "type"),
        ({**COUNT, "type": 5}, "type", "type"),
        (without(COUNT, "timespan"), "no_timespan", ""),
        *each(
            "timespan",
            "timespan",
            lambda it: {**COUNT, "timespan": it},
            "5x",
            60,
            "0s",
            "5 m",
            "-5m",
            "1.5h",
            "٣m",
            "1m30s",
            "5S",
            "m",
            "",
            None,
            ["1m"],
        ),
        (without(COUNT, "rules"), "no_rules", ""),
        (without(TEMPORAL, "rules"), "no_rules", ""),
        *each("rules", "rules", lambda it: {**COUNT, "rules": it}, [5], [None], [[]], "", 5, {"a": "b"}, []),
        *each(
            "group_by", "group-by", lambda it: {**COUNT, "group-by": it}, "", [""], [None], [["a"]], {"a": 1}, 5, [True]
        ),
        *each("generate", "generate", lambda it: {**COUNT, "generate": it}, "yes", 1, [], "true"),
        *each(
            "aliases",
            "aliases.x",
            lambda it: {**COUNT, "aliases": {"x": it}},
            "y",
            None,
            {"base": 5},
            {"base": None},
            {"base": ""},
            {5: "y"},
            ["base"],
        ),
        ({**COUNT, "aliases": ["x"]}, "aliases", "aliases"),
        ({**COUNT, "aliases": {5: {"base": "y"}}}, "aliases", "aliases.5"),
        (without(COUNT, "condition"), "no_condition", ""),
        ({**COUNT, "condition": "base and other"}, "expression", "condition"),
        *each("condition", "condition", lambda it: {**COUNT, "condition": it}, 5, [], True),
        ({**COUNT, "condition": {}}, "no_comparison", "condition"),
        ({**COUNT, "condition": {"gte": 5, "between": 6}}, "comparison", "condition.between"),
        ({**COUNT, "condition": {"gte": 5, 5: 6}}, "comparison", "condition.5"),
        *each(
            "number",
            "condition.lt",
            lambda it: {**COUNT, "condition": {"gte": 1, "lt": it}},
            "x",
            None,
            [5],
            float("nan"),
            "inf",
        ),
        ({**VALUES, "condition": {"gte": 5}}, "no_field", "condition"),
        *each(
            "field",
            "condition.field",
            lambda it: {**VALUES, "condition": {"gte": 5, "field": it}},
            "",
            [],
            5,
            [5],
            {"a": 1},
            ["a", None],
        ),
        *each(
            "percentile",
            "",
            lambda it: {**PERCENTILE, "condition": {"gte": 5, "field": "n", "percentile": it}},
            99.9,
            None,
            [1],
            True,
            "x",
            "nan",
        ),
        ({**COUNT, "group_by": ["a"]}, "key", "group_by"),
        ({**COUNT, "groupby": ["a"]}, "key", "groupby"),
        ({**without(COUNT, "timespan"), "timeframe": "5m"}, "key", "timeframe"),
        ({**COUNT, "alias": {}}, "key", "alias"),
        *each(
            "never",
            "condition",
            lambda it: {**COUNT, "condition": it},
            {"lt": 1},
            {"eq": 0},
            {"eq": 2.5},
            {"gt": 9, "lt": 5},
            {"gt": 1, "lt": 2},
        ),
        ({**TEMPORAL, "condition": {"gte": 3}}, "never", "condition"),
        ({**TEMPORAL, "type": "temporal_ordered", "condition": {"lt": 0}}, "never", "condition"),
        ({**VALUES, "type": "value_avg", "condition": {"field": "n", "gt": 5, "lt": 5}}, "never", "condition"),
    ],
)
def test_what_is_wrong_is_refused_where_it_stands(section: Any, code: str, key: str) -> None:
    """File, line, key, what is wrong and what to do, in both languages; a word in the title leads nobody astray."""
    parsed = read(section)
    assert parsed.correlation is None
    problem = parsed.problems[0]
    assert (problem.code, problem.where.file) == (f"correlation_form.{code}", "c.yml")
    assert problem.where.key.startswith("correlation")
    lines = text_of(section).splitlines()
    word = key.rpartition(".")[2] or ("percentile" if code == "percentile" else "correlation")
    assert lines[problem.where.line - 1].strip().strip("'?- ").startswith(word)
    for language in ("vi", "en"):
        use_language(language)
        assert describe(problem).startswith(f"c.yml:{problem.where.line}: correlation")


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ({**PERCENTILE, "condition": {"gte": 5, "field": "n", "percentile": 101}}, "condition.percentile"),
        ({**COUNT, "timespan": "99999999y"}, "timespan"),
        ({**TEMPORAL, "rules": ["base", "base"], "condition": {"gte": 2}}, "rules"),
        ({**COUNT, "condition": {"gte": 10**9}}, "condition"),
    ],
)
def test_what_is_found_later_has_its_place_too(section: dict[str, Any], key: str) -> None:
    (problem,) = read(section).problems
    assert problem.where.key == f"correlation.{key}"
    lines = text_of(section).splitlines()
    assert lines[problem.where.line - 1].strip().startswith(key.rpartition(".")[2])


def test_what_a_hostile_document_holds_is_not_told_at_length() -> None:
    (problem,) = read({**COUNT, "rules": [5] * 10_000}).problems
    assert len(describe(problem)) < 1000


def test_one_wrong_correlation_does_not_end_the_loading_of_the_rest(tmp_path: Path) -> None:
    """A rule that is referred to by a number is a fault of its document alone."""
    for section in (
        {**COUNT, "rules": [5]},
        {**COUNT, "aliases": {"x": {5: "y"}}},
        {**VALUES, "condition": {"gte": 1, "field": [5]}},
    ):
        (tmp_path / "c.yml").write_text(BASE + text_of(section) + "---\n" + text_of(COUNT), "utf-8")
        rules = load_rules([tmp_path])
        assert (len(rules.rules), len(rules.correlations)) == (1, 1)
        assert len(rules.problems) == 1


def test_what_is_global_is_not_laid_over_correlations(tmp_path: Path) -> None:
    """As pySigma has it: `action: global` is for rules; a correlation after it stands for itself."""
    common = "action: global\nlevel: critical\nlogsource: {product: linux}\ncorrelation_of: nothing\n---\n"
    (tmp_path / "c.yml").write_text(common + BASE.lstrip() + text_of(COUNT), "utf-8")
    rules = load_rules([tmp_path])
    assert rules.problems == ()
    assert [rule.info.level.name for rule in rules.rules] == ["CRITICAL"]
    assert [spec.info.level.name for spec in rules.correlations] == ["MEDIUM"]


numbers = st.integers(1, 20) | st.floats(1, 20) | st.integers(1, 20).map(str)
comparisons = st.dictionaries(st.sampled_from(["gt", "gte", "lt", "lte", "eq", "neq"]), numbers, min_size=1, max_size=1)
fields = st.text("abXY.-_ é", min_size=1).filter(str.strip)
expressions = st.recursive(
    st.sampled_from(NAMES),
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("{} or {}".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=6,
)


@st.composite
def sections(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(
        st.sampled_from(["event_count", "value_count", "value_sum", "value_percentile", "temporal", "temporal_ordered"])
    )
    section: dict[str, Any] = {"type": draw(st.sampled_from([kind, kind.upper()]))}
    count, unit = draw(st.integers(1, 40)), draw(st.sampled_from("smhdwM"))
    section["timespan"] = f"{count}{unit}"
    section["rules"] = draw(st.sampled_from(NAMES) | st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
    condition: dict[str, Any] = draw(comparisons)
    if kind.startswith("value"):
        names = fields if kind != "value_count" else fields | st.lists(fields, min_size=1, max_size=2)
        condition["field"] = draw(names)
    if kind == "value_percentile":
        condition["percentile"] = draw(st.integers(0, 100) | st.integers(0, 100).map(str))
    if not kind.startswith("temporal") or draw(st.booleans()):
        section["condition"] = condition
    elif draw(st.booleans()):
        section["condition"] = draw(expressions)
        del section["rules"]
    more = {
        "group-by": fields | st.lists(fields | st.integers(0, 9), max_size=3),
        "generate": st.booleans(),
        "aliases": st.dictionaries(fields, st.dictionaries(st.sampled_from(NAMES), fields)),
    }
    return section | draw(st.fixed_dictionaries({}, optional=more))


@given(sections())
@settings(max_examples=200, deadline=None)
def test_what_pysigma_takes_means_the_same_here(section: dict[str, Any]) -> None:
    """Key by key; what is refused all the same could never be true, or is true without an event."""
    theirs = SigmaCorrelationRule.from_dict({"title": "t", "correlation": section})
    parsed = read(section)
    if parsed.correlation is None:
        codes = {problem.code.partition(".")[2] for problem in parsed.problems}
        assert codes <= {"never", "never_true", "absence_alone", "timespan"}, describe(parsed.problems[0])
        return
    ours = parsed.correlation.spec
    assert ours.timespan_ns == theirs.timespan.seconds * 10**9
    assert list(ours.group_by) == (theirs.group_by or [])
    assert ours.generate == theirs.generate
    assert ours.aliases == theirs.aliases.to_dict()
    if isinstance(theirs.condition, SigmaCorrelationCondition):
        (check,) = ours.checks
        assert theirs.rules is not None
        assert list(ours.rule_ids) == [rule.reference for rule in theirs.rules]
        assert (check.op, check.count) == (theirs.condition.op.name.lower(), theirs.condition.count)
        named = theirs.condition.fieldref or []
        assert list(ours.value_fields) == ([named] if isinstance(named, str) else named)
        assert theirs.condition.percentile in (None, ours.percentile)
    else:
        assert list(ours.rule_ids) == theirs.condition.get_referenced_rules()
        for some in chain.from_iterable(combinations(ours.rule_ids, size) for size in range(len(ours.rule_ids) + 1)):
            assert holds(ours, set(some)) == truth(theirs.condition.parsed, set(some))


def holds(spec: CorrelationSpec, there: set[str]) -> bool:
    ids = spec.rule_ids
    return any(
        {ids[number] for number in term.present} <= there and not {ids[absent.rule] for absent in term.absent} & there
        for term in spec.terms
    )


def truth(node: Any, there: set[str]) -> bool:
    if isinstance(node, SigmaRuleReference):
        return node.reference in there
    if isinstance(node, CorrelationConditionNOT):
        return not truth(node.args[0], there)
    return (all if isinstance(node, CorrelationConditionAND) else any)(truth(part, there) for part in node.args)


junk: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 300)
    | st.floats()
    | st.sampled_from(["", "base", "5", "5m", "a or b", "not a"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["base", "gte", "field", 5]), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(
    st.sampled_from([COUNT, VALUES, PERCENTILE, TEMPORAL]),
    st.dictionaries(
        st.sampled_from(["type", "rules", "timespan", "condition", "group-by", "generate", "aliases", "x"]),
        junk,
        min_size=1,
        max_size=3,
    ),
)
@settings(max_examples=200, deadline=None)
def test_whatever_stands_in_a_document_it_is_taken_or_refused_with_its_place(
    section: dict[str, Any], changes: dict[str, Any]
) -> None:
    """Nothing is taken that pySigma refuses, nothing is refused without file, line and key, nothing raises."""
    parsed = read({**section, **changes})
    if parsed.correlation is None:
        assert parsed.problems
        for problem in parsed.problems:
            assert (problem.where.file, problem.where.line > 0) == ("c.yml", True)
            assert problem.where.key.startswith("correlation"), problem
            assert describe(problem)
        return
    condition = {**section, **changes}.get("condition")
    if isinstance(condition, dict) and len({"gt", "gte", "lt", "lte", "eq", "neq"} & condition.keys()) > 1:
        return
    try:
        SigmaCorrelationRule.from_dict({"title": "t", "correlation": {**section, **changes}})
    except SigmaError as error:
        raise AssertionError("pySigma refuses it") from error
