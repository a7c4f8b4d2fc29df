"""One TCP or TLS connection: its handshake, what it sent, and when it must end."""

import socket
import ssl
import struct
from contextlib import suppress
from enum import Enum

from collectors.listener.framing import Framed, Framer
from collectors.listener.record import head_of
from collectors.listener.sockets import plain_address
from collectors.listener.tls import may_send, peer_of
from soc_agent.config import ListenOptions
from soc_agent.model import Sender

READ_BYTES = 65_536


class State(Enum):
    """What a connection waits for."""

    READ = 1
    WRITE = 2
    """Only during a handshake."""
    ENDED = 3
    """Nothing more will come."""


class RefusedError(Exception):
    """The sender may not send: its handshake failed, or its certificate has a name that may not."""


class Connection:
    """A connection that was accepted. Never blocks."""

    def __init__(
        self, connection: socket.socket, address: str, door: ListenOptions, line_type: str, cap: int, now: float
    ) -> None:
        self.socket = connection
        self.ip = plain_address(address)
        self.handshaking = isinstance(connection, ssl.SSLSocket)
        self.since = now
        """When it began: of interest during the handshake."""
        self.heard = now
        """When something came last."""
        self.begun: float | None = None
        """Since when a message is unfinished."""
        self.not_before = 0.0
        """It is not read before this time: its sender went over the limit."""
        self.head = b""
        """The part of its records that names the sender; empty during the handshake."""
        self.serial = 0
        """Number of the certificate that the other end showed; 0: none."""
        self.door = door
        self._type = line_type
        self._framer = Framer(cap)
        if not self.handshaking:
            self.head = head_of(Sender(self.ip, "", door.transport), line_type)

    def shake(self) -> State:
        """Go on with the handshake.

        :raises RefusedError: when it failed.
        """
        assert isinstance(self.socket, ssl.SSLSocket)
        try:
            self.socket.do_handshake()
            name, self.serial = peer_of(self.socket)
        except ssl.SSLWantReadError:
            return State.READ
        except ssl.SSLWantWriteError:
            return State.WRITE
        except (OSError, ValueError) as error:
            reason = getattr(error, "verify_message", None) or getattr(error, "reason", None) or str(error)
            raise RefusedError(reason) from error
        if not may_send(self.door, name):
            raise RefusedError(f"certificate of {name}")
        self.handshaking = False
        self.head = head_of(Sender(self.ip, name, self.door.transport), self._type)
        return State.READ

    def read(self, now: float) -> tuple[Framed, State]:
        """Give the messages that came with the next bytes, and whether more may come."""
        try:
            data = self.socket.recv(READ_BYTES)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return Framed(b""), State.READ
        except OSError:  # cut off: what came before counts
            return self.finish(), State.ENDED
        if not data:
            return self.finish(), State.ENDED
        self.heard = now
        framed = self._framer.feed(data)
        if not self._framer.unfinished:
            self.begun = None
        elif framed.lines or self.begun is None:
            self.begun = now
        return framed, State.READ

    def finish(self) -> Framed:
        """Give what is left of a message that will not be finished."""
        return self._framer.finish()

    @property
    def has_more(self) -> bool:
        """Whether something was taken from the network already and can be read though the socket says nothing."""
        return isinstance(self.socket, ssl.SSLSocket) and not self.handshaking and self.socket.pending() > 0

    def close(self) -> None:
        """End. In order, where all was read: then the other end knows that all its lines are kept."""
        if isinstance(self.socket, ssl.SSLSocket) and not self.handshaking:
            with suppress(OSError, ValueError):  # the notice of the end goes out; nobody waits for the answer to it
                self.socket.unwrap()
        self.socket.close()

    def abort(self) -> None:
        """End so that the other end knows that not all it sent was taken (RST)."""
        with suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()
