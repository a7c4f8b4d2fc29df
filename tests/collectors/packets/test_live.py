"""Live capture between two namespaces: lines come soon, losses are told, the interface may come and go."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from collectors.packets import PacketCapture, live
from collectors.packets.ring import Ring
from soc_agent.config import PacketSource
from soc_agent.errors import SourceError, describe
from soc_agent.model import Block
from tests.collectors.packets import craft
from tests.collectors.packets.conftest import Cable

DEADLINE_S = 20.0


def missing(**options: Any) -> str:
    problem = PacketCapture(PacketSource(name="edge", **options)).missing()
    if problem is None:
        return ""
    assert describe(problem)
    return problem.code


class TestMissing:
    def test_an_unknown_interface(self) -> None:
        problem = PacketCapture(PacketSource(name="edge", interface="nothing0")).missing()
        assert problem is not None
        assert problem.code == "packets.no_interface"
        assert "lo" in describe(problem)

    def test_no_right(self, monkeypatch: pytest.MonkeyPatch) -> None:
        original = socket.socket

        def refuse(family: int = -1, *more: Any) -> socket.socket:
            if family == socket.AF_PACKET:
                raise PermissionError(1, "Operation not permitted")
            return original(family, *more)

        monkeypatch.setattr(socket, "socket", refuse)
        assert missing(interface="lo") == "packets.no_permission"

    def test_no_packet_sockets(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(socket, "AF_PACKET")
        assert missing(interface="lo") == "packets.no_af_packet"

    def test_frames_of_an_unknown_kind(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(live, "link_type", lambda _: None)
        assert missing(interface="lo") == "packets.unknown_hardware"

    @pytest.mark.netns
    def test_a_bad_filter_and_no_libpcap(self, cable: Cable, monkeypatch: pytest.MonkeyPatch) -> None:
        with cable.inside(cable.near):
            assert missing(interface="cable0") == ""
            assert missing(interface="cable0", filter="udp prot") == "packets.bad_filter"
            capture = PacketCapture(PacketSource(name="edge", interface="cable0", filter="udp prot"))
            with pytest.raises(SourceError):
                capture.open({})
            monkeypatch.setitem(__import__("sys").modules, "scapy.libs.winpcapy", None)
            assert missing(interface="cable0", filter="udp") == "packets.no_libpcap"

    @pytest.mark.netns
    def test_no_ring(self, cable: Cable, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, **__: object) -> Ring:
            raise OSError(12, "Cannot allocate memory")

        monkeypatch.setattr(live, "Ring", refuse)
        with cable.inside(cable.near), pytest.raises(SourceError) as caught:
            PacketCapture(PacketSource(name="edge", interface="cable0")).open({})
        assert caught.value.problem.code == "packets.no_ring"
        assert "Cannot allocate memory" in describe(caught.value.problem)


class Reader:
    """A capture that is read inside its namespace, by the test's own thread."""

    def __init__(self, cable: Cable, **options: Any) -> None:
        self.cable = cable
        self.capture = PacketCapture(PacketSource(name="edge", interface="cable0", **options))
        self.blocks: list[Block] = []
        self.lines: list[dict[str, Any]] = []
        with cable.inside(cable.near):
            self.capture.open({})

    def until(self, done: Callable[["Reader"], bool]) -> bool:
        deadline = time.monotonic() + DEADLINE_S
        with self.cable.inside(self.cable.near):
            while not done(self) and time.monotonic() < deadline:
                block = self.capture.read(0.2)
                if block is not None:
                    self.blocks.append(block)
                    self.lines += [msgspec.json.decode(line) for line in block.data.splitlines()]
        return done(self)

    def of(self, path: str, **fields: Any) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["_path"] == path and fields.items() <= line.items()]


@pytest.fixture
def reader(cable: Cable) -> Iterator[Reader]:
    made = Reader(cable)
    yield made
    made.capture.close()


