"""A real listener on loopback, with its process, for tests."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from collectors.listener import Listener
from collectors.listener.held import Held
from soc_agent.config import ListenerSource, ListenOptions
from soc_agent.model import Block

PATIENCE_S = 20.0


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def door(transport: str, **more: Any) -> ListenOptions:
    kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
    options: dict[str, Any] = {"transport": transport, "port": free_port(kind), "address": "127.0.0.1", **more}
    return ListenOptions(**options)


def source(spool: Path, *doors: ListenOptions, **more: Any) -> ListenerSource:
    options: dict[str, Any] = {"spool_bytes": 64 * 1024 * 1024, "sync_ms": 20, **more}
    return ListenerSource(name="network", listen=doors, spool=str(spool), **options)


def guess(data: bytes) -> str:
    return "json" if data.startswith(b"{") else "plain"


@contextmanager
def listening(options: ListenerSource, positions: dict[str, bytes] | None = None) -> Iterator[Listener]:
    listener = Listener(options, guess)
    assert listener.missing() is None
    listener.open(positions or {})
    try:
        yield listener
    finally:
        listener.close()


def held() -> Held:
    fd = Held.memory()
    made = Held(fd)
    os.close(fd)
    return made


def connect(to: ListenOptions, address: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection((address, to.port), timeout=PATIENCE_S)


def read_until(listener: Listener, enough: Callable[[list[Block]], bool]) -> list[Block]:
    """Read blocks until they are enough; what does not come in time fails the test."""
    blocks: list[Block] = []
    deadline = time.monotonic() + PATIENCE_S
    while not enough(blocks):
        assert time.monotonic() < deadline, f"only {len(lines_in(blocks))} lines came, with {listener.problems()}"
        block = listener.read(0.2)
        if block is not None:
            blocks.append(block)
    return blocks


def lines_in(blocks: list[Block]) -> list[bytes]:
    return [line for block in blocks for line in block.data.splitlines()]


def read_lines(listener: Listener, count: int) -> list[Block]:
    return read_until(listener, lambda blocks: len(lines_in(blocks)) >= count)


def dropped_in(blocks: list[Block]) -> int:
    return sum(block.lost.dropped for block in blocks if block.lost)


def read_problem(listener: Listener, code: str) -> dict[str, Any]:
    """Read until the listener says that this is wrong; give its values."""
    read_until(listener, lambda _: any(problem.code == code for problem in listener.problems()))
    return next(problem.values for problem in listener.problems() if problem.code == code)
