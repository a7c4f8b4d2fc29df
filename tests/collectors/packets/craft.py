"""Packets and capture files made by hand, for tests that must not trust the code they test."""

import socket
import struct
from collections.abc import Sequence
from pathlib import Path

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
BEGIN_NS = 1_700_000_000_000_000_000
SECOND = 1_000_000_000
MAC_A, MAC_B = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")


def ether(payload: bytes, ethertype: int, tags: Sequence[tuple[int, int]] = ()) -> bytes:
    """An Ethernet frame; ``tags`` are (TPID, VLAN id), outer one first."""
    frame = MAC_B + MAC_A
    for tpid, vlan in tags:
        frame += struct.pack(">HH", tpid, vlan)
    return frame + struct.pack(">H", ethertype) + payload


def ip4(source: str, target: str, proto: int, body: bytes, *, options: bytes = b"", fragment: int = 0, number: int = 0,
        length: int | None = None, ttl: int = 64) -> bytes:  # fmt: skip
    size = 20 + len(options)
    total = size + len(body) if length is None else length
    head = struct.pack(">BBHHHBBH", 0x40 | size // 4, 0, total, number, fragment, ttl, proto, 0)
    return head + socket.inet_aton(source) + socket.inet_aton(target) + options + body


def ip6(source: str, target: str, proto: int, body: bytes, *, hops: int = 64) -> bytes:
    head = struct.pack(">IHBB", 0x60000000, len(body), proto, hops)
    return head + socket.inet_pton(socket.AF_INET6, source) + socket.inet_pton(socket.AF_INET6, target) + body


def tcp(sport: int, dport: int, flags: int, payload: bytes = b"", *, seq: int = 0, options: bytes = b"") -> bytes:
    offset = (20 + len(options)) // 4 << 4
    return struct.pack(">HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, 0, offset, flags, 512, 0, 0) + options + payload


def udp(sport: int, dport: int, payload: bytes = b"") -> bytes:
    return struct.pack(">HHHH", sport, dport, 8 + len(payload), 0) + payload


def icmp(kind: int, code: int, body: bytes = b"\0\0\0\0") -> bytes:
    return struct.pack(">BBH", kind, code, 0) + body


def frame(source: str, target: str, proto: int, body: bytes, **how: int) -> bytes:
    """An Ethernet frame with IPv4 or IPv6, as the addresses say."""
    if ":" in source:
        return ether(ip6(source, target, proto, body), 0x86DD)
    return ether(ip4(source, target, proto, body, **how), 0x0800)  # type: ignore[arg-type]


class Conversation:
    """A TCP flow frame by frame, with sequence numbers."""

    def __init__(
        self, client: str, client_port: int, server: str, port: int, at: float = 0.0, step: float = 0.01
    ) -> None:
        self.client, self.server = client, server
        self.ports = (client_port, port)
        self.at, self.step = at, step
        self.seq = {True: 1000, False: 0xFFFFFFF0}  # one of them wraps around
        self.frames: list[tuple[float, bytes]] = []

    def send(self, from_client: bool, flags: int, payload: bytes = b"", after: float | None = None) -> "Conversation":
        self.at += self.step if after is None else after
        source, target = (self.client, self.server) if from_client else (self.server, self.client)
        ports = self.ports if from_client else self.ports[::-1]
        segment = tcp(*ports, flags, payload, seq=self.seq[from_client])
        self.frames.append((self.at, frame(source, target, 6, segment)))
        self.seq[from_client] += len(payload) + bool(flags & (SYN | FIN))
        return self

    def open(self) -> "Conversation":
        return self.send(True, SYN).send(False, SYN | ACK).send(True, ACK)

    def say(self, payload: bytes) -> "Conversation":
        return self.send(True, PSH | ACK, payload)

    def answer(self, payload: bytes) -> "Conversation":
        return self.send(False, PSH | ACK, payload)

    def close(self) -> "Conversation":
        return self.send(True, FIN | ACK).send(False, FIN | ACK).send(True, ACK)


def pcap(packets: Sequence[tuple[float, bytes]], *, order: str = "<", nano: bool = False, link: int = 1) -> bytes:
    """A pcap file of (seconds after BEGIN, frame)."""
    data = struct.pack(order + "IHHiIII", 0xA1B23C4D if nano else 0xA1B2C3D4, 2, 4, 0, 0, 262144, link)
    for at, packet in packets:
        time_ns = BEGIN_NS + round(at * 1e9)
        fraction = time_ns % SECOND // (1 if nano else 1000)
        data += struct.pack(order + "IIII", time_ns // SECOND, fraction, len(packet), len(packet)) + packet
    return data


def block(order: str, kind: int, body: bytes) -> bytes:
    """A pcapng block."""
    body += bytes(-len(body) % 4)
    size = struct.pack(order + "I", 12 + len(body))
    return struct.pack(order + "I", kind) + size + body + size


def section(order: str = "<") -> bytes:
    return block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))


def interface(order: str = "<", link: int = 1, options: bytes = b"", snaplen: int = 0) -> bytes:
    return block(order, 1, struct.pack(order + "HHI", link, 0, snaplen) + options)


def option(order: str, code: int, value: bytes) -> bytes:
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def enhanced(order: str, ticks: int, packet: bytes, number: int = 0) -> bytes:
    head = struct.pack(order + "IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(packet), len(packet))
    return block(order, 6, head + packet)


def write(path: Path, packets: Sequence[tuple[float, bytes]]) -> Path:
    path.write_bytes(pcap(packets))
    return path


def hello(server_name: str = "", alpn: Sequence[str] = ()) -> bytes:
    """The ClientHello of this machine's own TLS library."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if alpn:
        context.set_alpn_protocols(list(alpn))
    out = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), out, server_hostname=server_name or None)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        return out.read()
    raise AssertionError("a handshake needs two")
