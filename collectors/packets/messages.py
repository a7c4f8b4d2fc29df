"""What the agent and the process that reads packets say to each other: msgpack, with the length before each message."""

from collections.abc import Iterator

import msgspec
from msgspec import Struct

from soc_agent.config import PacketSource
from soc_agent.model import Block, Problem

LENGTH_BYTES = 4
MESSAGE_CAP_BYTES = 67_108_864
"""A longer one is none: blocks are of about 1 MiB."""

NOTE_BYTES = 128
"""Of the note of the file that the process is at."""


class Begin(Struct, frozen=True, tag="begin"):
    """The first message to the process: what it is to read, and where to note the file that it is at."""

    options: PacketSource
    note_fd: int
    evidence: str = ""
    """Folder for packets that are asked for; empty: none are kept."""


class Open(Struct, frozen=True, tag="open"):
    """Begin to read. ``skip`` are stream ids of files that ended the process before."""

    positions: dict[str, bytes]
    skip: tuple[str, ...] = ()


class Keep(Struct, frozen=True, tag="keep"):
    """Keep the packets of the flows that lines speak of."""

    lines: tuple[bytes, ...]


class Missing(Struct, frozen=True, tag="missing"):
    """The answer to :class:`Begin`: what the source lacks here."""

    problem: Problem | None


class Opened(Struct, frozen=True, tag="opened"):
    """The answer to :class:`Open`."""

    problem: Problem | None


class Lines(Struct, frozen=True, tag="lines"):
    """A block of the source."""

    block: Block


class Now(Struct, frozen=True, tag="now"):
    """What is wrong now. Sent at least every second, so that a process that hangs is told from an idle one."""

    problems: tuple[Problem, ...]


class Failed(Struct, frozen=True, tag="failed"):
    """The last message: the process cannot go on."""

    problem: Problem


Order = Begin | Open | Keep
Answer = Missing | Opened | Lines | Now | Failed

_encoder = msgspec.msgpack.Encoder()
_answers = msgspec.msgpack.Decoder(Answer)
_orders = msgspec.msgpack.Decoder(Order)


def framed(message: Order | Answer) -> bytes:
    """Give a message as it goes over the pipe."""
    data = _encoder.encode(message)
    return len(data).to_bytes(LENGTH_BYTES, "big") + data


def order(data: bytes) -> Order:
    """Read a message to the process.

    :raises msgspec.DecodeError: when it is none.
    """
    found: Order = _orders.decode(data)
    return found


def answers(buffer: bytearray) -> Iterator[Answer]:
    """Take whole answers off the beginning of a buffer.

    :raises msgspec.DecodeError: when what stands there is none: what reads hostile packets is not trusted either.
    """
    while len(buffer) >= LENGTH_BYTES:
        size = int.from_bytes(buffer[:LENGTH_BYTES], "big")
        if size > MESSAGE_CAP_BYTES:
            raise msgspec.DecodeError(f"a message of {size} bytes")
        if len(buffer) < LENGTH_BYTES + size:
            return
        data = bytes(buffer[LENGTH_BYTES : LENGTH_BYTES + size])
        del buffer[: LENGTH_BYTES + size]
        yield _answers.decode(data)
