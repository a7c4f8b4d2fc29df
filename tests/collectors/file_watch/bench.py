"""A watcher on real folders, and a scanner that needs no rules."""

import os
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from collectors.file_watch import FileWatch, Timing
from collectors.file_watch.worker import RACY_NS
from soc_agent.config import WatchSource
from soc_agent.model import Block, FileFacts, Finding, Level, RuleInfo, RuleKind, Scan, ScanLimits

DEADLINE_S = 20.0
RULE = RuleInfo(id="eicar", title="Test file", kind=RuleKind.YARA, level=Level.HIGH, tags=("attack.t1204", "test"))
QUICK = Timing(check_s=0.05, reconcile_s=3600, poll_s=0.3, again_s=0.2, gather_s=0.02, clean_s=0.05, vanished_s=0.1)


class FakeScanner:
    """Finds the word EVIL. Counts, and can be made to wait or to fail."""

    def __init__(self) -> None:
        self.scanned: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self.fails = ""

    def scan_file(self, file: int, facts: FileFacts, limits: ScanLimits) -> Scan:
        self.gate.wait(DEADLINE_S)
        self.scanned.append(Path(facts.path).name)
        if self.fails:
            return Scan(not_scanned=self.fails, detail="as told", again=self.fails == "no_scanner")
        data = os.pread(file, limits.cap_bytes, 0)
        if b"EVIL" not in data:
            return Scan()
        return Scan((Finding(RULE, "eicar", ("$a",), {"n": 1}),), sha256=sha256(data).hexdigest())


class Watched:
    """A watcher that is being read, its lines and its committed positions."""

    def __init__(self, *folders: Path | str, timing: Timing = QUICK, **options: Any) -> None:
        self.options = WatchSource(name="drop", paths=tuple(os.fspath(folder) for folder in folders), **options)
        self.timing = timing
        self.scanner = FakeScanner()
        self.positions: dict[str, bytes] = {}
        self.blocks: list[Block] = []
        self.start()

    def start(self) -> "Watched":
        self.watch = FileWatch(self.options, self.scanner, self.timing)
        self.watch.open(self.positions)
        return self

    def stop(self) -> None:
        self.watch.close()

    def restart(self) -> None:
        self.stop()
        self.start()

    def read(self, timeout_s: float = 0.05) -> Block | None:
        """Read a block and commit it."""
        block = self.watch.read(timeout_s)
        if block is not None:
            self.blocks.append(block)
            assert block.position is not None
            assert block.lost is None
            self.positions[block.position.stream_id] = block.position.state
        return block

    def lines(self) -> list[dict[str, Any]]:
        return [msgspec.json.decode(line) for block in self.blocks for line in block.data.splitlines()]

    def found(self) -> list[str]:
        """Names of the files with findings, in order."""
        return [Path(line["path"]).name for line in self.lines() if line["type"] == "yara"]

    def until(self, condition: Callable[[], bool]) -> None:
        """Read until something is true."""
        deadline = time.monotonic() + DEADLINE_S
        while not condition():
            assert time.monotonic() < deadline, (self.lines(), self.watch.problems(), self.scanner.scanned)
            self.read()

    def until_ready(self) -> None:
        """Read until every folder was walked through once."""
        self.until(lambda: sum(stream.endswith(":root") for stream in self.positions) == len(self.options.paths))

    def until_found(self, *names: str) -> None:
        self.until(lambda: sorted(self.found()) == sorted(names))

    def codes(self) -> list[str]:
        return [problem.code for problem in self.watch.problems()]


def write_old(path: Path, data: bytes) -> None:
    """Write a file, and wait until the clock of files has moved on."""
    path.write_bytes(data)
    while time.time_ns() - path.stat().st_ctime_ns < 2 * RACY_NS:
        time.sleep(0.005)
