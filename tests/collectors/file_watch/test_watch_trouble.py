"""What hinders a watch, or is not for it: links, exclusions, folders that vanish, full queues, a reader that dies."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from collectors.inotify import Event, Inotify
from tests.collectors.file_watch.bench import QUICK, write_old
from tests.collectors.file_watch.conftest import Start


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


def test_without_a_scanner_the_source_says_so_and_files_wait(start: Start, drop: Path) -> None:
    """A process that cannot be started is trouble of the host, not of the file: it is scanned once there is one."""
    watched = start(drop, timing=replace(QUICK, reconcile_s=0.3))
    watched.scanner.fails = "no_scanner"
    (drop / "bad").write_bytes(b"EVIL")
    watched.until(lambda: watched.codes() == ["watch.no_scanner"])
    watched.scanner.fails = ""
    watched.until_found("bad")
    assert watched.codes() == []


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


def test_files_that_are_gone_before_their_scan_are_counted(start: Start, drop: Path, tmp_path: Path) -> None:
    """Nobody knows what they held. One that was only renamed, or scanned before, is not among them."""
    watched = start(drop)
    watched.scanner.gate.clear()
    (drop / "first").write_bytes(b"x")
    watched.until(lambda: watched.watch._worker is not None and not watched.watch._worker._schedule)
    for number in range(3):
        (drop / f"gone{number}").write_bytes(b"EVIL")
    (drop / "new").write_bytes(b"EVIL")
    (drop / "new").rename(drop / "newer")
    for number in range(3):
        (drop / f"gone{number}").unlink()
    watched.scanner.gate.set()
    watched.until(lambda: len(watched.lines()) >= 2)
    (line,) = [line for line in watched.lines() if line["type"] == "not_scanned"]
    assert (line["reason"], line["count"], line["path"]) == ("vanished", 3, str(drop))
    assert watched.found() == ["newer"]


def test_an_overflow_of_the_kernels_queue_is_answered_by_a_walk(start: Start, drop: Path) -> None:
    """More events than the kernel keeps, while nobody reads them: every file is scanned, and nothing was dropped."""
    watched = start(drop)
    with events_held_up() as limit:
        for number in range(limit // 2 + 500):
            fd = os.open(drop / f"f{number}", os.O_CREAT | os.O_WRONLY)
            os.write(fd, b"EVIL" if number % 100 == 0 else b"")
            os.close(fd)
        (drop / "late").mkdir()
    bad = [f"f{number}" for number in range(0, limit // 2 + 500, 100)]
    watched.until_found(*bad)
    watched.until(lambda: watched.codes() == ["watch.overflow"])
    (drop / "late" / "after").write_bytes(b"EVIL")
    watched.until_found(*bad, "after")


@contextmanager
def events_held_up() -> Iterator[int]:
    """Let no event be read; gives how many the kernel keeps, after it was made to keep few where that is permitted."""
    limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    if limit > 20_000:
        pytest.skip(f"the kernel keeps {limit} events here: too many to make")
    gate, real = threading.Event(), Inotify.read

    def read(self: Inotify) -> list[Event]:
        gate.wait(60)
        return real(self)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Inotify, "read", read)
        yield limit
        gate.set()


def test_a_folder_that_is_moved_out_and_made_anew_and_removed_in_both_places(
    start: Start, drop: Path, tmp_path: Path
) -> None:
    """Nothing of it stays behind, and reading goes on."""
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
    (drop / "after").write_bytes(b"EVIL")
    watched.until_found("first", "second", "after")
    assert watched.codes() == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_when_reading_events_ends_it_is_started_anew(start: Start, drop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The watcher would be blind for ever; what changed meanwhile is found."""

    def fail(_: Inotify) -> list[Event]:
        raise OSError(5, "Input/output error")

    watched = start(drop)
    with monkeypatch.context() as patched:
        patched.setattr(Inotify, "read", fail)
        (drop / "lost").write_bytes(b"EVIL")
        thread = next(each for each in threading.enumerate() if each.name == "file events")
        thread.join(10)
    watched.until_found("lost")
    assert "watch.blind" in watched.codes()
    (drop / "after").write_bytes(b"EVIL")
    watched.until_found("lost", "after")


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


def test_a_disk_that_does_not_answer_is_a_problem(start: Start, drop: Path) -> None:
    """The reader goes on, and says where; it is well again when the disk is."""
    watched = start(drop, timing=replace(QUICK, stuck_s=0.1), timeout_s=1)
    watched.scanner.gate.clear()
    (drop / "slow").write_bytes(b"EVIL")
    watched.until(lambda: watched.codes() == ["watch.stuck"])
    assert watched.watch.problems()[0].values == {"path": str(drop / "slow")}
    watched.scanner.gate.set()
    watched.until_found("slow")
    watched.until(lambda: watched.codes() == [])
