"""A log is written, rotated in every way, truncated and renamed while the agent is killed and its disk fills up.

What was written is received, but for what a truncation itself takes away; and no line gives two alerts.
"""

import contextlib
import gzip
import os
import random
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from soc_agent.errors import StoreError
from soc_agent.store import Store
from tests.end_to_end.running import LINE_RULE, PATIENCE_S, Site, eventually, sshd_line

SEEDS = os.environ.get("TAIL_SEEDS", "20261122").split()
"""Each decides what happens, and in what order; more of them take a minute each."""
ROUNDS = 6
KEEP = 200
DISK_BYTES = 64 * 1024 * 1024


class Writer(threading.Thread):
    """Writes numbered lines, and does to their file what happens to logs, at random."""

    def __init__(self, log: Path, seed: str) -> None:
        super().__init__(name="writer")
        self.written = 0
        self.may_be_lost: set[int] = set()
        self.done: Counter[str] = Counter()
        self._log = log
        self._chance = random.Random(seed)
        self._end = threading.Event()
        self._in_file: list[int] = []
        self._target = log.open("ab", buffering=0)

    def run(self) -> None:
        deeds = [self.rename, self.copy_truncate, self.compress, self.truncate, self.move]
        while not self._end.is_set():
            for _ in range(self._chance.randint(1, 10)):
                self._write()
            if self._chance.random() < 0.15:
                deed = self._chance.choice(deeds)
                deed()
                self.done[deed.__name__] += 1
            self._end.wait(self._chance.random() * 0.15)
        self._target.close()

    def end(self) -> None:
        self._end.set()
        self.join()

    def rename(self) -> None:
        """As logrotate does: the old file is renamed, a new one made. The writer is told a little late."""
        self._shift()
        self._log.rename(f"{self._log}.1")
        self._log.touch()
        for _ in range(self._chance.randint(0, 3)):
            self._write()
        self._reopen()

    def copy_truncate(self) -> None:
        """As logrotate does with ``copytruncate``; nothing is written between the copy and the truncation."""
        self._shift()
        shutil.copyfile(self._log, f"{self._log}.1")
        os.truncate(self._log, 0)
        self._in_file.clear()

    def compress(self) -> None:
        """Compress the file that was rotated last, and shift the others."""
        self._shift()
        last = Path(f"{self._log}.2")
        if last.exists():
            info = last.stat()
            packed = Path(f"{last}.gz")
            packed.write_bytes(gzip.compress(last.read_bytes(), 1))
            os.utime(packed, ns=(info.st_atime_ns, info.st_mtime_ns))
            last.unlink()

    def truncate(self) -> None:
        """Cut the log off. What nobody had read is gone: which lines may be lost is known."""
        self.may_be_lost |= set(self._in_file)
        os.truncate(self._log, 0)
        self._in_file.clear()

    def move(self) -> None:
        """Rename the log as programs do themselves that make the next one when they have something to write."""
        self._shift()
        self._log.rename(f"{self._log}.1")
        self._end.wait(self._chance.random())
        self._reopen()

    def _write(self) -> None:
        line = sshd_line(self.written)
        self._target.write(line[:20])
        self._target.write(line[20:])
        self._in_file.append(self.written)
        self.written += 1

    def _reopen(self) -> None:
        self._target.close()
        self._target = self._log.open("ab", buffering=0)
        self._in_file.clear()

    def _shift(self) -> None:
        for number in range(KEEP, 0, -1):
            for suffix in ("", ".gz"):
                older = Path(f"{self._log}.{number}{suffix}")
                if older.exists():
                    older.rename(f"{self._log}.{number + 1}{suffix}")


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """Give a folder a small disk of its own, if that is permitted."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "none", folder], capture_output=True, check=False
    )
    try:
        yield done.returncode == 0
    finally:
        if done.returncode == 0:
            subprocess.run(["umount", "-l", folder], check=True)


@contextlib.contextmanager
def full(folder: Path) -> Iterator[None]:
    """Fill a disk, and give the room back."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 65_536)
    try:
        yield
    finally:
        ballast.unlink()


@pytest.mark.parametrize("seed", SEEDS)
def test_case_13_and_34_what_is_written_is_received_and_nothing_twice(tmp_path: Path, seed: str) -> None:
    chance = random.Random(seed)
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "auth.log").touch()
    with small_disk(tmp_path / "disk") as is_small:
        source = {
            "kind": "file", "name": "auth", "paths": ["logs/auth.log"], "type": "syslog", "start": "beginning",
            "rotate_wait_s": 2, "partial_wait_s": 60,
        }  # fmt: skip
        site = Site(tmp_path, {"sources": [source], "store": {"path": "disk/soc-agent.db"}}, [LINE_RULE])
        site.store_path = tmp_path / "disk" / "soc-agent.db"
        site.start("--quiet")
        writer = Writer(logs / "auth.log", seed)
        try:
            eventually(lambda: site.store_path.exists() and positions(site) > 0, "the agent knows its source")
            writer.start()
            eventually(lambda: alerts_of(site) > 0, "the first line is stored")
            for number in range(ROUNDS):
                time.sleep(chance.uniform(0.3, 1.5))
                if is_small and number % 3 == 1:
                    with full(tmp_path / "disk"):
                        time.sleep(chance.uniform(0.5, 1.5))
                        if chance.random() < 0.5:
                            site.stop(signal.SIGKILL)
                        time.sleep(0.5)
                site.stop(signal.SIGKILL)
                time.sleep(chance.uniform(0.0, 1.0))
                before = alerts_of(site)
                site.start("--quiet")
                eventually(lambda seen=before: alerts_of(site) > seen, "the agent goes on")  # type: ignore[misc]
            writer.end()
            wanted = {f"user-{number}" for number in range(writer.written) if number not in writer.may_be_lost}
            with contextlib.suppress(AssertionError):
                eventually(lambda: wanted <= received(site), "every line is received", PATIENCE_S / 3)
            missing = sorted(int(user.removeprefix("user-")) for user in wanted - received(site))
            assert missing == [], f"of {writer.written} lines, after {writer.done}"
            assert site.stop() == 0
        finally:
            writer.end()
            site.stop(signal.SIGKILL)
        assert sum(writer.done.values()) > 10, writer.done
        with Store.open(site.store_path, read_only=True) as store:
            alerts = store.alerts(store.alert_ids())
            assert store.verify_history().ok
        times = Counter(alert.entities["user"][0] for alert in alerts)
        assert set(times.values()) == {1}
        assert {alert.count for alert in alerts} == {1}


def received(site: Site) -> set[str]:
    try:
        with Store.open(site.store_path, read_only=True) as store:
            return {alert.entities["user"][0] for alert in store.alerts(store.alert_ids())}
    except StoreError:
        return set()


def alerts_of(site: Site) -> int:
    try:
        with Store.open(site.store_path, read_only=True) as store:
            return len(store.alert_ids())
    except StoreError:
        return 0


def positions(site: Site) -> int:
    try:
        with Store.open(site.store_path, read_only=True) as store:
            return len(store.positions("auth"))
    except StoreError:
        return 0
