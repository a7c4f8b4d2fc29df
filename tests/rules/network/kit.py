"""Captures made by scapy: flows, datagrams and messages of the local link, as (seconds, frame)."""

import struct
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import (
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6ND_RA,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptSrcLLAddr,
    IPv6,
)
from scapy.layers.l2 import ARP, Ether

Packets = list[tuple[float, bytes]]
Said = tuple[bool, bytes]
"""Whether the client says it, and what."""

CLIENT, SERVER, OUTSIDE = "10.20.7.31", "10.20.1.10", "198.51.100.77"
CLIENT6, SERVER6 = "fd00:20:7::31", "fd00:20:1::10"
INTRUDER = "203.0.113.45"
MAC, OTHER_MAC, THIRD_MAC = "52:54:00:12:34:56", "52:54:00:aa:bb:cc", "52:54:00:66:66:66"
CLIENT_SAYS, SERVER_SAYS = True, False
BEGIN_S, GIANT_BYTES, KEPT_BYTES = 1_795_140_000, 2000, 96


class Case(NamedTuple):
    """An attack, and what looks nearly the same and is none."""

    attack: Callable[[], Packets]
    clean: Callable[[], Packets]
    also: frozenset[str] = frozenset()
    """Titles of other rules above low that speak of the clean twin, rightly."""


def frame(source: str, target: str, layer: Any, payload: bytes = b"", hops: int = 64) -> bytes:
    """Give an Ethernet frame with IPv4 or IPv6, as the addresses say."""
    packet: Any = IPv6(src=source, dst=target, hlim=hops) if ":" in source else IP(src=source, dst=target, ttl=hops)
    return bytes(Ether(src=MAC, dst=OTHER_MAC) / packet / layer / payload)


def tcp_flow(client: str, server: str, port: int, *said: Said, at: float = 0.0, number: int = 0, end: str = "F",
             lasts: float = 0.0, step: float = 0.01) -> Packets:  # fmt: skip
    """Give a connection with what is said on it; ``end`` is who closes: ``F`` both, ``R`` the client cuts it."""
    own = 20_000 + number % 40_000
    sequence = {True: 1000, False: 9000}
    packets: Packets = []
    now = at

    def send(by_client: bool, flags: str, data: bytes = b"") -> None:
        nonlocal now
        ends = (client, server) if by_client else (server, client)
        ports = (own, port) if by_client else (port, own)
        layer = TCP(sport=ports[0], dport=ports[1], flags=flags, seq=sequence[by_client], ack=sequence[not by_client])
        packets.append((now, frame(*ends, layer, data)))
        sequence[by_client] += len(data) + (1 if "S" in flags or "F" in flags else 0)
        now += step

    send(True, "S")
    send(False, "SA")
    send(True, "A")
    for by_client, data in said:
        for begin in range(0, max(len(data), 1), 1400):
            send(by_client, "PA", data[begin : begin + 1400])
    now += lasts
    if end == "F":
        send(True, "FA")
        send(False, "FA")
        send(True, "A")
    elif end == "R":
        send(True, "R")
    return packets


def unanswered(client: str, server: str, port: int, *, at: float = 0.0, number: int = 0, refused: bool = False,
               flags: str = "S") -> Packets:  # fmt: skip
    """Give a TCP packet that gets no answer, or a reset."""
    own = 20_000 + number % 40_000
    packets = [(at, frame(client, server, TCP(sport=own, dport=port, flags=flags, seq=1)))]
    if refused:
        packets.append((at + 0.001, frame(server, client, TCP(sport=port, dport=own, flags="RA", ack=2))))
    return packets


def datagrams(client: str, server: str, port: int, *said: Said, at: float = 0.0, own: int = 40_000, step: float = 0.01,
              times: int = 1) -> Packets:  # fmt: skip
    """Give what is said by UDP, so many times over; each frame is built once."""
    frames = [
        frame(client, server, UDP(sport=own, dport=port), data)
        if by_client
        else frame(server, client, UDP(sport=port, dport=own), data)
        for by_client, data in said
    ]
    return [(at + index * step, data) for index, data in enumerate(frames * times)]


def arp(operation: str, mac: str, source: str, target: str, at: float = 0.0) -> Packets:
    """Give an ARP message."""
    message = ARP(op=operation, hwsrc=mac, psrc=source, hwdst="00:00:00:00:00:00", pdst=target)
    return [(at, bytes(Ether(src=mac, dst="ff:ff:ff:ff:ff:ff") / message))]


def neighbour_asks(mac: str, source: str, target: str, at: float = 0.0) -> Packets:
    """Give a neighbour solicitation."""
    message = ICMPv6ND_NS(tgt=target) / ICMPv6NDOptSrcLLAddr(lladdr=mac)
    return [(at, bytes(Ether(src=mac, dst="33:33:ff:00:00:01") / IPv6(src=source, dst="ff02::1:ff00:1") / message))]


def neighbour_says(mac: str, source: str, target: str, at: float = 0.0) -> Packets:
    """Give a neighbour advertisement."""
    message = ICMPv6ND_NA(tgt=target, R=0, S=0, O=1) / ICMPv6NDOptDstLLAddr(lladdr=mac)
    return [(at, bytes(Ether(src=mac, dst="33:33:00:00:00:01") / IPv6(src=source, dst="ff02::1", hlim=255) / message))]


def router_says(mac: str, source: str, at: float = 0.0, lifetime: int = 1800) -> Packets:
    """Give a router advertisement."""
    message = ICMPv6ND_RA(routerlifetime=lifetime) / ICMPv6NDOptSrcLLAddr(lladdr=mac)
    return [(at, bytes(Ether(src=mac, dst="33:33:00:00:00:01") / IPv6(src=source, dst="ff02::1", hlim=255) / message))]


def capture(path: Path, packets: Packets) -> Path:
    """Write a capture file as a sensor does that cuts giant frames: their length stands beside what is kept of them."""
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, GIANT_BYTES, 1))
        for at, data in sorted(packets, key=lambda packet: packet[0]):
            time_us = BEGIN_S * 1_000_000 + round(at * 1_000_000)
            kept = data if len(data) < GIANT_BYTES else data[:KEPT_BYTES]
            file.write(struct.pack("<IIII", *divmod(time_us, 1_000_000), len(kept), len(data)) + kept)
    return path


def joined(parts: Iterable[Packets]) -> Packets:
    """Give captures as one, in the order of time."""
    return sorted((packet for part in parts for packet in part), key=lambda packet: packet[0])
