"""A configuration becomes collectors and an engine; relative paths begin at its folder."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from collectors.file_tail import FileTail
from collectors.file_watch import FileWatch
from collectors.globs import Globs
from collectors.packets import PacketProcess
from soc_agent.cli.build import Builder
from soc_agent.config import parse_config
from soc_agent.detect.load.settle import Look, signatures
from soc_agent.errors import RuleError
from soc_agent.model import RuleKind
from tests import product
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
    assert [type(collector) for collector in made] == [FileTail, PacketProcess, FileWatch]
    assert [collector.name for collector in made] == ["a", "b", "c"]


def test_rules_of_the_configuration_are_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(product.run_before(tmp_path / "cache")))
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.yml").write_text(yaml.safe_dump(LINE_RULE))
    (tmp_path / "own" / "b.yar").write_text("rule named { condition: true }")
    (tmp_path / "own" / "c.yml").write_text("title: Broken\n")
    loaded = Builder(parse_config(SOURCES), tmp_path).load()
    assert {info.title for info in loaded.rules} >= {"Numbered user", "named"}
    assert any("c.yml" in problem.where.file for problem in loaded.problems)


def test_no_rule_at_all_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(product.run_before(tmp_path / "cache")))
    (tmp_path / "own").mkdir()
    with pytest.raises(RuleError, match="builtin"):
        Builder(parse_config(SOURCES), tmp_path).load()


OWN = b"timezone: Asia/Ho_Chi_Minh\nrules: {builtin: false, paths: [own]}\n"
FILTER = """
title: Ours
author: lan.nt
logsource: {product: linux}
filter: {rules: [numbered_user], ours: {user: user-1}, condition: not ours}
soc: {reason: ours, expires: 2026-12-31}
"""
MIDNIGHT_NS = int(datetime(2027, 1, 1, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")).timestamp()) * 10**9


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(product.run_before(tmp_path / "cache")))
    for name in ("own", "filters"):
        (tmp_path / name).mkdir()
    (tmp_path / "own" / "a.yml").write_text(yaml.safe_dump(LINE_RULE))
    (tmp_path / "filters" / "ours.yml").write_text(FILTER)
    return tmp_path


def test_a_filter_beside_the_configuration_applies_until_its_last_day_here_is_over(folder: Path) -> None:
    now_ns = [MIDNIGHT_NS - 1]
    builder = Builder(parse_config(OWN), folder, clock=lambda: now_ns[0])
    loaded = builder.load()
    assert loaded.problems == ()
    assert loaded.expires_ns == MIDNIGHT_NS
    assert loaded.engine.rules.filters[0].applies_to == (LINE_RULE["id"],)
    now_ns[0] = MIDNIGHT_NS
    loaded = builder.load()
    assert [problem.code for problem in loaded.problems] == ["tuning.expired"]
    assert loaded.changes.changed == (LINE_RULE["id"],)
    assert loaded.expires_ns is None


def test_all_that_is_loaded_again_is_watched(folder: Path) -> None:
    (folder / "filters" / "ours.yml").unlink()
    (folder / "filters").rmdir()
    watched = Builder(parse_config(OWN), folder).watched()
    assert {folder / "own", folder / "filters"} <= set(watched)
    assert any(path.name == "decoders" for path in watched)


def test_decoders_that_went_wrong_leave_those_that_ran(folder: Path) -> None:
    own = folder / "own" / "decoders" / "mine.yml"
    own.parent.mkdir()
    own.write_text("name: mine\ndescription: x\nprograms: [mine]\npatterns: [{match: '(?P<user>.*)'}]\n")
    builder = Builder(parse_config(OWN), folder)
    before = builder.load()
    assert "mine" in {decoder.name for decoder in before.decoders.data_driven}
    again = Builder(parse_config(OWN), folder, before=builder)
    assert again.load().decoders is before.decoders, "nothing changed"
    own.write_text("name: mine\ndescription: x\nprograms: [mine]\npatterns: [{match: '('}]\n")
    loaded = Builder(parse_config(OWN), folder, before=builder).load()
    assert loaded.decoders is before.decoders
    assert [problem.code for problem in loaded.problems] == ["decode.bad_pattern"]


def test_lists_of_indicators_are_loaded_watched_and_their_faults_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(product.run_before(tmp_path / "cache")))
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "a.txt").write_text("203.0.113.9\n10.0.0.1\n")
    builder = Builder(parse_config(b"indicators: {paths: [feeds], default_tlp: red}"), tmp_path)
    loaded = builder.load()
    assert loaded.engine.indicators is not None
    assert [(entry.value, entry.meta.tlp) for entry in loaded.engine.indicators.table] == [("203.0.113.9", "red")]
    assert RuleKind.INDICATOR in {info.kind for info in loaded.rules}
    assert "indicator.not_global" in {problem.code for problem in loaded.problems}
    assert tmp_path / "feeds" in builder.watched()


def test_without_lists_of_indicators_there_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(product.run_before(tmp_path / "cache")))
    loaded = Builder(parse_config(b"{}"), tmp_path).load()
    assert loaded.engine.indicators is None
    assert RuleKind.INDICATOR not in {info.kind for info in loaded.rules}


def test_lists_that_did_not_change_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(product.run_before(tmp_path / "cache")))
    (tmp_path / "feeds").mkdir()
    path = tmp_path / "feeds" / "a.txt"
    path.write_text("203.0.113.9\n")
    builder = Builder(parse_config(b"indicators: {paths: [feeds]}"), tmp_path)
    first = builder.load().engine.indicators
    assert builder.load().engine.indicators is first
    path.write_text("203.0.113.9\n203.0.113.10\n")
    seen = signatures([path])
    assert builder.load(Look(seen, frozenset({str(path)}))).engine.indicators is first, "not finished"
    again = builder.load(Look(seen)).engine.indicators
    assert again is not None
    assert len(again) == 2


def test_yara_rules_are_loaded_again_for_folders_that_are_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(product.run_before(tmp_path / "cache")))
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.yml").write_text(yaml.safe_dump(LINE_RULE))
    path = tmp_path / "own" / "b.yar"
    path.write_text("rule named { condition: true }")
    builder = Builder(parse_config(SOURCES), tmp_path)
    builder.load()
    path.write_text("rule other { condition: true }")
    loaded = builder.load(Look(signatures(builder.watched())))
    assert (loaded.changes.added, loaded.changes.removed) == (("yara:b.other",), ("yara:b.named",))
    path.write_text("rule other {")
    loaded = Builder(parse_config(SOURCES), tmp_path, before=builder).load()
    assert "yara:b.other" in {info.id for info in loaded.rules}
    assert loaded.changes.kept == (str(path),)


def test_the_files_of_the_store_are_not_opened_by_who_watches_their_folder(tmp_path: Path) -> None:
    config = parse_config(b"store: {path: soc.db}\nsources: [{kind: watch, name: w, paths: [.], exclude: ['*.iso']}]")
    made = Builder(config, tmp_path).collector(config.sources[0])
    assert isinstance(made, FileWatch)
    excludes = Globs((), made._options.exclude).excludes
    for name in ("soc.db", "soc.db-wal", "soc.db-shm", "soc.db-journal", "a.iso"):
        assert excludes(str(tmp_path / name)), name
    assert not excludes(str(tmp_path / "soc.db.php"))
