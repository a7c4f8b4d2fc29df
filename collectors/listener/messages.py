"""What the receiving process and the agent tell each other: lines of JSON over pipes."""

import os
from typing import Any

import msgspec
from msgspec import Struct

from soc_agent.config import ListenerSource
from soc_agent.model import Problem


class Setup(Struct, frozen=True):
    """What the receiving process is told once."""

    source: ListenerSource
    sockets: tuple[int, ...]
    """Descriptors of the open doors, in the order of ``source.listen``."""
    held: int
    """Descriptor of the memory for :class:`collectors.listener.held.Held`."""
    resume: tuple[str, int] | None
    """Id of the spool, and place up to which it is committed."""


class Told(Struct, frozen=True):
    """What the receiving process tells now and then. Counts are those since the last time."""

    spool: str
    """Id of the spool."""
    begin: int
    end: int
    """Everything before this place can be read."""
    lost: dict[str, int] = {}
    """Datagrams that were dropped: ``limit``, ``spool``."""
    counts: dict[str, tuple[int, str, int, str]] = {}
    """What went wrong: how often, by whom most, how often that was, and why."""
    problems: tuple[Problem, ...] = ()
    """What is wrong right now."""
    fatal: Problem | None = None
    """Why it cannot begin."""


_encode = msgspec.json.Encoder(enc_hook=str).encode
_setup = msgspec.json.Decoder(Setup)
_told = msgspec.json.Decoder(Told)


def encode(message: Setup | Told) -> bytes:
    """Give a message as one line."""
    return _encode(message) + b"\n"


def decode_setup(line: bytes) -> Setup:
    """Read what :func:`encode` wrote."""
    return _setup.decode(line)


class Inflow:
    """Reads messages of the receiving process from a pipe that does not block."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._rest = b""
        self.ended = False
        """The other side is gone."""

    def take(self) -> list[Told]:
        """Give what came."""
        found: list[Told] = []
        while not self.ended:
            try:
                data = os.read(self._fd, 65_536)
            except BlockingIOError:
                break
            self.ended = not data
            *lines, self._rest = (self._rest + data).split(b"\n")
            found.extend(_told.decode(line) for line in lines)
        return found


class Outflow:
    """Writes messages to a pipe that does not block: one at a time, and the next when it is through."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._rest = b""
        os.set_blocking(fd, False)

    @property
    def free(self) -> bool:
        """Whether another message can be given."""
        return not self._rest

    def put(self, message: Any) -> None:
        """Give a message."""
        self._rest += encode(message)
        self.push()

    def push(self) -> None:
        """Go on with what could not be written at once."""
        while self._rest:
            try:
                self._rest = self._rest[os.write(self._fd, self._rest) :]
            except BlockingIOError:
                return
