"""The live host: real sockets, real mounts, the real clock."""

import os
import socket
from typing import Any, NamedTuple

import psutil
import pytest

from collectors.host import running
from collectors.host.reading import Root

ROOT = Root("/")


def test_a_port_that_is_listened_on_is_found_with_its_program() -> None:
    before = running.listening_stamp()
    with socket.create_server(("127.0.0.1", 0)) as server:
        item = f"tcp 127.0.0.1:{server.getsockname()[1]}"
        assert running.listening_stamp() != before
        found = running.ports(ROOT)
        assert "python" in found[item]
        assert os.path.realpath("/proc/self/exe") in found[item]
    assert item not in running.ports(ROOT)


def test_ipv6_and_udp_too() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket(socket.AF_INET6) as tcp:
        port = next(port for port in range(20_000, 20_100) if _binds(udp, port))
        tcp.bind(("::1", 0))
        tcp.listen()
        found = running.ports(ROOT)
        assert f"udp 127.0.0.1:{port}" in found
        assert f"tcp [::1]:{tcp.getsockname()[1]}" in found


def _binds(udp: socket.socket, port: int) -> bool:
    try:
        udp.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def test_a_client_is_no_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert f"tcp 127.0.0.1:{client.getsockname()[1]}" not in running.ports(ROOT)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as question:
        question.connect(("127.0.0.1", 53))
        assert f"udp 127.0.0.1:{question.getsockname()[1]}" not in running.ports(ROOT)


def test_mounts_and_how_full_they_are() -> None:
    disks = running.disks({"/": "/dev/x ext4 rw", "/nowhere": "/dev/y ext4 rw", "/media": "/dev/z vfat ro"})
    assert [disk.mount for disk in disks] == ["/"]
    assert 0 <= disks[0].percent <= 100
    assert 0 <= disks[0].inodes_percent <= 100
    assert all(what.count(" ") >= 1 for what in running.mounts(ROOT).values())


def test_the_addresses_of_this_host() -> None:
    found = running.addresses(ROOT)
    assert set(found.values()) <= {"ip", "mac"}
    assert not any(item.endswith((" 127.0.0.1", " ::1")) for item in found)


class Connection(NamedTuple):
    laddr: Any
    type: int
    status: str
    pid: int = os.getpid()
    raddr: tuple[()] = ()


class Address(NamedTuple):
    ip: str
    port: int


def test_a_name_server_and_an_ftp_server_have_one_port_each_and_others_all_of_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def listening(kind: int, *numbers: int) -> list[Connection]:
        status = "LISTEN" if kind == socket.SOCK_STREAM else "NONE"
        return [Connection(Address("0.0.0.0", number), kind, status) for number in numbers]

    def seen(connections: list[Connection]) -> set[str]:
        monkeypatch.setattr(psutil, "net_connections", lambda _: connections)
        return {item.replace("0.0.0.0:", "") for item in running.ports(Root())}

    assert seen(listening(socket.SOCK_DGRAM, 53, 2049, 20_001, 60_000)) == {"udp 53"}
    assert seen(listening(socket.SOCK_STREAM, 21, 20, 40_001, 50_000)) == {"tcp 21", "tcp 20"}
    assert seen(listening(socket.SOCK_DGRAM, 123, 5060, 60_000)) == {"udp 123", "udp 5060"}
    assert seen(listening(socket.SOCK_STREAM, 80, 50_000)) == {"tcp 80", "tcp 50000"}
