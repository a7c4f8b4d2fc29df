"""Cases 11 and 12 with compressed files: what was not read is unpacked, oldest first, and nothing is read twice."""

import bz2
import gzip
import lzma
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from backports import zstd

from soc_agent.config import MultilineOptions
from tests.collectors.tailing import Reader, append, copy_truncate, rotate

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "xz": lzma.compress,
    "bz2": bz2.compress,
    "zst": zstd.compress,
}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "app.log"


def pack(path: Path, suffix: str = "gz") -> Path:
    """Compress a file as logrotate does: the archive has its time, and the file goes."""
    info = path.stat()
    packed = Path(f"{path}.{suffix}")
    packed.write_bytes(PACKERS[suffix](path.read_bytes()))
    os.utime(packed, ns=(info.st_atime_ns, info.st_mtime_ns))
    path.unlink()
    return packed


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize("pattern", ["app.log", "app.log*"])
def test_case_12_rotated_and_compressed_while_nobody_looked(log: Path, suffix: str, pattern: str) -> None:
    """The one that was read in part is read on, then those after it, oldest first, then the live one."""
    reader = Reader(log.parent / pattern)
    append(log, "one\ntwo\n")
    assert reader.read() == [b"one", b"two"]
    reader.tail.close()
    append(log, "three\n")
    for number in (4, 5, 6):
        rotate_packed(log, suffix)
        append(log, f"{number}\n")
    reader.start()
    assert reader.read() == [b"three", b"4", b"5", b"6"]
    for _ in range(2):
        reader.restart()
        assert reader.wait(10) == []
    assert reader.codes() == []


def rotate_packed(log: Path, suffix: str) -> None:
    for number in range(9, 0, -1):
        older = Path(f"{log}.{number}.{suffix}")
        if older.exists():
            older.rename(f"{log}.{number + 1}.{suffix}")
    log.rename(f"{log}.1")
    pack(Path(f"{log}.1"), suffix)


def test_case_12_only_the_older_ones_are_compressed(log: Path) -> None:
    """As with delaycompress: .2.gz, then .1, then the live log."""
    reader = Reader(log)
    append(log, "a\n")
    assert reader.read() == [b"a"]
    reader.tail.close()
    append(log, "b\n")
    rotate(log)
    pack(Path(f"{log}.1")).rename(f"{log}.2.gz")
    append(log, "c\n")
    log.rename(f"{log}.1")
    append(log, "d\n")
    reader.start()
    assert reader.read() == [b"b", b"c", b"d"]
    reader.restart()
    assert reader.wait(10) == []


def test_case_12_with_dates_for_names_and_a_last_line_without_newline(log: Path) -> None:
    reader = Reader(log)
    append(log, "a\n")
    assert reader.read() == [b"a"]
    reader.tail.close()
    for day, text in ((1, "b\nend"), (2, "c\n")):
        append(log, text)
        dated = log.with_name(f"app.log-2026010{day}")
        log.rename(dated)
        pack(dated, "xz")
    append(log, "d\n")
    reader.start()
    assert reader.read() == [b"b", b"end", b"c", b"d"]


def test_case_12_copied_truncated_and_compressed_while_nobody_looked(log: Path) -> None:
    reader = Reader(log)
    append(log, "a\n")
    assert reader.read() == [b"a"]
    reader.tail.close()
    append(log, "b\n")
    copy_truncate(log)
    pack(Path(f"{log}.1"))
    append(log, "c\n")
    reader.start()
    assert reader.read() == [b"b", b"c"]
    assert reader.codes() == []


def test_case_12_killed_in_the_middle_of_an_archive(log: Path) -> None:
    """Wherever it is killed, the lines come in order and each once."""
    rng = random.Random(12)
    wanted = [b"%d %s" % (number, b"x" * rng.randint(0, 2000)) for number in range(6000)]
    append(log, b"begin\n")
    reader = Reader(log)
    assert reader.read() == [b"begin"]
    reader.tail.close()
    for part in range(3):
        append(log, b"\n".join(wanted[part * 1500 : part * 1500 + 1500]) + b"\n")
        rotate_packed(log, "gz")
    append(log, b"\n".join(wanted[4500:]) + b"\n")
    given: list[bytes] = []
    reader.start()
    for _ in range(200):
        given += reader.read(limit=rng.randint(0, 2))
        reader.read(limit=rng.randint(0, 1), commit=False)
        reader.restart()
    assert [*given, *reader.read()] == wanted


