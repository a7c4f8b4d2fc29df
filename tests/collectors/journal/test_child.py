"""The collector of the journal with the real journalctl, and a real journald in a mount namespace of its own."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from collectors.journal import Journal
from collectors.journal.child import journal_options
from collectors.journal.place import _parts
from soc_agent.config import JournalSource
from tests.collectors.journal.test_journal import Store, codes, read_until, reading

_DAEMON = Path("/usr/lib/systemd/systemd-journald")
_WAIT_S = 20.0
_SETUP = """
mount -t tmpfs tmpfs /run && mkdir -p /run/systemd /run/log/journal
mount -t tmpfs tmpfs /var/log || exit 7
exec "$0"
"""


def test_filters_become_options_and_the_journals_of_other_hosts_are_left_out() -> None:
    source = JournalSource(name="j", units=("ssh.service", "cron*"), identifiers=("sudo",), priority="warning")
    given = journal_options(source)
    assert given[:5] == [
        *("--unit=ssh.service", "--unit=cron*", "--identifier=sudo", "--priority=warning", "--merge"),
    ]
    assert all(option.startswith("_MACHINE_ID=") for option in given[5:])
    assert journal_options(JournalSource(name="j", directory="/srv/j")) == ["--directory=/srv/j", "--merge"]


class Journald:
    """A journald that keeps its journal in memory, seen through the root of its process."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._root = Path(f"/proc/{process.pid}/root")
        self.folder = self._root / "run/log/journal"
        self._entry = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    def wait(self) -> bool:
        end = time.monotonic() + _WAIT_S
        while time.monotonic() < end and self._process.poll() is None:
            if (self._root / "run/systemd/journal/socket").exists() and self.files():
                self._entry.connect(str(self._root / "run/systemd/journal/socket"))
                return True
            time.sleep(0.02)
        return False

    def send(self, *numbers: int) -> None:
        for number in numbers:
            self._entry.send(b"MESSAGE=%d\nSYSLOG_IDENTIFIER=test\nPRIORITY=4\nFILLER=%s\n" % (number, b"x" * 2000))

    def wait_for(self, number: int) -> None:
        """Wait until an entry is in the journal: signals overtake what is in the socket."""
        command = ["journalctl", f"--directory={self.folder}", "--output=cat", "--identifier=test", "--lines=1"]
        end = time.monotonic() + _WAIT_S
        while subprocess.check_output(command, stderr=subprocess.DEVNULL) != b"%d\n" % number:
            assert time.monotonic() < end
            time.sleep(0.02)

    def files(self) -> set[Path]:
        return set(self.folder.glob("*/*.journal"))

    def rotate(self) -> None:
        before = self.files()
        self._process.send_signal(signal.SIGUSR2)
        end = time.monotonic() + _WAIT_S
        while len(self.files()) == len(before) and time.monotonic() < end:
            time.sleep(0.02)
        assert len(self.files()) > len(before)

    def vacuum(self) -> None:
        """Delete what was rotated away."""
        for path in self.files():
            if "@" in path.name:
                path.unlink()

    def stop(self) -> None:
        self._entry.close()
        self._process.kill()
        self._process.wait()


@pytest.fixture
def journald() -> Iterator[Journald]:
    if os.geteuid() != 0 or not _DAEMON.exists() or not shutil.which("unshare") or not shutil.which("journalctl"):
        pytest.skip("needs root, and the programs of systemd")
    process = subprocess.Popen(["unshare", "--mount", "sh", "-c", _SETUP, str(_DAEMON)], stderr=subprocess.DEVNULL)
    daemon = Journald(process)
    try:
        if not daemon.wait():
            pytest.skip("journald does not run here")
        yield daemon
    finally:
        daemon.stop()


def _source(daemon: Journald) -> JournalSource:
    return JournalSource(name="j", directory=str(daemon.folder), identifiers=("test",), start="beginning")


@contextmanager
def _read(options: JournalSource, store: Store, count: int) -> Iterator[Journal]:
    with reading(options, store) as journal:
        read_until(journal, store, count)
        yield journal


def _numbers(store: Store) -> list[int]:
    return [int(message) for message in store.messages]


