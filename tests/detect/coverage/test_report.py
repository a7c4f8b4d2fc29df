"""Every rule is accounted for once: it can fire, or it is said why it never can."""

from pathlib import Path

import pytest

from soc_agent.detect import RuleSet, load_rules
from soc_agent.detect.coverage.report import Coverage, Standing, coverage_of
from soc_agent.model import LogSource, Problem, RuleInfo, RuleKind, Where
from tests.detect.making import rule_text, rules_of

LINUX, WEB = LogSource("", "linux", "syslog"), LogSource("webserver", "", "")
ONE, TWO = "aaaaaaaa-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000002"


def rule(
    title: str, logsource: str = "{product: linux}", *, more: str = "", detection: str = "selection: {f: 1}"
) -> str:
    return rule_text(detection, title=title, logsource=logsource, more=more)


def correlation(title: str, kind: str, *rules: str, condition: str = "") -> str:
    named = "".join(f"\n    - {each}" for each in rules)
    return f"title: {title}\ncorrelation:\n  type: {kind}\n  rules:{named}\n  group-by: [host]\n  timespan: 5m\n" + (
        f"  condition: {condition}\n" if condition else ""
    )


def standings(coverage: Coverage) -> dict[str, Standing]:
    return {each.title: each.standing for each in coverage.rules}


def test_a_rule_fires_where_its_source_is_known_and_collected(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, a=rule("A"), b=rule("B", "{category: webserver}"), c=rule("C", "{product: okta}"))
    assert standings(coverage_of(rules, known=[LINUX, WEB])) == {
        "A": Standing.RUNS,
        "B": Standing.RUNS,
        "C": Standing.NO_DECODER,
    }
    found = coverage_of(rules, known=[LINUX, WEB], collected=[LINUX])
    assert standings(found)["B"] is Standing.NOT_COLLECTED
    assert found.details(Standing.NO_DECODER) == [("product okta", 1)]
    assert found.details(Standing.NOT_COLLECTED) == [("category webserver", 1)]
    assert sum(found.counts().values()) == 3


def test_a_missing_list_is_named(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, a=rule("A", detection="selection:\n  f|expand: ['%S%', '%T%']"))
    (found,) = coverage_of(rules, known=[LINUX]).rules
    assert (found.standing, found.detail, found.title) == (Standing.NEEDS_LIST, "S, T", "A")


def test_what_is_refused_says_why(tmp_path: Path) -> None:
    rules = rules_of(
        tmp_path,
        a=rule("A", more=f"id: {ONE}"),
        b=rule("B", more=f"id: {ONE}"),
        c=rule("C", detection="selection: {f|nope: 1}"),
        d="title: [",
        e=rule("E", detection="selection: {f|re: '('}") + "---\n" + rule("F"),
    )
    found = coverage_of(rules, known=[LINUX])
    assert found.counts()[Standing.RUNS] == 2
    refused = {each.detail for each in found.rules if each.standing is Standing.REFUSED}
    assert refused == {"rule.duplicate_id", "rule.modifier", "rule.not_yaml", "rule.regex"}
    assert len(found.rules) == 6


def test_what_is_refused_keeps_its_techniques(tmp_path: Path) -> None:
    more = f"id: {ONE}\ntags: [attack.t1110]"
    found = coverage_of(rules_of(tmp_path, a=rule("A", detection="selection: {f|nope: 1}", more=more)), known=[LINUX])
    assert [(each.id, each.tags) for each in found.rules] == [(ONE, ("attack.t1110",))]


def test_the_cache_changes_nothing(tmp_path: Path) -> None:
    rules_of(tmp_path / "rules", a=rule("A", more=f"id: {ONE}"), b=rule("B", more=f"id: {ONE}"), c="title: [")
    cold, warm = (load_rules([tmp_path / "rules"], cache_dir=tmp_path / "cache") for _ in range(2))
    assert coverage_of(cold, known=[LINUX]) == coverage_of(warm, known=[LINUX])


@pytest.mark.parametrize(("places", "standing"), [(True, Standing.RUNS), (False, Standing.NEEDS_DATABASE)])
def test_what_needs_an_address_database_is_named(tmp_path: Path, places: bool, standing: Standing) -> None:
    travel = correlation("Travel", "value_count", "a", condition="{gte: 2, field: src_ip.country}")
    other = correlation("Other", "event_count", "a", condition="{gte: 2}").replace("[host]", "[src_ip.external]")
    rules = rules_of(tmp_path, a=rule("A", more="name: a"), b=travel, c=other)
    found = coverage_of(rules, known=[LINUX], places=places)
    assert standings(found) == {"A": Standing.RUNS, "Travel": standing, "Other": Standing.RUNS}
    assert found.details(Standing.NEEDS_DATABASE) == ([] if places else [("src_ip.country", 1)])


def test_disabled_rules_are_said_to_be_disabled(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, a=rule("A", more=f"id: {ONE}"), b=rule("B", more=f"id: {TWO}"))
    assert standings(coverage_of(rules, known=[LINUX], disabled=[ONE.upper()])) == {
        "A": Standing.DISABLED,
        "B": Standing.RUNS,
    }


@pytest.mark.parametrize(
    ("kind", "condition", "standing"),
    [
        ("event_count", "{gte: 5}", Standing.RUNS),
        ("temporal", "", Standing.NO_BASE),
        ("temporal_ordered", "", Standing.NO_BASE),
    ],
)
def test_a_correlation_needs_rules_that_can_fire(tmp_path: Path, kind: str, condition: str, standing: Standing) -> None:
    rules = rules_of(
        tmp_path,
        a=rule("A", more="name: a"),
        b=rule("B", "{product: okta}", more="name: b"),
        c=correlation("Both", kind, "a", "b", condition=condition),
        d=correlation("Dead", "event_count", "b", condition="{gte: 2}"),
    )
    found = coverage_of(rules, known=[LINUX])
    assert standings(found)["Both"] is standing
    assert standings(found)["Dead"] is Standing.NO_BASE
    assert next(each for each in found.rules if each.title == "Dead").detail == "B"


def test_yara_rules_need_something_that_scans() -> None:
    info = RuleInfo("yara.x", "X", kind=RuleKind.YARA)
    assert standings(coverage_of(RuleSet(), known=[], yara=[info])) == {"X": Standing.RUNS}
    assert standings(coverage_of(RuleSet(), known=[], yara=[info], yara_runs=False)) == {"X": Standing.NOT_COLLECTED}
    problem = Problem("yara.syntax", Where("x.yar", 1), {})
    assert coverage_of(RuleSet(), known=[], yara_problems=[problem]).counts()[Standing.REFUSED] == 1


@pytest.mark.parametrize(
    ("condition", "standing"),
    [("a and not b", Standing.RUNS), ("a or b", Standing.RUNS), ("a and b", Standing.NO_BASE)],
)
def test_a_correlation_over_an_expression_needs_one_of_its_ways(
    tmp_path: Path, condition: str, standing: Standing
) -> None:
    rules = rules_of(
        tmp_path,
        a=rule("A", more="name: a"),
        b=rule("B", "{product: okta}", more="name: b"),
        c=correlation("Both", "temporal", "a", "b", condition=condition),
    )
    assert rules.problems == ()
    assert standings(coverage_of(rules, known=[LINUX]))["Both"] is standing