@pytest.mark.netns
def test_a_web_request_a_hello_and_a_scan_become_lines(cable: Cable, reader: Reader) -> None:
    with cable.inside(cable.near):
        server = socket.create_server((cable.near_ip, 8080))
    with cable.inside(cable.far):
        client = socket.create_connection((cable.near_ip, 8080), timeout=10)
        greeted = socket.create_connection((cable.near_ip, 8080), timeout=10)
        for port in range(9000, 9005):
            with socket.socket() as probe:
                probe.settimeout(5)
                assert probe.connect_ex((cable.near_ip, port)) != 0
    greeted.sendall(craft.hello("live.example.vn", ["h2"]))
    client.sendall(b"GET /live HTTP/1.1\r\nHost: live.example.vn\r\n\r\n")
    accepted, _ = server.accept()
    assert accepted.recv(1000).startswith(b"GET")
    accepted.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert client.recv(100)
    for sock in (client, accepted, greeted, server):
        sock.close()
    assert reader.until(lambda r: len(r.of("conn", conn_state="REJ")) == 5 and bool(r.of("conn", service="http")))
    [request] = reader.of("http")
    assert (request["uri"], request["status_code"], request["id.orig_h"]) == ("/live", 200, cable.far_ip)
    assert [line["server_name"] for line in reader.of("ssl")] == ["live.example.vn"]
    [flow] = reader.of("conn", service="http")
    assert flow["conn_state"] == "SF"
    assert abs(flow["ts"] - time.time()) < 60
    assert {line["sensor"] for line in reader.lines} == {"edge"}
    assert reader.of("arp")
    offset = 0
    for block in reader.blocks:
        assert (block.stream, block.type, block.offset) == ("cable0", "zeek", offset)
        offset += len(block.data)
    assert reader.capture.problems() == []
    assert not reader.capture.finished


@pytest.mark.netns
def test_what_the_kernel_drops_is_told(cable: Cable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ring.__init__, "__kwdefaults__", {"blocks": (2,)})
    reader = Reader(cable)
    with cable.inside(cable.far), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for _ in range(5000):
            sock.sendto(bytes(1200), (cable.near_ip, 7777))
    assert reader.until(lambda r: any(block.lost and block.lost.dropped for block in r.blocks))
    [problem] = reader.capture.problems()
    assert (problem.code, problem.values["interface"]) == ("packets.dropped", "cable0")
    assert problem.values["count"] == sum(block.lost.dropped for block in reader.blocks if block.lost)
    reader.capture.close()


@pytest.mark.netns
def test_an_interface_that_comes_back_is_captured_again(cable: Cable, reader: Reader) -> None:
    cable.ip("-n", cable.near, "link", "set", "cable0", "down")
    assert reader.until(lambda r: [p.code for p in r.capture.problems()] == ["packets.interface_down"])
    cable.ip("-n", cable.near, "link", "set", "cable0", "up")
    assert reader.until(lambda r: r.capture.problems() == [])
    with cable.inside(cable.far), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"x", (cable.near_ip, 4444))
    assert reader.until(lambda r: bool(r.of("conn", **{"id.resp_p": 4444})))


@pytest.mark.netns
def test_too_many_flows_at_once_are_told(cable: Cable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.packets.table.EVICTION_STEP", 8)
    reader = Reader(cable, max_flows=16)
    with cable.inside(cable.far), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for port in range(5000, 5100):
            sock.sendto(b"x", (cable.near_ip, port))
    assert reader.until(lambda r: [p.code for p in r.capture.problems()] == ["packets.evicted"])
    reader.capture.close()


@pytest.mark.netns
def test_wake_ends_a_waiting_read(cable: Cable, reader: Reader) -> None:
    del cable
    begun = threading.Event()
    ended = threading.Event()

    def read() -> None:
        begun.set()
        deadline = time.monotonic() + DEADLINE_S
        while not ended.is_set() and time.monotonic() < deadline:
            reader.capture.read(DEADLINE_S)
            ended.set()

    thread = threading.Thread(target=read)
    thread.start()
    begun.wait(5)
    reader.capture.wake()
    thread.join(DEADLINE_S)
    assert ended.is_set()
