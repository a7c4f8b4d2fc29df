"""Messages between the agent and the scanning process: length, MessagePack, and at most one open file."""

import os
import socket
from struct import pack, unpack
from typing import Any

import msgspec
from msgspec import Struct

FRAME_CAP_BYTES = 8 * 1024 * 1024
"""A longer message is refused: the other side is not what it should be."""
_HEAD_BYTES = 4
_PIECE_BYTES = 65_536


class Pieces(Struct, frozen=True, array_like=True):
    """One file of rules: what stands before the rules, then each rule with the kinds of files that it can match."""

    namespace: str
    head: str
    rules: tuple[tuple[str, tuple[str, ...]], ...]


class Order(Struct, frozen=True, array_like=True):
    """Scan the file that comes with this."""

    path: str
    owner: str
    size: int
    cap_bytes: int
    timeout_s: int


class Match(Struct, frozen=True, array_like=True):
    """A rule that matched."""

    namespace: str
    rule: str
    strings: tuple[str, ...]
    meta: dict[str, Any]


class Answer(Struct, frozen=True, array_like=True):
    """What came of an order."""

    matches: tuple[Match, ...] = ()
    not_scanned: str = ""
    detail: str = ""
    sha256: str = ""
    wait: bool = False
    """Not the answer yet: rules for another kind of file are being compiled."""


class BrokenLinkError(Exception):
    """The other side is gone, or said what it should not."""


def send(link: socket.socket, message: Struct, file: int | None = None) -> None:
    """Send a message, and an open file with it.

    :raises OSError: when the other side is gone.
    """
    body = msgspec.msgpack.encode(message)
    data = pack("!I", len(body)) + body
    sent = socket.send_fds(link, [data], [file]) if file is not None else link.send(data)
    if sent < len(data):
        link.sendall(data[sent:])


def receive(link: socket.socket) -> tuple[bytes, int | None]:
    """Give the next message as bytes, and the file that came with it: the caller closes it.

    :raises BrokenLinkError: when the other side is gone, or the message is longer than it may be.
    :raises TimeoutError: when nothing came in time; the link is of no use afterwards.
    """
    data, file = bytearray(), None
    need = _HEAD_BYTES
    try:
        while len(data) < need:
            piece, files, _, _ = socket.recv_fds(link, min(_PIECE_BYTES, need - len(data)), 1)
            file = files[0] if files else file
            data += _some(piece)
            if need == _HEAD_BYTES and len(data) == need:
                need += _bounded(unpack("!I", data)[0])
    except BaseException as error:
        if file is not None:
            os.close(file)
        if isinstance(error, ConnectionError):
            raise BrokenLinkError(str(error)) from error
        raise
    return bytes(data[_HEAD_BYTES:]), file


def _some(piece: bytes) -> bytes:
    if not piece:
        raise BrokenLinkError("the other side is gone")
    return piece


def _bounded(size_bytes: int) -> int:
    if size_bytes > FRAME_CAP_BYTES:
        raise BrokenLinkError("a message longer than any may be")
    return size_bytes
