"""Blocks of lines that a collector makes itself, where there is no file that they are read from."""

from typing import Protocol

import msgspec

from soc_agent.model import Block, HostFacts, Position


class Made(Protocol):
    """What is kept of a stream over restarts: at least how far it is. The rest is the collector's."""

    offset: int
    """Bytes of the stream so far: they name its lines."""
    lines: int


def made_block(
    state: Made,
    lines: list[bytes],
    *,
    source: str,
    stream: str,
    stream_id: str,
    kind: str,
    received_ns: int,
    facts: HostFacts | None = None,
) -> Block:
    """Give the next block of a stream, with the state behind it: both commit together.

    :param state: goes on by these lines.
    """
    data = b"".join(lines)
    offset, first = state.offset, state.lines + 1
    state.offset += len(data)
    state.lines += len(lines)
    return Block(
        source=source,
        stream=stream,
        stream_id=stream_id,
        type=kind,
        data=data,
        offset=offset,
        first_line=first,
        position=Position(source, stream_id, msgspec.json.encode(state)),
        received_ns=received_ns,
        facts=facts,
    )
