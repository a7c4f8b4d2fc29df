"""The collector of the journal, against a stand-in that speaks the export format."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

from collectors.journal import Journal
from soc_agent.config import JournalSource
from soc_agent.model import Block
from tests.collectors.journal.standin import make_program, write

_WAIT_S = 20.0


class Store:
    """What was committed."""

    def __init__(self) -> None:
        self.positions: dict[str, bytes] = {}
        self.lines: dict[tuple[str, int], bytes] = {}
        """Stream and place of each line to the line: what is given again has the same place."""
        self.dropped = self.truncated = self.repeated = 0

    def commit(self, block: Block) -> None:
        assert block.position is not None
        self.positions = {block.position.stream_id: block.position.state}
        at = block.offset
        for line in block.data.splitlines(keepends=True):
            self.repeated += self.lines.setdefault((block.stream_id, at), line) != line
            at += len(line)
        if block.lost is not None:
            self.dropped += block.lost.dropped
            self.truncated += block.lost.truncated

    @property
    def messages(self) -> list[str]:
        return [line.decode().rstrip("\n").rpartition("] ")[2] for line in self.lines.values()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "journal"
    folder.mkdir()
    return folder


def source(folder: Path, **options: Any) -> JournalSource:
    program = make_program(folder.parent)
    return JournalSource(**{"name": "j", "directory": str(folder), "program": program, **options})


@contextmanager
def reading(options: JournalSource, store: Store) -> Iterator[Journal]:
    journal = Journal(options)
    assert journal.missing() is None
    journal.open(store.positions)
    try:
        yield journal
    finally:
        journal.close()


def read_until(journal: Journal, store: Store, count: int) -> None:
    """Read and commit until there are so many lines, and see that no more come."""
    end = time.monotonic() + _WAIT_S
    while len(store.lines) < count and time.monotonic() < end:
        if (block := journal.read(0.1)) is not None:
            store.commit(block)
    assert len(store.lines) == count, (store.messages, journal.problems())


def until_problem(journal: Journal, store: Store, code: str) -> None:
    end = time.monotonic() + _WAIT_S
    while code not in codes(journal) and time.monotonic() < end:
        if (block := journal.read(0.1)) is not None:
            store.commit(block)
    assert code in codes(journal)


def codes(journal: Journal) -> list[str]:
    return [problem.code for problem in journal.problems()]


def numbers(store: Store) -> list[int]:
    return [int(message) for message in store.messages]


def test_without_the_program_it_says_so() -> None:
    problem = Journal(JournalSource(name="j", program="/nowhere/journalctl")).missing()
    assert problem is not None
    assert problem.code == "journal.no_program"


def test_entries_come_once_over_restarts(folder: Path) -> None:
    store, options = Store(), source(folder, start="beginning")
    for number in range(1, 31):
        write(folder, number, b"%d" % number)
        if number % 10 == 0:
            with reading(options, store) as journal:
                read_until(journal, store, number)
                assert codes(journal) == []
    assert numbers(store) == list(range(1, 31))
    assert store.dropped == 0


def test_a_new_source_begins_at_the_end_and_misses_nothing_from_then_on(folder: Path) -> None:
    store, options = Store(), source(folder)
    for number in range(1, 6):
        write(folder, number, b"%d" % number)
    with reading(options, store) as journal:
        block = journal.read(5)
        assert block is not None
        assert not block.data
        store.commit(block)
    write(folder, 6, b"6")
    with reading(options, store) as journal:
        read_until(journal, store, 1)
    assert numbers(store) == [6]


def test_an_empty_journal_is_waited_for(folder: Path) -> None:
    store = Store()
    with reading(source(folder), store) as journal:
        assert journal.read(1) is not None
        assert journal.read(0.2) is None
        write(folder, 1, b"1")
        read_until(journal, store, 1)


def test_what_was_not_committed_comes_again_with_the_same_place(folder: Path) -> None:
    store, options = Store(), source(folder, start="beginning")
    for number in range(1, 4):
        write(folder, number, b"%d" % number)
    with reading(options, store) as journal:
        first = journal.read(5)
        assert first is not None
        store.commit(first)
        again = None
        while again is None:
            again = journal.read(5)
    with reading(options, store) as journal:
        read_until(journal, store, 3)
    assert numbers(store) == [1, 2, 3]
    assert {(again.stream_id, again.offset)} == {next(iter(store.lines))}


def test_when_the_program_is_killed_it_is_started_again_and_nothing_is_lost_or_repeated(folder: Path) -> None:
    store = Store()
    with reading(source(folder, start="beginning"), store) as journal:
        for number in range(1, 201):
            write(folder, number, b"%d" % number)
            if number % 50 == 0:
                read_until(journal, store, number)
                os.kill(int((folder.parent / "pid").read_text()), signal.SIGKILL)
                until_problem(journal, store, "journal.ended")
        read_until(journal, store, 200)
        assert "SIGKILL" in [problem.values.get("reason") for problem in journal.problems()]
    assert numbers(store) == list(range(1, 201))


_AGENT = """
import sys
from collectors.journal import Journal
from soc_agent.config import JournalSource
from pathlib import Path
folder, program, state = sys.argv[1:]
store = Path(state)
positions = {"j": store.read_bytes().split(b"\\n")[-2].split(b"\\t")[0]} if store.exists() else {}
journal = Journal(JournalSource(name="j", directory=folder, program=program, start="beginning"))
journal.open(positions)
with store.open("ab", buffering=0) as file:
    while True:
        block = journal.read(0.5)
        if block is not None:  # one write: the position and the lines of a block
            file.write(block.position.state + b"\\t" + block.data.replace(b"\\n", b"\\r") + b"\\n")
