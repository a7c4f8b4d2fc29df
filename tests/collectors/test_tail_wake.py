"""What wakes a waiting read: a hint, a call from another thread, or the clock."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.file_tail import FileTail
from collectors.file_tail.heat import Heat
from soc_agent.config import FileSource
from tests.collectors.tailing import always, append, rotate

NEVER_S = 3600
"""So seldom that a look at the file system is no explanation for what a test sees."""


@pytest.fixture
def tail(tmp_path: Path) -> Iterator[FileTail]:
    append(tmp_path / "app.log", "there before\n")
    options = FileSource(name="logs", paths=(str(tmp_path / "**/*.log"),), type="syslog", rescan_s=NEVER_S)
    tail = FileTail(options, always("plain"))
    tail.open({})
    first = tail.read(0)
    assert first is not None
    assert first.data == b""
    yield tail
    tail.close()


def read_line(tail: FileTail) -> bytes:
    while (block := tail.read(60)) is None or not block.data:
        assert block is not None, "nothing came"
    return block.data


def test_a_write_wakes_a_read(tail: FileTail, tmp_path: Path) -> None:
    for number in range(3):
        append(tmp_path / "app.log", f"{number}\n")
        assert read_line(tail) == b"%d\n" % number


def test_a_new_file_a_rotation_and_a_new_folder_wake_a_read(tail: FileTail, tmp_path: Path) -> None:
    append(tmp_path / "new.log", "new\n")
    assert read_line(tail) == b"new\n"
    rotate(tmp_path / "app.log")
    append(tmp_path / "app.log", "rotated\n")
    assert read_line(tail) == b"rotated\n"
    (tmp_path / "sub/deep").mkdir(parents=True)
    append(tmp_path / "sub/deep/x.log", "deep\n")
    assert read_line(tail) == b"deep\n"
    append(tmp_path / "sub/deep/x.log", "deeper\n")
    assert read_line(tail) == b"deeper\n"


def test_a_write_through_a_link_into_another_folder_wakes_a_read(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "seen").mkdir()
    append(tmp_path / "real/pod.txt", "there before\n")
    (tmp_path / "seen/pod.log").symlink_to(tmp_path / "real/pod.txt")
    options = FileSource(name="logs", paths=(str(tmp_path / "seen/*.log"),), type="syslog", rescan_s=NEVER_S)
    tail = FileTail(options, always("plain"))
    tail.open({})
    try:
        tail.read(0)
        append(tmp_path / "real/pod.txt", "linked\n")
        assert read_line(tail) == b"linked\n"
    finally:
        tail.close()


def test_a_call_from_another_thread_ends_a_waiting_read(tail: FileTail) -> None:
    got: list[object] = []
    thread = threading.Thread(target=lambda: got.append(tail.read(NEVER_S)))
    thread.start()
    tail.wake()
    thread.join(60)
    assert got == [None]


def test_a_call_before_the_read_is_not_forgotten(tail: FileTail) -> None:
    tail.wake()
    assert tail.read(NEVER_S) is None


def test_every_line_of_a_hot_file_comes_while_hints_give_way_to_the_clock(tmp_path: Path) -> None:
    log = tmp_path / "hot.log"
    log.touch()
    options = FileSource(name="logs", paths=(str(log),), type="syslog", rescan_s=1)
    tail = FileTail(options, always("plain"))
    tail.open({})
    written = 0
    polled = threading.Event()

    def write() -> None:
        nonlocal written
        with log.open("ab", buffering=0) as file:
            while not polled.wait(0.001):
                file.write(b"%d\n" % written)
                written += 1
            for _ in range(10):
                file.write(b"%d\n" % written)
                written += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        received = b""
        while not tail._looks.heat.polling:
            received += read_line(tail)
        polled.set()
        writer.join()
        while received.count(b"\n") < written:
            received += read_line(tail)
        assert received == b"".join(b"%d\n" % number for number in range(written))
    finally:
        polled.set()
        writer.join()
        tail.close()


def test_hints_give_way_when_they_come_too_fast_and_come_back_when_it_is_quiet() -> None:
    heat = Heat()
    heat.judge(100.0)

    def second(now: float, signs: int) -> bool:
        for _ in range(signs):
            heat.note()
        heat.judge(now)
        return heat.polling

    assert not second(101.0, 20)
    assert second(102.0, 200)
    assert second(103.0, 0), "not at once"
    assert second(140.0, 37 * 20), "not while a file is still hot"
    assert not second(150.0, 10)
    heat.polled(150.0, 0.0001)
    assert heat.next_poll == pytest.approx(150.05)
    heat.polled(150.0, 0.01)
    assert heat.next_poll == pytest.approx(150.5)
