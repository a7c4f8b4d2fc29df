"""YARA rules loaded again: only what changed is read, and what went wrong does not take the place of what runs."""

from pathlib import Path

import pytest

from soc_agent.detect.load.settle import Look, signatures
from soc_agent.detect.yara.rules import YaraFile, YaraRules, read_yara
from soc_agent.detect.yara.shelf import YaraShelf

ONE = 'rule one {{ strings: $a = "{0}" condition: $a }}\n'
TWO = 'rule two { strings: $a = "second" condition: $a }\n'


def finds(rules: YaraRules, data: bytes) -> list[str]:
    return sorted(match.rule for match in rules.compiled.match(data=data)) if rules.compiled else []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "one.yar").write_text(ONE.format("first"))
    (tmp_path / "two.yar").write_text(TWO)
    return tmp_path


def test_a_changed_file_takes_effect_and_only_it_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = YaraShelf()
    first = shelf.load([folder])
    assert not shelf.changes.any
    assert shelf.load([folder]) is first
    read: list[str] = []

    def counted(path: Path) -> YaraFile:
        read.append(path.name)
        return read_yara(path)

    monkeypatch.setattr("soc_agent.detect.yara.shelf.read_yara", counted)
    (folder / "one.yar").write_text(ONE.format("other"))
    (folder / "new.yar").write_text(TWO.replace("two", "new").replace("second", "new"))
    rules = shelf.load([folder])
    assert sorted(read) == ["new.yar", "one.yar"]
    assert finds(rules, b"first second other new") == ["new", "one", "two"]
    assert finds(rules, b"first") == []
    changes = shelf.changes
    assert (changes.added, changes.changed, changes.removed) == (("yara:new.new",), ("yara:one.one",), ())
    (folder / "two.yar").unlink()
    assert finds(shelf.load([folder]), b"second") == []
    assert shelf.changes.removed == ("yara:two.two",)


@pytest.mark.parametrize(
    "wrong", [b"rule one { condition: nothing }", b"rule one {", b"\xff\xfe", 'include "/etc/passwd"']
)
def test_a_broken_file_is_named_and_the_version_before_runs(folder: Path, wrong: bytes | str) -> None:
    shelf = YaraShelf()
    shelf.load([folder])
    (folder / "one.yar").write_bytes(wrong if isinstance(wrong, bytes) else wrong.encode())
    rules = shelf.load([folder])
    assert finds(rules, b"first second") == ["one", "two"]
    assert [Path(problem.where.file).name for problem in rules.problems] == ["one.yar"]
    assert shelf.changes.kept == (str(folder / "one.yar"),)
    assert not shelf.changes.any
    assert finds(shelf.load([folder]), b"first") == ["one"]
    (folder / "one.yar").write_text(ONE.format("right"))
    rules = shelf.load([folder])
    assert finds(rules, b"right first") == ["one"]
    assert not rules.problems
    assert not shelf.changes.kept


def test_a_shelf_with_other_options_goes_on_from_what_the_one_before_held(folder: Path) -> None:
    before = YaraShelf()
    before.load([folder])
    (folder / "one.yar").write_text("rule one {")
    after = YaraShelf(disabled=["yara:two.two"], before=before)
    assert finds(after.load([folder]), b"first") == ["one"]
    assert after.changes.kept == (str(folder / "one.yar"),)


def test_what_is_not_finished_stays_as_it_runs(folder: Path) -> None:
    shelf = YaraShelf()
    shelf.load([folder])
    one = str(folder / "one.yar")
    (folder / "one.yar").write_text(ONE.format("half"))
    seen = signatures([folder])
    assert finds(shelf.load([folder], Look(seen, frozenset({one}))), b"first half") == ["one"]
    assert finds(shelf.load([folder], Look(seen, frozenset({one}))), b"half") == []
    Path(one).unlink()
    assert finds(shelf.load([folder], Look(seen)), b"first") == ["one"]
    assert finds(shelf.load([folder], Look(signatures([folder]))), b"first") == []


def test_a_file_that_was_wrong_from_the_start_is_named_and_nothing_of_it_runs(tmp_path: Path) -> None:
    (tmp_path / "one.yar").write_text("rule one {")
    shelf = YaraShelf()
    rules = shelf.load([tmp_path])
    assert (rules.compiled, len(rules.problems), shelf.changes.kept) == (None, 1, ())
