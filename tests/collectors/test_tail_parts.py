"""Rotated names, turns, reports, hints: the smaller parts of the tail collector."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from collectors.file_tail.files import OpenFiles
from collectors.file_tail.form import Form
from collectors.file_tail.hints import Hints
from collectors.file_tail.identity import TailState, key_of
from collectors.file_tail.rotation import (
    Neighbours,
    is_older,
    is_rotated_from,
    live_names,
    log_paths,
    naming,
    oldest_first,
)
from collectors.file_tail.start import start_at_end
from collectors.file_tail.stream import Stream
from collectors.file_tail.turns import Turns
from collectors.globs import Found
from collectors.reports import Reports
from soc_agent.config import FileSource
from soc_agent.model import Problem

FORM = Form(FileSource(name="logs", paths=()))


def stream(number: int) -> Stream:
    return Stream(f"1:{number}:0", TailState(path=f"/log/{number}", dev=1, ino=number), b"", 0.0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("app.log", []),
        ("app.log.1", ["app.log"]),
        ("app.log-20260101", ["app.log"]),
        ("app.log.2026-01-01T10:00", ["app.log"]),
        ("app.log.old", ["app.log"]),
        ("app-20260101.log", ["app.log"]),
        ("app.1.log", ["app.log"]),
        ("syslog.1", ["syslog"]),
        ("access_log-20260101-1767225600", ["access_log"]),
    ],
)
def test_the_names_that_a_rotated_log_had(name: str, expected: list[str]) -> None:
    assert live_names(name) == expected
    assert log_paths(f"/var/log/{name}") == [f"/var/log/{name}", *(f"/var/log/{log}" for log in expected)]


def test_rotated_files_are_put_in_the_order_of_writing() -> None:
    names = ["app.log", "app.log.1", "app.log.10", "app.log.2", "app.log-20260102", "app.log-20260101"]
    times = {"app.log-20260102": 5, "app.log-20260101": 4}
    files = [Found(f"/{name}", 1, 1, 1, times.get(name, 9)) for name in names]
    ordered = [file.path[1:] for file in oldest_first(files)]
    assert ordered == ["app.log-20260101", "app.log-20260102", "app.log.10", "app.log.2", "app.log.1", "app.log"]


def test_a_numbered_file_that_is_still_written_to_is_no_newer_than_the_next_one() -> None:
    late = Found("/app.log.2", 1, 2, 1, 30)
    numbered = Found("/app.log.1", 1, 1, 1, 10)
    dated = Found("/app.log-20260101", 1, 3, 1, 20)
    assert oldest_first([dated, numbered, late]) == [late, numbered, dated]
    assert is_older(late, numbered)
    assert is_older(dated, late)
    assert is_older(late, Found("/app.log", 1, 4, 1, 5))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("app.log.7", True),
        ("app.log-20260101", True),
        ("app-2026-01-01.log", True),
        ("app-7.log", False),
        ("other.log.1", False),
    ],
)
def test_a_name_that_may_be_that_of_another_log_is_not_taken_for_a_rotated_one(name: str, expected: bool) -> None:
    assert is_rotated_from(f"/logs-2026-1/{name}", "/logs-2026-1/app.log") is expected


def test_schemes_of_names() -> None:
    assert naming("/a/app.log.9") == naming("/a/app.log.10")
    assert naming("/a/host-01.log") != naming("/a/host-20260101.log")


def test_neighbours_are_found_by_inode_and_by_name(tmp_path: Path) -> None:
    for name in ("app.log", "app.log.1", "app.log.2", "other.log", "moved"):
        (tmp_path / name).touch()
    (tmp_path / "app.log.3").mkdir()
    (tmp_path / "app.log.4").symlink_to(tmp_path / "other.log")
    neighbours = Neighbours(str(tmp_path))
    inode = (tmp_path / "moved").stat().st_ino
    found = [Path(file.path).name for file in neighbours.beside(str(tmp_path / "app.log"), inode)]
    assert found == ["app.log.2", "app.log.1", "moved"]
    assert Neighbours(str(tmp_path / "gone")).beside(str(tmp_path / "gone/a"), 1) == []


def test_turns_go_round() -> None:
    turns = Turns()
    one, two = stream(1), stream(2)
    turns.ready(one)
    turns.ready(two)
    turns.ready(one)
    assert turns.take(0) is one
    turns.ready(one)
    assert [turns.take(0), turns.take(0), turns.take(0)] == [two, one, None]


def test_a_stream_waits_for_the_one_before_it_and_for_its_time() -> None:
    turns = Turns()
    one, two = stream(1), stream(2)
    one.size = 10
    two.come_after(one)
    two.not_before = 5.0
    turns.ready(two)
    turns.ready(one)
    assert turns.next_time() == 0.0
    assert turns.take(0) is one
    assert turns.take(9) is None
    one.pending = False
    assert turns.next_time() == 5.0
    assert turns.take(4) is None
    assert turns.take(5) is two


def test_a_stream_in_between_waits_for_what_the_later_one_waited_for() -> None:
    first, second, third = stream(1), stream(2), stream(3)
    first.size = 10
    third.come_after(first)
    second.come_before(third)
    assert (second.after, third.after) == (first, second)
    assert second.must_wait
    assert third.must_wait
    first.finished = True
    assert not second.must_wait


def test_a_stream_in_trouble_holds_nobody_up() -> None:
    one, two = stream(1), stream(2)
    one.size = 10
    two.come_after(one)
    one.retry_s = 1.0
    assert not two.must_wait


def test_timers_give_the_earliest_time_asked_for() -> None:
    turns = Turns()
    one = stream(1)
    turns.look_again(one, 10)
    turns.look_again(one, 5)
    turns.look_again(one, 7)
    assert turns.next_time() == 5
    assert list(turns.due(4)) == []
    assert list(turns.due(6)) == [one]
    assert list(turns.due(99)) == []


def test_open_files_are_bounded_and_files_without_a_name_stay_open(tmp_path: Path) -> None:
    files = OpenFiles(2)
    streams = []
    for number in range(4):
        path = tmp_path / f"{number}"
        path.touch()
        key = key_of(str(path))
        assert key is not None
        streams.append(Stream(f"{number}", TailState(path=str(path), dev=key[0], ino=key[1]), b"", 0.0))
    streams[0].location = str(tmp_path / "0")
    files.use(streams[0])
    streams[0].location = ""
    for other in streams[1:]:
        files.use(other)
    assert [other.fd >= 0 for other in streams] == [True, False, False, True]
    files.use(streams[1])
    assert [other.fd >= 0 for other in streams] == [True, True, False, False]
    files.close_all()
    assert len(files) == 0


@pytest.mark.parametrize(
    ("data", "offset", "line", "skipping"),
    [
        (b"", 0, 1, False),
        (b"one\ntwo\nthr", 8, 3, False),
        (b"open", 0, 1, False),
        (b"x" * 3_000_000, 3_000_000, 1, True),
    ],
)
def test_the_end_of_a_file_is_after_its_last_newline(
    tmp_path: Path, data: bytes, offset: int, line: int, skipping: bool
) -> None:
    (tmp_path / "a").write_bytes(data)
    fd = os.open(tmp_path / "a", os.O_RDONLY)
    state, counted = start_at_end(fd, TailState(path="a", dev=1, ino=2), 10_000_000, FORM)
    os.close(fd)
    assert (state.offset, state.line, state.skipping, counted) == (offset, line, skipping, offset)


def test_lines_of_a_file_beyond_the_budget_are_not_counted(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x\n" * 1000)
    fd = os.open(tmp_path / "a", os.O_RDONLY)
    assert start_at_end(fd, TailState(path="a", dev=1, ino=2), 1999, FORM)[0].line == 1
    assert start_at_end(fd, TailState(path="a", dev=1, ino=2), 2000, FORM)[0].line == 1001
    os.close(fd)


def test_reports_last_until_cleared_or_for_an_hour() -> None:
    now = 0.0
    reports = Reports(lambda: now)
    assert reports.report("a 1", Problem("x.one"))
    assert not reports.report("a 1", Problem("x.one"))
    reports.report("a 2", Problem("x.two"))
    reports.report("b", Problem("x.three"))
    reports.happened(Problem("x.once"))
    assert [problem.code for problem in reports.current()] == ["x.one", "x.two", "x.three", "x.once"]
    reports.keep_only("a ", {"a 2"})
    reports.clear("b")
    assert [problem.code for problem in reports.current()] == ["x.two", "x.once"]
    now = 4000.0
    assert [problem.code for problem in reports.current()] == ["x.two"]


class Heard:
    """What was hinted at."""

    def __init__(self) -> None:
        self.all: list[tuple[str, bool]] = []
        self.changed = threading.Condition()

    def __call__(self, path: str, is_write: bool, is_folder: bool) -> None:
        with self.changed:
            self.all.append((path, is_write))
            self.changed.notify()

    def wait_for(self, test: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(test, 30)


def test_hints_come_also_from_a_folder_that_was_made_anew(tmp_path: Path) -> None:
    heard, folder = Heard(), tmp_path / "logs"
    folder.mkdir()
    hints = Hints(heard)
    assert hints.start() == ""
    try:
        for number in range(2):
            assert hints.watch({str(folder): False, str(tmp_path / "none"): True}) == {}
            path = folder / f"{number}.log"
            path.write_bytes(b"one\n")
            heard.wait_for(lambda path=path: (str(path), True) in heard.all)  # type: ignore[misc]
            path.unlink()
            folder.rmdir()
            hints.watch({str(folder): False})
            folder.mkdir()
    finally:
        hints.stop()
    assert not hints.working
