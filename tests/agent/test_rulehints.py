"""Hints that a file of rules changed."""

import threading
from pathlib import Path

import pytest

from soc_agent.agent.rulehints import RuleHints

PATIENCE_S = 30.0


@pytest.mark.parametrize("below", ["", "sub"])
def test_a_change_below_a_folder_is_noticed(tmp_path: Path, below: str) -> None:
    (tmp_path / "rules" / "sub").mkdir(parents=True)
    noticed = threading.Event()
    hints = RuleHints(noticed.set)
    try:
        hints.watch([tmp_path / "rules", tmp_path / "absent"])
        (tmp_path / "rules" / below / "a.yml").write_text("x")
        assert noticed.wait(PATIENCE_S)
    finally:
        hints.stop()


def test_a_folder_that_comes_or_is_made_anew_is_watched_from_then_on(tmp_path: Path) -> None:
    folder = tmp_path / "filters"
    noticed = threading.Event()
    hints = RuleHints(noticed.set)
    try:
        for _ in range(2):
            hints.watch([folder])
            folder.mkdir()
            hints.watch([folder])
            noticed.clear()
            (folder / "a.yml").write_text("x")
            assert noticed.wait(PATIENCE_S)
            (folder / "a.yml").unlink()
            folder.rmdir()
    finally:
        hints.stop()


def test_hints_are_relied_on_where_the_file_system_is_of_this_host(tmp_path: Path) -> None:
    hints = RuleHints(lambda: None)
    try:
        assert hints.watch([tmp_path, tmp_path / "absent"])
    finally:
        hints.stop()


def test_without_hints_nothing_breaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from watchdog.observers import Observer

    def refuse(self: object) -> None:
        raise OSError(24, "inotify instance limit reached")

    monkeypatch.setattr(Observer, "start", refuse)
    hints = RuleHints(lambda: None)
    assert not hints.watch([tmp_path])
    assert not hints.watch([tmp_path])
    hints.stop()
