"""A list that goes wrong stays as it was, and is named; one that was removed, or emptied on purpose, is gone."""

from pathlib import Path

import pytest

from soc_agent.detect.indicators import Indicators, load_indicators
from soc_agent.detect.indicators.copies import Copies
from soc_agent.detect.indicators.indicator import FileReport
from soc_agent.errors import describe
from soc_agent.text import use_language

FEED = "".join(f"203.0.113.{number}\n" for number in range(10))
PAGE = "<html>\n<title>502 Bad Gateway</title>\n<center>nginx</center>\n</html>\n"


@pytest.fixture
def feeds(tmp_path: Path) -> Path:
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "bad.txt").write_text(FEED)
    (tmp_path / "feeds" / "good.txt").write_text("198.51.100.1\n")
    _load(tmp_path / "feeds")
    return tmp_path / "feeds"


def _load(*paths: Path) -> Indicators:
    return load_indicators(paths, cache_dir=paths[0].parent / "cache", keep=True)


def _values(loaded: Indicators) -> set[str]:
    return {entry.value for entry in loaded.table}


def _kept(loaded: Indicators) -> list[str]:
    return [Path(problem.where.file).name for problem in loaded.problems if problem.code == "indicator.kept"]


@pytest.mark.parametrize(
    "wrong", ["", "\n \n", PAGE, '{\n "Event": {"info": "cut', "[1, 2", "indicator;type\nxyz;zzz\n"]
)
def test_what_a_failed_download_leaves_does_not_empty_a_list(feeds: Path, wrong: str) -> None:
    (feeds / "bad.txt").write_text(wrong)
    (feeds / "good.txt").write_text("198.51.100.2\n")
    for _ in range(2):  # from the lists, then from the cache
        loaded = _load(feeds)
        assert _values(loaded) == {*FEED.split(), "198.51.100.2"}
        assert _kept(loaded) == ["bad.txt"]
    for language in ("en", "vi"):
        use_language(language)
        told = [describe(problem) for problem in loaded.summary() if problem.where.file.endswith("bad.txt")]
        assert len(told) == 1
        assert "10" in told[0]
    (feeds / "bad.txt").write_text("203.0.113.77\n")
    loaded = _load(feeds)
    assert _values(loaded) == {"203.0.113.77", "198.51.100.2"}
    assert _kept(loaded) == []


def test_one_that_cannot_be_read_stays_as_it_was(feeds: Path) -> None:
    (feeds / "bad.txt").unlink()
    (feeds / "bad.txt").symlink_to(feeds / "nowhere.txt")
    loaded = _load(feeds)
    assert _values(loaded) >= set(FEED.split())
    assert _kept(loaded) == ["bad.txt"]
    assert "indicator.unreadable" in {problem.code for problem in loaded.problems}


def test_of_a_folder_that_is_not_there_the_lists_go_on(feeds: Path) -> None:
    feeds.rename(feeds.with_name("unmounted"))
    loaded = _load(feeds)
    assert _values(loaded) == {*FEED.split(), "198.51.100.1"}
    assert sorted(_kept(loaded)) == ["bad.txt", "good.txt"]
    assert "indicator.no_such_path" in {problem.code for problem in loaded.problems}


def test_most_of_it_not_understood_is_wrong_too(feeds: Path) -> None:
    (feeds / "bad.txt").write_text("203.0.113.9\n" + PAGE * 3)
    assert _values(_load(feeds)) >= set(FEED.split())


def test_one_that_was_removed_or_emptied_on_purpose_is_gone(feeds: Path) -> None:
    (feeds / "bad.txt").unlink()
    loaded = _load(feeds)
    assert (_values(loaded), _kept(loaded)) == ({"198.51.100.1"}, [])
    (feeds / "good.txt").write_text("# nothing is listed at the moment\n")
    loaded = _load(feeds)
    assert (_values(loaded), _kept(loaded)) == (set(), [])


def test_a_list_that_was_never_good_has_nothing_to_go_on_with(tmp_path: Path) -> None:
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "bad.txt").write_text(PAGE)
    loaded = _load(tmp_path / "feeds")
    assert (_values(loaded), _kept(loaded)) == (set(), [])


def test_for_a_search_nothing_is_kept(feeds: Path) -> None:
    (feeds / "bad.txt").write_text(PAGE)
    assert _values(load_indicators([feeds], cache_dir=feeds.parent / "cache")) == {"198.51.100.1"}


def test_a_folder_of_copies_that_cannot_be_written_hinders_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "list.txt").write_text(FEED)
    copies = Copies(tmp_path / "file" / "copies")
    copies.keep(tmp_path / "list.txt", FileReport("list.txt", taken=10), (tmp_path / "list.txt").stat().st_mtime)
    copies.close([tmp_path / "list.txt"])
    assert copies.of(tmp_path / "list.txt") is None


def test_a_list_that_is_written_meanwhile_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(FEED)
    copies = Copies(tmp_path / "copies")
    copies.keep(tmp_path / "list.txt", FileReport("list.txt", taken=10), 1.0)
    assert copies.of(tmp_path / "list.txt") is None
