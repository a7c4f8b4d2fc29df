"""Folders are watched for real: what is closed, moved in or linked is scanned once, whatever happens in between."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from watchdog.observers.inotify_c import InotifyEvent, InotifyFD

from collectors.file_watch import FileWatch
from collectors.file_watch.folder import Folder
from collectors.file_watch.reading import identity_of
from collectors.file_watch.worker import RACY_NS, Worker
from soc_agent.config import WatchSource
from soc_agent.model import Collector
from tests.collectors.file_watch.bench import QUICK, FakeScanner, Watched

Start = Callable[..., Watched]


def identity(path: Path) -> int:
    return identity_of(path.stat())


def folders(watched: Watched) -> list[Folder]:
    return watched.watch._folders


def write_old(path: Path, data: bytes) -> None:
    """Write a file, and wait until the clock of files has moved on."""
    path.write_bytes(data)
    while time.time_ns() - path.stat().st_ctime_ns < 2 * RACY_NS:
        time.sleep(0.005)


@pytest.fixture
def start() -> Iterator[Start]:
    running: list[Watched] = []

    def begin(*folders: Path | str, ready: bool = True, **options: object) -> Watched:
        watched = Watched(*folders, **options)  # type: ignore[arg-type]
        running.append(watched)
        if ready:
            watched.until_ready()
        return watched

    yield begin
    for watched in running:
        watched.scanner.gate.set()
        watched.stop()


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


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


@pytest.mark.parametrize(("options", "reason"), [({"size_cap_bytes": 10}, "too_big"), ({}, "timeout"), ({}, "error")])
def test_what_was_not_scanned_is_said(start: Start, drop: Path, options: dict[str, int], reason: str) -> None:
    """Never silence, never clean; and only once."""
    watched = start(drop, **options)
    watched.scanner.fails = "" if reason == "too_big" else reason
    (drop / "big").write_bytes(b"x" * 11)
    watched.until(lambda: len(watched.lines()) == 1)
    (line,) = watched.lines()
    assert (line["type"], line["reason"], line["size"]) == ("not_scanned", reason, 11)
    watched.restart()
    watched.scanner.fails = ""
    (drop / "ok").write_bytes(b"EVIL")
    watched.until_found("ok")
    assert len(watched.lines()) == 2


def test_exclusions_hold_for_files_and_folders(start: Start, drop: Path) -> None:
    """By name anywhere, or by path; a folder with all below it."""
    watched = start(drop, exclude=("*.log", "*/cache"))
    for name in ("cache/x", "a/cache/deep/y", "a/z.log", "a/ok"):
        (drop / name).parent.mkdir(parents=True, exist_ok=True)
        (drop / name).write_bytes(b"EVIL")
    watched.until_found("ok")
    assert watched.scanner.scanned == ["ok"]


def test_links_out_of_the_tree_are_not_followed(start: Start, drop: Path, tmp_path: Path) -> None:
    """A web user who may write here cannot make the agent read elsewhere."""
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "shadow").write_bytes(b"EVIL")
    watched = start(drop)
    (drop / "file").symlink_to(secret / "shadow")
    (drop / "folder").symlink_to(secret)
    os.mkfifo(drop / "fifo")
    (drop / "bad").write_bytes(b"EVIL")
    watched.until_found("bad")
    watched.restart()
    (drop / "more").write_bytes(b"EVIL")
    watched.until_found("bad", "more")
    assert set(watched.scanner.scanned) == {"bad", "more"}


def test_names_of_any_bytes(start: Start, drop: Path) -> None:
    """Not UTF-8, with a newline, with a terminal escape: one line each, and the exact name is kept."""
    watched = start(drop)
    names = [b"\xff\xfe.php", b"two\nlines", b"\x1b[31mred"]
    for name in names:
        Path(os.fsdecode(bytes(drop) + b"/" + name)).write_bytes(b"EVIL")
    watched.until(lambda: len(watched.lines()) == 3)
    by_size = {line["path"]: line.get("path_hex") for line in watched.lines()}
    assert by_size[f"{drop}/\\xff\\xfe.php"] == (bytes(drop) + b"/\xff\xfe.php").hex()
    assert by_size[f"{drop}/two\nlines"] is None
    assert all(block.data.count(b"\n") == block.data.count(b'"type"') for block in watched.blocks)


def test_a_folder_that_is_missing_is_waited_for(start: Start, tmp_path: Path) -> None:
    """It is a problem while it is missing, and watched with all that is in it as soon as it is there."""
    late = tmp_path / "late"
    watched = start(late, ready=False)
    watched.until(lambda: watched.codes() == ["watch.missing_folder"])
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "bad").write_bytes(b"EVIL")
    (tmp_path / "made").rename(late)
    watched.until_found("bad")
    watched.until(lambda: watched.codes() == [])


def test_a_folder_that_is_removed_and_made_anew(start: Start, drop: Path) -> None:
    """The watch went with the old folder; the new one is another."""
    watched = start(drop)
    shutil.rmtree(drop)
    watched.until(lambda: watched.codes() == ["watch.missing_folder"])
    drop.mkdir()
    watched.until(lambda: watched.codes() == [])
    (drop / "bad").write_bytes(b"EVIL")
    watched.until_found("bad")


def test_a_file_is_no_folder(start: Start, tmp_path: Path) -> None:
    """The person is told, and the other folders are watched."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "drop").mkdir()
    watched = start(tmp_path / "file", tmp_path / "drop", ready=False)
    watched.until(lambda: watched.codes() == ["watch.no_folder"])
    (tmp_path / "drop" / "bad").write_bytes(b"EVIL")
    watched.until_found("bad")