def test_case_12_an_archive_that_is_cut_off_is_named_and_the_rest_goes_on(log: Path) -> None:
    reader = Reader(log)
    append(log, "a\n")
    assert reader.read() == [b"a"]
    reader.tail.close()
    append(log, "b\n" * 100_000)
    rotate_packed(log, "gz")
    packed = Path(f"{log}.1.gz")
    info = packed.stat()
    packed.write_bytes(packed.read_bytes()[:-9])
    os.utime(packed, ns=(info.st_atime_ns, info.st_mtime_ns))
    append(log, "c\n")
    reader.start()
    lines = reader.read()
    assert lines[-1] == b"c"
    assert set(lines[:-1]) <= {b"b"}
    assert "archive.broken" in reader.codes()


def test_case_11_archives_are_read_when_they_are_asked_for_each_once(log: Path) -> None:
    """What was read before it was compressed is not read again; a strange archive is read from its beginning."""
    reader = Reader(log.parent / "*", exclude=())
    append(log, "a\n")
    assert reader.read() == [b"a"]
    rotate(log)
    append(log, "b\n")
    assert reader.wait(1) == [b"b"]
    pack(Path(f"{log}.1"))
    assert reader.wait(10) == []
    (log.parent / "other.log.gz").write_bytes(gzip.compress(b"x\ny\n"))
    assert reader.wait(1) == [b"x", b"y"]
    rotate_packed(log, "gz")
    assert reader.wait(10) == []
    reader.restart()
    assert reader.wait(10) == []


def test_case_11_archives_of_the_first_look_are_as_old_as_the_rest(log: Path) -> None:
    (log.parent / "app.log.1.gz").write_bytes(gzip.compress(b"old\n"))
    append(log, "old too\n")
    reader = Reader(log.parent / "*", exclude=(), start="end")
    assert reader.read(limit=1) == []
    reader.restart()
    append(log, "new\n")
    assert reader.read() == [b"new"]


def test_case_11_an_archive_in_the_making_waits_for_its_original_to_go(log: Path) -> None:
    reader = Reader(log.parent / "*", exclude=())
    append(log, "a\n")
    assert reader.read() == [b"a"]
    rotate(log)
    Path(f"{log}.1.gz").write_bytes(gzip.compress(b"a\n")[:-4])
    assert reader.wait(1) == []
    Path(f"{log}.1.gz").write_bytes(gzip.compress(b"a\n"))
    Path(f"{log}.1").unlink()
    assert reader.wait(10) == []
    assert reader.codes() == []


def test_case_11_a_file_that_is_only_called_so_is_read_as_it_is(log: Path) -> None:
    append(log.with_name("notes.gz"), "plain\n")
    assert Reader(log.parent / "*", exclude=()).read() == [b"plain"]


def test_case_11_events_of_several_lines_and_utf16_in_archives(log: Path) -> None:
    text = "\ufeffERROR ê\n\tat x\nERROR two\n"
    log.with_name("app.log.1.gz").write_bytes(gzip.compress(text.encode("utf-16-le")))
    reader = Reader(log.parent / "*", exclude=(), multiline=MultilineOptions(by="java"))
    assert reader.read() == ["ERROR ê \tat x".encode(), b"ERROR two"]


