"""A profile takes the rules of its files, what they build on, and whatever is one's own."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from soc_agent.detect.load.profiles import Selection, read_profiles, selection_of
from soc_agent.detect.load.shelf import load_rules
from soc_agent.detect.yara.rules import load_yara
from soc_agent.errors import RuleError
from soc_agent.resources import resource
from tests import product

RULES = resource("rules")


def rule(name: str, number: int) -> dict[str, Any]:
    return {
        "title": name,
        "name": name,
        "id": f"00000000-0000-4000-8000-{number:012}",
        "logsource": {"product": "linux"},
        "detection": {"s": {"user": name}, "condition": "s"},
        "level": "low",
    }


def counting(name: str, number: int, *bases: str) -> dict[str, Any]:
    return {
        "title": name,
        "name": name,
        "id": f"00000000-0000-4000-8000-{number:012}",
        "correlation": {
            "type": "event_count",
            "rules": list(bases),
            "group-by": ["host"],
            "timespan": "1h",
            "condition": {"gte": 2},
        },
        "level": "low",
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "rules"
    files: dict[str, dict[str, Any]] = {
        "sigma/web/a.yml": rule("a", 1),
        "sigma/auth/b.yml": rule("b", 2),
        "sigma/auth/deep/c.yml": rule("c", 3),
        "correlation/web_many.yml": counting("many", 4, "b"),
        "correlation/web_more.yml": counting("more", 5, "many"),
        "profiles/web.yml": {"title": "Web", "title_vi": "Web", "rules": ["sigma/web/*", "correlation/web_more.yml"]},
        "profiles/auth.yml": {"title": "A", "title_vi": "A", "rules": ["sigma/auth/*"]},
        "profiles/deep.yml": {"title": "D", "title_vi": "D", "rules": ["sigma/auth/**"], "includes": ["web", "deep"]},
    }
    for name, tree in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(tree))
    return root


def running(root: Path, *names: str) -> set[str]:
    selection = selection_of(names, root)
    folders = [root / "sigma", root / "correlation"]
    loaded = load_rules(folders, selection=selection)
    assert loaded.problems == ()
    return {info.title for info in loaded.infos.values()}


def test_without_a_profile_everything_runs(root: Path) -> None:
    assert running(root) == {"a", "b", "c", "many", "more"}


def test_a_correlation_brings_what_it_builds_on(root: Path) -> None:
    assert running(root, "web") == {"a", "many", "more", "b"}


def test_a_star_stays_within_its_folder(root: Path) -> None:
    assert running(root, "auth") == {"b"}


def test_a_profile_may_include_others_even_itself(root: Path) -> None:
    assert running(root, "deep") == {"a", "b", "c", "many", "more"}


def test_several_profiles_add_up(root: Path) -> None:
    assert running(root, "auth", "web") == running(root, "web") | running(root, "auth")


def test_what_only_a_chosen_correlation_needs_is_not_heard(root: Path) -> None:
    loaded = load_rules([root / "sigma", root / "correlation"], selection=selection_of(["web"], root))
    assert {loaded.infos[rule_id].title for rule_id in loaded.silent} == {"b", "many"}


def test_rules_of_ones_own_always_run(root: Path, tmp_path: Path) -> None:
    own = tmp_path / "own" / "mine.yml"
    own.parent.mkdir()
    own.write_text(yaml.safe_dump(rule("mine", 9)))
    loaded = load_rules([root / "sigma", own.parent], selection=selection_of(["auth"], root))
    assert {info.title for info in loaded.infos.values()} == {"b", "mine"}


def test_an_unknown_profile_is_told_with_the_nearest(root: Path) -> None:
    with pytest.raises(RuleError) as caught:
        selection_of(["wep"], root)
    assert caught.value.problem.code == "profile.unknown"
    assert caught.value.problem.values["known"] == "web"


@pytest.mark.parametrize("text", ["[", "title: x", "{title: x, title_vi: y, rules: [], colour: red}"])
def test_a_file_that_is_no_profile_is_told(root: Path, text: str) -> None:
    (root / "profiles" / "bad.yml").write_text(text)
    with pytest.raises(RuleError) as caught:
        read_profiles(root)
    assert caught.value.problem.where.file.endswith("bad.yml")


def test_only_files_below_the_folder_are_chosen_from() -> None:
    selection = Selection(Path("/rules"), ("sigma/*.yml",))
    assert selection.takes("/rules/sigma/a.yml")
    assert not selection.takes("/rules/sigma/b/a.yml")
    assert not selection.takes("/rules/sigma/a+yml")
    assert selection.takes("/rulesets/x.yml")


@pytest.mark.parametrize("name", read_profiles(RULES))
def test_each_profile_of_the_product_runs_by_itself(name: str) -> None:
    """Every glob takes something, and no rule misses what it builds on."""
    profile = read_profiles(RULES)[name]
    selection = selection_of([name], RULES)
    assert product.rules("sigma", "correlation", selection=selection).problems == ()
    files = [str(path) for path in RULES.rglob("*.y*") if "samples" not in path.name]
    idle = [glob for glob in profile.rules if not any(Selection(RULES, (glob,)).takes(path) for path in files)]
    assert idle == []


def test_every_rule_of_the_product_is_in_a_profile() -> None:
    selection = selection_of(list(read_profiles(RULES)), RULES)
    everything = {*product.rules().infos, *product.yara_rules().infos}
    yara = load_yara([RULES / "yara"], selection=selection)
    taken = {*product.rules(selection=selection).infos, *yara.infos}
    assert everything - taken == set()


def test_profiles_are_no_rules(root: Path) -> None:
    """A whole folder of rules may be named, profiles in it included."""
    assert load_rules([root]).problems == ()
