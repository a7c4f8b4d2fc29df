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


def rights(pid: int) -> set[str]:
    """Give what the threads of a process may, each: rights that count, rights it could take, and no_new_privs."""
    found = set()
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        lines = dict(line.partition(":")[::2] for line in status.read_text().splitlines())
        found.add(" ".join(lines[name].strip().lstrip("0") or "0" for name in ("CapEff", "CapPrm", "NoNewPrivs")))
    return found


@pytest.mark.netns
def test_packets_are_read_without_any_right_also_when_the_interface_is_made_anew(cable: Cable, tmp_path: Path) -> None:
    """Whoever takes the dissector over can neither send raw packets nor read the files of others."""
    collector = PacketProcess(PacketSource(name="edge", interface="cable0"), evidence=tmp_path / "evidence")
    with cable.inside(cable.near):
        collector.open({})
    assert collector.pid is not None
    assert rights(collector.pid) == {"0 0 1"}
    pid = collector.pid
    cable.ip("-n", cable.near, "link", "del", "cable0")
    assert until(collector, lambda: [problem.code for problem in collector.problems()] == ["packets.interface_down"])
    assert cable.ip(
        "link", "add", "cable0", "netns", cable.near, "type", "veth", "peer", "name", "cable0", "netns", cable.far
    )
    for namespace, address in ((cable.near, cable.near_ip), (cable.far, cable.far_ip)):
        assert cable.ip("-n", namespace, "addr", "add", f"{address}/24", "dev", "cable0")
        assert cable.ip("-n", namespace, "link", "set", "cable0", "up")
    assert until(collector, lambda: not collector.problems())
    with cable.inside(cable.far), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"x", (cable.near_ip, 4444))
    found: list[Block] = []
    assert until(collector, lambda: any(b'"id.resp_p":4444' in block.data for block in found), found)
    assert collector.pid == pid
    collector.close()


def until(collector: PacketProcess, true: Callable[[], bool], found: list[Block] | None = None) -> bool:
    """Read until something is true; say whether it became so in time."""
    deadline = time.monotonic() + DEADLINE_S
    while not true() and time.monotonic() < deadline:
        block = collector.read(0.2)
        if block is not None and found is not None:
            found.append(block)
    return true()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give it up")
def test_capture_files_of_others_are_read_with_the_one_right_for_that(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(pcap([(0.0, frame("10.0.0.1", "10.0.0.2", 6, tcp(1, 2, SYN)))]))
    collector = PacketProcess(PacketSource(name="edge", paths=(str(tmp_path / "*.pcap"),)))
    collector.open({})
    assert collector.pid is not None
    found: list[Block] = []
    assert until(collector, lambda: bool(found), found)
    assert rights(collector.pid) == {f"{1 << 2:x} {1 << 2:x} 1"}, "CAP_DAC_READ_SEARCH alone"
    collector.close()
