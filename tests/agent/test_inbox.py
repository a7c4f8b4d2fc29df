"""The door of a running agent: blocks in, acknowledged when committed."""

import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from soc_agent.agent.inbox import NAME, Inbox, InboxClient, inbox_path
from soc_agent.errors import SourceError
from soc_agent.model import Block


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    made = Inbox(inbox_path(tmp_path / "store.db"))
    assert made.missing() is None
    made.open({})
    yield made
    made.close()


def block(number: int) -> Block:
    return Block("replay", "auth.log", "replay:x", "syslog", b"line %d\n" % number, offset=number)


def test_blocks_arrive_in_order_and_are_acknowledged(inbox: Inbox, tmp_path: Path) -> None:
    """`finish` returns only when all that was sent was committed."""
    finished = threading.Event()

    def send() -> None:
        with InboxClient(inbox_path(tmp_path / "store.db")) as client:
            for number in range(30):
                client.send(block(number))
            client.finish()
            finished.set()

    sender = threading.Thread(target=send)
    sender.start()
    received: list[Block] = []
    for _ in range(2000):
        if len(received) == 30:
            break
        got = inbox.read(0.1)
        if got is not None:
            assert not finished.is_set()
            received.append(got)
            inbox.committed(1)
    sender.join(10)
    assert finished.is_set()
    assert [b.data for b in received] == [b"line %d\n" % n for n in range(30)]
    assert {b.source for b in received} == {NAME}


def test_nobody_listens(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="soc-agent run"), InboxClient(tmp_path / "none.sock"):
        pass


def test_the_socket_is_the_owners_alone(inbox: Inbox, tmp_path: Path) -> None:
    assert inbox_path(tmp_path / "store.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("garbage", [b"\xff\xff\xff\xff" * 4, struct.pack(">I", 5) + b"hello", b"\x00"])
def test_garbage_ends_that_client_alone(inbox: Inbox, tmp_path: Path, garbage: bytes) -> None:
    """A client that sends no blocks is disconnected; the door stays open."""
    path = inbox_path(tmp_path / "store.db")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as bad:
        bad.connect(bytes(path))
        bad.sendall(garbage)
        bad.shutdown(socket.SHUT_WR)
        for _ in range(5):
            assert inbox.read(0.05) is None
        assert bad.recv(1) == b""
    client = InboxClient(path).connect()
    with client:
        client.send(block(1))
        got = None
        for _ in range(20):
            got = got or inbox.read(0.1)
        assert got is not None
        inbox.committed(1)
        client.finish()


def test_a_path_too_long_for_a_socket_is_told(tmp_path: Path) -> None:
    missing = Inbox(tmp_path / ("x" * 120) / "s.sock").missing()
    assert missing is not None
    assert missing.code == "agent.socket_path_too_long"


def test_a_socket_left_by_a_dead_agent_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "s.sock"
    dead = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    dead.bind(bytes(path))
    dead.close()
    inbox = Inbox(path)
    inbox.open({})
    with InboxClient(path):
        pass
    inbox.close()
    assert not path.exists()
