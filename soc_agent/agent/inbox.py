"""The door of a running agent: a Unix socket beside its store, through which recorded lines come in.

A client sends blocks, each as a length (4 bytes, big endian) and MessagePack; the agent answers each with one byte when
it is committed. Only the user that runs the agent can open the socket.
"""

import logging
import queue
import select
import socket
import struct
import threading
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from soc_agent.errors import SourceError
from soc_agent.model import Block, Problem

log = logging.getLogger(__name__)

NAME = "replay"
"""Name of the source that the door is: what comes in was recorded elsewhere."""

_LENGTH = struct.Struct(">I")
_FRAME_CAP_BYTES = 64 * 1024 * 1024
_COMMITTED = b"\x06"
_PATH_CAP_BYTES = 100
"""A Unix socket's path may be 108 bytes long (unix(7))."""


def inbox_path(store_path: Path) -> Path:
    """Give the path of the socket that belongs to a store."""
    return store_path.with_suffix(".sock")


class _Client:
    """One connection: bytes that wait to become a frame, and the blocks that wait to be committed."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.buffer = bytearray()

    def frames(self) -> list[bytes]:
        """Take the whole frames out of the buffer.

        :raises ValueError: when a frame claims to be longer than any block can be.
        """
        found = []
        while len(self.buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self.buffer)
            if length > _FRAME_CAP_BYTES:
                raise ValueError(length)
            end = _LENGTH.size + length
            if len(self.buffer) < end:
                break
            found.append(bytes(self.buffer[_LENGTH.size : end]))
            del self.buffer[:end]
        return found


class Inbox:
    """The collector of what comes through the door. See :class:`soc_agent.model.Collector`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._server: socket.socket | None = None
        self._clients: dict[int, _Client] = {}
        self._ready: deque[tuple[_Client, Block]] = deque()
        self._given: queue.SimpleQueue[_Client] = queue.SimpleQueue()
        self._waker: socket.socket | None = None
        self._wakened: socket.socket | None = None
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """Name of the source."""
        return NAME

    @property
    def finished(self) -> bool:
        """A door stays open."""
        return False

    def missing(self) -> Problem | None:
        """Say why the socket cannot be made here."""
        if len(bytes(self._path)) > _PATH_CAP_BYTES:
            return Problem("agent.socket_path_too_long", values={"path": self._path, "limit": _PATH_CAP_BYTES})
        return None

    def open(self, positions: Mapping[str, bytes]) -> None:
        """Make the socket; one that a dead agent left is replaced."""
        del positions  # what is sent is committed or not acknowledged: there is nothing to continue
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._path.unlink(missing_ok=True)
            server.bind(bytes(self._path))
            self._path.chmod(0o600)
            server.listen(4)
        except OSError as error:
            server.close()
            values = {"path": self._path, "reason": error.strerror or str(error)}
            raise SourceError(Problem("agent.socket_failed", values=values)) from error
        server.setblocking(False)
        self._server = server
        with self._lock:
            self._waker, self._wakened = socket.socketpair()

    def read(self, timeout_s: float) -> Block | None:
        """Give the next block that a client sent."""
        if not self._ready:
            self._receive(timeout_s)
        if not self._ready:
            return None
        client, block = self._ready.popleft()
        self._given.put(client)
        return block

    def committed(self, blocks: int) -> None:
        """Answer the clients whose oldest blocks are now in the store. Called by the pipeline's thread."""
        for _ in range(blocks):
            client = self._given.get_nowait()
            try:
                client.connection.send(_COMMITTED)
            except OSError as error:
                log.info("a client of the inbox left before its block was committed: %s", error)

    def problems(self) -> list[Problem]:
        """Nothing is wrong with a door that is open."""
        return []

    def wake(self) -> None:
        """End a waiting read."""
        with self._lock:
            if self._waker is not None:
                self._waker.send(b"\0")

    def close(self) -> None:
        """Close the door and remove the socket."""
        for client in self._clients.values():
            client.connection.close()
        self._clients.clear()
        self._ready.clear()
        if self._server is not None:
            self._server.close()
            self._server = None
            self._path.unlink(missing_ok=True)
        with self._lock:
            for end in (self._waker, self._wakened):
                if end is not None:
                    end.close()
            self._waker = self._wakened = None

    def _receive(self, timeout_s: float) -> None:
        assert self._server is not None
        assert self._wakened is not None
        watched: list[socket.socket] = [self._server, self._wakened]
        watched += [client.connection for client in self._clients.values()]
        for readable in select.select(watched, [], [], timeout_s)[0]:
            if readable is self._server:
                connection, _ = self._server.accept()
                self._clients[connection.fileno()] = _Client(connection)
            elif readable is self._wakened:
                self._wakened.recv(64)
            else:
                self._read_client(self._clients[readable.fileno()])

    def _read_client(self, client: _Client) -> None:
        try:
            data = client.connection.recv(1 << 20)
            client.buffer += data
            for frame in client.frames():
                block = msgspec.msgpack.decode(frame, type=Block)
                self._ready.append((client, msgspec.structs.replace(block, source=NAME)))
        except (OSError, ValueError, msgspec.DecodeError) as error:
            log.warning("a client of the inbox sent what is no block (%s); it is disconnected", error)
            data = b""
        if not data:
            del self._clients[client.connection.fileno()]
            client.connection.close()


class InboxClient:
    """Sends blocks to a running agent. A context manager."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: socket.socket | None = None
        self._unanswered = 0

    def __enter__(self) -> Self:
        """Connect, unless that is done; raises as :meth:`connect`."""
        return self if self._connection is not None else self.connect()

    def connect(self) -> Self:
        """Connect.

        :raises SourceError: when no agent listens there.
        """
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(bytes(self._path))
        except OSError as error:
            connection.close()
            raise SourceError(Problem("agent.no_agent", values={"path": self._path})) from error
        self._connection = connection
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Disconnect."""
        if self._connection is not None:
            self._connection.close()

    def send(self, block: Block) -> None:
        """Send one block; returns when all but the last few are committed.

        :raises SourceError: when the agent has gone.
        """
        assert self._connection is not None
        frame = msgspec.msgpack.encode(block)
        try:
            self._connection.sendall(_LENGTH.pack(len(frame)) + frame)
        except OSError as error:
            raise SourceError(Problem("agent.gone", values={"path": self._path})) from error
        self._unanswered += 1
        while self._unanswered > 8:
            self._hear()

    def finish(self) -> None:
        """Wait until everything sent is committed.

        :raises SourceError: when the agent has gone before.
        """
        while self._unanswered:
            self._hear()

    def _hear(self) -> None:
        assert self._connection is not None
        answer = self._connection.recv(self._unanswered)
        if not answer:
            raise SourceError(Problem("agent.gone", values={"path": self._path}))
        self._unanswered -= len(answer)
