"""An ordinary hour of traffic of an office and its servers, as a sensor at the core switch sees it; nobody attacks.

Sixty people browse, read mail, print and talk by video; servers are updated, watched every minute and backed up; hosts
look for each other, and the Internet knocks at what it can reach.
"""

import random
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

from bench.ordinary import BEGIN, HOUR_S
from bench.ordinary_frames import (
    Packets,
    arp,
    datagram,
    dns,
    every,
    exchange,
    frame,
    hello,
    kept,
    mac_of,
    refused,
    talk,
    write,
)

PEOPLE = [f"10.20.7.{number}" for number in range(20, 80)]
SERVERS = [f"10.20.1.{number}" for number in range(10, 24)]
ROUTER, RESOLVER, DIRECTORY, FILES, MAIL = "10.20.7.1", "10.20.0.53", "10.20.0.10", "10.20.1.20", "10.20.1.25"
MONITOR, BACKUP, PRINTER, PORTAL, ADMIN = "10.20.0.15", "10.20.9.5", "10.20.7.9", "10.20.1.14", "10.20.7.21"
SITES = (
    *(
        "www.google.com",
        "fonts.gstatic.com",
        "zalo.me",
        "login.microsoftonline.com",
        "www.youtube.com",
        "vnexpress.net",
    ),
    *("dichvucong.gov.vn", "d2f5xgg7y6abcd.cloudfront.net", "e1234.dsca.akamaiedge.net", "outlook.office.com"),
)
TELEMETRY = ("settings-win.data.microsoft.com", "clients4.google.com", "push.apple.com", "update.antivirus.example")
Said = list[tuple[bool, bytes | int]]
SSHD = b"SSH-2.0-OpenSSH_9.2\r\n"
MDNS_MAC, SSDP_MAC, LLMNR_MAC = b"\x01\x00\x5e\x00\x00\xfb", b"\x01\x00\x5e\x7f\xff\xfa", b"\x01\x00\x5e\x00\x00\xfc"
_PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\nxin chao!"


def traffic(seed: int = 1) -> Packets:
    """Make the hour, the same for the same seed."""
    rng = random.Random(seed)
    scenes = (_browsing, _mail, _directory, _local, _monitoring, _backup, _updates, _calls, _visitors, _administration)
    return sorted((packet for scene in scenes for packet in scene(rng)), key=lambda packet: packet[0])


def write_hour(path: Path, seed: int = 1) -> Path:
    """Write the hour as a capture file."""
    return write(path, traffic(seed), int(BEGIN.timestamp()))


def _port(rng: random.Random) -> int:
    return rng.randrange(49_152, 65_535)


def _outside(rng: random.Random) -> str:
    return f"{rng.choice(('198.51.100', '203.0.113'))}.{rng.randrange(1, 250)}"


def _site(name: str) -> str:
    return f"192.0.2.{sum(name.encode()) % 250 + 1}"


def _asked(rng: random.Random, at: float, client: str, name: str, kind: int = 1, *, missing: bool = False) -> Packets:
    answer = dns(name, kind, missing=missing, answer=True)
    return exchange(at, client, _port(rng), RESOLVER, 53, dns(name, kind), answer)


def _tls(
    rng: random.Random, at: float, client: str, server: str, name: str, sent: int, got: int, to: int = 443
) -> Packets:
    return talk(at, client, _port(rng), server, to, (True, hello(name)), (False, 3000), (True, sent), (False, got))


def _browsing(rng: random.Random) -> Iterator[tuple[float, bytes, int]]:
    for person in PEOPLE:
        for at in every(rng, 60, HOUR_S):
            name = rng.choice(SITES)
            for kind in (1, 28, 65):
                yield from _asked(rng, at, person, name, kind)
            for number in range(rng.randrange(1, 5)):
                got = rng.randrange(2000, 300_000)
                yield from _tls(rng, at + number * 0.1, person, _site(name), name, rng.randrange(600, 5000), got)
            if rng.random() < 0.05:  # a mistyped name, and what Windows makes of it
                for suffix in ("", ".tinh.example.vn"):
                    yield from _asked(rng, at + 2, person, f"gogle{rng.randrange(9)}.con{suffix}", missing=True)
        begin = rng.random() * 60
        for beat in range(59):  # programs that keep in touch with their maker, every minute
            name = TELEMETRY[beat % 2 if person.endswith("1") else 0]
            yield from _tls(rng, begin + beat * 60, person, _site(name), name, 700, 500)
        for at in every(rng, 400, HOUR_S):  # a video by QUIC: nothing of it can be read
            own, server = _port(rng), _outside(rng)
            for step in range(40):
                yield from datagram(at + step * 0.2, person, own, server, 443, b"\x41" + bytes(60))
                yield from datagram(at + step * 0.2 + 0.05, server, 443, person, own, b"\x41" + bytes(1200))


