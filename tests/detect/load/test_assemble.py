"""What is decided when all files are known: duplicates, disabled rules, filters, references, who is silent."""

from pathlib import Path

import pytest

from soc_agent.detect import load_rules
from soc_agent.detect.evaluate.predicate import compile_rule
from soc_agent.detect.ruleset import RuleSet
from soc_agent.model import RuleKind
from tests.detect.making import rule_text, rules_of, view_of

ONE = "6b9bb6f2-ec82-4815-aaf6-768e0caa2521"
TWO = "6b9bb6f2-ec82-4815-aaf6-768e0caa2522"
THREE = "6b9bb6f2-ec82-4815-aaf6-768e0caa2523"


def base(rule_id: str = ONE, name: str = "base", **more: str) -> str:
    return rule_text("selection: {f: 1}", title=name, more=f"id: {rule_id}\nname: {name}", **more)


def correlation(references: str, rule_id: str = TWO, name: str = "many", more: str = "") -> str:
    return f"""
title: Many
id: {rule_id}
name: {name}
level: high
soc: {{suppress: 10m, entity: [src_ip]}}
correlation:
  type: event_count
  rules: {references}
  timespan: 1m
  condition: {{gte: 5}}
  {more}
"""


def codes(rules: RuleSet) -> list[str]:
    return [problem.code for problem in rules.problems]


def test_of_two_rules_with_one_id_the_first_counts(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, a=base(name="first"), b=base(name="second"))
    assert [rule.info.title for rule in rules.rules] == ["first"]
    (problem,) = rules.problems
    assert (problem.code, Path(problem.where.file).name) == ("rule.duplicate_id", "b.yml")
    assert problem.values["other"].endswith("a.yml:1")


def test_disabled_rules_do_not_run(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(base())
    rules = load_rules([tmp_path], disabled=[ONE.upper()])
    assert rules.rules == ()
    assert dict(rules.infos) == {}


@pytest.mark.parametrize("reference", [ONE, "base", ONE.upper()])
def test_a_correlation_refers_by_id_or_name(tmp_path: Path, reference: str) -> None:
    rules = rules_of(tmp_path, a=correlation(f"[{reference}]"), b=base())
    assert codes(rules) == []
    (spec,) = rules.correlations
    assert spec.rule_ids == (ONE,)
    assert (spec.info.kind, spec.info.suppress_s, spec.info.entity) == (RuleKind.CORRELATION, 600, ("src_ip",))
    assert set(rules.infos) == {ONE, TWO}


def test_a_reference_to_nothing_is_named_and_the_rest_runs(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, a=correlation("[nobody]"), b=base())
    assert codes(rules) == ["correlation.unknown_rule"]
    assert rules.problems[0].values == {"reference": "nobody"}
    assert rules.problems[0].where.line == 2
    assert [rule.info.id for rule in rules.rules] == [ONE]


def test_what_refers_to_a_refused_correlation_is_refused_too(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, a=correlation("[many]", THREE, "more"), b=correlation("[nobody]"))
    assert codes(rules) == ["correlation.unknown_rule", "correlation.unknown_rule"]
    assert rules.correlations == ()


def test_correlations_can_refer_to_correlations(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, a=correlation("[many]", THREE, "more"), b=correlation("[base]"), c=base())
    assert codes(rules) == []
    assert [spec.rule_ids for spec in rules.correlations] == [(TWO,), (ONE,)]


def test_circles_are_refused(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, a=correlation("[more]", TWO, "many"), b=correlation("[many]", THREE, "more"))
    assert codes(rules) == ["correlation.cycle", "correlation.cycle"]


def test_the_same_rule_twice_by_id_and_name_is_refused(tmp_path: Path) -> None:
    text = correlation(f"[base, {ONE}]").replace("event_count", "temporal").replace("condition: {gte: 5}", "")
    assert codes(rules_of(tmp_path, a=text, b=base())) == ["correlation.repeated_rule"]


def test_aliases_are_bound_to_ids(tmp_path: Path) -> None:
    text = correlation("[base]", more="group-by: [who]\n  aliases: {who: {base: src_ip}}")
    (spec,) = rules_of(tmp_path, a=text, b=base()).correlations
    assert spec.aliases == {"who": {ONE: "src_ip"}}


def test_what_correlations_refer_to_is_silent(tmp_path: Path) -> None:
    assert rules_of(tmp_path, a=correlation("[base]"), b=base()).silent == {ONE}


def test_unless_one_of_them_wants_it_heard(tmp_path: Path) -> None:
    loud = correlation("[base]", THREE, "loud", "generate: true")
    assert rules_of(tmp_path, a=correlation("[base]"), b=base(), c=loud).silent == frozenset()


def test_it_stays_silent_when_the_correlation_does_not_run(tmp_path: Path) -> None:
    """Nobody who disables an alert for a hundred failed logins wants one for each instead."""
    rules_of(tmp_path, a=correlation("[base]"), b=base())
    rules = load_rules([tmp_path], disabled=[TWO])
    assert rules.correlations == ()
    assert rules.silent == {ONE}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("correlation: 5", "correlation_form.not_a_map"),
        ("correlation: {type: event_count, rules: [base], timespan: 1m}", "correlation_form.no_condition"),
        ("correlation: {type: nonsense, rules: [base], timespan: 1m, condition: {gte: 1}}", "correlation_form.type"),
        (
            "correlation: {type: event_count, rules: [base], timespan: soon, condition: {gte: 1}}",
            "correlation_form.timespan",
        ),
        (
            "correlation: {type: value_sum, rules: [base], timespan: 1m, condition: {gte: 1, field: [x, y]}}",
            "correlation.one_field",
        ),
    ],
)
def test_bad_correlations_are_refused(tmp_path: Path, body: str, code: str) -> None:
    rules = rules_of(tmp_path, a=f"title: Bad\n{body}\n", b=base())
    assert set(codes(rules)) == {code}
    assert all(problem.where.line for problem in rules.problems)
    assert len(rules.rules) == 1


