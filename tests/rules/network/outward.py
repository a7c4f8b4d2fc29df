"""What servers of the Internet show, files that leave, and sessions and rhythms that nobody knows."""

from scapy.layers.inet import TCP

from tests.collectors.packets.test_certificate import HELLO, certificates, records
from tests.rules.network.contacts import MEGABYTE, clicks, moments, upload
from tests.rules.network.kit import (
    CLIENT,
    CLIENT_SAYS,
    INTRUDER,
    OUTSIDE,
    SERVER,
    SERVER_SAYS,
    Case,
    Packets,
    Said,
    datagrams,
    frame,
    joined,
    tcp_flow,
    unanswered,
)
from tests.rules.network.talks import certificate, hello, tls

VALID, EXPIRED = b"261231235959Z", b"260601000000Z"
"""Days after and before the captures."""
BULK_BYTES = 64_000


def dated(until: bytes) -> Packets:
    """Give a TLS connection to a server whose certificate is valid until then."""
    shown = certificate("www.example.vn", "Example CA").replace(b"360101000000Z", until)
    return tls("www.example.vn", shown)


def heartbeat(says: int, holds: int) -> Packets:
    """Give a TLS heartbeat that says how many bytes it holds, and the answer of a server that believes it."""
    asked = b"\x18\x03\x02" + (3 + holds).to_bytes(2, "big") + b"\1" + says.to_bytes(2, "big") + bytes(holds)
    given = b"\x18\x03\x02" + (3 + says).to_bytes(2, "big") + b"\2" + says.to_bytes(2, "big") + bytes(says)
    shown = records(HELLO, certificates(certificate("www.example.vn", "Example CA")))
    said: tuple[Said, ...] = ((CLIENT_SAYS, hello("www.example.vn")), (SERVER_SAYS, shown))
    return tcp_flow(INTRUDER, SERVER, 443, *said, (CLIENT_SAYS, asked), (SERVER_SAYS, given))


def posted(size: int) -> Packets:
    """Give a web request that carries so many bytes, in few segments that are as large as there are."""
    head = f"POST /u.php HTTP/1.1\r\nHost: www.example.vn\r\nUser-Agent: Mozilla/5.0\r\nContent-Length: {size}\r\n\r\n"
    packets = tcp_flow(CLIENT, OUTSIDE, 80, (CLIENT_SAYS, head.encode()), end="")
    at, begin = packets[-1][0], 1001 + len(head)
    for number in range(size // BULK_BYTES):
        layer = TCP(sport=20_000, dport=80, flags="PA", seq=begin + number * BULK_BYTES, ack=9001)
        packets.append((at + (number + 1) * 0.01, frame(CLIENT, OUTSIDE, layer, bytes(BULK_BYTES))))
    return packets


def small_talk(times: list[float], port: int = 9999) -> Packets:
    """Give a question by UDP and its answer at each of these times, always from a new port."""
    said: tuple[Said, ...] = ((CLIENT_SAYS, b"\x01" * 60), (SERVER_SAYS, b"\x02" * 30))
    return joined(datagrams(CLIENT, OUTSIDE, port, *said, at=at, own=41_000 + n) for n, at in enumerate(times))


def dead_calls(times: list[float]) -> Packets:
    return joined(unanswered(CLIENT, OUTSIDE, 5555, at=at, number=n, refused=True) for n, at in enumerate(times))


def session(minutes: int, port: int = 4443) -> Packets:
    """Give a connection that says a little twice a minute, in no protocol that is known."""
    said: tuple[Said, ...] = ((CLIENT_SAYS, b"\x01" * 80), (SERVER_SAYS, b"\x02" * 60))
    return tcp_flow(CLIENT, OUTSIDE, port, *(said * (minutes * 2)), step=15.0)


CASES = {
    "Expired Certificate Of A Server On The Internet": Case(lambda: dated(EXPIRED), lambda: dated(VALID)),
    "Server On The Internet With A Certificate Of Its Own Making": Case(
        lambda: tls("", certificate("localhost", "localhost")),
        lambda: tls("", certificate("www.example.vn", "www.example.vn")),
    ),
    "Memory Of A Server Asked For By Heartbleed": Case(lambda: heartbeat(16_384, 0), lambda: heartbeat(16, 16 + 16)),
    "Large Upload Over Plain HTTP To The Internet": Case(lambda: posted(25 * MEGABYTE), lambda: posted(15 * MEGABYTE)),
    "Notable Upload To The Internet": Case(lambda: upload(150 * MEGABYTE), lambda: upload(50 * MEGABYTE)),
    "Small UDP Packets To The Internet In A Regular Rhythm": Case(
        lambda: small_talk(moments(24, 60.0, 0.2)), lambda: small_talk(clicks(24, 60.0))
    ),
    "Host Keeps Calling A Dead Address In A Regular Rhythm": Case(
        lambda: dead_calls(moments(24, 60.0, 0.2)), lambda: dead_calls(clicks(24, 60.0))
    ),
    "Unknown Session With The Internet For An Hour": Case(lambda: session(80), lambda: session(40)),
}
