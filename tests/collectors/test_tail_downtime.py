"""What was rotated while nobody looked, also into archives: cases 11 and 12 that a tailer must survive."""

import gzip
import os
import time
from pathlib import Path

import pytest

from tests.collectors.tailing import Reader, append, lines, numbered, rotate


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "app.log"


def test_case_11_rotation_to_an_archive(log: Path) -> None:
    append(log, numbered(1, 2))
    reader = Reader(log.parent / "app.log*", exclude=("*.gz",))
    assert reader.read() == lines(1, 2)
    append(log, numbered(3, 4))
    rotate(log)
    Path(f"{log}.2.gz").write_bytes(b"\x1f\x8b not read")
    append(log, numbered(5, 5))
    assert reader.read() == lines(3, 5)
    Path(f"{log}.1").rename(f"{log}.1.gz")
    assert reader.wait(100) == []


@pytest.mark.parametrize("pattern", ["app.log", "app.log*"])
def test_case_12_rotations_while_nobody_looked(log: Path, pattern: str) -> None:
    append(log, numbered(1, 3))
    reader = Reader(log.parent / pattern)
    assert reader.read() == lines(1, 3)
    reader.tail.close()
    append(log, numbered(4, 5))
    for number in (6, 8, 10):
        rotate(log)
        append(log, numbered(number, number + 1))
    reader.start()
    assert reader.read() == lines(4, 11), "oldest first, also the ones in between"
    reader.restart()
    assert reader.wait(100) == []


def test_case_12_with_dates_for_names(log: Path) -> None:
    append(log, numbered(1, 3))
    reader = Reader(log)
    assert reader.read() == lines(1, 3)
    reader.tail.close()
    for day in (1, 2, 3):
        append(log, numbered(day * 10, day * 10 + 1))
        log.rename(log.with_name(f"app-2026010{day}.log"))
    append(log, numbered(99, 99))
    reader.start()
    assert reader.read() == [*lines(10, 11), *lines(20, 21), *lines(30, 31), *lines(99, 99)]


def test_case_12_what_is_gone_is_said(log: Path) -> None:
    append(log, numbered(1, 3))
    reader = Reader(log)
    assert reader.read() == lines(1, 3)
    reader.tail.close()
    append(log, numbered(4, 5))
    rotate(log)
    Path(f"{log}.1").rename(f"{log}.1.gz")
    os.utime(f"{log}.1.gz")
    Path(f"{log}.1.gz").unlink()
    reader.start()
    assert reader.read() == []
    assert reader.codes() == ["tail.rest_gone"]


def test_older_rotated_files_are_not_read_for_a_log_that_was_not_rotated_meanwhile(log: Path) -> None:
    Path(f"{log}.1").write_bytes(numbered(1, 3))
    append(log, numbered(4, 5))
    reader = Reader(log)
    assert reader.read() == lines(4, 5)
    reader.restart()
    assert reader.read() == []
    rotate(log)
    append(log, numbered(6, 6))
    assert reader.read() == lines(6, 6)


@pytest.mark.parametrize("pattern", ["app.log", "app.log*", "app*"])
@pytest.mark.parametrize("names", [("app.log-20261120", "app.log.1"), ("app.log.1", "app-20261121.log")])
def test_case_12_logs_rotated_under_two_kinds_of_names_while_the_agent_is_down(
    tmp_path: Path, pattern: str, names: tuple[str, str]
) -> None:
    """The scheme was changed between two rotations, or two programs rotate one log."""
    log = tmp_path / "app.log"
    append(log, "1\n")
    reader = Reader(tmp_path / pattern)
    assert reader.read() == [b"1"]
    reader.tail.close()
    for number, name in enumerate(names):
        append(log, f"{number} before {name}\n")
        os.utime(log, ns=(0, time.time_ns() + number * 10**9))
        log.rename(tmp_path / name)
    append(log, "last\n")
    reader.start()
    assert reader.read() == [b"0 before " + names[0].encode(), b"1 before " + names[1].encode(), b"last"]
    reader.restart()
    assert reader.wait(10) == []


def test_case_11_an_archive_that_has_the_inode_of_a_file_that_is_gone_is_not_read_as_lines(tmp_path: Path) -> None:
    """With few descriptors, a rotated file is closed; what was made of it may get its inode."""
    log = tmp_path / "app.log"
    append(log, "1\n2\n")
    reader = Reader(tmp_path / "app.log*", exclude=(), max_open=1)
    assert reader.read() == [b"1", b"2"]
    rotate(log)
    append(log, "3\n")
    assert reader.read() == [b"3"]
    rotated = tmp_path / "app.log.1"
    data, inode = rotated.read_bytes(), rotated.stat().st_ino
    rotated.unlink()
    packed = tmp_path / "app.log.1.gz"
    for attempt in range(200):
        packed.write_bytes(gzip.compress(data))
        if packed.stat().st_ino == inode:
            break
        packed.rename(tmp_path / f"other{attempt}")
    else:
        pytest.skip("this file system does not use inodes again")
    assert reader.wait(1) == []
    assert reader.wait(10) == []


def test_case_11_what_was_read_of_a_file_without_descriptor_is_not_read_again_from_its_archive(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    append(log, "1\n2\n")
    reader = Reader(log, max_open=1)
    assert reader.read() == [b"1", b"2"]
    rotate(log)
    append(log, "3\n")
    assert reader.read() == [b"3"]
    rotated = tmp_path / "app.log.1"
    with rotated.open("ab") as late:
        late.write(b"late\n")
    (tmp_path / "app.log.1.gz").write_bytes(gzip.compress(rotated.read_bytes()))
    rotated.unlink()
    (tmp_path / "app.log.1.gz").rename(tmp_path / "app.log.2.gz")
    rotate(log)
    append(log, "4\n")
    assert sorted(reader.read() + reader.wait(10)) == [b"4", b"late"]
    assert reader.codes() == []
