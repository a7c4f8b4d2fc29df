"""Rotation, truncation and identity: cases 1-8, 16, 24-27 and 29 of the failures that a tailer must survive."""

import os
from pathlib import Path

import pytest

from collectors.file_tail.identity import decode_state
from tests.collectors.tailing import Reader, append, copy_truncate, lines, numbered, rotate


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "app.log"


@pytest.mark.parametrize("pattern", ["app.log", "app.log*"])
def test_case_1_rename_and_create(log: Path, pattern: str) -> None:
    append(log, numbered(1, 3))
    reader = Reader(log.parent / pattern)
    assert reader.read() == lines(1, 3)
    append(log, numbered(4, 5))
    rotate(log)
    append(log, numbered(6, 7))
    assert reader.read() == lines(4, 7)
    assert reader.wait(100) == []


def test_case_2_a_writer_that_was_not_told_of_the_rotation(log: Path) -> None:
    reader = Reader(log)
    with log.open("ab", buffering=0) as writer:
        writer.write(numbered(1, 2))
        assert reader.read() == lines(1, 2)
        rotate(log)
        for number in range(3, 9):
            writer.write(numbered(number, number))
            assert reader.wait(4) == lines(number, number), "late lines come, the wait begins anew with each"
    assert reader.wait(6) == []
    assert len(reader.tail._register.roster.streams) == 1, "then the old file is closed"


def test_case_2_also_over_a_restart(log: Path) -> None:
    reader = Reader(log)
    with log.open("ab", buffering=0) as writer:
        writer.write(numbered(1, 2))
        assert reader.read() == lines(1, 2)
        rotate(log)
        reader.restart()
        assert reader.read() == []
        writer.write(numbered(3, 3))
        assert reader.wait(1) == lines(3, 3)


@pytest.mark.parametrize("pattern", ["app.log", "app.log*"])
def test_case_3_copytruncate_when_all_was_read(log: Path, pattern: str) -> None:
    append(log, numbered(1, 3))
    reader = Reader(log.parent / pattern)
    assert reader.read() == lines(1, 3)
    copy_truncate(log)
    assert reader.wait(1) == []
    append(log, numbered(4, 5))
    assert reader.wait(1) == lines(4, 5)
    assert reader.wait(100) == [], "the copy is not read"
    reader.restart()
    assert reader.wait(100) == [], "nor after a restart"


@pytest.mark.parametrize("pattern", ["app.log", "app.log*"])
@pytest.mark.parametrize("running", [True, False])
def test_case_4_copytruncate_with_unread_lines(log: Path, pattern: str, running: bool) -> None:
    append(log, numbered(1, 3))
    reader = Reader(log.parent / pattern)
    assert reader.read() == lines(1, 3)
    append(log, numbered(4, 9))
    copy_truncate(log)
    append(log, numbered(10, 10))
    if not running:
        reader.restart()
    assert reader.read() == lines(4, 10), "the rest is read from the copy"
    assert reader.codes() == []


def test_case_4_lost_bytes_are_reported(log: Path) -> None:
    append(log, numbered(1, 3))
    reader = Reader(log)
    assert reader.read() == lines(1, 3)
    append(log, b"half a line")
    assert reader.read() == []
    os.truncate(log, 0)
    append(log, numbered(4, 4))
    assert reader.read() == lines(4, 4)
    (problem,) = reader.tail.problems()
    assert (problem.code, problem.values["bytes"]) == ("tail.lost_bytes", len(b"half a line"))


def test_case_4_the_copy_may_be_seen_before_the_truncation(log: Path) -> None:
    append(log, numbered(1, 3))
    reader = Reader(log.parent / "app.log*")
    assert reader.read() == lines(1, 3)
    copy = Path(f"{log}.1")
    copy.write_bytes(numbered(1, 2))
    assert reader.wait(2) == [], "a copy in the making"
    copy.write_bytes(numbered(1, 3))
    assert reader.wait(2) == []
    os.truncate(log, 0)
    append(log, numbered(4, 4))
    assert reader.wait(2) == lines(4, 4)
    assert reader.wait(100) == []


def test_a_copy_of_a_log_that_is_not_truncated_is_a_file_of_its_own(log: Path) -> None:
    append(log, numbered(1, 3))
    reader = Reader(log.parent / "app.log*")
    assert reader.read() == lines(1, 3)
    Path(f"{log}.bak").write_bytes(numbered(1, 3))
    assert reader.wait(1) == []
    assert reader.wait(6) == lines(1, 3)


@pytest.mark.parametrize("running", [True, False])
def test_case_5_truncated_and_outgrown_between_two_looks(log: Path, running: bool) -> None:
    append(log, numbered(1, 3))
    reader = Reader(log)
    assert reader.read() == lines(1, 3)
    log.write_bytes(numbered(100, 200))
    if not running:
        reader.restart()
    assert reader.read() == lines(100, 200)
    assert [block.offset for block in reader.blocks[-1:]] == [0]


@pytest.mark.parametrize("running", [True, False])
def test_case_6_rewritten_in_place_with_the_same_size(log: Path, running: bool) -> None:
    append(log, b"one\ntwo\n")
    reader = Reader(log)
    assert reader.read() == [b"one", b"two"]
    with log.open("r+b") as file:
        file.write(b"ONE\nTWO\n")
    if not running:
        reader.restart()
    assert reader.read() == [b"ONE", b"TWO"]


