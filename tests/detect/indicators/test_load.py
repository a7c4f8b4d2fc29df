"""Loading lists, and the cache."""

import os
from pathlib import Path

import pytest

from soc_agent.detect.indicators import load_indicators
from soc_agent.detect.indicators.feeds import read
from tests.detect.indicators.making import faults

NOW = 1_795_000_000.0


def _load(folder: Path, cache: Path | None = None, **options: object) -> list[str]:
    loaded = load_indicators([folder], cache_dir=cache, clock=lambda: NOW, **options)  # type: ignore[arg-type]
    return sorted(entry.value for entry in loaded.table)


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "a.txt").write_text("203.0.113.9\n10.0.0.1\n")
    (folder / "b.csv").write_text("domain,tlp\nevil.com,red\n")
    (folder / "notes.md").write_text("evil.org")
    (folder / ".hidden.txt").write_text("evil.net")
    return folder


def test_a_folder_of_lists_is_one_table(lists: Path) -> None:
    loaded = load_indicators([lists])
    assert sorted(entry.value for entry in loaded.table) == ["203.0.113.9", "evil.com"]
    assert faults(loaded) == ["2: not_global"]
    assert [(report.format, report.taken, report.refused) for report in loaded.reports] == [
        ("text", 1, 1),
        ("csv", 1, 0),
    ]
    assert {entry.meta.source for entry in loaded.table} == {"a", "b"}


def test_the_cache_gives_the_same_without_reading(lists: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache"
    first = load_indicators([lists], cache_dir=cache)
    monkeypatch.setattr(read, "read_list", None)
    again = load_indicators([lists], cache_dir=cache)
    assert list(again.table) == list(first.table)
    assert again.problems == first.problems
    assert again.reports == first.reports
    assert again.lines(b"from 203.0.113.9\n") == [0]


def test_a_changed_list_is_read_anew(lists: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    _load(lists, cache)
    (lists / "a.txt").write_text("203.0.113.7\n")
    assert _load(lists, cache) == ["203.0.113.7", "evil.com"]
    (lists / "b.csv").unlink()
    assert _load(lists, cache) == ["203.0.113.7"]
    (lists / "c.jsonl").write_text('{"url":"http://evil.org/x"}\n')
    assert _load(lists, cache) == ["203.0.113.7", "http://evil.org/x"]


def test_a_damaged_cache_is_read_anew(lists: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    _load(lists, cache)
    (path,) = cache.iterdir()
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert _load(lists, cache) == ["203.0.113.9", "evil.com"]


def test_defaults_are_part_of_the_cache(lists: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for tlp in ("amber", "red"):
        loaded = load_indicators([lists / "a.txt"], cache_dir=cache, default_tlp=tlp)
        assert [entry.meta.tlp for entry in loaded.table] == [tlp]


def test_a_lifetime_counts_from_the_change_of_the_file(lists: Path, tmp_path: Path) -> None:
    path = lists / "a.txt"
    for changed in (1_700_000_000, 1_750_000_000):
        os.utime(path, (changed, changed))
        loaded = load_indicators([path], cache_dir=tmp_path / "cache", default_days=10)
        assert [entry.expires_s for entry in loaded.table] == [changed + 864_000]


def test_what_cannot_be_read_is_named_and_the_rest_counts(lists: Path, tmp_path: Path) -> None:
    loaded = load_indicators([lists, tmp_path / "nowhere", Path("/dev/null")])
    assert [problem.code for problem in loaded.problems][:2] == ["indicator.no_such_path", "indicator.not_a_file"]
    assert len(loaded) == 2


def test_a_list_that_is_too_big_is_not_read(lists: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "FILE_CAP_BYTES", 20)
    loaded = load_indicators([lists])
    assert "indicator.too_big" in {problem.code for problem in loaded.problems}
