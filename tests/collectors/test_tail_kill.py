"""Case 13: killed at any moment, the tail loses nothing and repeats nothing that was committed."""

import contextlib
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.collectors.tail_child import read_journal
from tests.collectors.tailing import append, copy_truncate, rotate

KILLS = 8
ROOT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def tailing(pattern: Path, journal: Path) -> Iterator[None]:
    """Run the program, and kill it on leaving."""
    command = [sys.executable, "-m", "tests.collectors.tail_child", str(pattern), str(journal)]
    with subprocess.Popen(command, cwd=ROOT) as child:
        try:
            yield
            assert child.poll() is None, "it ended by itself"
        finally:
            child.send_signal(signal.SIGKILL)


def wait_until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline, "the lines did not come"
        time.sleep(0.02)


@pytest.mark.parametrize("rotation", [rotate, copy_truncate])
@pytest.mark.parametrize("pattern", ["app.log", "app.log*"])
def test_case_13_killed_while_lines_are_written_and_files_rotated(
    tmp_path: Path, pattern: str, rotation: Callable[[Path, int], None]
) -> None:
    log, journal = tmp_path / "logs/app.log", tmp_path / "journal"
    log.parent.mkdir()
    append(log, "not wanted: it was there before\n")
    journal.touch()
    with tailing(log.parent / pattern, journal):
        wait_until(lambda: journal.stat().st_size > 0)
    chance = random.Random(f"{pattern} {rotation.__name__}")
    written: list[str] = []

    def write_some() -> None:
        for _ in range(chance.randint(1, 30)):
            width = chance.choice([0, 10, 100, 5000])
            written.append(f"line {len(written)} {'x' * width}")
            append(log, written[-1][:4])
            append(log, written[-1][4:] + "\n")
        if chance.random() < 0.3:
            rotation(log, 99)

    for _ in range(KILLS):
        write_some()
        with tailing(log.parent / pattern, journal):
            seen = journal.stat().st_size
            for _ in range(chance.randint(0, 6)):
                write_some()
                time.sleep(chance.random() / 50)
            if chance.random() < 0.7:
                wait_until(lambda seen=seen: journal.stat().st_size > seen)  # type: ignore[misc]
            for _ in range(chance.randint(0, 3)):
                write_some()
    with tailing(log.parent / pattern, journal):
        wait_until(lambda: written[-1] in read_journal(journal)[0])
    assert read_journal(journal)[0] == written
