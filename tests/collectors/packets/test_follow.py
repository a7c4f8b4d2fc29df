"""Capture files as they appear and grow."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest

from collectors.packets import PacketCapture, follow
from soc_agent.config import PacketSource
from soc_agent.errors import SourceError
from soc_agent.model import Block
from tests.collectors.packets.craft import SYN, frame, pcap, tcp

DEADLINE_S = 20.0


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files come to their end, and are looked for, sooner than in earnest."""
    monkeypatch.setattr(follow, "QUIET_S", 0.2)
    monkeypatch.setattr(follow, "RESCAN_S", 0.05)


def packets(*ports: int, at: float = 0.0) -> list[tuple[float, bytes]]:
    return [(at + port / 1000, frame("10.0.0.1", "10.0.0.2", 6, tcp(1000, port, SYN))) for port in ports]


class Reader:
    def __init__(self, *paths: str, positions: dict[str, bytes] | None = None, **options: object) -> None:
        self.capture = PacketCapture(PacketSource(name="edge", paths=paths, **options))  # type: ignore[arg-type]
        self.capture.open(positions or {})
        self.blocks: list[Block] = []
        self.positions: dict[str, bytes] = dict(positions or {})

    def until(self, done: Callable[["Reader"], bool]) -> bool:
        deadline = monotonic() + DEADLINE_S
        while not done(self) and monotonic() < deadline:
            block = self.capture.read(0.05)
            if block is not None:
                self.blocks.append(block)
                if block.position is not None:
                    self.positions[block.position.stream_id] = block.position.state
        return done(self)

    @property
    def ports(self) -> list[int]:
        lines = b"".join(block.data for block in self.blocks).splitlines()
        return [int(line.partition(b'"id.resp_p":')[2].partition(b",")[0]) for line in lines]

    @property
    def codes(self) -> list[str]:
        return [problem.code for problem in self.capture.problems()]


def test_files_that_are_there_and_files_that_appear(tmp_path: Path) -> None:
    (tmp_path / "a.pcap").write_bytes(pcap(packets(1, 2)))
    (tmp_path / "deep").mkdir()
    reader = Reader(f"{tmp_path}/**/*.pcap")
    assert reader.until(lambda r: r.ports == [1, 2])
    assert not reader.capture.finished
    (tmp_path / "deep" / "b.pcap").write_bytes(pcap(packets(3)))
    (tmp_path / "deep" / "b.txt").write_bytes(pcap(packets(4)))
    assert reader.until(lambda r: r.ports == [1, 2, 3])
    assert {block.stream for block in reader.blocks} == {f"{tmp_path}/a.pcap", f"{tmp_path}/deep/b.pcap"}
    reader.capture.close()


def test_a_growing_file_is_followed_over_its_quiet_times(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(pcap(packets(1)))
    reader = Reader(str(path))
    assert reader.until(lambda r: r.ports == [1])
    data = pcap(packets(2, 3))[24:]
    with path.open("ab", buffering=0) as target:
        target.write(data[:30])
        assert reader.until(lambda r: r.codes == ["packets.truncated"])
        target.write(data[30:])
        assert reader.until(lambda r: r.ports == [1, 2, 3])
    assert reader.until(lambda r: r.codes == [])
    lines = b"".join(block.data for block in reader.blocks)
    assert [block.offset for block in reader.blocks if block.data][-1] < len(lines)
    reader.capture.close()


def test_a_restart_goes_on_where_the_positions_say(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(pcap(packets(1, 2)))
    first = Reader(str(path))
    assert first.until(lambda r: r.ports == [1, 2] and r.blocks[-1].data == b"")
    first.capture.close()
    with path.open("ab") as target:
        target.write(pcap(packets(3, at=100))[24:])
    second = Reader(str(path), positions=first.positions)
    assert second.until(lambda r: r.ports == [3])
    assert second.blocks[0].offset == sum(len(block.data) for block in first.blocks)
    second.capture.close()


def test_a_file_that_was_replaced_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(pcap(packets(1, 2, 3)))
    reader = Reader(str(path))
    assert reader.until(lambda r: r.ports == [1, 2, 3])
    other = tmp_path / "new"
    other.write_bytes(pcap(packets(7, at=5)))
    other.rename(path)
    assert reader.until(lambda r: r.ports == [1, 2, 3, 7])
    path.write_bytes(pcap(packets(8, at=9)))  # in place: the same inode
    assert reader.until(lambda r: r.ports == [1, 2, 3, 7, 8])
    reader.capture.close()


def test_a_deleted_file_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(pcap(packets(*range(1, 50))))
    reader = Reader(str(path))
    reader.capture.read(0)
    path.unlink()
    assert reader.until(lambda r: len(r.ports) >= 48)
    reader.capture.close()


def test_many_files_at_once_are_all_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "QUIET_S", 3600.0)
    for number in range(30):
        (tmp_path / f"{number:02}.pcap").write_bytes(pcap(packets(100 + number)))
    reader = Reader(f"{tmp_path}/*.pcap")
    assert reader.until(lambda r: len(r.ports) >= 30 - follow.MAX_OPEN)
    assert len(reader.capture._input._open) <= follow.MAX_OPEN  # type: ignore[union-attr]
    monkeypatch.setattr(follow, "QUIET_S", 0.0)
    assert reader.until(lambda r: sorted(r.ports) == list(range(100, 130)))
    reader.capture.close()


def test_what_is_wrong_with_files_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "good.pcap").write_bytes(pcap(packets(1)))
    (tmp_path / "text.pcap").write_bytes(b"this is no capture at all, though it is named like one\n")
    (tmp_path / "broken.pcap").write_bytes(pcap(packets(2)) + b"\xff" * 40)
    (tmp_path / "folder.pcap").mkdir()
    os.mkfifo(tmp_path / "pipe.pcap")
    (tmp_path / "empty.pcap").write_bytes(b"")
    reader = Reader(f"{tmp_path}/*.pcap")
    assert reader.until(
        lambda r: sorted(r.ports) == [1, 2] and sorted(r.codes) == ["packets.corrupt", "packets.not_capture"]
    )
    for name in ("text.pcap", "broken.pcap"):
        (tmp_path / name).unlink()
    assert reader.until(lambda r: r.codes == [])
    reader.capture.close()


def test_an_unreadable_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(pcap(packets(1)))
    original = os.open

    def refuse(name: str, *more: int) -> int:
        if name == str(path):
            raise PermissionError(13, "Permission denied")
        return original(name, *more)

    reader = Reader(str(path))
    with monkeypatch.context() as patched:
        patched.setattr(os, "open", refuse)
        assert reader.until(lambda r: r.codes == ["packets.unreadable"])
    assert reader.until(lambda r: r.ports == [1] and r.codes == [])
    reader.capture.close()


def test_a_filter_that_does_not_compile_is_missing() -> None:
    capture = PacketCapture(PacketSource(name="edge", paths=("/x/*.pcap",), filter="udp prot"))
    problem = capture.missing()
    assert problem is not None
    assert problem.code in ("packets.bad_filter", "packets.no_libpcap")
    with pytest.raises(SourceError):
        capture.open({})
    assert PacketCapture(PacketSource(name="edge", paths=("/x/*.pcap",))).missing() is None


def test_wake_ends_a_waiting_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "RESCAN_S", 3600.0)
    reader = Reader(f"{tmp_path}/*.pcap")
    threading.Timer(0.05, reader.capture.wake).start()
    assert reader.capture.read(DEADLINE_S) is None
    reader.capture.close()