def test_positions_of_files_that_are_gone_are_forgotten_after_days(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file rotated away is forgotten a week after its last change, the last of a log after three months."""
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now)
    reader = Reader(log)
    other = log.with_name("other.log")
    both = Reader(log.parent / "*.log", rotate_wait_s=1)
    append(log, "a\n")
    append(other, "b\n")
    both.read()
    rotate(log)
    append(log, "c\n")
    both.read()
    Path(f"{log}.1").unlink()
    other.unlink()
    both.wait(100)
    both.wait(100)
    assert len(both.committed) == 4, "the start, and three files"
    now += 8 * 86_400 * 10**9
    both.wait(4000)
    assert len(both.committed) == 3, "the rotated one is forgotten"
    both.restart()
    assert both.wait(1) == []
    now += 90 * 86_400 * 10**9
    both.wait(4000)
    assert len(both.committed) == 2, "only the start and the live log are left"
    assert reader.read() == [b"c"]


def test_case_12_an_archive_that_is_rotated_further_before_it_is_read(log: Path) -> None:
    """It is found again under its new name, and the file that has its old one is not taken for it."""
    reader = Reader(log)
    append(log, "a\n")
    assert reader.read() == [b"a"]
    reader.tail.close()
    append(log, "b\n")
    rotate_packed(log, "gz")
    append(log, "c\n")
    reader.start()
    assert reader.read(limit=1) == []
    rotate_packed(log, "gz")
    append(log, "d\n")
    assert sorted([*reader.read(), *reader.wait(1)]) == [b"b", b"c", b"d"]
    reader.restart()
    assert reader.wait(10) == []
    assert reader.codes() == []


def test_case_12_an_older_file_that_was_left_uncompressed(log: Path) -> None:
    """What came after it lies in an archive: that is read too."""
    reader = Reader(log)
    append(log, "a\n")
    assert reader.read() == [b"a"]
    reader.tail.close()
    append(log, "b\n")
    log.rename(f"{log}.2")
    append(log, "c\n")
    rotate_packed(log, "gz")
    append(log, "d\n")
    reader.start()
    assert sorted(reader.read()) == [b"b", b"c", b"d"]
    reader.restart()
    assert reader.wait(10) == []


def test_case_11_without_the_library_for_it_an_archive_is_named_and_read_once_that_is_there(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From where reading stood; one that was read before it was compressed is not asked for again."""
    reader = Reader(log)
    append(log, "one\n")
    assert reader.read() == [b"one"]
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "backports.zstd", None)
        without.setitem(sys.modules, "compression.zstd", None)
        rotate_packed(log, "zst")
        append(log, "two\n")
        assert reader.wait(10) == [b"two"]
        assert reader.codes() == []
        reader.tail.close()
        append(log, "three\n")
        rotate_packed(log, "zst")
        append(log, "four\n")
        reader.start()
        assert reader.read() == [b"four"]
        assert "archive.no_zstd" in reader.codes()
        assert [str(problem.where) for problem in reader.tail.problems()] == [f"{log}.1.zst"]
        reader.restart()
        assert reader.wait(10) == []
        assert "archive.no_zstd" in reader.codes()
    reader.restart()
    assert reader.read() == [b"three"]
    reader.restart()
    assert reader.wait(10) == []
    assert reader.codes() == []


def test_case_11_a_file_seen_empty_then_filled_rotated_and_compressed_is_read_once(log: Path) -> None:
    """It is still open, and read there; its archive is known to be the same though nothing of it had been read."""
    log.touch()
    reader = Reader(log.parent / "app*")
    assert reader.read() == []
    append(log, "one\ntwo\n")
    rotate(log)
    append(log, "three\n")
    pack(Path(f"{log}.1"))
    assert sorted(reader.read() + reader.wait(10)) == [b"one", b"three", b"two"]


def test_case_3_a_copy_that_got_the_inode_of_a_file_that_is_gone_is_known_as_a_copy(log: Path) -> None:
    """With few descriptors, the file that is gone was closed, and is still waited for."""
    reader = Reader(log, max_open=1)
    append(log, "one\n")
    assert reader.read() == [b"one"]
    rotate(log)
    append(log, "two\n")
    assert reader.read() == [b"two"]
    rotated = Path(f"{log}.1")
    inode = rotated.stat().st_ino
    rotated.unlink()
    copy = Path(f"{log}.2")
    for attempt in range(200):
        copy.write_bytes(log.read_bytes())
        if copy.stat().st_ino == inode:
            break
        copy.rename(log.parent / f"other{attempt}")
    else:
        pytest.skip("this file system does not use inodes again")
    append(log, "three\n")
    copy.write_bytes(log.read_bytes())
    os.truncate(log, 0)
    append(log, "four\n")
    assert sorted(reader.read() + reader.wait(10)) == [b"four", b"three"]


def test_case_5_a_truncated_log_of_which_an_archive_is_being_made_is_not_taken_for_a_new_one(log: Path) -> None:
    """The copy is compressed while it is still there, as logrotate does with ``copytruncate``."""
    reader = Reader(log.parent / "app*", exclude=())
    append(log, "".join(f"{number}\n" for number in range(300)))
    assert len(reader.read()) == 300
    copy_truncate(log)
    append(log, "".join(f"later {number}\n" for number in range(300)))
    packed = gzip.compress(Path(f"{log}.1").read_bytes())
    Path(f"{log}.1.gz").write_bytes(packed[: len(packed) // 2])
    assert reader.read() == [f"later {number}".encode() for number in range(300)]
    pack(Path(f"{log}.1"))
    assert reader.read() + reader.wait(10) + reader.wait(10) == []
