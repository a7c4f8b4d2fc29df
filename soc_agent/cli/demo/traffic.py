"""Packets of the demo, built with scapy and written to capture files. Nothing is sent."""

import random
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from soc_agent.cli.demo.estate import (
    ATTACKER,
    ATTACKER_V6,
    CITIZENS,
    COMMAND_DOMAIN,
    COMMAND_SERVER,
    PORTAL,
    PORTAL_V6,
)

SCANNED_PORTS = (21, 22, 23, 25, 53, 80, 110, 111, 135, 139, 143, 389, 443, 445, 993, 995, 1433, 1521, 1723, 2049, 2375,
                 3000, 3306, 3389, 4444, 5000, 5432, 5900, 5985, 6379, 7001, 8000, 8009, 8080, 8443, 9000, 9200, 11211,
                 27017, 50000)  # fmt: skip


def port_scan(rng: random.Random) -> Iterator[Any]:
    """Yield a SYN scan of the portal over IPv4 and IPv6: closed ports answer with RST."""
    from scapy.layers.inet import IP, TCP
    from scapy.layers.inet6 import IPv6

    for network, source, target in ((IP, ATTACKER, PORTAL), (IPv6, ATTACKER_V6, PORTAL_V6)):
        for port in rng.sample(SCANNED_PORTS, len(SCANNED_PORTS)):
            there = network(src=source, dst=target)
            back = network(src=target, dst=source)
            own = rng.randrange(32768, 61000)
            sequence = rng.randrange(1 << 32)
            yield _link() / there / TCP(sport=own, dport=port, flags="S", seq=sequence, window=1024)
            if port not in (80, 443):
                yield _link() / back / TCP(sport=port, dport=own, flags="RA", ack=(sequence + 1) % (1 << 32))


def citizens(rng: random.Random) -> Iterator[Any]:
    """Yield ordinary visits: a name looked up, a short TCP conversation with the portal."""
    for citizen in rng.sample(CITIZENS, 3):
        yield from _conversation(rng, citizen, PORTAL, 443, b"\x16\x03\x01", b"\x16\x03\x03" + bytes(600))


def beacon(rng: random.Random, times: int) -> Iterator[Any]:
    """Yield what the implant on the portal does: look its server's name up, call it, again and again."""
    from scapy.layers.dns import DNS, DNSQR
    from scapy.layers.inet import IP, UDP

    for _ in range(times):
        own = rng.randrange(32768, 61000)
        question = DNS(id=rng.randrange(1 << 16), rd=1, qd=DNSQR(qname=COMMAND_DOMAIN))
        yield _link() / IP(src=PORTAL, dst="198.51.100.53") / UDP(sport=own, dport=53) / question
        login = b'{"id":1,"jsonrpc":"2.0","method":"login","params":{"login":"x","pass":"x"}}\n'
        yield from _conversation(rng, PORTAL, COMMAND_SERVER, 3333, login, b'{"id":1,"result":{"status":"OK"}}\n')


def _conversation(rng: random.Random, client: str, server: str, port: int, asked: bytes, told: bytes) -> Iterator[Any]:
    """Yield one whole TCP conversation, from SYN to FIN."""
    from scapy.layers.inet import IP, TCP
    from scapy.packet import Raw

    own, a, b = rng.randrange(32768, 61000), rng.randrange(1 << 30), rng.randrange(1 << 30)

    def there(flags: str, seq: int, ack: int, data: bytes = b"") -> Any:
        segment = _link() / IP(src=client, dst=server) / TCP(sport=own, dport=port, flags=flags, seq=seq, ack=ack)
        return segment / Raw(data) if data else segment

    def back(flags: str, seq: int, ack: int, data: bytes = b"") -> Any:
        segment = _link() / IP(src=server, dst=client) / TCP(sport=port, dport=own, flags=flags, seq=seq, ack=ack)
        return segment / Raw(data) if data else segment

    yield there("S", a, 0)
    yield back("SA", b, a + 1)
    yield there("A", a + 1, b + 1)
    yield there("PA", a + 1, b + 1, asked)
    yield back("PA", b + 1, a + 1 + len(asked), told)
    yield there("FA", a + 1 + len(asked), b + 1 + len(told))
    yield back("FA", b + 1 + len(told), a + 2 + len(asked))
    yield there("A", a + 2 + len(asked), b + 2 + len(told))


def _link() -> Any:
    """Give a link header with addresses: without them scapy would ask the network for some."""
    from scapy.layers.l2 import Ether

    return Ether(src="02:00:5e:10:00:01", dst="02:00:5e:10:00:02")


class Capture:
    """A capture file that grows, as one that tcpdump(1) writes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, packets: Iterable[Any], gap_s: float = 0.002) -> None:
        """Append packets that end now, ``gap_s`` apart."""
        from scapy.utils import PcapWriter

        found = list(packets)
        begin = time.time() - gap_s * len(found)
        with PcapWriter(str(self._path), append=True, sync=True, linktype=1) as writer:
            for number, packet in enumerate(found):
                packet.time = begin + gap_s * number
                writer.write(packet)
