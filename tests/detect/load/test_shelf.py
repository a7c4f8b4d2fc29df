"""Files and folders become a rule set; bad ones are named, the rest runs."""

import os
from pathlib import Path

from soc_agent.detect import load_rules
from soc_agent.errors import describe
from tests.detect.making import rule_text, rules_of

GOOD = rule_text("selection: {f: 1}", title="Good")


def test_folders_are_read_with_all_below_in_order_of_name(tmp_path: Path) -> None:
    for name in ("b/x.yml", "a/y.yaml", "a/x.yml", "c.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(rule_text("selection: {f: 1}", title=name))
    assert [rule.info.title for rule in load_rules([tmp_path]).rules] == ["a/x.yml", "a/y.yaml", "b/x.yml"]


def test_a_single_file_may_have_any_name(tmp_path: Path) -> None:
    path = tmp_path / "rule.sigma"
    path.write_text(GOOD)
    assert len(load_rules([path]).rules) == 1


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(GOOD)
    (tmp_path / "link.yml").symlink_to(tmp_path / "a.yml")
    rules = load_rules([tmp_path, tmp_path / "a.yml"])
    assert len(rules.rules) == 1
    assert rules.problems == ()


def test_links_to_folders_do_not_lead_round_in_circles(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(GOOD)
    (tmp_path / "loop").symlink_to(tmp_path)
    assert len(load_rules([tmp_path]).rules) == 1


def test_bad_files_among_good_ones(tmp_path: Path) -> None:
    rules = rules_of(
        tmp_path,
        a=GOOD,
        b="title: [\n",
        c=rule_text("selection: {f|nope: 1}", title="C"),
        d="title: a\n---\n" + rule_text("selection: {f: 1}", title="D"),
        e=rule_text("selection: {f|re: '('}", title="E") + "---\n" + rule_text("selection: {f: 2}", title="E2"),
        f=rule_text("selection: {f: 1}", title="F"),
    )
    assert [rule.info.title for rule in rules.rules] == ["Good", "D", "E2", "F"]
    named = {Path(problem.where.file).stem: problem.code for problem in rules.problems}
    assert named == {"b": "rule.not_yaml", "c": "rule.modifier", "d": "rule.invalid", "e": "rule.regex"}
    for problem in rules.problems:
        assert problem.where.line > 0
        assert describe(problem).startswith(f"{problem.where.file}:{problem.where.line}")


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    (problem,) = load_rules([tmp_path / "nowhere"]).problems
    assert (problem.code, problem.where.file) == ("rule.no_such_path", str(tmp_path / "nowhere"))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.yml").symlink_to(tmp_path / "gone.yml")
    (problem,) = load_rules([tmp_path]).problems
    assert problem.code == "rule.unreadable"


def test_a_pipe_among_the_rules_does_not_hang_the_loading(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(GOOD)
    os.mkfifo(tmp_path / "b.yml")
    rules = load_rules([tmp_path])
    assert len(rules.rules) == 1
    assert [problem.code for problem in rules.problems] == ["rule.not_a_file"]


def test_a_huge_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    with (tmp_path / "a.yml").open("wb") as file:
        file.truncate(1 << 40)
    (problem,) = load_rules([tmp_path]).problems
    assert problem.code == "rule.too_big"


def test_progress_is_told(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.yml").write_text(rule_text("selection: {f: 1}", title=name))
    load_rules([tmp_path], progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_repeats_fold_as_the_configuration_says_where_the_rule_does_not(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(rule_text("selection: {f: 1}", title="A"))
    (tmp_path / "b.yml").write_text(rule_text("selection: {f: 1}", title="B", more="soc: {suppress: 5m}"))
    rules = load_rules([tmp_path], default_suppress_s=99)
    assert [rule.info.suppress_s for rule in rules.rules] == [99, 300]


def test_several_documents_in_one_file(tmp_path: Path) -> None:
    texts = [rule_text("selection: {f: 1}", title=title) for title in ("A", "B")]
    rules = rules_of(tmp_path, both="---\n".join(texts))
    assert [(rule.info.title, rule.line) for rule in rules.rules] == [("A", 1), ("B", texts[0].count("\n") + 2)]


def test_nothing_to_load(tmp_path: Path) -> None:
    rules = load_rules([tmp_path])
    assert (rules.rules, rules.problems, dict(rules.infos)) == ((), (), {})
