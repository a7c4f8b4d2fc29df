"""Many small worlds in which everything happens to a log at once; what was written comes, and nothing twice.

Rotations under several kinds of names, by renaming, linking or copying; writers that are told late, logs that grow at
once again, archives half made, inodes used again, files put in place of others, few descriptors, kills at any time.
"""

import bz2
import gzip
import lzma
import os
import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from backports import zstd

from tests.collectors.tailing import Reader

SEEDS = os.environ.get("TAIL_SEEDS", "1 2 3 17 18 54 56 57 70 73 111 138 157 399 430 590").split()
"""Each decides what happens, and in what order."""
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstd.compress,
}


class World:
    """One log, what happens to it, and its reader."""

    def __init__(self, folder: Path, seed: str) -> None:
        self.chance = random.Random(seed)
        self.folder, self.log = folder, folder / "app.log"
        self.written: list[bytes] = []
        self.received: list[bytes] = []
        self.kept = self.rotations = 0
        self.told: Counter[str] = Counter()
        self.schemes = self.chance.sample(["number", "date", "before"], self.chance.choice([1, 2, 2, 3]))
        self.ways = self.chance.choice([["rename"], ["copy"], ["rename", "copy"], ["rename", "link"]])
        self.writer = self.opened()
        self.late: int | None = None
        self.reader = Reader(
            folder / self.chance.choice(["app.log", "app.log*", "app*", "**/app*"]),
            max_open=self.chance.choice([1, 2, 100]),
            line_cap_bytes=200,
            partial_wait_s=1_000_000,
            exclude=self.chance.choice([("*.gz", "*.bz2", "*.xz", "*.zst"), ()]),
        )
        self.receive()
        self.commit()

    def opened(self) -> int:
        return os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def close(self) -> None:
        self.reader.tail.close()
        os.close(self.writer)
        self.tell_the_writer()

    # What the reader does

    def receive(self, limit: int | None = None) -> None:
        self.received += self.reader.read(limit=limit, commit=False)
        self.told.update(self.reader.codes())

    def commit(self) -> None:
        for block in self.reader.blocks:
            self.reader.commit(block)
        self.reader.blocks.clear()
        self.kept = len(self.received)

    def kill(self) -> None:
        del self.received[self.kept :]
        self.reader.blocks.clear()
        self.reader.restart()

    def let_time_pass(self) -> None:
        self.reader.now += self.chance.choice([0.5, 6, 100])
        self.receive()

    def read_some(self) -> None:
        self.receive(self.chance.randint(1, 4))

    # What happens to the log

    def write(self, count: int = 0, *, late: bool = False) -> None:
        fd = self.late if late and self.late is not None else self.writer
        for _ in range(count or self.chance.randint(1, 12)):
            line = b"%d %s" % (len(self.written), b"x" * self.chance.choice([0, 3, 30, 100]))
            self.written.append(line)
            os.write(fd, line + b"\n")

    def write_late(self) -> None:
        self.write(2, late=True)

    def tell_the_writer(self) -> None:
        if self.late is not None:
            os.close(self.late)
            self.late = None

    def rotate(self) -> None:
        if self.log.stat().st_size:
            # what nobody saw before it was renamed cannot be found by its name
            self.receive(self.chance.choice([1, None]))
        way, target = self.chance.choice(self.ways), self.target()
        if way == "copy":
            shutil.copyfile(self.log, target)
            os.truncate(self.log, 0)
            self.write(self.chance.choice([1, 40]))
            return
        if way == "link":
            os.link(self.log, target)
            self.log.unlink()
        else:
            self.log.rename(target)
        self.tell_the_writer()
        self.late, self.writer = self.writer, self.opened()
        if self.chance.random() < 0.7:
            self.tell_the_writer()
        self.write()

    def target(self) -> Path:
        self.rotations += 1
        scheme = self.chance.choice(self.schemes)
        if scheme == "date":
            return Path(f"{self.log}-20261121{self.rotations:04d}")
        if scheme == "before":
            return self.folder / f"app-20261121{self.rotations:04d}.log"
        for number in range(99, 0, -1):
            for suffix in ("", *PACKERS):
                older = Path(f"{self.log}.{number}{suffix}")
                if older.exists():
                    older.rename(f"{self.log}.{number + 1}{suffix}")
        return Path(f"{self.log}.1")

    def compress(self) -> None:
        rotated = [path for path in self.folder.iterdir() if path != self.log and path.suffix not in PACKERS]
        if self.late is not None or not rotated:
            return
        plain = self.chance.choice(sorted(rotated))
        suffix = self.chance.choice(list(PACKERS))
        info, data = plain.stat(), PACKERS[suffix](plain.read_bytes())
        packed = Path(f"{plain}{suffix}")
        packed.write_bytes(data[: len(data) // 2])
        meanwhile: list[Callable[[], None]] = [self.read_some, self.receive, self.kill, self.write]
        self.chance.choice(meanwhile)()
        packed.write_bytes(data)
        os.utime(packed, ns=(info.st_atime_ns, info.st_mtime_ns))
        meanwhile = [self.read_some, self.write]
        self.chance.choice(meanwhile)()
        plain.unlink()

    def replace(self) -> None:
        """Put another file in place of one that was read; it may get the inode."""
        self.tell_the_writer()
        self.receive()
        self.commit()
        os.close(self.writer)
        if self.chance.random() < 0.5:
            self.log.unlink()
            self.writer = self.opened()
            return
        new = self.folder / "new.tmp"
        self.writer = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.write(3)
        new.replace(self.log)

    def live(self) -> None:
        """Let a random number of things happen, then let the reader come to rest."""
        deeds: dict[Callable[[], None], int] = {
            self.write: 30, self.write_late: 5, self.rotate: 20, self.compress: 7, self.read_some: 10,
            self.receive: 8, self.commit: 7, self.let_time_pass: 3, self.kill: 5, self.replace: 5,
        }  # fmt: skip
        for deed in self.chance.choices(list(deeds), list(deeds.values()), k=self.chance.randint(5, 80)):
            deed()
        for _ in range(4):
            self.receive()
            self.reader.now += 20


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_what_was_written_comes_and_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: str
) -> None:
    monkeypatch.setattr("collectors.lines.BLOCK_BYTES", random.Random(seed).choice([48, 300, 1 << 20]))
    (tmp_path / "logs").mkdir()
    world = World(tmp_path / "logs", seed)
    try:
        world.live()
    finally:
        world.close()
    times = Counter(world.received)
    assert sorted(line for line, count in times.items() if count > 1) == []
    assert sorted(times.keys() - set(world.written)) == []
    assert sorted(set(world.written) - times.keys()) == [], world.told
