"""What a source may be made of: cases 14, 23, 28, 30-33, 35, 39 and 40 of the failures that a tailer must survive."""

import errno
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from collectors.file_tail import FileTail, hints, succession
from soc_agent.config import FileSource
from tests.collectors.tailing import Reader, append


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give a folder that everybody may enter."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def as_nobody(reader: Reader) -> list[bytes]:
    """Read without the rights of root, when there are any."""
    if os.geteuid() != 0:
        return reader.read()
    os.seteuid(65534)
    try:
        return reader.read()
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("start", ["end", "beginning"])
def test_case_14_damaged_positions(tmp_path: Path, start: str) -> None:
    log = tmp_path / "app.log"
    append(log, "one\ntwo\n")
    reader = Reader(log, start=start)
    reader.read()
    for stream_id in reader.committed:
        reader.committed[stream_id] = b'{"path": 7}'
    reader.restart()
    assert reader.read() == ([] if start == "end" else [b"one", b"two"])
    assert set(reader.codes()) == {"tail.bad_position"}


def test_case_14_one_damaged_position_among_good_ones(tmp_path: Path) -> None:
    append(tmp_path / "a.log", "a1\n")
    append(tmp_path / "b.log", "b1\n")
    reader = Reader(tmp_path / "*.log")
    assert sorted(reader.read()) == [b"a1", b"b1"]
    info = (tmp_path / "a.log").stat()
    reader.committed[f"{info.st_dev}:{info.st_ino}:0"] = b"\xff"
    append(tmp_path / "b.log", "b2\n")
    reader.restart()
    assert sorted(reader.read()) == [b"a1", b"b2"]


def test_a_log_may_stand_under_one_of_several_names(tmp_path: Path) -> None:
    """Debian has auth.log, Red Hat has secure: only when neither is there, something is wrong."""
    reader = Reader(tmp_path / "auth.log", tmp_path / "secure")
    assert reader.read() == []
    assert reader.codes() == ["tail.nothing_there"]
    append(tmp_path / "secure", "s1\n")
    assert reader.read() == [b"s1"]
    assert reader.codes() == []


def test_case_23_a_folder_that_appears_goes_and_comes_again(tmp_path: Path) -> None:
    folder = tmp_path / "later/deep"
    reader = Reader(tmp_path / "later/**/*.log", start="end")
    assert reader.read() == []
    assert reader.codes() == ["tail.nothing_there"]
    for number in range(3):
        folder.mkdir(parents=True)
        append(folder / "x.log", f"{number}\n")
        assert reader.read() == [b"%d" % number]
        assert reader.codes() == []
        shutil.rmtree(tmp_path / "later")
        assert reader.wait(10) == []


def test_case_28_an_unreadable_file_is_named_and_tried_again(open_folder: Path) -> None:
    secret, other = open_folder / "secret.log", open_folder / "other.log"
    append(secret, "hidden\n")
    append(other, "seen\n")
    secret.chmod(0)
    reader = Reader(open_folder / "*.log")
    reader.tail.close()
    if os.geteuid() == 0:
        os.seteuid(65534)
    try:
        reader.start()
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
    assert as_nobody(reader) == [b"seen"]
    (problem,) = reader.tail.problems()
    assert (problem.code, problem.values["path"]) == ("tail.unreadable", str(secret))
    append(other, "more\n")
    assert as_nobody(reader) == [b"more"]
    secret.chmod(0o644)
    assert as_nobody(reader) == [], "not before the wait is over"
    reader.now += 2
    assert as_nobody(reader) == [b"hidden"]
    assert reader.codes() == []


@pytest.mark.parametrize("restarts", [False, True])
def test_case_28_what_was_there_when_a_file_could_not_be_opened_is_not_read_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, restarts: bool
) -> None:
    """A first start at the end means the end of then, also for a file that could only be opened afterwards."""

    def refuse(path: str) -> NoReturn:
        raise PermissionError(errno.EACCES, "Permission denied", path)

    log = tmp_path / "app.log"
    append(log, "old\nolder\nop")
    with monkeypatch.context() as closed:
        closed.setattr(succession, "open_regular", refuse)
        reader = Reader(log, start="end")
        assert reader.read() == []
        assert reader.codes() == ["tail.unreadable"]
        append(log, "en\nnew\n")
        if restarts:
            reader.restart()
            assert reader.read() == []
    assert reader.wait(100) == [b"open", b"new"]
    assert reader.blocks[-1].first_line == 3
    reader.restart()
    assert reader.wait(100) == []


def test_case_28_an_error_while_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = tmp_path / "bad.log", tmp_path / "good.log"
    append(bad, "one\n")
    reader = Reader(tmp_path / "*.log")
    assert reader.read() == [b"one"]
    append(bad, "two\n")
    append(good, "fine\n")
    inode = bad.stat().st_ino
    real = os.pread

    def pread(fd: int, size: int, offset: int) -> bytes:
        if os.fstat(fd).st_ino == inode:
            raise OSError(5, "Input/output error")
        return real(fd, size, offset)

    monkeypatch.setattr(os, "pread", pread)
    assert reader.read() == [b"fine"]
    assert reader.codes() == ["tail.unreadable"]
    monkeypatch.undo()
    assert reader.wait(2) == [b"two"]
    assert reader.codes() == []


def test_case_30_what_is_no_regular_file_is_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.log")
    (tmp_path / "folder.log").mkdir()
    (tmp_path / "null.log").symlink_to("/dev/null")
    append(tmp_path / "real.log", "one\n")
    reader = Reader(tmp_path / "*.log", tmp_path / "pipe.log")
    assert reader.read() == [b"one"]
    assert reader.codes() == ["tail.not_a_file"]


