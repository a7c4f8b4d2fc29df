"""What the tests of folders of event logs share: logs, and a collector that is read as an agent reads it."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from collectors.eventlog_folder import EventLogFolder
from collectors.eventlog_worker import HEADER_BYTES
from soc_agent.config import EventLogSource
from soc_agent.model import Block

EVTX = Path(__file__).resolve().parents[4] / "shared" / "data" / "evtx"
RDP = EVTX / "DE_sysmon-3-rdp-tun.evtx"
recorded = pytest.mark.skipif(not EVTX.exists(), reason="the shared event logs are not beside the project")


def xml(*numbers: int, end: str = "</Events>") -> bytes:
    """Give an export as XML, each event known by its number."""
    event = "<Event>\n<System><EventID>{}</EventID><Channel>Security</Channel></System></Event>\n"
    return ("<Events>\n" + "".join(map(event.format, numbers)) + end).encode()


def header(chunks: int) -> bytes:
    """Give the header of a log that says how many parts it has."""
    start = bytearray(HEADER_BYTES)
    start[:8], start[42:44] = b"ElfFile\0", chunks.to_bytes(2, "little")
    return bytes(start)


class Clock:
    """Goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Agent:
    """Reads a source and keeps what it committed, over restarts."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.options = EventLogSource(name="exports", paths=(os.fspath(folder),), **options)
        self.positions: dict[str, bytes] = {}
        self.blocks: list[Block] = []
        self.clock = Clock()
        self.start()

    def start(self, positions: Mapping[str, bytes] | None = None) -> None:
        """Begin, or begin anew as after a kill: with what was committed and nothing else."""
        self.collector = EventLogFolder(self.options, self.clock)
        self.collector.open(self.positions if positions is None else positions)

    def step(self) -> Block | None:
        """Read once, and commit what came."""
        block = self.collector.read(0)
        if block is not None:
            assert block.position is not None
            self.positions[block.position.stream_id] = block.position.state
            self.blocks.append(block)
        return block

    def settle(self, seconds: float = 3.0) -> list[bytes]:
        """Let time pass, and read all that there is; gives its lines."""
        before = len(self.blocks)
        self.clock.now += self.options.rescan_s
        self._drain()
        self.clock.now += seconds
        self._drain()
        return [line for block in self.blocks[before:] for line in block.data.splitlines()]

    def _drain(self) -> None:
        while self.step() is not None or self.is_busy():
            pass

    def is_busy(self) -> bool:
        """Say whether there is anything to do before time has passed."""
        collector = self.collector
        return bool(collector._reading or collector._queue) or collector._look_at <= self.clock.now

    def told(self) -> list[str]:
        return [problem.code for problem in self.collector.problems()]