def test_a_link_to_a_folder_may_be_watched(start: Start, drop: Path, tmp_path: Path) -> None:
    """What the person named is followed, also when it points elsewhere later."""
    (tmp_path / "current").symlink_to(drop)
    watched = start(tmp_path / "current")
    (drop / "bad").write_bytes(b"EVIL")
    watched.until_found("bad")
    (tmp_path / "next").mkdir()
    (tmp_path / "new").symlink_to(tmp_path / "next")
    (tmp_path / "new").rename(tmp_path / "current")
    (tmp_path / "next" / "worse").write_bytes(b"EVIL")
    watched.until_found("bad", "worse")


def test_without_recursion_only_the_folder_itself(start: Start, drop: Path) -> None:
    """`recursive: false` is the top alone."""
    (drop / "sub").mkdir()
    watched = start(drop, recursive=False)
    (drop / "sub" / "hidden").write_bytes(b"EVIL")
    (drop / "bad").write_bytes(b"EVIL")
    watched.until_found("bad")
    watched.restart()
    (drop / "more").write_bytes(b"EVIL")
    watched.until_found("bad", "more")


def test_when_nobody_reads_nothing_is_lost(start: Start, drop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scanner waits for the reader; files beyond the queue are found by a walk."""
    monkeypatch.setattr("collectors.file_watch.worker._ROOM_BYTES", 5_000)
    monkeypatch.setattr("collectors.file_watch.schedule.QUEUE_LIMIT", 50)
    watched = start(drop)
    for number in range(400):
        (drop / f"bad{number}").write_bytes(b"EVIL")
    watched.scanner.gate.set()
    watched.until(lambda: len(set(watched.found())) == 400)
    assert len(watched.found()) == 400


def test_a_slow_scan_does_not_hold_the_reader(start: Start, drop: Path) -> None:
    """`read` comes back in time, can be woken, and `close` does not wait for the scan."""
    watched = start(drop)
    watched.scanner.gate.clear()
    (drop / "slow").write_bytes(b"EVIL")
    assert watched.watch.read(0.01) is None or watched.watch.read(0.01) is None
    waker = threading.Timer(0.05, watched.watch.wake)
    waker.start()
    while watched.watch.read(20) is not None:
        pass
    waker.join()


def test_an_overflow_of_the_kernels_queue_is_answered_by_a_walk(
    start: Start, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """watchdog says it only in its log; the files whose events were lost are found all the same, and it is reported."""
    import logging

    watched = start(drop)
    monkeypatch.setattr("collectors.file_watch.worker.Worker._told", lambda *_: None)
    (drop / "lost").write_bytes(b"EVIL")
    logging.getLogger("watchdog.observers.inotify_c").warning("Inotify queue overflowed; filesystem events were lost")
    watched.until_found("lost")
    assert watched.codes() == ["watch.overflow"]


def test_a_real_overflow(start: Start, drop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More events than the kernel keeps, while watchdog does not get to read them."""
    limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    if limit > 20_000:
        pytest.skip(f"the kernel keeps {limit} events here: too many to make")
    gate, real = threading.Event(), InotifyFD.read_events

    def read_events(self: InotifyFD, **options: int) -> list[InotifyEvent]:
        events = real(self, **options)
        gate.wait(60)
        return events

    watched = start(drop)
    monkeypatch.setattr(InotifyFD, "read_events", read_events)
    for number in range(limit // 2 + 500):
        fd = os.open(drop / f"f{number}", os.O_CREAT | os.O_WRONLY)
        os.write(fd, b"EVIL" if number % 100 == 0 else b"")
        os.close(fd)
    gate.set()
    bad = [f"f{number}" for number in range(0, limit // 2 + 500, 100)]
    watched.until_found(*bad)
    watched.until(lambda: watched.codes() == ["watch.overflow"])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_when_watchdog_dies_it_is_started_anew(start: Start, drop: Path, tmp_path: Path) -> None:
    """Its reading thread ends by a KeyError here (7.1): the watcher would be blind for ever."""
    watched = start(drop)
    (drop / "a").mkdir()
    (drop / "a" / "first").write_bytes(b"EVIL")
    watched.until_found("first")
    (drop / "a").rename(tmp_path / "a")
    (drop / "a").mkdir()
    (drop / "a" / "second").write_bytes(b"EVIL")
    watched.until_found("first", "second")
    shutil.rmtree(drop / "a")
    shutil.rmtree(tmp_path / "a")
    watched.until(lambda: watched.codes() == ["watch.blind"])
    (drop / "after").write_bytes(b"EVIL")
    watched.until_found("first", "second", "after")


def test_without_watches_the_folder_is_walked_through(
    start: Start, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel's limit is reached: slower, never blind, and the person is told what to raise."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr("collectors.file_watch.watches.Watches.attach", refuse)
    write_old(drop / "old", b"EVIL")
    watched = start(drop)
    assert watched.codes() == ["watch.no_watches"]
    (drop / "bad").write_bytes(b"EVIL")
    watched.until_found("bad")


def test_a_folder_that_cannot_be_listed_is_reported(start: Start, drop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is scanned; the problem goes when it is well again."""
    (drop / "locked").mkdir()
    real = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    with monkeypatch.context() as patched:
        patched.setattr("collectors.file_watch.tree.os.scandir", refuse)
        watched = start(drop)
        watched.until(lambda: watched.codes() == ["watch.unreadable_folder"])
    (drop / "bad").write_bytes(b"EVIL")
    watched.until_found("bad")