"""


def test_a_killed_agent_goes_on_behind_what_it_committed_and_leaves_no_program_behind(folder: Path) -> None:
    options, state = source(folder), folder.parent / "state"
    number = 0
    for _ in range(4):
        agent = subprocess.Popen([sys.executable, "-c", _AGENT, str(folder), options.program, str(state)])
        begun = state.stat().st_size if state.exists() else 0
        for _ in range(60):
            number += 1
            write(folder, number, b"%d" % number)
        end = time.monotonic() + _WAIT_S
        while (state.stat().st_size if state.exists() else 0) < begun + 2000 and time.monotonic() < end:
            time.sleep(0.01)
        agent.kill()
        agent.wait()
    lines = [line for record in state.read_bytes().split(b"\n")[:-1] for line in record.split(b"\t")[1].split(b"\r")]
    got = [int(line.rpartition(b"] ")[2]) for line in lines if line]
    assert got == list(range(1, len(got) + 1))
    with_rest = Store()
    with_rest.positions = {"j": state.read_bytes().split(b"\n")[-2].split(b"\t")[0]}
    with reading(options, with_rest) as journal:
        read_until(journal, with_rest, number - len(got))
    assert got + numbers(with_rest) == list(range(1, number + 1))


def test_entries_that_were_deleted_before_they_were_read_are_counted_and_the_oldest_left_is_not_passed_over(
    folder: Path,
) -> None:
    store, options = Store(), source(folder, start="beginning")
    for number in range(1, 11):
        write(folder, number, b"%d" % number)
    with reading(options, store) as journal:
        read_until(journal, store, 10)
    for number in range(11, 31):
        write(folder, number, b"%d" % number)
    for number in range(1, 21):
        (folder / f"{number:09d}").unlink()
    with reading(options, store) as journal:
        read_until(journal, store, 20)
        assert codes(journal) == ["journal.gap"]
    assert numbers(store) == [*range(1, 11), *range(21, 31)]
    assert store.dropped == 10


def test_when_only_what_was_read_is_deleted_nothing_is_lost(folder: Path) -> None:
    store, options = Store(), source(folder, start="beginning")
    write(folder, 1, b"1")
    with reading(options, store) as journal:
        read_until(journal, store, 1)
    (folder / "000000001").unlink()
    write(folder, 2, b"2")
    with reading(options, store) as journal:
        read_until(journal, store, 2)
        assert codes(journal) == []
    assert store.dropped == 0


def test_a_journal_that_was_replaced_is_told_and_read(folder: Path) -> None:
    store, options = Store(), source(folder, start="beginning")
    write(folder, 1, b"1")
    with reading(options, store) as journal:
        read_until(journal, store, 1)
    (folder / "000000001").unlink()
    write(folder, 3, b"3", sequence="f00d")
    with reading(options, store) as journal:
        read_until(journal, store, 2)
        assert codes(journal) == ["journal.gap_unknown"]


def test_other_filters_are_no_gap(folder: Path) -> None:
    store = Store()
    write(folder, 1, b"1")
    with reading(source(folder, start="beginning"), store) as journal:
        read_until(journal, store, 1)
    (folder / "000000001").unlink()  # as an entry that the new filter does not take
    write(folder, 5, b"5")
    with reading(source(folder, priority="err"), store) as journal:
        read_until(journal, store, 2)
        assert codes(journal) == []
    assert store.dropped == 0


def test_a_flood_waits_in_the_pipe_until_it_is_read(folder: Path) -> None:
    for number in range(1, 401):
        write(folder, number, b"%d" % number, FILLER=b"x" * 20_000)
    store = Store()
    with reading(source(folder, start="beginning"), store) as journal:
        read_until(journal, store, 0)
        end = time.monotonic() + _WAIT_S
        while not (folder.parent / "pid").exists() and time.monotonic() < end:
            if (block := journal.read(0.01)) is not None:
                store.commit(block)
        io = Path("/proc") / (folder.parent / "pid").read_text() / "io"
        written, before = _written(io), -1
        while written != before and time.monotonic() < end:  # until it waits
            time.sleep(0.1)
            written, before = _written(io), written
        assert written < 5_000_000, "of 8 million"
        read_until(journal, store, 400)
    assert numbers(store) == list(range(1, 401))


def _written(io: Path) -> int:
    return int(next(line for line in io.read_text().splitlines() if line.startswith("wchar")).split()[1])


def test_a_long_message_is_cut_and_counted_and_a_multiline_one_is_one_line(folder: Path) -> None:
    store = Store()
    write(folder, 1, b"a\nb" * 2000)
    write(folder, 2, b"one\ntwo")
    with reading(source(folder, start="beginning", line_cap_bytes=1024), store) as journal:
        read_until(journal, store, 2)
    assert store.truncated == 1
    assert store.messages[1] == "one two"


def test_what_journald_dropped_is_in_the_ledger(folder: Path) -> None:
    store = Store()
    marks: dict[str, Any] = {
        "_TRANSPORT": b"driver",
        "MESSAGE_ID": b"a596d6fe7bfa4994828e72309e95d61e",
        "N_DROPPED": b"12",
    }
    write(folder, 1, b"Suppressed 12 messages from app.service", **marks)
    with reading(source(folder, start="beginning"), store) as journal:
        read_until(journal, store, 1)
        assert codes(journal) == ["journal.suppressed"]
    assert store.dropped == 12


def test_a_clock_that_was_set_back_changes_nothing_of_the_order(folder: Path) -> None:
    store = Store()
    for number, at_us in ((1, 1_795_000_000_000_000), (2, 1_700_000_000_000_000), (3, 1_795_000_000_000_009)):
        write(folder, number, b"%d" % number, _SOURCE_REALTIME_TIMESTAMP=b"%d" % at_us)
    with reading(source(folder, start="beginning"), store) as journal:
        read_until(journal, store, 3)
    assert numbers(store) == [1, 2, 3]
    stamps = [line.split(b" ")[1][:4] for line in store.lines.values()]
    assert stamps == [b"2026", b"2023", b"2026"]


def test_a_program_that_fails_is_a_problem_until_it_runs(folder: Path) -> None:
    store = Store()
    gone = folder.parent / "gone"
    with reading(source(folder, directory=str(gone), start="beginning"), store) as journal:
        until_problem(journal, store, "journal.failed")
        assert "No such file" in str(journal.problems()[0].values["reason"])
        gone.mkdir()
        write(gone, 1, b"1")
        read_until(journal, store, 1)
        assert "journal.failed" not in codes(journal)


def test_a_waiting_read_is_woken(folder: Path) -> None:
    store = Store()
    with reading(source(folder), store) as journal:
        assert journal.read(1) is not None
        timer = Timer(0.2, journal.wake)
        begun = time.monotonic()
        timer.start()
        assert journal.read(60) is None
        assert time.monotonic() - begun < 30
        timer.join()
