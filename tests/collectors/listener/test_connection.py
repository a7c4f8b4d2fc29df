"""One connection: what it sent, and how it ends."""

import socket
import struct

import pytest

from collectors.listener.connection import Connection, State
from collectors.listener.record import head_of
from soc_agent.config import ListenOptions
from soc_agent.model import Sender

TCP = ListenOptions(transport="tcp", port=601)


def pair() -> tuple[socket.socket, Connection]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        there = socket.create_connection(server.getsockname())
        here, _ = server.accept()
    here.setblocking(False)
    there.settimeout(20)
    return there, Connection(here, "::ffff:127.0.0.1", TCP, "syslog", 100, 1000.0)


def read(connection: Connection, now: float) -> tuple[bytes, State]:
    """Read once something is there."""
    connection.socket.setblocking(True)
    framed, state = connection.read(now)
    connection.socket.setblocking(False)
    return framed.data, state


def test_lines_and_the_end_are_told() -> None:
    there, connection = pair()
    assert connection.read(1000.0)[1] is State.READ, "nothing came"
    there.sendall(b"<13>one\n<13>tw")
    assert read(connection, 1001.0) == (b"<13>one\n", State.READ)
    there.close()
    assert read(connection, 1002.0) == (b"<13>tw\n", State.ENDED)
    assert connection.head == head_of(Sender("127.0.0.1", "", "tcp"), "syslog")
    connection.close()


def since(connection: Connection) -> float | None:
    return connection.begun


def test_a_message_is_open_since_it_began_and_not_since_something_came() -> None:
    there, connection = pair()
    there.sendall(b"<13>o")
    read(connection, 1001.0)
    there.sendall(b"n")
    read(connection, 1050.0)
    assert (since(connection), connection.heard) == (1001.0, 1050.0)
    there.sendall(b"e\n<13>next")
    read(connection, 1060.0)
    assert since(connection) == 1060.0
    there.sendall(b"\n")
    read(connection, 1070.0)
    assert since(connection) is None
    connection.close()
    there.close()


def test_a_connection_that_was_cut_off_keeps_what_came() -> None:
    there, connection = pair()
    there.sendall(b"<13>one\n<13>tw")
    assert read(connection, 1001.0)[0] == b"<13>one\n"
    there.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    there.close()
    assert read(connection, 1002.0) == (b"<13>tw\n", State.ENDED)
    connection.close()


def test_who_is_not_kept_is_told_so() -> None:
    there, connection = pair()
    there.sendall(b"<13>lost\n")
    connection.abort()
    with pytest.raises(ConnectionResetError):
        there.recv(1)
    there.close()
