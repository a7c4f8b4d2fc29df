"""Packets kept as evidence: of the flow that was asked for alone, before and after the asking, within bounds."""

import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from scapy.utils import rdpcap

from collectors.packets import PacketProcess, evidence
from collectors.packets.evidence import Evidence
from collectors.packets.frames import frames_of
from collectors.packets.pipeline import Pipeline
from soc_agent.config import PacketSource
from tests.collectors.packets.conftest import Cable
from tests.collectors.packets.craft import ACK, BEGIN_NS, SYN, Conversation, frame, icmp, tcp, udp
from tests.collectors.packets.test_recent import batch

V6 = ("2001:db8::1", "2001:db8::2")
V4 = ("10.0.0.1", "10.0.0.2")


def lines_of(packets: list[bytes]) -> list[dict[str, Any]]:
    made = Pipeline(PacketSource(name="edge", paths=("x",)), filtered=False)
    frames = frames_of(packets, [BEGIN_NS + number * 1000 for number in range(len(packets))])
    return [msgspec.json.decode(line) for line in made.feed(frames) + made.finish()]


def kept(folder: Path) -> dict[str, list[bytes]]:
    return {path.stem: [bytes(packet) for packet in rdpcap(str(path))] for path in folder.glob("*.pcap")}


@pytest.mark.parametrize("ends", [V4, V6])
@pytest.mark.parametrize("kind", ["tcp", "udp", "icmp"])
def test_the_packets_of_a_line_are_kept_before_and_after_it(tmp_path: Path, ends: tuple[str, str], kind: str) -> None:
    a, b = ends
    echo = (icmp(8, 0), icmp(0, 0)) if ends is V4 else (icmp(128, 0), icmp(129, 0))
    proto = {"tcp": 6, "udp": 17, "icmp": 1 if ends is V4 else 58}[kind]
    there, back = {
        "tcp": (tcp(5000, 80, SYN), tcp(80, 5000, SYN | ACK)),
        "udp": (udp(5000, 53), udp(53, 5000)),
        "icmp": echo,
    }[kind]
    mine = [frame(a, b, proto, there), frame(b, a, proto, back)]
    other = frame(a, b, 6, tcp(5001, 80, SYN))
    made = Evidence(tmp_path / "e", 10**6, 30)
    made.add(batch(mine[0], other, mine[1]))
    [line] = [line for line in lines_of(mine) if line["_path"] == "conn"]
    made.keep([msgspec.json.encode(line)])
    assert kept(tmp_path / "e") == {line["uid"]: mine}
    made.add(batch(mine[0], other))
    assert kept(tmp_path / "e") == {line["uid"]: [*mine, mine[0]]}


def line(uid: str = "Cx", port: int = 80, more: dict[str, Any] | None = None) -> bytes:
    ends = {"id.orig_h": "10.0.0.1", "id.orig_p": 5000, "id.resp_h": "10.0.0.2", "id.resp_p": port, "proto": "tcp"}
    return msgspec.json.encode({"uid": uid, **ends, **(more or {})})


def packet(port: int = 80, size: int = 0) -> bytes:
    return frame("10.0.0.1", "10.0.0.2", 6, tcp(5000, port, ACK, bytes(size)))


def test_lines_that_speak_of_no_flow_and_hostile_ones_do_nothing(tmp_path: Path) -> None:
    made = Evidence(tmp_path / "e", 10**6, 30)
    made.add(batch(packet()))
    made.keep([b"", b"{}", b"\xff"])
    for more in ({"proto": "nothing"}, {"id.orig_h": "x"}, {"id.resp_p": "y"}, {"id.resp_p": 1 << 70}):
        made.keep([line(more=more)])
    assert kept(tmp_path / "e") == {}
    made.keep([line("../../etc/x")])
    assert list(kept(tmp_path / "e")) == ["etcx"]
    assert [path.name for path in tmp_path.iterdir()] == ["e"]


def test_two_flows_with_one_hash_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.packets.grouping._hash", lambda key: np.zeros(len(key[0]), np.uint64))
    made = Evidence(tmp_path / "e", 10**6, 30)
    made.add(batch(packet(80), packet(81)))
    made.keep([line("Ca", 81)])
    made.add(batch(packet(80), packet(81)))
    assert kept(tmp_path / "e") == {"Ca": [packet(81)] * 2}


def test_a_file_is_bounded_and_a_flow_is_followed_for_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "FILE_BYTES", 5000)
    now = [0.0]
    made = Evidence(tmp_path / "e", 10**6, 30, clock=lambda: now[0])
    made.keep([line("Ca"), line("Cb", 81)])
    for _ in range(20):
        made.add(batch(packet(80, 1000)))
    assert len(kept(tmp_path / "e")["Ca"]) == 4
    made.add(batch(packet(81)))
    now[0] = evidence.FOLLOW_S + 1
    made.add(batch(packet(81)))
    assert len(kept(tmp_path / "e")["Cb"]) == 1


