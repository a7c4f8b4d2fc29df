"""Looks after the watches."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.file_watch.folder import Folder
from collectors.file_watch.warden import Warden
from collectors.reports import Reports
from soc_agent.config import WatchSource


class Guarded:
    def __init__(self, *paths: Path) -> None:
        self.arrivals: list[tuple[int, bool]] = []
        self.reports = Reports(lambda: 0.0)
        options = WatchSource(name="drop", paths=tuple(map(str, paths)))
        self.folders = [Folder(path, "drop", {}) for path in options.paths]
        self.warden = Warden(
            options, self.folders, self.reports, told=lambda *_: None, lost=lambda: None, arrived=self.arrived
        )

    def arrived(self, number: int, *, at_start: bool) -> None:
        self.arrivals.append((number, at_start))

    def codes(self) -> list[str]:
        return [problem.code for problem in self.reports.current()]


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Guarded]:
    (tmp_path / "there").mkdir()
    made = Guarded(tmp_path / "there", tmp_path / "later")
    yield made
    made.warden.close()


def test_folders_are_taken_up_once(guarded: Guarded, tmp_path: Path) -> None:
    """At the start, or when they appear; never again while nothing changes."""
    guarded.warden.look()
    guarded.warden.look()
    assert guarded.arrivals == [(0, True)]
    assert guarded.codes() == ["watch.missing_folder"]
    (tmp_path / "later").mkdir()
    guarded.warden.look()
    assert guarded.arrivals == [(0, True), (1, False)]
    assert guarded.codes() == []
    assert guarded.warden.is_watched(1)


def test_a_folder_that_is_replaced_is_taken_up_anew(guarded: Guarded, tmp_path: Path) -> None:
    """The watch is on the old one, wherever that is now."""
    guarded.warden.look()
    (tmp_path / "there").rename(tmp_path / "old")
    (tmp_path / "there").mkdir()
    guarded.warden.look()
    assert guarded.arrivals == [(0, True), (0, False)]


def test_a_folder_that_went_is_told(guarded: Guarded, tmp_path: Path) -> None:
    """Nothing is scanned where nothing is."""
    guarded.warden.look()
    (tmp_path / "there").rmdir()
    guarded.warden.look()
    assert guarded.folders[0].real == ""
    assert guarded.arrivals == [(0, True), (0, False)]
    assert guarded.codes() == ["watch.missing_folder", "watch.missing_folder"]


def test_folders_that_the_kernel_does_not_watch_are_reported_when_it_stays_so(guarded: Guarded) -> None:
    """watchdog passes over them in silence; once they are tried again, twice they are said."""
    guarded.warden.look()
    guarded.warden.walked(0, 1)
    assert guarded.warden.is_watched(0)
    guarded.warden.walked(0, 5)
    assert not guarded.warden.is_watched(0)
    guarded.warden.look()
    guarded.warden.walked(0, 5)
    assert guarded.codes() == ["watch.missing_folder", "watch.partly"]
    guarded.warden.walked(0, 1)
    assert guarded.codes() == ["watch.missing_folder"]
