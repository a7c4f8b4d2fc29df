"""A configuration becomes collectors and an engine; relative paths begin at its folder."""

from pathlib import Path

import pytest
import yaml

from collectors.file_tail import FileTail
from collectors.file_watch import FileWatch
from collectors.packets import PacketCapture
from soc_agent.cli.build import Builder
from soc_agent.config import parse_config
from soc_agent.errors import RuleError
from tests.end_to_end.running import LINE_RULE

SOURCES = b"""
rules: {builtin: false, paths: [own]}
sources:
- {kind: file, name: a, paths: [a.log]}
- {kind: packets, name: b, paths: [b.pcap]}
- {kind: watch, name: c, paths: [www]}
"""


def test_each_kind_of_source_has_its_collector(tmp_path: Path) -> None:
    config = parse_config(SOURCES)
    builder = Builder(config, tmp_path)
    made = [builder.collector(source) for source in config.sources]
    assert [type(collector) for collector in made] == [FileTail, PacketCapture, FileWatch]
    assert [collector.name for collector in made] == ["a", "b", "c"]


def test_rules_of_the_configuration_are_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.yml").write_text(yaml.safe_dump(LINE_RULE))
    (tmp_path / "own" / "b.yar").write_text("rule named { condition: true }")
    (tmp_path / "own" / "c.yml").write_text("title: Broken\n")
    loaded = Builder(parse_config(SOURCES), tmp_path).load()
    assert {info.title for info in loaded.rules} >= {"Numbered user", "named"}
    assert any("c.yml" in problem.where.file for problem in loaded.problems)


def test_no_rule_at_all_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "own").mkdir()
    with pytest.raises(RuleError, match="builtin"):
        Builder(parse_config(SOURCES), tmp_path).load()
