"""The host: the scanner, the clock, open files, inotify; each compared with what the configuration asks for."""

import os
import resource
from pathlib import Path

import pytest

from soc_agent.cli.doctor import program
from soc_agent.cli.doctor.check import Verdict
from soc_agent.hostclock import HostClock
from tests.cli.doctor.making import codes, make_case

LOGS = "sources:\n- {kind: file, name: a, paths: ['/logs/*.log']}\n"


def limits(folder: Path, watches: int, instances: int) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "max_user_watches").write_text(f"{watches}\n")
    (folder / "max_user_instances").write_text(f"{instances}\n")
    return folder


def test_a_slower_prefilter_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert program.python().verdict is Verdict.OK
    monkeypatch.setattr(program, "find_spec", lambda name: None)
    assert program.prefilter().verdict is Verdict.WARN


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (None, ["cli.doctor.no_ntp"]),
        (HostClock(False, 0, 0), ["cli.doctor.no_ntp"]),
        (HostClock(True, 1.0, 16_000.0), ["doctor.clock_off"]),
        (HostClock(True, -2_500.0, 1.0), ["doctor.clock_off"]),
        (HostClock(True, 1.0, 5.0), []),
    ],
)
def test_the_clock_is_kept_and_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: HostClock | None, code: list[str]
) -> None:
    monkeypatch.setattr(program, "host_clock", lambda: state)
    assert codes([program.clock(make_case(tmp_path, "sources: []"))]) == code


def test_more_files_than_may_be_open_are_told(tmp_path: Path) -> None:
    case = make_case(tmp_path, LOGS)
    (tmp_path / "image/logs").mkdir()
    for number in range(40):
        (tmp_path / f"image/logs/{number}.log").touch()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (program.BASE_FILES + 39, hard))
    try:
        low = program.open_files(case)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert codes([low]) == ["doctor.few_files"]
    assert low.problem is not None
    assert low.problem.values["wanted"] == program.BASE_FILES + 40
    assert program.open_files(case, limit=program.BASE_FILES + 40).verdict is Verdict.OK


def test_the_limit_of_a_running_process_is_read() -> None:
    assert program.limit_of(os.getpid()) == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert program.limit_of(2**22 + 1) is None


def test_folders_to_watch_are_counted_against_the_limit(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / "www" / str(number)).mkdir(parents=True)
    case = make_case(tmp_path, "sources:\n- {kind: watch, name: w, paths: [www]}\n")
    (few,) = program.inotify(case, limits(tmp_path / "few", 9, 128))
    assert codes([few]) == ["doctor.few_watches"]
    assert few.problem is not None
    assert few.problem.values["wanted"] == 10
    (enough,) = program.inotify(case, limits(tmp_path / "enough", 10, 128))
    assert enough.verdict is Verdict.OK


def test_instances_in_use_count(tmp_path: Path) -> None:
    """Two are held by another process of the same user: a folder as /proc has it."""
    fds = tmp_path / "proc" / "4711" / "fd"
    fds.mkdir(parents=True)
    (fds / "3").symlink_to("anon_inode:inotify")
    (fds / "4").symlink_to("anon_inode:inotify")
    (fds / "5").symlink_to("/dev/null")
    (tmp_path / "proc" / "self").mkdir()
    (tmp_path / "www").mkdir()
    case = make_case(tmp_path, "sources:\n- {kind: watch, name: w, paths: [www]}\n")
    assert codes(list(program.inotify(case, limits(tmp_path / "few", 99, 2), tmp_path / "proc"))) == [
        "doctor.few_instances"
    ]
    assert codes(list(program.inotify(case, limits(tmp_path / "more", 99, 3), tmp_path / "proc"))) == []


def test_without_inotify_or_without_need(tmp_path: Path) -> None:
    assert codes(list(program.inotify(make_case(tmp_path, LOGS), tmp_path / "nothing"))) == ["cli.doctor.no_inotify"]
    assert list(program.inotify(make_case(tmp_path, "sources: []"))) == []
