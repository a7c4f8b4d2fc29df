"""What a reload changed is told by rule."""

from pathlib import Path

from soc_agent.detect import load_rules
from soc_agent.detect.load.changes import RuleChanges, changes_between
from soc_agent.detect.ruleset import RuleSet

ID = "00000000-0000-4000-8000-00000000000"
RULE = (
    f"title: {{0}}\nid: {ID}{{0}}\nname: {{0}}\n"
    "logsource: {{product: linux}}\ndetection: {{s: {{f: {1}}}, condition: s}}\n"
)
COUNT = (
    f"title: many\nid: {ID}e\ncorrelation:"
    " {{type: event_count, rules: [a], group-by: [host], timespan: {0}, condition: {{gte: {1}}}}}\n"
)
FILTER = "title: f\nlogsource: {product: linux}\nfilter: {rules: [a], s: {host: x}, condition: not s}\n"


def load(folder: Path, *texts: str) -> RuleSet:
    (folder / "a.yml").write_text("---\n".join(texts), "utf-8")
    return load_rules([folder])


def test_rules_that_came_went_and_changed(tmp_path: Path) -> None:
    before = load(tmp_path, RULE.format("a", 1), RULE.format("b", 1), RULE.format("c", 1))
    now = load(tmp_path, RULE.format("a", 1), RULE.format("b", 2), RULE.format("d", 1))
    changes = changes_between(before, now, ["x.yml"])
    assert changes == RuleChanges(added=(f"{ID}d",), removed=(f"{ID}c",), changed=(f"{ID}b",), kept=("x.yml",))
    assert changes.any


def test_a_filter_changes_the_rules_that_it_lies_over(tmp_path: Path) -> None:
    before = load(tmp_path, RULE.format("a", 1), RULE.format("b", 1))
    now = load(tmp_path, RULE.format("a", 1), RULE.format("b", 1), FILTER)
    assert changes_between(before, now, []) == RuleChanges(changed=(f"{ID}a",))


def test_windows_begin_anew_only_where_they_mean_something_else(tmp_path: Path) -> None:
    before = load(tmp_path, RULE.format("a", 1), COUNT.format("1h", 3))
    threshold = load(tmp_path, RULE.format("a", 1), COUNT.format("1h", 4))
    span = load(tmp_path, RULE.format("a", 1), COUNT.format("2h", 3))
    assert changes_between(before, threshold, []) == RuleChanges(changed=(f"{ID}e",))
    assert changes_between(before, span, []) == RuleChanges(changed=(f"{ID}e",), restarted=(f"{ID}e",))


def test_of_the_first_load_there_is_nothing_to_say(tmp_path: Path) -> None:
    changes = changes_between(None, load(tmp_path, RULE.format("a", 1)), [])
    assert not changes.any


def test_changes_of_two_kinds_of_rules_are_told_together() -> None:
    both = RuleChanges(added=("a",), kept=("f",)).joined(RuleChanges(added=("b",), removed=("c",)))
    assert both == RuleChanges(added=("a", "b"), removed=("c",), kept=("f",))
