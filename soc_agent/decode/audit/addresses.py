"""Socket addresses as the audit writes them: the bytes of a ``sockaddr`` in hexadecimal, or their translation."""

import re
import socket
from typing import Any

_INET, _INET6 = 2, 10
_INET_BYTES, _INET6_BYTES = 8, 24
_TRANSLATED = re.compile(r"l?addr=(\S+)\s+l?port=(\d{1,5})")


def peer_of(fields: dict[str, Any]) -> tuple[str, int] | None:
    """Give address and port of a record ``SOCKADDR``; None for other families than IP.

    ``saddr`` is what the kernel wrote, ``SADDR`` what auditd made of it, ``addr`` and ``port`` what LAUREL did.
    """
    raw = fields.get("saddr")
    if isinstance(raw, str):
        try:
            return _of_bytes(bytes.fromhex(raw))
        except ValueError:
            pass
    translated = fields.get("SADDR")
    if isinstance(translated, str) and (found := _TRANSLATED.search(translated)):
        return found[1], int(found[2])
    address, port = fields.get("addr"), fields.get("port")
    if isinstance(address, str) and isinstance(port, str) and port.isdecimal() and len(port) < 6:
        return address, int(port)
    return None


def _of_bytes(data: bytes) -> tuple[str, int] | None:
    family = max(data[:2], default=0) if 0 in data[:2] else -1  # in the order of the machine
    port = int.from_bytes(data[2:4], "big")
    if family == _INET and len(data) >= _INET_BYTES:
        return socket.inet_ntop(socket.AF_INET, data[4:8]), port
    if family == _INET6 and len(data) >= _INET6_BYTES:
        address = socket.inet_ntop(socket.AF_INET6, data[8:24])
        return address.removeprefix("::ffff:") if "." in address else address, port
    return None
