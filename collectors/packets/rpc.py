"""Remote procedure calls of Windows (DCE/RPC over a connection): which procedures a client calls.

C706 "DCE 1.1: Remote Procedure Call" chapter 12, [MS-RPCE] section 2.2.2. What is encrypted is the arguments: interface
and operation stand in the clear.
"""

import uuid
from typing import NamedTuple

from collectors.packets.rpc_names import name_of

REQUEST, BIND, ALTER = 0, 11, 14
_HEADER_BYTES = 16
_MAX_CONTEXTS = 16
_MAX_TOLD = 256
_MAX_PDUS = 32


class Call(NamedTuple):
    """A call of a procedure."""

    endpoint: str
    operation: str


class RpcCalls:
    """Reads what the client of one connection or pipe says. Each procedure is told once."""

    __slots__ = ("_contexts", "_told")

    def __init__(self) -> None:
        self._contexts: dict[int, str] = {}
        """Interfaces that were bound, by their number."""
        self._told: set[Call] = set()

    @property
    def held(self) -> int:
        """Bytes that this takes, about."""
        return 200 + 120 * len(self._contexts) + 160 * len(self._told)

    def read(self, data: bytes) -> list[Call]:
        """Take whole or cut off messages, one after the other; give the calls that are new."""
        calls: list[Call] = []
        for _ in range(_MAX_PDUS):
            if not is_rpc(data):
                break
            order = "little" if data[4] & 0x10 else "big"
            size = int.from_bytes(data[8:10], order)  # type: ignore[arg-type]
            kind = data[2]
            if kind in (BIND, ALTER):
                self._bind(data[:size], little=order == "little")
            elif kind == REQUEST and len(data) >= 24:
                context, operation = (int.from_bytes(data[at : at + 2], order) for at in (20, 22))  # type: ignore[arg-type]
                call = Call(*name_of(self._contexts.get(context, ""), operation))
                if context in self._contexts and call not in self._told and len(self._told) < _MAX_TOLD:
                    self._told.add(call)
                    calls.append(call)
            if size < _HEADER_BYTES:
                break
            data = data[size:]
        return calls

    def _bind(self, data: bytes, *, little: bool) -> None:
        """Read the interfaces that a client asks for (C706 section 12.6.3.1, 12.6.4.3)."""
        at = _HEADER_BYTES + 12
        for _ in range(min(data[at - 4] if len(data) >= at else 0, _MAX_CONTEXTS)):
            if len(data) < at + 24:
                return
            number = int.from_bytes(data[at : at + 2], "little" if little else "big")
            raw = data[at + 4 : at + 20]
            interface = str(uuid.UUID(bytes_le=raw) if little else uuid.UUID(bytes=raw))
            if len(self._contexts) < _MAX_CONTEXTS or number in self._contexts:
                self._contexts[number] = interface
            at += 24 + 20 * data[at + 2]


def is_rpc(data: bytes) -> bool:
    """Say whether a message begins here: version 5.0 or 5.1, a kind of a client, a known order of bytes."""
    return (
        len(data) >= _HEADER_BYTES
        and data[0] == 5
        and data[1] <= 1
        and data[2] in (REQUEST, BIND, ALTER, 2, 3, 12, 13, 15, 16)
        and data[4] in (0x10, 0x00)
        and data[5] <= 3
    )