def with_filter(folder: Path, head: str, body: str = "backup: {host: bk}\n  condition: not backup") -> RuleSet:
    text = f"title: Backup\nlogsource: {{product: linux}}\nfilter:\n  {head}\n  {body}\n"
    return rules_of(folder, a=base(), b=base(TWO, "other", logsource="{product: windows}"), f=text)


@pytest.mark.parametrize("head", [f"rules: [{ONE}]", "rules: base", "rules: any", "rules: [nobody, BASE]"])
def test_a_filter_is_laid_over_the_rules_that_it_names(tmp_path: Path, head: str) -> None:
    rules = with_filter(tmp_path, head)
    assert codes(rules) == []
    predicate = compile_rule(rules.rules[0])
    assert predicate(view_of({"f": 1}))
    assert not predicate(view_of({"f": 1, "host": "bk"}))
    assert compile_rule(rules.rules[1])(view_of({"f": 1, "host": "bk"}))


def test_a_filter_names_selections_like_the_rule_does(tmp_path: Path) -> None:
    rules = with_filter(tmp_path, "rules: any", "selection: {host: bk}\n  condition: not 1 of them")
    predicate = compile_rule(rules.rules[0])
    assert predicate(view_of({"f": 1}))
    assert not predicate(view_of({"f": 1, "host": "bk"}))


def test_two_filters_of_one_title_do_not_mix(tmp_path: Path) -> None:
    text = "title: F\nlogsource: {product: linux}\nfilter: {rules: any, s: {host: %s}, condition: not s}\n"
    rules = rules_of(tmp_path, a=base(), f=text % "h1", g=text % "h2")
    predicate = compile_rule(rules.rules[0])
    assert [predicate(view_of({"f": 1, "host": host})) for host in ("h1", "h2", "h3")] == [False, False, True]


@pytest.mark.parametrize("head", ["rules: [nobody]", f"rules: [{TWO}]"])
def test_a_filter_that_fits_no_rule_is_named(tmp_path: Path, head: str) -> None:
    rules = with_filter(tmp_path, head)
    assert codes(rules) == ["rule.filter_unused"]
    assert Path(rules.problems[0].where.file).name == "f.yml"