def _mail(rng: random.Random) -> Iterator[tuple[float, bytes, int]]:
    for person in PEOPLE:
        begin = rng.random() * 300
        for beat in range(11):
            yield from _tls(rng, begin + beat * 300, person, MAIL, "mail.tinh.example.vn", 900, 4000, 993)
    for at in every(rng, 20, HOUR_S):
        sender = _outside(rng)
        said: Said = [(False, b"220 mail ESMTP\r\n"), (True, b"EHLO a.example.org\r\n"), (False, b"250 STARTTLS\r\n")]
        said += [(True, b"STARTTLS\r\n"), (False, b"220 ok\r\n"), (True, hello("mail.tinh.example.vn")), (False, 3000)]
        yield from talk(at, sender, _port(rng), MAIL, 25, *said, (True, 20_000))
        reverse = ".".join(reversed(sender.split(".")))
        yield from _asked(rng, at + 0.1, MAIL, f"{reverse}.in-addr.arpa", 12)
        yield from _asked(rng, at + 0.2, MAIL, f"{reverse}.zen.spamhaus.org", missing=True)
        yield from _asked(rng, at + 0.3, MAIL, "s1._domainkey.example.org", 16)
        yield from _asked(rng, at + 0.3, MAIL, "_dmarc.example.org", 16)
    for at in every(rng, 40, HOUR_S):
        yield from talk(at, MAIL, _port(rng), _outside(rng), 25, (False, b"220 mx ESMTP\r\n"), (True, b"EHLO mail\r\n"),
                        (False, b"250 STARTTLS\r\n"), (True, 15_000), (False, 300))  # fmt: skip


def _directory(rng: random.Random) -> Iterator[tuple[float, bytes, int]]:
    for person in PEOPLE:
        for at in every(rng, 600, HOUR_S):
            yield from _asked(rng, at, person, "_ldap._tcp.dc._msdcs.tinh.example.vn", 33)
            yield from talk(
                at, person, _port(rng), DIRECTORY, 389, (True, b"\x30" + bytes(300)), (False, b"\x30" + bytes(900))
            )
            yield from exchange(at, person, 123, DIRECTORY, 123, b"\x1b" + bytes(47), b"\x1c" + bytes(47))
        for at in every(rng, 500, HOUR_S):  # files, encrypted as SMB 3 does
            sealed = b"\0\0\1\0\xfdSMB" + bytes(248)
            yield from talk(
                at, person, _port(rng), FILES, 445, (True, sealed), (False, sealed), (True, 4000), (False, 200_000)
            )


