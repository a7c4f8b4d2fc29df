"""A path of rules must be there; a rule is found by whatever a person calls it."""

from pathlib import Path

import click
import pytest

from soc_agent.cli.rules.shared import FOLDER, chosen_rules, find_rule
from soc_agent.cli.workspace import Workspace
from soc_agent.detect import load_rules
from soc_agent.errors import ConfigError, RuleError
from soc_agent.model import Problem, RuleInfo, RuleKind
from tests.detect.making import rule_text


def test_a_path_must_be_there(tmp_path: Path) -> None:
    assert FOLDER.convert(str(tmp_path), None, None) == tmp_path
    with pytest.raises(click.BadParameter):
        FOLDER.convert(str(tmp_path / "nowhere"), None, None)


_BAD_ID = "id: dddddddd-0000-4000-8000-000000000004"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    more = "id: {id}\nname: {name}\nsoc: {{title_vi: {vi}}}"
    rules = {
        "Alpha one": ("aaaaaaaa-0000-4000-8000-000000000001", "first", "Đăng nhập lạ"),
        "Alpha two": ("bbbbbbbb-0000-4000-8000-000000000002", "second", "Quét cổng"),
        "Alpha": ("cccccccc-0000-4000-8000-000000000003", "third", "Tải tệp"),
    }
    for number, (title, (rule_id, name, vi)) in enumerate(rules.items()):
        text = rule_text("selection: {f: 1}", title=title, more=more.format(id=rule_id, name=name, vi=vi))
        (tmp_path / f"{number}.yml").write_text(text, "utf-8")
    (tmp_path / "bad.yml").write_text(rule_text("selection:\n  f|expand: '%S%'", title="Needs a list", more=_BAD_ID))
    return tmp_path


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("aaaaaaaa-0000-4000-8000-000000000001", "Alpha one"),
        ("BBBB", "Alpha two"),
        ("second", "Alpha two"),
        ("alpha o", "Alpha one"),
        ("ALPHA", "Alpha"),
        ("dang nhap", "Alpha one"),
        ("quét", "Alpha two"),
    ],
)
def test_a_rule_goes_by_many_names(folder: Path, name: str, title: str) -> None:
    rules = load_rules([folder])
    assert rules.infos[find_rule(rules, name)].title == title


def test_a_rule_goes_by_its_file(folder: Path) -> None:
    rules = load_rules([folder])
    assert rules.infos[find_rule(rules, "whatever", folder / "1.yml")].title == "Alpha two"


def test_a_rule_goes_by_its_file_however_that_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = load_rules([folder])
    monkeypatch.chdir(folder)
    assert rules.infos[find_rule(rules, "whatever", Path("1.yml"))].title == "Alpha two"


@pytest.mark.parametrize(
    ("name", "titles"),
    [("alhpa", "`Alpha`"), ("two", "`Alpha two`"), ("lạ nhập", "`Đăng nhập lạ`"), ("ALPHA  OEN", "`Alpha one`")],
)
def test_what_may_be_meant_is_told(folder: Path, name: str, titles: str) -> None:
    with pytest.raises(RuleError) as raised:
        find_rule(load_rules([folder]), name)
    assert raised.value.problem.code == "rules.explain.near"
    assert titles in raised.value.problem.values["titles"]


@pytest.mark.parametrize("kind", [RuleKind.YARA, RuleKind.INDICATOR])
def test_a_rule_of_another_kind_is_said_to_be_one(folder: Path, kind: RuleKind) -> None:
    others = [RuleInfo("Some_Webshell", "Some_Webshell", path=str(folder / "shell.yar"), kind=kind)]
    for name, file in (("some_webshell", None), ("whatever", folder / "shell.yar")):
        with pytest.raises(RuleError) as raised:
            find_rule(load_rules([folder]), name, file, others)
        assert raised.value.problem.code == f"rules.explain.{kind.value}"
        assert "Some_Webshell" in str(raised.value)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("nothing at all", "unknown"),
        ("alpha ", "several"),
        ("needs a list", "refused"),
        ("needs", "refused"),
        ("dddddddd-", "refused"),
    ],
)
def test_what_is_meant_must_be_clear_and_run(folder: Path, name: str, code: str) -> None:
    with pytest.raises(RuleError) as raised:
        find_rule(load_rules([folder]), name)
    assert raised.value.problem.code == f"rules.explain.{code}"
    if code == "refused":
        assert [problem.code for problem in raised.value.problems[1:]] == ["rule.placeholder"]


def test_the_rules_of_the_configuration_are_meant_too(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOC_AGENT_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path / "..")
    problems: list[Problem] = []
    without = chosen_rules(Workspace(None, "en"), (folder,), problems, builtin=False)
    assert (without.paths, without.config) == ([folder], None)
    assert len(without.load().rules) == 3
    config = tmp_path / "config.yaml"
    config.write_text(
        "rules: {builtin: false, paths: ['1.yml', bad.yml], lists: [lists],\n"
        "  disabled: [bbbbbbbb-0000-4000-8000-000000000002]}\n"
    )
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "S.txt").write_text("a")
    chosen = chosen_rules(Workspace(config, "en"), (), problems)
    assert [rule.info.title for rule in chosen.load().rules] == ["Alpha two", "Needs a list"]
    assert [rule.info.title for rule in chosen.load(as_run=True).rules] == ["Needs a list"]
    assert problems == []


def test_a_wrong_configuration_stops_only_whom_it_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOC_AGENT_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text("sorces: []")
    problems: list[Problem] = []
    assert chosen_rules(Workspace(None, "en"), (), problems).config is None
    assert len(problems) == 1
    with pytest.raises(ConfigError):
        chosen_rules(Workspace(tmp_path / "config.yaml", "en"), (), problems)
