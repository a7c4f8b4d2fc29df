"""Which files hold rules, and what is in one."""

from pathlib import Path

from soc_agent.detect.load.placeholders import Lists
from soc_agent.detect.load.rule_files import list_folders, read_file, rule_files
from soc_agent.model import Problem

RULE = "title: a\nlogsource: {product: linux}\ndetection: {s: {f: 1}, condition: s}\n"


def test_every_file_once_in_order_without_decoders_lists_and_samples(tmp_path: Path) -> None:
    for name in ("b.yml", "a.yaml", "x.samples.yml", "decoders/d.yml", "placeholders/l.yml", "sub/c.yml", "note.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x: 1")
    (tmp_path / "link.yml").symlink_to(tmp_path / "b.yml")
    problems: list[Problem] = []
    found = list(rule_files([tmp_path, tmp_path / "sub"], problems))
    assert [path.name for path in found] == ["a.yaml", "b.yml", "c.yml"]
    assert problems == []
    assert list_folders([tmp_path]) == [tmp_path / "placeholders"]


def test_what_is_not_there_is_a_problem(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert list(rule_files([tmp_path / "absent"], problems)) == []
    assert [problem.code for problem in problems] == ["rule.no_such_path"]


def test_a_file_of_the_same_content_is_not_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_text(RULE)
    problems: list[Problem] = []
    first = read_file(path, None, Lists(), problems)
    assert first is not None
    assert read_file(path, first, Lists(), problems) is first
    path.write_text(RULE.replace("f: 1", "f: 2"))
    second = read_file(path, first, Lists(), problems)
    assert second is not None
    assert second.digest != first.digest
    assert read_file(tmp_path / "gone.yml", None, Lists(), problems) is None
    assert [problem.code for problem in problems] == ["rule.unreadable"]


def test_of_what_does_not_run_all_is_told_that_can_be(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    head = "id: ABC\ntags: [attack.t1110, 7]\n" + RULE
    path.write_text(f"{head.replace('f: 1', 'f|nope: 1')}---\ntitle: [odd]\ntags: odd\n")
    found = read_file(path, None, Lists(), [])
    assert found is not None
    first, second = found.refused
    assert (first.title, first.id, first.tags) == ("a", "ABC", ("attack.t1110",))
    assert (second.title, second.line, second.tags) == ("['odd']", 7, ())