def test_case_31_many_files_and_few_descriptors(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.log" for number in range(300)]
    for file in files:
        append(file, f"{file.name} one\n")
    before = len(list(Path("/proc/self/fd").iterdir()))
    reader = Reader(tmp_path / "*.log", max_open=10)
    assert len(reader.read()) == 300
    for file in files[::7]:
        append(file, f"{file.name} two\n")
        file.rename(file.with_suffix(".log.1"))
    assert len(reader.read()) == len(files[::7]), "also of a file that was closed and renamed"
    assert len(list(Path("/proc/self/fd").iterdir())) - before <= 12
    reader.restart()
    assert reader.wait(10) == []


def test_case_32_a_hot_file_does_not_starve_the_quiet_ones(tmp_path: Path) -> None:
    append(tmp_path / "hot.log", b"x" * 99 + b"\n")
    reader = Reader(tmp_path / "*.log")
    reader.read()
    append(tmp_path / "hot.log", (b"x" * 99 + b"\n") * 200_000)
    for number in range(20):
        append(tmp_path / f"quiet{number}.log", f"{number}\n")
    seen = len(reader.blocks)
    reader.read(limit=45)
    order = [Path(block.stream).stem for block in reader.blocks[seen:] if block.data]
    assert len(set(order[:22])) == 21, "each had its turn before the hot one had a third"


def test_case_33_nothing_is_read_for_a_reader_that_does_not_ask(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    append(log, "one\n")
    reader = Reader(log)
    assert reader.read(limit=2) == [b"one"]
    append(log, b"x" * 99_999 + b"\n")
    append(log, b"y" * 999_999 + b"\n")
    assert reader.read(limit=1) == [b"x" * 99_999]
    assert reader.tail.lag_bytes == 1_000_000
    assert reader.read() == [b"y" * 999_999]
    assert reader.tail.lag_bytes == 0


def test_case_33_the_lag_is_known_in_bytes_and_seconds_while_nobody_reads(tmp_path: Path) -> None:
    """It grows while the reader is blocked, and is that of the oldest line that waits."""
    log = tmp_path / "app.log"
    append(log, "one\n")
    reader = Reader(log)
    reader.read()
    assert reader.tail.lag() == (0, 0)
    append(log, b"x" * 999 + b"\n")
    assert reader.tail.lag() == (1000, 0)
    reader.now += 30
    append(log, b"y" * 99 + b"\n")
    assert reader.tail.lag() == pytest.approx((1100, 30))
    assert (reader.tail.lag_bytes, reader.tail.lag_s) == pytest.approx((1100, 30))
    assert len(reader.read()) == 2
    assert reader.tail.lag() == (0, 0)


def test_case_35_no_inotify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("watchdog.observers.Observer", refuse)
    append(tmp_path / "a.log", "one\n")
    options = FileSource(name="logs", paths=(str(tmp_path / "*.log"),), type="syslog", start="beginning")
    tail = FileTail(options, lambda _: "plain")
    tail.open({})
    try:
        blocks = [tail.read(0) for _ in range(2)]
        assert [block.data for block in blocks if block] == [b"", b"one\n"]
        assert [problem.code for problem in tail.problems()] == ["tail.no_hints"]
        append(tmp_path / "a.log", "two\n")
        block = tail.read(30)
        assert block is not None
        assert block.data == b"two\n"
    finally:
        tail.close()


def test_case_35_a_folder_that_cannot_be_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints.Hints, "_schedule", lambda *_: "No space left on device")
    append(tmp_path / "a.log", "one\n")
    tail = FileTail(FileSource(name="logs", paths=(str(tmp_path / "*.log"),), type="syslog"), lambda _: "plain")
    tail.open({})
    try:
        (problem,) = tail.problems()
        assert (problem.code, problem.values["what"]) == ("tail.no_hints", str(tmp_path))
    finally:
        tail.close()


def test_case_39_the_log_of_this_program_itself_is_left_out(tmp_path: Path) -> None:
    handler = logging.FileHandler(tmp_path / "own.log")
    logger = logging.getLogger("soc_agent.test_own")
    logger.addHandler(handler)
    try:
        logger.error("read me and I speak again")
        append(tmp_path / "other.log", "one\n")
        reader = Reader(tmp_path / "*.log")
        assert reader.read() == [b"one"]
    finally:
        logger.removeHandler(handler)
        handler.close()


def test_case_40_a_crafted_name(tmp_path: Path) -> None:
    log = tmp_path / os.fsdecode(b"bad\n\x1b[31m\xff.log")
    append(log, "one\n")
    reader = Reader(tmp_path / "*.log")
    assert reader.read() == [b"one"]
    assert reader.blocks[-1].stream.encode().endswith(b"\\xff.log")
    append(log, "two\n")
    reader.restart()
    assert reader.read() == [b"two"]
    assert reader.committed.keys() == {"start", reader.blocks[-1].stream_id}


def test_a_type_is_guessed_from_the_first_lines_once_they_say_enough(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    append(log, "undecided\n")
    samples: list[bytes] = []

    def guess(sample: bytes) -> str:
        samples.append(sample)
        return "json" if b"{" in sample else "plain"

    tail = FileTail(
        FileSource(name="logs", paths=(str(log),), start="beginning", rescan_s=0), guess, hints=False, clock=Clock()
    )
    tail.open({})

    def next_type() -> str:
        while (block := tail.read(0)) is None or not block.data:
            pass
        return block.type

    assert next_type() == "plain"
    append(log, "{}\n")
    assert next_type() == "json"
    append(log, "{}\n")
    assert next_type() == "json"
    assert samples == [b"undecided\n", b"undecided\n{}\n"]
    tail.close()


class Clock:
    """A clock that goes on by itself."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.01
        return self.now