def _local(rng: random.Random) -> Iterator[tuple[float, bytes, int]]:
    for number, person in enumerate(PEOPLE):
        for at in every(rng, 90, HOUR_S):
            yield from arp(at, 1, person, ROUTER)
            yield from arp(at + 0.001, 2, ROUTER, person)
        for at in every(rng, 300, HOUR_S):
            name = f"may-in{rng.randrange(3)}"
            yield from datagram(at, person, 5353, "224.0.0.251", 5353, dns("_ipp._tcp.local", 12), MDNS_MAC)
            yield from datagram(at, person, _port(rng), "224.0.0.252", 5355, dns(name), LLMNR_MAC)
            yield from datagram(
                at, person, _port(rng), "239.255.255.250", 1900, b"M-SEARCH * HTTP/1.1\r\n\r\n", SSDP_MAC
            )
            yield from datagram(at, person, 137, "10.20.7.255", 137, bytes(50), b"\xff" * 6)
        at = rng.random() * 1700
        for moment in (at, at + 1800):
            yield from datagram(moment, person, 68, ROUTER, 67, _dhcp(1, 3, person))
            yield from datagram(moment + 0.01, ROUTER, 67, person, 68, _dhcp(2, 5, person))
        for at in every(rng, 1800, HOUR_S):
            yield from talk(at, person, _port(rng), PRINTER, 9100, (True, 400_000), (False, 40))
        own = f"fe80::{number + 0x20:x}"
        for at in every(rng, 120, HOUR_S):
            yield kept(at, frame(own, "fe80::1", 58, _neighbour(135, "fe80::1", own), hops=255))
            yield kept(at + 0.001, frame("fe80::1", own, 58, _neighbour(136, "fe80::1", "fe80::1"), hops=255))
    for beat in range(18):
        message = struct.pack(">BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + b"\1\1" + mac_of("fe80::1")
        yield kept(beat * 200.0, frame("fe80::1", "ff02::1", 58, message, hops=255, group=b"\x33\x33\0\0\0\1"))


def _neighbour(kind: int, target: str, source: str) -> bytes:
    address = socket.inet_pton(socket.AF_INET6, target)
    return struct.pack(">BBHI", kind, 0, 0, 0) + address + bytes([1 if kind == 135 else 2, 1]) + mac_of(source)


def _dhcp(operation: int, kind: int, client: str) -> bytes:
    head = bytes([operation, 1, 6, 0]) + bytes(8) + socket.inet_aton(client) * 2 + bytes(8)
    server = b"\x36\x04" + socket.inet_aton(ROUTER)
    body = head + mac_of(client).ljust(16, b"\0") + bytes(192) + b"\x63\x82\x53\x63" + bytes([53, 1, kind])
    return body + (server if operation == 2 else b"") + b"\xff"


def _monitoring(rng: random.Random) -> Iterator[tuple[float, bytes, int]]:
    for beat in range(60):
        for place, server in enumerate(SERVERS):
            at = beat * 60.0 + place * 0.7
            for kind, ends in ((8, (MONITOR, server)), (0, (server, MONITOR))):
                yield kept(at, frame(*ends, 1, struct.pack(">BBHHH", kind, 0, 0, 7, beat) + b"x" * 48))
            yield from talk(
                at, MONITOR, _port(rng), server, 22, (False, b"SSH-2.0-OpenSSH_9.2\r\n"), (True, b"SSH-2.0-check\r\n")
            )
            yield from exchange(
                at, MONITOR, _port(rng), server, 161, b"\x30\x3a\x02\x01\x03" + bytes(55), b"\x30" + bytes(90)
            )
            if place % 3 == 0:
                yield from talk(at, MONITOR, _port(rng), server, 3306, (False, 90), (True, 80), (False, 60))
                yield from _tls(rng, at, MONITOR, server, "web.tinh.example.vn", 400, 900)
        for server in SERVERS:
            yield from datagram(beat * 60.0 + 20, server, _port(rng), MONITOR, 514, b"<30>app: ready")


def _backup(rng: random.Random) -> Iterator[tuple[float, bytes, int]]:
    for place, server in enumerate(SERVERS):
        at = 120.0 + place * 200
        said: Said = [(True, b"SSH-2.0-rsync\r\n"), (False, SSHD), (True, 30_000_000), (False, 90_000)]
        yield from talk(at, server, _port(rng), BACKUP, 22, *said)
    yield from _tls(rng, 60.0, BACKUP, "203.0.113.200", "kho.cloud.example.vn", 150_000_000, 200_000)


def _updates(rng: random.Random) -> Iterator[tuple[float, bytes, int]]:
    ask = b"GET /%s HTTP/1.1\r\nHost: %s\r\nUser-Agent: %s\r\n\r\n"
    for host in [*PEOPLE[::3], *SERVERS]:
        for at in every(rng, 1500, HOUR_S):
            is_server = host in SERVERS
            name = "deb.debian.org" if is_server else "download.windowsupdate.com"
            agent = b"Debian APT-HTTP/1.3 (2.6.1)" if is_server else b"Microsoft-Delivery-Optimization/10.0"
            yield from _asked(rng, at, host, name)
            said = ask % (b"dists/bookworm/InRelease" if is_server else b"c/msdownload/kb.cab", name.encode(), agent)
            yield from talk(
                at + 0.1, host, _port(rng), _site(name), 80, (True, said), (False, _PAGE), (False, 2_000_000)
            )


def _calls(rng: random.Random) -> Iterator[tuple[float, bytes, int]]:
    for person, server, port in ((PEOPLE[3], "203.0.113.80", 8801), (PEOPLE[9], "203.0.113.81", 3478)):
        own, begin = _port(rng), rng.random() * 2000
        for step in range(3000):
            at = begin + step * 0.1
            yield from datagram(at, person, own, server, port, b"\x80" + bytes(300))
            yield from datagram(at + 0.03, server, port, person, own, b"\x80" + bytes(300))


def _visitors(rng: random.Random) -> Iterator[tuple[float, bytes, int]]:
    for at in every(rng, 3, HOUR_S):
        visitor = _outside(rng)
        for number in range(rng.randrange(1, 4)):
            yield from _tls(rng, at + number, visitor, PORTAL, "www.tinh.example.vn", 900, rng.randrange(3000, 90_000))
        if rng.random() < 0.2:
            said = b"GET / HTTP/1.1\r\nHost: www.tinh.example.vn\r\nUser-Agent: Mozilla/5.0\r\n\r\n"
            yield from talk(at, visitor, _port(rng), PORTAL, 80, (True, said), (False, _PAGE))
    for at in every(rng, 20, HOUR_S):  # the Internet knocks
        port = rng.choice((23, 445, 22, 3389, 8080, 5060, 1433, 6379))
        yield from refused(at, _outside(rng), _port(rng), rng.choice(SERVERS), port, answered=rng.random() < 0.5)


def _administration(rng: random.Random) -> Iterator[tuple[float, bytes, int]]:
    begun: Said = [(True, b"SSH-2.0-OpenSSH_9.7\r\n"), (False, SSHD), (True, 2200), (False, 2500)]
    typed: Said = [(True, 200), (False, 900)]
    for at in every(rng, 400, HOUR_S):
        server = rng.choice(SERVERS)
        yield from talk(at, ADMIN, _port(rng), server, 22, *begun, *typed * 40, apart_s=0.5)
        if rng.random() < 0.3:  # a mistyped password
            yield from talk(at - 9, ADMIN, _port(rng), server, 22, *begun)
    begin = rng.random() * 1000
    screens: Said = [(True, 500), (False, 9000)]
    yield from talk(begin, ADMIN, _port(rng), DIRECTORY, 3389, (True, 3000), *screens * 300, apart_s=1.0)