@pytest.mark.parametrize("running", [True, False])
def test_case_7_an_inode_used_again(tmp_path: Path, running: bool) -> None:
    old = tmp_path / "a.log"
    append(old, numbered(1, 3))
    reader = Reader(tmp_path / "*.log")
    assert reader.read() == lines(1, 3)
    inode = old.stat().st_ino
    if running:
        old.unlink()
        assert reader.wait(1) == []
        assert reader.wait(100) == []
    else:
        reader.tail.close()
        old.unlink()
    others = [tmp_path / f"{number}.tmp" for number in range(50)]
    for other in others:
        append(other, b"")
    same = next((other for other in others if other.stat().st_ino == inode), None)
    if same is None:
        pytest.skip("this file system did not use the inode again")
    append(same, numbered(7, 9))
    same.rename(tmp_path / "b.log")
    if not running:
        reader.start()
    assert reader.wait(1) == lines(7, 9)
    assert reader.blocks[-1].stream_id.endswith(f":{inode}:1"), "a new generation"


def test_case_8_files_with_the_same_head_are_told_apart(tmp_path: Path) -> None:
    head = b"#Fields: " + b"x" * 2000 + b"\n"
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    append(one, head)
    reader = Reader(tmp_path / "*.csv")
    assert reader.read() == [head[:-1]]
    append(two, head + b"two\n")
    assert reader.read() == [head[:-1], b"two"]
    append(one, b"one\n")
    assert reader.read() == [b"one"]
    rotate(one)
    append(one, head + b"three\n")
    reader.restart()
    assert reader.read() == [head[:-1], b"three"]


def test_case_16_a_last_line_without_newline_is_given_when_the_old_file_is_closed(log: Path) -> None:
    append(log, numbered(1, 1) + b"the end")
    reader = Reader(log)
    assert reader.read() == lines(1, 1)
    rotate(log)
    append(log, numbered(2, 2))
    assert reader.read() == lines(2, 2)
    assert reader.wait(6) == [b"the end"]
    assert reader.wait(100) == []


def test_case_24_a_file_found_after_the_start_is_read_from_its_beginning(tmp_path: Path) -> None:
    append(tmp_path / "old.log", numbered(1, 3))
    reader = Reader(tmp_path / "*.log", start="end")
    assert reader.read() == []
    append(tmp_path / "new.log", numbered(4, 6) + b"in the mid")
    append(tmp_path / "old.log", numbered(7, 7))
    assert sorted(reader.read()) == lines(4, 7)
    reader.tail.close()
    append(tmp_path / "newer.log", numbered(8, 9))
    reader.start()
    assert reader.read() == lines(8, 9), "also one that appeared while nobody looked"


def test_case_25_a_first_start_at_the_end_numbers_lines_from_the_beginning(log: Path) -> None:
    append(log, numbered(1, 1000) + b"open ")
    reader = Reader(log, start="end")
    assert reader.read() == []
    append(log, b"line\n")
    assert reader.read() == [b"open line"]
    assert reader.blocks[-1].first_line == 1001


def test_case_25_nothing_is_skipped_when_the_program_dies_before_it_read_anything(log: Path) -> None:
    append(log, numbered(1, 3))
    reader = Reader(log, start="end")
    assert reader.read() == []
    append(log, numbered(4, 5))
    reader.restart()
    assert reader.read() == lines(4, 5)


def test_case_26_a_link_that_is_pointed_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "pods").mkdir()
    first, second, link = tmp_path / "pods/0.log", tmp_path / "pods/1.log", tmp_path / "pod.log"
    append(first, numbered(1, 2))
    link.symlink_to(first)
    reader = Reader(link)
    assert reader.read() == lines(1, 2)
    append(first, numbered(3, 3))
    append(second, numbered(4, 4))
    link.unlink()
    link.symlink_to(second)
    assert reader.read() == lines(3, 4)
    append(first, numbered(5, 5))
    assert reader.wait(1) == lines(5, 5)


def test_case_26_a_hard_link_is_read_once(tmp_path: Path) -> None:
    append(tmp_path / "a.log", numbered(1, 2))
    os.link(tmp_path / "a.log", tmp_path / "b.log")
    reader = Reader(tmp_path / "*.log", tmp_path / "b.log")
    assert reader.read() == lines(1, 2)
    (tmp_path / "a.log").unlink()
    append(tmp_path / "b.log", numbered(3, 3))
    assert reader.read() == lines(3, 3)
    assert len({block.stream_id for block in reader.blocks if block.data}) == 1


def test_case_27_a_deleted_file_is_read_to_its_end_and_closed(log: Path) -> None:
    reader = Reader(log)
    with log.open("ab", buffering=0) as writer:
        writer.write(numbered(1, 1))
        assert reader.read() == lines(1, 1)
        writer.write(numbered(2, 3))
        log.unlink()
        assert reader.read() == lines(2, 3)
        for number in range(4, 20):
            writer.write(numbered(number, number))
            reader.wait(4.5)
        assert len(reader.tail._files) == 0, "also when its writer goes on for ever"


def test_case_29_a_new_device_number_after_a_mount(log: Path) -> None:
    append(log, numbered(1, 3))
    reader = Reader(log)
    assert reader.read() == lines(1, 3)
    (stream_id,) = [stream_id for stream_id in reader.committed if stream_id != "start"]
    state = decode_state(reader.committed[stream_id])
    moved = reader.committed[stream_id].replace(b'"dev":%d' % state.dev, b'"dev":%d' % (state.dev + 1))
    reader.committed = {stream_id: moved}
    append(log, numbered(4, 4))
    reader.restart()
    assert reader.read() == lines(4, 4)
    assert reader.blocks[-1].stream_id == stream_id
    assert reader.codes() == [], "nothing is gone"
