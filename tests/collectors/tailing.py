"""A tail collector with a clock that tests move, and a memory for what it gave."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from collectors.file_tail import FileTail
from soc_agent.config import FileSource
from soc_agent.model import Block


def always(kind: str) -> Callable[[bytes], str]:
    """Give a guess that is always the same."""
    return lambda _: kind


class Reader:
    """Reads a source without hints and without waiting; a look at the file system precedes every read."""

    def __init__(self, *patterns: Path | str, max_open: int | None = None, **options: Any) -> None:
        options = {"type": "syslog", "start": "beginning", "rescan_s": 0, **options}
        self.options = FileSource(name="logs", paths=tuple(str(pattern) for pattern in patterns), **options)
        self.max_open = max_open
        self.now = 1000.0
        self.committed: dict[str, bytes] = {}
        self.blocks: list[Block] = []
        self.tail = self.start()

    def start(self) -> FileTail:
        """Begin, or begin again after a kill, from what was committed."""
        self.tail = FileTail(
            self.options, always("guessed"), hints=False, max_open=self.max_open, clock=lambda: self.now
        )
        self.tail.open(self.committed)
        return self.tail

    def restart(self) -> None:
        """Kill and begin again."""
        self.tail.close()
        self.start()

    def read(self, *, commit: bool = True, limit: int | None = None) -> list[bytes]:
        """Read until there is nothing more, or so many blocks; give their lines without the newline."""
        lines: list[bytes] = []
        while limit is None or limit > 0:
            self.now += 0.1
            block = self.tail.read(0)
            if block is None:
                break
            limit = None if limit is None else limit - 1
            self.blocks.append(block)
            assert not block.data or block.data.endswith(b"\n")
            lines += block.data.split(b"\n")[:-1]
            if commit:
                self.commit(block)
        return lines

    def commit(self, block: Block) -> None:
        """Do what the store does."""
        assert block.position is not None
        assert (block.position.source, block.position.stream_id) == (block.source, block.stream_id)
        if block.position.state:
            self.committed[block.position.stream_id] = block.position.state
        else:
            self.committed.pop(block.position.stream_id, None)

    def wait(self, seconds: float) -> list[bytes]:
        """Let time pass, then read."""
        self.now += seconds
        return self.read()

    def codes(self) -> list[str]:
        """Give the codes of the problems."""
        return [problem.code for problem in self.tail.problems()]


def append(path: Path, data: bytes | str) -> None:
    """Write at the end of a file, made if it is not there."""
    with path.open("ab") as file:
        file.write(data if isinstance(data, bytes) else data.encode())


def rotate(path: Path, keep: int = 5, *, create: bool = True) -> None:
    """Rename ``path`` to ``path.1`` as logrotate does, moving older ones up."""
    for number in range(keep, 0, -1):
        older = Path(f"{path}.{number}")
        if older.exists():
            older.rename(f"{path}.{number + 1}")
    path.rename(f"{path}.1")
    if create:
        path.touch()


def copy_truncate(path: Path, keep: int = 5) -> None:
    """Copy ``path`` to ``path.1`` and truncate it, as logrotate does with ``copytruncate``."""
    for number in range(keep, 0, -1):
        older = Path(f"{path}.{number}")
        if older.exists():
            older.rename(f"{path}.{number + 1}")
    shutil.copyfile(path, f"{path}.1")
    with path.open("r+b") as file:
        file.truncate()


def numbered(first: int, last: int) -> bytes:
    """Give lines that tell their numbers."""
    return b"".join(b"line %d\n" % n for n in range(first, last + 1))


def lines(first: int, last: int) -> list[bytes]:
    """Give the same as they are read, without their newlines."""
    return numbered(first, last).split(b"\n")[:-1]
