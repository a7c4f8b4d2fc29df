"""Datagrams: those that wait at a door are taken together, and those of one sender written together (RFC 5426)."""

import socket
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from collectors.listener.framing import lines_of
from collectors.listener.held import Held
from collectors.listener.limits import Rate, Tally
from collectors.listener.record import head_of
from collectors.listener.sockets import plain_address
from collectors.listener.writing import ROUND_BYTES, Entry
from soc_agent.model import Sender

_AT_ONCE = 1024
_DATAGRAM_BYTES = 65_536
_HEADS = 65_536


class Datagrams:
    """A door for datagrams."""

    def __init__(
        self, opened: socket.socket, line_type: str, cap: int, rate: Rate, tally: Tally, lost: Counter[str], held: Held
    ) -> None:
        """:param lost: counts what is dropped, by the reason."""
        self._held = held
        self._socket, self._type, self._cap = opened, line_type, cap
        self._rate, self._tally, self._lost = rate, tally, lost
        self._heads: dict[str, bytes] = {}

    def take(self, put: Callable[[Entry], None], now: float, *, drop: bool) -> None:
        """Take what waits; drop it, and count it, where nothing can be written."""
        senders: dict[str, list[bytes]] = {}
        receive, known = self._socket.recvfrom, senders.get
        size = 0
        counts, taken = self._held.counts, self._held.counts[0]
        with suppress(BlockingIOError):
            for _ in range(_AT_ONCE):
                data, address = receive(_DATAGRAM_BYTES)
                counts[0] = taken = taken + 1
                messages = known(address[0])
                if messages is None:
                    senders[address[0]] = [data]
                else:
                    messages.append(data)
                size += len(data)
                if size > ROUND_BYTES:
                    break
        received_ns = time.time_ns()
        for address, messages in senders.items():
            if drop:
                self._lost["spool"] += len(messages)
            else:
                self._take_from(plain_address(address), messages, now, received_ns, put)

    def _take_from(
        self, ip: str, messages: list[bytes], now: float, received_ns: int, put: Callable[[Entry], None]
    ) -> None:
        count = len(messages)
        allowed = self._rate.allow(ip, count, now)
        if allowed < count:
            self._lost["limit"] += count - allowed
            self._tally.add("limited", ip, count - allowed)
            del messages[allowed:]
        self._held.waiting += len(messages)
        truncated = 0
        lines: list[bytes] = []
        for message in messages:
            if len(message) > self._cap:
                truncated += 1
                message = message[: self._cap]  # noqa: PLW2901 - the rest of it is dropped
            if message[-1:] > b"\r" and b"\n" not in message and b"\0" not in message[:1]:
                lines.append(message)
            else:
                lines += lines_of(message)
        if lines:
            count = len(lines)
            lines.append(b"")
            put(Entry(self._head(ip), b"\n".join(lines), count, truncated, received_ns))

    def _head(self, ip: str) -> bytes:
        head = self._heads.get(ip)
        if head is None:
            if len(self._heads) >= _HEADS:
                self._heads.clear()
            head = self._heads[ip] = head_of(Sender(ip, "", "udp"), self._type)
        return head
