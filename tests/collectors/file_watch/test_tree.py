"""The regular files below a folder."""

import os
from pathlib import Path

import pytest

from collectors.file_watch.tree import WalkLog, walk


def names(top: Path, *, recursive: bool = True, without: str = "") -> list[str]:
    def excludes(path: str) -> bool:
        return bool(without) and path.endswith(without)

    found = walk(str(top), recursive=recursive, excludes=excludes, log=WalkLog())
    return [os.path.relpath(seen.path, top) for seen in found]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("b/2", "a/1", "a/c/3", "top"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "top")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "fifo")
    return tmp_path


def test_files_in_order_and_no_links(tree: Path) -> None:
    """The same order each time; neither links nor what is no file."""
    assert names(tree) == ["top", "a/1", "a/c/3", "b/2"]


def test_only_the_top(tree: Path) -> None:
    """Without recursion."""
    assert names(tree, recursive=False) == ["top"]


def test_a_folder_is_left_out_with_all_below(tree: Path) -> None:
    """Nothing below is even listed."""
    assert names(tree, without="/a") == ["top", "b/2"]


def test_a_folder_that_is_gone_is_nothing(tmp_path: Path) -> None:
    """It went between the wish and the walk."""
    log = WalkLog()
    assert list(walk(str(tmp_path / "gone"), recursive=True, excludes=lambda _: False, log=log)) == []
    assert (log.folders, log.unreadable) == (0, {})


def test_what_cannot_be_listed_is_logged(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the rest is walked through."""
    real = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("/a"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr("collectors.file_watch.tree.os.scandir", refuse)
    log = WalkLog()
    found = [seen.path for seen in walk(str(tree), recursive=True, excludes=lambda _: False, log=log)]
    assert [os.path.relpath(path, tree) for path in found] == ["top", "b/2"]
    assert log.unreadable == {str(tree / "a"): "Permission denied"}
    assert log.folders == 2
