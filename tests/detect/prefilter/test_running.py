"""A rule is compiled once, also over a reload that leaves it as it is."""

from msgspec.structs import replace

from soc_agent.detect.prefilter.running import RunningRule
from tests.detect.making import rule_of, view_of


def test_predicates_are_compiled_when_first_needed() -> None:
    rule = RunningRule(rule_of("selection: {f: 1}"))
    before = rule.predicate
    assert rule.predicate(view_of({"f": 1}))
    assert rule.predicate is not before
    assert rule.explainer is rule.explainer


def test_what_was_compiled_is_taken_over_by_a_rule_that_says_the_same() -> None:
    rule = rule_of("selection: {f: 1}")
    before = RunningRule(rule)
    before.predicate(view_of({"f": 1}))
    same = RunningRule(replace(rule, info=replace(rule.info, title="Other")))
    same.take_over(before)
    assert same.predicate is before.predicate
    assert same.info.title == "Other"


def test_nothing_is_taken_over_by_a_rule_that_says_something_else() -> None:
    before = RunningRule(rule_of("selection: {f: 1}"))
    before.predicate(view_of({"f": 1}))
    other = RunningRule(rule_of("selection: {f: 2}"))
    other.take_over(before)
    assert other.predicate(view_of({"f": 2}))
    assert not other.predicate(view_of({"f": 1}))


def test_what_was_not_compiled_yet_is_compiled_for_the_rule_that_takes_over() -> None:
    rule = rule_of("selection: {f: 1}")
    before, same = RunningRule(rule, 1), RunningRule(rule, 2)
    same.take_over(before)
    assert same.predicate(view_of({"f": 1}))
    assert not same.predicate(view_of({"f": 2}))
