"""Folders are watched for real: what is closed, moved in or linked is scanned once, whatever happens in between."""

import os
import shutil
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from collectors.file_watch import FileWatch
from collectors.file_watch.folder import Folder
from collectors.file_watch.reading import identity_of
from collectors.file_watch.worker import Worker
from soc_agent.config import WatchSource
from soc_agent.model import Collector
from tests.collectors.file_watch.bench import QUICK, FakeScanner, Watched, write_old
from tests.collectors.file_watch.conftest import Start


def identity(path: Path) -> int:
    return identity_of(path.stat())


def folders(watched: Watched) -> list[Folder]:
    return watched.watch._folders


def test_it_is_a_collector() -> None:
    """The agent needs no special case for it."""
    watch: Collector = FileWatch(WatchSource(name="drop", paths=("/x",)), FakeScanner())
    assert watch.name == "drop"
    assert watch.missing() is None
    assert not watch.finished


def test_a_closed_file_is_scanned(start: Start, drop: Path) -> None:
    """Written and closed: its finding is a line that says which file it was."""
    watched = start(drop)
    (drop / "shell.php").write_bytes(b"<?php EVIL")
    watched.until_found("shell.php")
    (line,) = watched.lines()
    assert line["path"] == str(drop / "shell.php")
    assert (line["size"], line["rule_id"], line["level"]) == (10, "eicar", "high")
    (block,) = [block for block in watched.blocks if block.data]
    assert (block.source, block.type, block.stream, block.offset, block.first_line) == ("drop", "yara", str(drop), 0, 1)


def test_clean_files_give_no_line_but_a_position(start: Start, drop: Path) -> None:
    """That a file was scanned is committed though there is nothing to say of it."""
    watched = start(drop)
    before = len(watched.blocks)
    (drop / "page.html").write_bytes(b"hello")
    watched.until(lambda: len(watched.blocks) > before)
    assert watched.scanner.scanned == ["page.html"]
    assert watched.lines() == []


@pytest.mark.parametrize("way", ["rename", "rename inside", "folder", "link", "nested", "truncate", "replace"])
def test_every_way_for_a_file_to_come(start: Start, drop: Path, tmp_path: Path, way: str) -> None:
    """Moved in alone or in a folder, renamed, linked, made in new folders, written anew, replaced."""
    (tmp_path / "out").mkdir()
    outside = tmp_path / "out" / "bad"
    outside.write_bytes(b"EVIL")
    (drop / "old").write_bytes(b"clean")
    watched = start(drop)
    match way:
        case "rename":
            outside.rename(drop / "bad")
        case "rename inside":
            (drop / "tmp").write_bytes(b"EVIL")
            watched.until_found("tmp")
            (drop / "tmp").rename(drop / "bad")
            watched.until_found("tmp", "bad")
            return
        case "folder":
            (tmp_path / "out").rename(drop / "moved")
        case "link":
            (drop / "bad").hardlink_to(outside)
        case "nested":
            (drop / "a" / "b" / "c").mkdir(parents=True)
            (drop / "a" / "b" / "c" / "bad").write_bytes(b"EVIL")
        case "truncate":
            (drop / "old").write_bytes(b"EVIL")
            watched.until_found("old")
            return
        case "replace":
            outside.replace(drop / "old")
            watched.until_found("old")
            return
    watched.until_found("bad")


def test_a_deep_tree_made_in_one_go_is_found(start: Start, drop: Path, tmp_path: Path) -> None:
    """Folders and files come faster than watches are set; nothing falls between."""
    source = tmp_path / "tree"
    for number in range(60):
        folder = source / f"{number % 6}" / f"{number % 3}" / f"{number}"
        folder.mkdir(parents=True)
        (folder / f"bad{number}").write_bytes(b"EVIL")
    watched = start(drop)
    shutil.copytree(source, drop / "copy")
    watched.until(lambda: len(set(watched.found())) == 60)