def test_the_folder_is_bounded_in_size_and_age(tmp_path: Path) -> None:
    folder = tmp_path / "e"
    now = [0.0]
    made = Evidence(folder, 3200, 30, clock=lambda: now[0])
    for number in range(10):
        made.add(batch(packet(80 + number, 900)))
        made.keep([line(f"C{number}", 80 + number)])
        os.utime(folder / f"C{number}.pcap", (time.time() - 1000 + number,) * 2)
    assert sorted(kept(folder)) == ["C7", "C8", "C9"]
    os.utime(folder / "C7.pcap", (1, 1))
    now[0] = evidence.LOOK_S
    made.add(batch(packet(99)))
    assert sorted(kept(folder)) == ["C8", "C9"]
    made.keep([line("Cnew", 99)])
    Evidence(folder, 1500, 30)
    assert sorted(kept(folder)) == ["C9", "Cnew"]


def test_what_followed_flows_send_later_is_bounded_too(tmp_path: Path) -> None:
    folder = tmp_path / "e"
    made = Evidence(folder, 20_000, 30)
    made.keep([line(f"C{number}", 80 + number) for number in range(50)])
    for _ in range(20):
        made.add(batch(*(packet(80 + number, 100) for number in range(50))))
        assert sum(path.stat().st_size for path in folder.iterdir()) <= 20_000


def test_the_folder_is_bounded_in_files_and_seldom_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood of alerts must not have the capture look at thousands of files for each."""
    monkeypatch.setattr(evidence, "MOST_FILES", 160)
    looks: list[int] = []
    original = Evidence._prune

    def look(self: Evidence) -> None:
        looks.append(1)
        original(self)

    monkeypatch.setattr(Evidence, "_prune", look)
    made = Evidence(tmp_path / "e", 10**7, 30)
    for number in range(400):
        made.add(batch(packet(80 + number)))
        made.keep([line(f"C{number}", 80 + number)])
        assert len(list((tmp_path / "e").iterdir())) <= 160
    assert len(looks) < 30


def test_only_so_many_flows_are_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST_FLOWS", 3)
    made = Evidence(tmp_path / "e", 10**6, 30)
    made.keep([line(f"C{number}", 80 + number) for number in range(5)])
    made.add(batch(*(packet(80 + number) for number in range(5))))
    assert sorted(kept(tmp_path / "e")) == ["C2", "C3", "C4"]


def test_a_folder_that_takes_nothing_is_told_and_the_capture_goes_on(tmp_path: Path) -> None:
    kept_by = Evidence(tmp_path / "e", 10**6, 30)
    made = Pipeline(PacketSource(name="edge", interface="lo"), filtered=True, evidence=kept_by)
    (tmp_path / "e").rmdir()
    made.feed(frames_of([packet()], [BEGIN_NS]))
    made.keep([line()])
    assert made.evidence_problem is not None
    assert made.evidence_problem.code == "packets.no_evidence"
    assert made.finish()


@pytest.mark.netns
def test_the_packets_of_a_live_flow_are_kept_when_its_line_is_asked_for(cable: Cable, tmp_path: Path) -> None:
    collector = PacketProcess(PacketSource(name="edge", interface="cable0"), tmp_path / "evidence" / "edge")
    with cable.inside(cable.near):
        collector.open({})
    with cable.inside(cable.far), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for port in (4444, 4445):
            sock.sendto(b"evidence %d" % port, (cable.near_ip, port))
    deadline = time.monotonic() + 60

    def until(done: Callable[[], bool]) -> None:
        while not done():
            assert time.monotonic() < deadline
            block = collector.read(0.2)
            if block is not None:
                collector.keep(line for line in block.data.splitlines() if b'"id.resp_p":4444' in line)

    until(lambda: bool(list(tmp_path.glob("evidence/edge/*.pcap"))))
    collector.close()
    [path] = tmp_path.glob("evidence/edge/*.pcap")
    [found] = rdpcap(str(path))
    assert bytes(found).endswith(b"evidence 4444")
    assert subprocess.run(["tcpdump", "-nr", path], capture_output=True, check=False).returncode in (0, 127)


def test_a_conversation_is_kept_whole(tmp_path: Path) -> None:
    web = Conversation("10.0.0.1", 5000, "10.0.0.2", 80).open().say(b"GET /x HTTP/1.1\r\n\r\n")
    web.answer(b"HTTP/1.1 200\r\n")
    frames = [data for _, data in web.frames]
    [request] = [found for found in lines_of(frames) if found["_path"] == "http"]
    made = Evidence(tmp_path / "e", 10**6, 30)
    made.add(batch(*frames))
    made.keep([msgspec.json.encode(request)])
    assert kept(tmp_path / "e") == {request["uid"]: frames}
