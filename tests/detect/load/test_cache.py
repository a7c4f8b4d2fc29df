"""The cache of what was read: the same rules from it as without it, whatever happens to the file."""

import logging
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from soc_agent.detect import RuleSet, load_rules
from soc_agent.detect.load import rule_files as load_module
from soc_agent.detect.load.cache import read_cache, write_cache
from tests.detect.load.test_assemble import base, correlation
from tests.detect.making import detect, rule_text

LINES = b"Nov 20 08:14:03 web01 app[7]: evil one\nNov 20 08:14:04 web01 app[7]: good\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "a.yml").write_text(rule_text("keywords: [evil]\ncondition: keywords", title="Đỏ", more="soc: {layer: 1}"))
    (rules / "b.yml").write_text(base() + "---" + correlation("[base]"))
    (rules / "c.yml").write_text("title: Bad\n")
    (rules / "d.yml").write_text(
        "title: F\nlogsource: {product: linux}\nfilter: {rules: any, s: {g: 1}, condition: not s}\n"
    )
    return rules


@pytest.fixture
def count_reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    read: Callable[..., Any] = load_module._read

    def counting(data: bytes, name: str, *more: Any) -> Any:
        names.append(Path(name).name)
        return read(data, name, *more)

    monkeypatch.setattr(load_module, "_read", counting)
    return names


def load(folder: Path) -> RuleSet:
    return load_rules([folder], cache_dir=folder.parent / "cache")


def cache_file(folder: Path) -> Path:
    (path,) = (folder.parent / "cache").glob("rules-*.cache")
    return path


def test_the_same_rules_and_detections_from_the_cache(folder: Path, count_reads: list[str]) -> None:
    cold = load(folder)
    assert count_reads == ["a.yml", "b.yml", "c.yml", "d.yml"]
    warm = load(folder)
    assert len(count_reads) == 4
    assert warm == cold == load_rules([folder])
    assert detect(warm, LINES, "syslog") == detect(cold, LINES, "syslog") != []


def test_only_what_changed_is_read_again(folder: Path, count_reads: list[str]) -> None:
    load(folder)
    (folder / "a.yml").write_text(rule_text("keywords: [good]\ncondition: keywords", title="Other"))
    (folder / "e.yml").write_text(rule_text("selection: {f: 1}", title="New"))
    (folder / "c.yml").unlink()
    del count_reads[:]
    assert load(folder) == load_rules([folder])
    assert count_reads[:2] == ["a.yml", "e.yml"]
    del count_reads[:]
    load(folder)
    assert count_reads == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:40],
        lambda data: data[:-1],
        lambda data: data[:100] + bytes([data[100] ^ 1]) + data[101:],
        lambda data: b"something else" + data,
        lambda data: b"cposix\nsystem\n(S'true'\ntR.",
    ],
)
def test_a_damaged_cache_is_read_anew(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    cold = load(folder)
    path = cache_file(folder)
    path.write_bytes(damage(path.read_bytes()))
    assert load(folder) == cold
    assert read_cache(path.parent, folder).keys() == {str(p) for p in folder.iterdir()}


def test_a_cache_of_another_version_is_read_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cold = load(folder)
    monkeypatch.setattr("soc_agent.detect.load.cache._FORMAT", 99)
    assert read_cache(folder.parent / "cache", folder) == {}
    assert load(folder) == cold


def test_a_folder_that_cannot_be_written_costs_only_time(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder.parent / "cache").write_text("in the way")
    with caplog.at_level(logging.WARNING):
        assert len(load(folder).rules) == 2
    assert "cannot be written" in caplog.text


def test_nobody_else_reads_or_writes_it(folder: Path) -> None:
    load(folder)
    assert stat.S_IMODE(cache_file(folder).stat().st_mode) == 0o600
    assert stat.S_IMODE(cache_file(folder).parent.stat().st_mode) == 0o700


def test_no_more_than_some_folders_are_kept(tmp_path: Path) -> None:
    for number in range(20):
        write_cache(tmp_path / "cache", tmp_path / str(number), {})
    assert len(list((tmp_path / "cache").iterdir())) == 16


def test_a_folder_beside_others_is_not_read_again(folder: Path, count_reads: list[str]) -> None:
    load(folder)
    own = folder.parent / "own"
    own.mkdir()
    (own / "mine.yml").write_text(rule_text("keywords: [good]\ncondition: keywords", title="Mine"))
    del count_reads[:]
    both = load_rules([folder, own], cache_dir=folder.parent / "cache")
    assert count_reads == ["mine.yml"]
    assert both == load_rules([folder, own])
    del count_reads[:]
    load_rules([own / "mine.yml", folder], cache_dir=folder.parent / "cache")
    assert count_reads == ["mine.yml"], "named by itself it is a root of its own"
    del count_reads[:]
    load_rules([own, folder], cache_dir=folder.parent / "cache")
    assert count_reads == []
