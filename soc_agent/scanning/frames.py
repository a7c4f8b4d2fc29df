"""Messages between the agent and the scanning process: length, MessagePack, and at most one open file."""

import os
import socket
from struct import pack, unpack_from
from typing import Any

import msgspec
from msgspec import Struct

from soc_agent.scanning.archives import Bounds

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
    inside: Bounds
    """How far it is looked into when it is an archive."""


class Match(Struct, frozen=True, array_like=True):
    """A rule that matched."""

    namespace: str
    rule: str
    strings: tuple[str, ...]
    meta: dict[str, Any]
    member: str = ""
    """The first file within an archive that it matched; empty: the file itself."""
    members: int = 0
    """How many files within it matched."""


class Answer(Struct, frozen=True, array_like=True):
    """What came of an order."""

    matches: tuple[Match, ...] = ()
    not_scanned: str = ""
    detail: str = ""
    sha256: str = ""
    beyond: dict[str, str] = {}
    """What within the file was not scanned: see :attr:`soc_agent.scanning.archives.Inside.beyond`."""
    wait: bool = False
    """Not the answer yet: rules for another kind of file are being compiled."""


class BrokenLinkError(Exception):
    """The other side is gone, or said what it should not."""


class Link:
    """One end of the socket between the two. Used by one thread at a time; closing it is its owner's."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._rest = b""
        self._timeout_s = 0.0
        end.setblocking(True)

    def wait_at_most(self, seconds: float) -> None:
        """Let every later :meth:`receive` wait for so long at most for each part of a message."""
        if seconds != self._timeout_s:
            # by the kernel: Python's own way costs one more call for each message
            whole, part = divmod(max(int(seconds * 1_000_000), 1), 1_000_000)
            self._end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, pack("@ll", whole, part))
            self._end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, pack("@ll", whole, part))
            self._timeout_s = seconds

    def send(self, message: Struct, file: int | None = None) -> None:
        """Send a message, and an open file with it.

        :raises BrokenLinkError: when the other side is gone.
        :raises TimeoutError: when it takes nothing.
        """
        body = msgspec.msgpack.encode(message)
        data = pack("!I", len(body)) + body
        try:
            sent = socket.send_fds(self._end, [data], [file]) if file is not None else self._end.send(data)
            while sent < len(data):
                sent += self._end.send(data[sent : sent + _PIECE_BYTES])
        except BlockingIOError:
            raise TimeoutError from None
        except OSError as error:
            raise BrokenLinkError(str(error)) from error

    def receive(self) -> tuple[bytes, int | None]:
        """Give the next message as bytes, and the file that came with it: the caller closes it.

        :raises BrokenLinkError: when the other side is gone, or the message is longer than it may be.
        :raises TimeoutError: when nothing came in time; the link is of no use afterwards.
        """
        data, file = bytearray(self._rest), None
        try:
            while len(data) < _HEAD_BYTES or len(data) < _HEAD_BYTES + _bounded(data):
                piece, files, _, _ = socket.recv_fds(self._end, _PIECE_BYTES, 1)
                file = files[0] if files else file
                if not piece:
                    raise BrokenLinkError("the other side is gone")  # noqa: TRY301 - the file is closed below
                data += piece
        except BaseException as error:
            if file is not None:
                os.close(file)
            if isinstance(error, BlockingIOError):
                raise TimeoutError from None
            if isinstance(error, OSError):
                raise BrokenLinkError(str(error)) from error
            raise
        end = _HEAD_BYTES + _bounded(data)
        self._rest = bytes(data[end:])
        return bytes(data[_HEAD_BYTES:end]), file


def _bounded(data: bytearray) -> int:
    size_bytes: int = unpack_from("!I", data)[0]
    if size_bytes > FRAME_CAP_BYTES:
        raise BrokenLinkError("a message longer than any may be")
    return size_bytes
