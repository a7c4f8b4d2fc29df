"""Pressure on a host or a network: many senders, many begun talks, odd protocols, answers in the name of others."""

from collections.abc import Iterable

from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.l2 import Ether
from scapy.layers.sctp import SCTP, SCTPChunkInit

from tests.collectors.packets.test_certificate import HELLO, records
from tests.rules.network.kit import (
    CLIENT,
    CLIENT_SAYS,
    INTRUDER,
    MAC,
    OTHER_MAC,
    SERVER,
    SERVER6,
    SERVER_SAYS,
    THIRD_MAC,
    Case,
    Packets,
    Said,
    datagrams,
    frame,
    joined,
    neighbour_says,
    tcp_flow,
    unanswered,
)
from tests.rules.network.talks import RESPONSE, hello

REQUEST = b"GET /?q=%d HTTP/1.1\r\nHost: www.example.vn\r\nUser-Agent: Mozilla/5.0\r\n\r\n"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\nbusy"
BEGUN = b"GET / HTTP/1.1\r\nHost: www.example.vn\r\nUser-Agent: Mozilla/5.0\r\n"
OSPF, EIGRP = 89, 88
AFTER_IP = slice(34, 36)
"""Where the port of the sender stands in a frame with IPv4."""


def media(*answer: Said) -> Packets:
    """Give a thousand datagrams a second to one port, with what comes back after every twenty."""
    said = ((CLIENT_SAYS, b"\x80" * 160),) * 20
    return datagrams(INTRUDER, SERVER, 5060, *said, *answer, times=480, step=0.001)


def callers(count: int, *said: Said) -> Packets:
    """Give one connection of each of so many addresses; where nothing is said it is begun and forgotten."""
    return joined(
        tcp_flow(f"2001:db8::{number + 1:x}", SERVER6, 443, *said, at=number * 0.05, number=number)
        if said
        else unanswered(f"2001:db8::{number + 1:x}", SERVER6, 443, at=number * 0.05, number=number)
        for number in range(count)
    )


def requests(answer: bytes) -> Packets:
    said = [pair for number in range(230) for pair in ((CLIENT_SAYS, REQUEST % number), (SERVER_SAYS, answer))]
    return tcp_flow(CLIENT, SERVER, 80, *said, step=0.05)


def protocols(numbers: Iterable[int]) -> Packets:
    ends = Ether(src=MAC, dst=OTHER_MAC)
    return [(place * 2.0, bytes(ends / IP(src=INTRUDER, dst=SERVER, proto=number) / (b"\0" * 20)))
            for place, number in enumerate(numbers)]  # fmt: skip


def associations(ports: Iterable[int]) -> Packets:
    return [(place * 2.0, frame(INTRUDER, SERVER, SCTP(sport=40_000 + place, dport=port) / SCTPChunkInit(init_tag=7)))
            for place, port in enumerate(ports)]  # fmt: skip


def slow_requests(*answer: Said) -> Packets:
    """Give requests that are sent a line at a time, and what they get in the end."""
    lines = ((CLIENT_SAYS, BEGUN), *((CLIENT_SAYS, b"X-a: 1\r\n"),) * 6)
    return joined(
        tcp_flow(INTRUDER, SERVER, 80, *lines, *answer, at=number * 0.1, number=number, end="", step=4.0)
        for number in range(46)
    )


def strays(count: int, ports: int) -> Packets:
    """Give packets that acknowledge what nobody saw, from so many ports of each of ten addresses."""
    return joined(
        unanswered(f"192.0.2.{number % 10 + 1}", SERVER, 443, at=number * 0.02, number=number // 10 % ports, flags="A")
        for number in range(count)
    )


def greetings(*used: Said) -> Packets:
    answer = records(HELLO) + b"\x17\x03\x03\x04\x00" + bytes(1024)
    begun = ((CLIENT_SAYS, hello("www.example.vn")), (SERVER_SAYS, answer))
    return joined(
        tcp_flow(INTRUDER, SERVER, 443, *begun, *used, at=number * 0.1, number=number, end="R" if not used else "F")
        for number in range(320)
    )


def from_many_ports(count: int, answered: bool = False) -> Packets:
    """Give one datagram of each of so many ports; the frame is built once, and gets its port by hand."""
    asked = bytearray(frame(INTRUDER, SERVER, UDP(sport=1, dport=3478), b"\0" * 100))
    answer = bytearray(frame(SERVER, INTRUDER, UDP(sport=3478, dport=1), b"\1" * 100))
    packets: Packets = []
    for number in range(count):
        port = (2000 + number).to_bytes(2, "big")
        asked[AFTER_IP] = answer[AFTER_IP.stop : AFTER_IP.stop + 2] = port
        packets.append((number * 0.01, bytes(asked)))
        if answered:
            packets.append((number * 0.01 + 0.002, bytes(answer)))
    return packets


def slow_pings(count: int, answered: bool = False) -> Packets:
    packets: Packets = []
    for number in range(count):
        host = f"10.20.3.{number + 1}"
        packets.append((number * 500.0, frame(CLIENT, host, ICMP(id=7, seq=number), b"x" * 32)))
        if answered:
            packets.append((number * 500.0 + 0.01, frame(host, CLIENT, ICMP(type=0, id=7, seq=number), b"x" * 32)))
    return packets


def claims(count: int, *macs: str) -> Packets:
    """Give hosts that say in turn which address they have."""
    return joined(
        neighbour_says(macs[number % len(macs)], f"fe80::{number + 1:x}", f"fe80::{number + 1:x}", number * 5.0)
        for number in range(count)
    )


CASES = {
    "Burst Of UDP Packets Without An Answer": Case(media, lambda: media((SERVER_SAYS, b"\x81" * 40))),
    "Connections From Very Many Addresses To One Host": Case(
        lambda: callers(520), lambda: callers(520, (CLIENT_SAYS, b"\x17\x03\x03\x00\x10" + bytes(16)))
    ),
    "Web Server Overwhelmed": Case(lambda: requests(BUSY), lambda: requests(RESPONSE)),
    "IP Protocols Of A Host Searched": Case(
        lambda: protocols(range(100, 114)), lambda: protocols((OSPF, EIGRP) * 7)
    ),
    "Ports Of A Host Searched Over SCTP": Case(
        lambda: associations(range(2900, 2914)), lambda: associations((3868,) * 14)
    ),
    "Web Server Kept Waiting By Many Connections": Case(
        slow_requests, lambda: slow_requests((CLIENT_SAYS, b"\r\n"), (SERVER_SAYS, RESPONSE))
    ),
    "Flood Of TCP Packets Without Connections": Case(lambda: strays(1100, 110), lambda: strays(1100, 1)),
    "Flood Of TLS Greetings": Case(
        greetings, lambda: greetings((CLIENT_SAYS, b"\x17\x03\x03\x03\x20" + bytes(800)), (SERVER_SAYS, bytes(900)))
    ),
    "Flood Of UDP Packets From Many Addresses Or Ports": Case(
        lambda: from_many_ports(3100), lambda: from_many_ports(3100, answered=True)
    ),
    "Many Addresses Without A Host Pinged": Case(lambda: slow_pings(34), lambda: slow_pings(34, answered=True)),
    "One Host Answers For Many IPv6 Addresses": Case(
        lambda: claims(12, THIRD_MAC), lambda: claims(12, *(f"52:54:00:77:00:{n:02x}" for n in range(12)))
    ),
}  # fmt: skip
