"""Packets are read in a process of their own: what it finds arrives, and its end costs one restart."""

import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from collectors.packets import PacketProcess
from collectors.packets import process as process_module
from soc_agent.config import PacketSource
from soc_agent.errors import SourceError, describe
from soc_agent.model import Block
from tests.collectors.packets.conftest import Cable
from tests.collectors.packets.craft import SYN, frame, pcap, tcp

DEADLINE_S = 60.0
BOMB = b"bomb"
CRASH = """
import os
from collectors.packets import pipeline
feed = pipeline.Pipeline.feed
def crash(self, frames):
    if b"bomb" in frames.data.tobytes():
        os.abort() if {abort} else os.kill(os.getpid(), 19)
    return feed(self, frames)
pipeline.Pipeline.feed = crash
"""


def capture(path: Path, *ports: int, payload: bytes = b"") -> Path:
    path.write_bytes(
        pcap([(port / 1000, frame("10.0.0.1", "10.0.0.2", 6, tcp(1, port, SYN, payload))) for port in ports])
    )
    os.utime(path, (1000, 1000))
    return path


class Reader:
    """Runs the collector as the agent does: opened again with the committed positions when it fails."""

    def __init__(self, *paths: object) -> None:
        self.collector = PacketProcess(PacketSource(name="edge", paths=tuple(map(str, paths))))
        self.blocks: list[Block] = []
        self.failures: list[str] = []
        self.texts: list[str] = []
        self.positions: dict[str, bytes] = {}
        self.is_open = False

    def until(self, done: Callable[["Reader"], bool]) -> bool:
        deadline = time.monotonic() + DEADLINE_S
        while not done(self) and time.monotonic() < deadline:
            try:
                if not self.is_open:
                    self.collector.open(self.positions)
                    self.is_open = True
                block = self.collector.read(0.1)
            except SourceError as error:
                self.failures.append(error.problem.code)
                self.texts.append(describe(error.problem))
                self.collector.close()
                self.is_open = False
                continue
            if block is not None:
                self.blocks.append(block)
                if block.position is not None:
                    self.positions[block.position.stream_id] = block.position.state
        return done(self)

    @property
    def ports(self) -> list[int]:
        lines = [msgspec.json.decode(line) for block in self.blocks for line in block.data.splitlines()]
        return sorted(line["id.resp_p"] for line in lines)


@pytest.fixture
def crashing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Make the process end, or stand still, over packets with a certain payload."""

    def arm(abort: bool) -> None:
        folder = tmp_path / "site"
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(CRASH.format(abort=abort))
        monkeypatch.setenv("PYTHONPATH", f"{folder}:{Path(__file__).resolve().parents[3]}")

    return arm


def test_what_is_missing_is_said_and_no_process_is_left() -> None:
    collector = PacketProcess(PacketSource(name="edge", interface="nothing0"))
    problem = collector.missing()
    assert problem is not None
    assert problem.code == "packets.no_interface"
    assert collector.pid is None
    with pytest.raises(SourceError):
        collector.open({})
    assert collector.pid is None
    assert (collector.name, collector.finished) == ("edge", False)


def test_files_are_read_and_a_killed_process_costs_one_restart(tmp_path: Path) -> None:
    capture(tmp_path / "a.pcap", 1, 2)
    reader = Reader(tmp_path / "*.pcap")
    assert reader.until(lambda r: r.ports == [1, 2] and bool(r.positions))
    pid = reader.collector.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert reader.until(lambda r: r.failures == ["packets.process_ended"])
    assert "SIGKILL" in reader.texts[0]
    capture(tmp_path / "b.pcap", 3)
    assert reader.until(lambda r: r.ports == [1, 2, 3])
    assert reader.failures == ["packets.process_ended"]
    pid = reader.collector.pid
    reader.collector.close()
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_file_that_ends_it_twice_is_left_and_the_others_are_read(
    tmp_path: Path, crashing: Callable[[bool], None]
) -> None:
    crashing(True)
    bad = capture(tmp_path / "bad.pcap", 9, payload=BOMB)
    capture(tmp_path / "good.pcap", 1, 2)
    reader = Reader(tmp_path / "*.pcap")
    assert reader.until(lambda r: r.ports == [1, 2] and bool(r.collector.problems()))
    assert reader.failures == ["packets.process_ended"] * 2
    [problem] = reader.collector.problems()
    assert (problem.code, problem.where.file) == ("packets.given_up", str(bad))
    reader.collector.close()


def test_a_process_that_hangs_is_ended(
    tmp_path: Path, crashing: Callable[[bool], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    crashing(False)
    monkeypatch.setattr(process_module, "SILENCE_S", 3.0)
    capture(tmp_path / "bad.pcap", 9, payload=BOMB)
    reader = Reader(tmp_path / "*.pcap")
    assert reader.until(lambda r: r.failures == ["packets.process_ended"])
    reader.collector.close()


def test_a_process_that_talks_nonsense_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text("import os\nos.write(1, b'\\xff' * 10)\n")
    monkeypatch.setenv("PYTHONPATH", f"{folder}:{Path(__file__).resolve().parents[3]}")
    collector = PacketProcess(PacketSource(name="edge", paths=("/nowhere/*.pcap",)))
    problem = collector.missing()
    assert problem is not None
    assert problem.code == "packets.process_ended"


@pytest.mark.netns
def test_an_interface_is_captured_and_wake_ends_a_read(cable: Cable) -> None:
    collector = PacketProcess(PacketSource(name="edge", interface="cable0"))
    with cable.inside(cable.near):
        assert collector.missing() is None
        collector.open({})
    with cable.inside(cable.far), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"x", (cable.near_ip, 4444))
    found = b""
    deadline = time.monotonic() + DEADLINE_S
    while b'"id.resp_p":4444' not in found and time.monotonic() < deadline:
        block = collector.read(0.2)
        found += block.data if block is not None else b""
    assert b'"id.resp_p":4444' in found
    collector.wake()
    while collector.read(DEADLINE_S) is not None:
        pass
    collector.close()
