"""Frames of ordinary traffic, as small as can be: what is large is one frame of many kilobytes, cut by the sensor."""

import random
import socket
import ssl
import struct
from functools import cache
from pathlib import Path

Packets = list[tuple[float, bytes, int]]
"""Seconds since the beginning, what the sensor kept of a frame, and how long it was."""
FIN, SYN, PSH, ACK, RST = 1, 2, 8, 16, 4
_LARGE_BYTES, _KEPT_BYTES, _GIANT_BYTES = 2500, 96, 60_000
_ETHERTYPES = {4: 0x0800, 6: 0x86DD}


def mac_of(address: str) -> bytes:
    """Give the hardware address of a host: one for each address, that of the router for all outside."""
    inside = address.startswith(("10.", "fd00:", "fe80:"))
    return b"\x52\x54\x00" + (address if inside else "router").encode()[-3:]


def frame(source: str, target: str, proto: int, body: bytes, *, hops: int = 64, group: bytes = b"") -> bytes:
    """Give an Ethernet frame with IPv4 or IPv6, as the addresses say; ``group`` is the hardware address of a group."""
    version = 6 if ":" in source else 4
    family = socket.AF_INET6 if version == 6 else socket.AF_INET
    ends = socket.inet_pton(family, source) + socket.inet_pton(family, target)
    if version == 6:
        head = struct.pack(">IHBB", 0x60000000, len(body), proto, hops)
    else:
        head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), 7, 0, hops, proto, 0)
    link = (group or mac_of(target)) + mac_of(source) + struct.pack(">H", _ETHERTYPES[version])
    return link + head + ends + body


def kept(at: float, data: bytes) -> tuple[float, bytes, int]:
    """Give a frame as a sensor keeps it."""
    return at, data if len(data) < _LARGE_BYTES else data[:_KEPT_BYTES], len(data)


def datagram(at: float, source: str, port: int, target: str, to: int, data: bytes, group: bytes = b"") -> Packets:
    """Give a UDP datagram."""
    body = struct.pack(">HHHH", port, to, 8 + len(data), 0) + data
    return [kept(at, frame(source, target, 17, body, group=group))]


def exchange(at: float, source: str, port: int, target: str, to: int, asked: bytes, given: bytes) -> Packets:
    """Give a UDP question and its answer."""
    return datagram(at, source, port, target, to, asked) + datagram(at + 0.01, target, to, source, port, given)


def talk(at: float, client: str, port: int, server: str, to: int, *said: tuple[bool, bytes | int],
         apart_s: float = 0.02) -> Packets:  # fmt: skip
    """Give a TCP connection: who says what, a number for so many bytes of no matter."""
    packets: Packets = []
    sequence = {True: 100, False: 200}
    now = at

    def send(by_client: bool, flags: int, data: bytes = b"") -> None:
        nonlocal now
        ends, ports = ((client, server), (port, to)) if by_client else ((server, client), (to, port))
        head = struct.pack(">HHIIBBHHH", *ports, sequence[by_client], sequence[not by_client], 0x50, flags, 512, 0, 0)
        packets.append(kept(now, frame(*ends, 6, head + data)))
        sequence[by_client] = (sequence[by_client] + len(data) + bool(flags & (SYN | FIN))) & 0xFFFFFFFF
        now += apart_s

    send(True, SYN)
    send(False, SYN | ACK)
    send(True, ACK)
    for by_client, what in said:
        left = what if isinstance(what, int) else 0
        if isinstance(what, bytes):
            send(by_client, PSH | ACK, what)
        while left > 0:
            send(by_client, PSH | ACK, b"\x17\x03\x03" + bytes(min(left, _GIANT_BYTES)))
            left -= _GIANT_BYTES
    send(True, FIN | ACK)
    send(False, FIN | ACK)
    send(True, ACK)
    return packets


def refused(at: float, client: str, port: int, server: str, to: int, *, answered: bool) -> Packets:
    """Give a beginning of a connection that comes to nothing."""
    ask = struct.pack(">HHIIBBHHH", port, to, 1, 0, 0x50, SYN, 512, 0, 0)
    deny = struct.pack(">HHIIBBHHH", to, port, 0, 2, 0x50, RST | ACK, 512, 0, 0)
    packets = [kept(at, frame(client, server, 6, ask))]
    return [*packets, kept(at + 0.001, frame(server, client, 6, deny))] if answered else packets


def arp(at: float, operation: int, source: str, target: str) -> Packets:
    """Give an ARP message."""
    head = struct.pack(">HHBBH", 1, 0x0800, 6, 4, operation)
    body = head + mac_of(source) + socket.inet_aton(source) + bytes(6) + socket.inet_aton(target)
    return [kept(at, b"\xff" * 6 + mac_of(source) + b"\x08\x06" + body)]


def dns(name: str, kind: int = 1, *, missing: bool = False, answer: bool = False) -> bytes:
    """Give a DNS message."""
    asked = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
    flags = (0x8180 if answer else 0x0100) | (3 if missing else 0)
    gives = answer and not missing and kind in (1, 28)
    record = b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, 4 if kind == 1 else 16) + bytes(4 if kind == 1 else 16)
    return struct.pack(">HHHHHH", 7, flags, 1, int(gives), 0, 0) + asked + struct.pack(">HH", kind, 1) + record * gives


@cache
def hello(name: str) -> bytes:
    """Give a ClientHello that names a server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2", "http/1.1"])
    out = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), out, server_hostname=name)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        return out.read()
    raise AssertionError("a handshake needs two")


def every(rng: random.Random, seconds: float, lasts_s: float) -> list[float]:
    """Give moments that lie so far apart on average."""
    moments, at = [], rng.random() * seconds
    while at < lasts_s:
        moments.append(at)
        at += rng.expovariate(1 / seconds)
    return moments


def write(path: Path, packets: Packets, begin_s: int) -> Path:
    """Write a capture file."""
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, _LARGE_BYTES, 1))
        for at, data, size in sorted(packets, key=lambda packet: packet[0]):
            moment = divmod(begin_s * 1_000_000 + round(at * 1_000_000), 1_000_000)
            file.write(struct.pack("<IIII", *moment, len(data), size) + data)
    return path
