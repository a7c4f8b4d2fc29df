"""What an ICMP message says beside its type: the gateway of a redirect, and the packet that an error quotes."""

import socket
from typing import NamedTuple

_QUOTES = {4: (3, 4, 5, 11, 12), 6: (1, 2, 3, 4)}
_NAMES = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmp", 132: "sctp"}
_WITH_PORTS = (6, 17, 132)
_REDIRECT, _UNREACHABLE, _FRAGMENTATION, _TOO_BIG = 5, 3, 4, 2


class Quoted(NamedTuple):
    """Addresses and names are empty, numbers 0, where the message does not say them."""

    gateway: str = ""
    """Where a redirect sends traffic (RFC 792)."""
    mtu: int = 0
    """Bytes (RFC 1191, RFC 4443 section 3.2)."""
    proto: str = ""
    source: str = ""
    target: str = ""
    """Of the packet that the message is about."""
    target_port: int = -1


def quoted(message: bytes, version: int) -> Quoted | None:
    """Read a message; None for a type that quotes nothing. ``version`` is that of IP."""
    if len(message) < 8 or message[0] not in _QUOTES[version]:
        return None
    kind, code = message[0], message[1]
    gateway = socket.inet_ntoa(message[4:8]) if version == 4 and kind == _REDIRECT else ""
    mtu = 0
    if version == 4 and (kind, code) == (_UNREACHABLE, _FRAGMENTATION):
        mtu = int.from_bytes(message[6:8], "big")
    elif version == 6 and kind == _TOO_BIG:
        mtu = int.from_bytes(message[4:8], "big")
    packet = message[8:]
    if version == 4:
        if len(packet) < 20 or packet[0] >> 4 != 4:
            return Quoted(gateway, mtu)
        number, ends = packet[9], (packet[12:16], packet[16:20])
        after = packet[(packet[0] & 15) * 4 :] if not int.from_bytes(packet[6:8], "big") & 0x1FFF else b""
    else:
        if len(packet) < 40 or packet[0] >> 4 != 6:
            return Quoted(gateway, mtu)
        number, ends, after = packet[6], (packet[8:24], packet[24:40]), packet[40:]
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    port = int.from_bytes(after[2:4], "big") if number in _WITH_PORTS and len(after) >= 4 else -1
    source, target = (socket.inet_ntop(family, end) for end in ends)
    return Quoted(gateway, mtu, _NAMES.get(number, f"ip-{number}"), source, target, port)
