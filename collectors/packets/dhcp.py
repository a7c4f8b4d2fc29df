"""DHCP messages (RFC 2131, options of RFC 2132), in the names of Zeek's ``dhcp.log``."""

import socket
from typing import NamedTuple

_COOKIE = b"\x63\x82\x53\x63"
_TYPES = {1: "DISCOVER", 2: "OFFER", 3: "REQUEST", 4: "DECLINE", 5: "ACK", 6: "NAK", 7: "RELEASE", 8: "INFORM"}
_ROUTERS, _DNS, _HOST_NAME, _DOMAIN, _REQUESTED, _LEASE, _TYPE, _SERVER = 3, 6, 12, 15, 50, 51, 53, 54
_MAX_LISTED = 8


class Message(NamedTuple):
    """What a message says; an address that is not there is empty."""

    type: str
    mac: str
    client_addr: str
    assigned_addr: str
    requested_addr: str
    server_addr: str
    host_name: bytes
    domain: bytes
    lease_s: int
    """0 when none is named."""
    routers: tuple[str, ...] = ()
    dns: tuple[str, ...] = ()
    """Name servers that a client shall use."""


def parse(data: bytes) -> Message | None:
    """Read a message; None when it is none."""
    if len(data) < 240 or data[236:240] != _COOKIE or data[0] not in (1, 2):
        return None
    options: dict[int, bytes] = {}
    at = 240
    while at + 1 < len(data) and data[at] != 255:
        if data[at] == 0:
            at += 1
            continue
        size = data[at + 1]
        options.setdefault(data[at], data[at + 2 : at + 2 + size])
        at += 2 + size
    kind = options.get(_TYPE, b"")
    return Message(
        type=_TYPES.get(kind[0], f"TYPE{kind[0]}") if kind else "BOOTP",
        mac=data[28:34].hex(":") if data[1] == 1 and data[2] == 6 else "",
        client_addr=_address(data[12:16]),
        assigned_addr=_address(data[16:20]),
        requested_addr=_address(options.get(_REQUESTED, b"")),
        server_addr=_address(options.get(_SERVER, b"")),
        host_name=options.get(_HOST_NAME, b""),
        domain=options.get(_DOMAIN, b""),
        lease_s=int.from_bytes(options.get(_LEASE, b"")[:4], "big"),
        routers=_addresses(options.get(_ROUTERS, b"")),
        dns=_addresses(options.get(_DNS, b"")),
    )


def _address(data: bytes) -> str:
    return socket.inet_ntoa(data) if len(data) == 4 and any(data) else ""


def _addresses(data: bytes) -> tuple[str, ...]:
    return tuple(socket.inet_ntoa(data[at : at + 4]) for at in range(0, min(len(data), 4 * _MAX_LISTED) - 3, 4))