def test_rotation_and_restarts_lose_and_repeat_nothing(journald: Journald) -> None:
    store, options = Store(), _source(journald)
    journald.send(1, 2)
    with _read(options, store, 2) as journal:
        journald.send(3)
        read_until(journal, store, 3)
        journald.rotate()
        journald.send(4)
        read_until(journal, store, 4)
    journald.send(5)
    journald.wait_for(5)
    journald.rotate()
    journald.send(6)
    with _read(options, store, 6) as journal:
        assert codes(journal) == []
    assert _numbers(store) == [1, 2, 3, 4, 5, 6]
    assert store.dropped == 0


def test_what_vacuum_took_before_it_was_read_is_told_and_the_oldest_left_is_read(journald: Journald) -> None:
    store, options = Store(), _source(journald)
    journald.send(1, 2)
    with _read(options, store, 2):
        pass
    journald.send(3, 4)
    journald.wait_for(4)
    journald.rotate()
    journald.vacuum()
    journald.send(5)
    with _read(options, store, 3) as journal:
        assert codes(journal) == ["journal.gap_filtered"]
    assert _numbers(store) == [1, 2, 5]


def test_vacuum_while_reading_takes_nothing_of_what_comes_then(journald: Journald) -> None:
    store, options = Store(), _source(journald)
    journald.send(1)
    with _read(options, store, 1) as journal:
        journald.rotate()
        journald.vacuum()
        journald.send(2)
        read_until(journal, store, 2)
    assert _numbers(store) == [1, 2]


def test_trusted_fields_are_those_of_this_process(journald: Journald) -> None:
    store = Store()
    journald.send(1)
    with _read(_source(journald), store, 1):
        pass
    (line,) = store.lines.values()
    assert b'_TRANSPORT="journal"' in line
    assert b"test %d - " % os.getpid() in line
    assert b'_UID="0"' in line


def test_a_flood_of_real_entries_comes_whole(journald: Journald) -> None:
    store, options = Store(), _source(journald)
    with reading(options, store) as journal:
        for begin in range(0, 1000, 250):
            journald.send(*range(begin, begin + 250))
            read_until(journal, store, begin + 250)
    assert _numbers(store) == list(range(1000))


def test_when_the_reader_is_gone_the_program_ends(journald: Journald) -> None:
    store = Store()
    journald.send(1)
    with _read(_source(journald), store, 1) as journal:
        child = journal._child
        assert child is not None
        process = child._process
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        process.stderr.close()
        assert process.wait(_WAIT_S) is not None
        journal._child = None


def _with_cursor(store: Store, change: Callable[[str], str]) -> None:
    """Change the cursor in the position that was committed."""
    for stream, state in store.positions.items():
        place = msgspec.json.decode(state)
        store.positions[stream] = msgspec.json.encode({**place, "cursor": change(place["cursor"])})


def _of_another_boot(cursor: str) -> str:
    """Give a well-formed cursor of a journal and a boot that nobody knows, of the same time."""
    gone = {"s": "0" * 31 + "1", "b": "0" * 31 + "2", "x": "1"}
    return ";".join(f"{name}={gone.get(name, value)}" for name, value in _parts(cursor).items())


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (_of_another_boot, [1, 2, 2, 3]),
        (lambda cursor: f"nonsense;t={_parts(cursor)['t']}", [1, 2, 1, 2, 3]),
        (lambda _: "nonsense", [1, 2, 1, 2, 3]),
    ],
    ids=["of a boot that is gone", "damaged but for its time", "damaged"],
)
def test_a_cursor_that_leads_nowhere_stops_nothing_and_is_told(
    journald: Journald, change: Callable[[str], str], found: list[int]
) -> None:
    store, options = Store(), _source(journald)
    journald.send(1, 2)
    with _read(options, store, 2):
        pass
    _with_cursor(store, change)
    journald.send(3)
    journald.wait_for(3)
    with reading(options, store) as journal:
        end = time.monotonic() + _WAIT_S
        while 3 not in _numbers(store) and time.monotonic() < end:
            if (block := journal.read(0.1)) is not None:
                store.commit(block)
        assert codes(journal) == ["journal.gap_unknown"]
    assert _numbers(store) == found