def test_files_of_a_new_folder_are_found_by_the_folder_alone(
    start: Start, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody tells of files that came before their folder was watched."""
    told = Worker._told

    def tell_folders(self: Worker, number: int, what: str, path: str) -> None:
        if what == "folder":
            told(self, number, what, path)

    monkeypatch.setattr(Worker, "_told", tell_folders)
    watched = start(drop)
    (drop / "new").mkdir()
    (drop / "new" / "bad").write_bytes(b"EVIL")
    watched.until_found("bad")


def test_a_version_that_may_change_unseen_is_scanned_again(
    start: Start, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two changes within one tick of the clock of files look like one, so the version is taken when it is older."""
    watched = start(drop)
    monkeypatch.setattr("collectors.file_watch.worker.RACY_NS", 1_000_000_000)
    (drop / "bad").write_bytes(b"EVIL")
    watched.until(lambda: watched.scanner.scanned.count("bad") >= 2)
    watched.until(
        lambda: all(folder.is_known(str(drop / "bad"), identity(drop / "bad")) for folder in folders(watched))
    )


def test_what_was_scanned_stays_known(start: Start, drop: Path) -> None:
    """Over walks, over restarts, and though files came while a walk was under way: each is scanned once."""
    watched = start(drop, timing=msgspec.structs.replace(QUICK, reconcile_s=0.001))
    for number in range(40):
        (drop / f"bad{number}").write_bytes(b"EVIL")
        if number % 10 == 9:
            watched.until_found(*(f"bad{known}" for known in range(number + 1)))
            watched.restart()
    (drop / "end").write_bytes(b"EVIL")
    watched.until(lambda: "end" in watched.found())
    assert sorted(watched.scanner.scanned) == sorted({*watched.scanner.scanned})


def test_a_file_that_is_closed_again_and_again_is_scanned_now_and_then(start: Start, drop: Path) -> None:
    """A burst of closings is few scans, and the last state is always among them."""
    watched = start(drop)
    for number in range(200):
        with (drop / "busy").open("ab") as file:
            file.write(b"line\n" if number < 199 else b"EVIL\n")
    watched.until(lambda: "busy" in watched.found())
    assert watched.scanner.scanned.count("busy") < 20


def test_existing_files_are_noted_and_not_scanned(start: Start, drop: Path) -> None:
    """The first start does not scan what was there, unless asked to; what changes later is scanned."""
    (drop / "other").write_bytes(b"EVIL")
    write_old(drop / "old", b"EVIL")
    watched = start(drop)
    (drop / "new").write_bytes(b"EVIL")
    watched.until_found("new")
    with (drop / "old").open("ab") as file:
        file.write(b"!")
    watched.until_found("new", "old")


def test_existing_files_are_scanned_when_asked(start: Start, drop: Path) -> None:
    """`scan_existing` takes them all, once."""
    (drop / "old").write_bytes(b"EVIL")
    watched = start(drop, scan_existing=True)
    watched.until_found("old")
    watched.restart()
    (drop / "new").write_bytes(b"EVIL")
    watched.until_found("old", "new")


def test_what_changed_while_nobody_watched_is_scanned_at_the_next_start(start: Start, drop: Path) -> None:
    """New, changed, and changed with its times set back; none of those that did not change."""
    for name in ("same", "changed", "hidden"):
        write_old(drop / name, b"clean")
    watched = start(drop)
    (drop / "seen").write_bytes(b"EVIL")
    watched.until_found("seen")
    watched.stop()
    (drop / "new").write_bytes(b"EVIL")
    (drop / "changed").write_bytes(b"EVIL")
    before = (drop / "hidden").stat()
    (drop / "hidden").write_bytes(b"EVIL!")
    os.utime(drop / "hidden", ns=(before.st_atime_ns, before.st_mtime_ns))
    watched.start()
    watched.until(lambda: len(watched.found()) >= 4)
    (drop / "last").write_bytes(b"EVIL")
    watched.until_found("seen", "new", "changed", "hidden", "last")
    assert "same" not in watched.scanner.scanned


def test_what_was_not_committed_is_scanned_again(start: Start, drop: Path) -> None:
    """A kill between scan and commit loses no finding; lines keep their place in the stream."""
    watched = start(drop)
    (drop / "bad").write_bytes(b"EVIL")
    watched.until(lambda: "bad" in watched.scanner.scanned)
    watched.restart()
    watched.until_found("bad")
    (block,) = [block for block in watched.blocks if block.data]
    assert (block.offset, block.first_line) == (0, 1)


def test_lines_of_a_stream_follow_each_other_over_restarts(start: Start, drop: Path) -> None:
    """Stream, offset and line name a line for ever."""
    watched = start(drop)
    ends: dict[str, tuple[int, int]] = {}
    for number in range(6):
        (drop / f"bad{number % 2}").write_bytes(b"EVIL" * (number + 1))
        watched.until(lambda number=number: len(watched.found()) == number + 1)  # type: ignore[misc]
        watched.restart()
    for block in watched.blocks:
        assert (block.offset, block.first_line) == ends.get(block.stream_id, (0, 1))
        ends[block.stream_id] = (block.offset + len(block.data), block.first_line + block.data.count(b"\n"))


def test_all_files_are_scanned_again_on_schedule(start: Start, drop: Path) -> None:
    """New rules see old files: those that were there before too, and over a restart."""
    write_old(drop / "old", b"EVIL")
    watched = start(drop, rescan_s=1)
    (drop / "new").write_bytes(b"EVIL")
    watched.until(lambda: set(watched.found()) == {"new", "old"} and watched.found().count("new") > 1)
    watched.restart()
    watched.scanner.scanned.clear()
    watched.until(lambda: {"new", "old"} <= set(watched.scanner.scanned))


def test_without_a_schedule_nothing_is_scanned_twice(start: Start, drop: Path) -> None:
    watched = start(drop, timing=replace(QUICK, reconcile_s=0.05))
    (drop / "new").write_bytes(b"EVIL")
    watched.until_found("new")
    for number in range(3):
        (drop / f"n{number}").write_bytes(b"EVIL")
        watched.until(lambda number=number: f"n{number}" in watched.found())  # type: ignore[misc]
    assert watched.found().count("new") == 1
