"""Floods: of connections, datagrams, echoes and requests, and answers that nobody asked for."""

from scapy.layers.inet import ICMP

from tests.rules.network.kit import (
    CLIENT,
    CLIENT_SAYS,
    INTRUDER,
    SERVER,
    SERVER_SAYS,
    Case,
    Packets,
    datagrams,
    frame,
    joined,
    tcp_flow,
    unanswered,
)

REQUEST = b"GET /tim-kiem?q=%d HTTP/1.1\r\nHost: www.example.vn\r\nUser-Agent: Mozilla/5.0\r\n\r\n"
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def syns(count: int, apart_s: float) -> Packets:
    """Give packets that begin connections and forget them, from sources that are made up."""
    return joined(
        unanswered(f"203.0.113.{number % 250 + 1}", SERVER, 443, at=number * apart_s, number=number)
        for number in range(count)
    )


def echoes(count: int, apart_s: float) -> Packets:
    one = frame(INTRUDER, SERVER, ICMP(id=7, seq=1), b"x" * 56)
    return [(number * apart_s, one) for number in range(count)]


def storm(sources: int, each: int) -> Packets:
    return joined(
        datagrams(f"203.0.113.{source + 1}", SERVER, 443, (CLIENT_SAYS, b"\x17" * 100), times=each, step=0.001)
        for source in range(sources)
    )


def answers(sources: int, *before: tuple[bool, bytes]) -> Packets:
    """Give what directory servers of the Internet send to a host of ours; it asked them where ``before`` says so."""
    return joined(
        datagrams(SERVER, f"203.0.113.{source + 1}", 389, *before, (SERVER_SAYS, b"0\x84" + b"\0" * 1300),
                  own=41_000 + source, at=source * 0.05)
        for source in range(sources)
    )  # fmt: skip


def requests(count: int, apart_s: float) -> Packets:
    said = [(side, text) for number in range(10) for side, text in ((CLIENT_SAYS, REQUEST % number), (False, RESPONSE))]
    return joined(
        tcp_flow(INTRUDER, SERVER, 80, *said, at=number * apart_s, number=number, step=0.0001)
        for number in range(count // 10)
    )


def amplified(request: bytes, answer: bytes) -> Packets:
    said = ((CLIENT_SAYS, request), *((SERVER_SAYS, answer),) * 20)
    return datagrams(INTRUDER, SERVER, 11211, *said, step=0.001)


CASES = {
    "Flood Of Unanswered Connections To One Service": Case(lambda: syns(600, 0.02), lambda: syns(300, 0.5)),
    "Flood Of ICMP Messages": Case(
        lambda: echoes(22_000, 0.001), lambda: [(at, data) for at, data in echoes(300, 1.0)]
    ),
    "Flood Of UDP Packets To One Host": Case(lambda: storm(20, 1600), lambda: storm(20, 50)),
    "Flood Of Amplified Answers To One Host": Case(lambda: answers(24), lambda: answers(24, (CLIENT_SAYS, b"0\x25"))),
    "Our Service Amplifies Attacks On Others": Case(
        lambda: amplified(b"stats\r\n", b"STAT x 1\r\n" * 120),
        lambda: [
            packet for n in range(20) for packet in datagrams(CLIENT, SERVER, 11211, (True, b"get a\r\n"),
                                                              (False, b"VALUE a\r\n" * 120), at=n * 0.1)
        ],
    ),
    "Flood Of Web Requests From One Source": Case(lambda: requests(1700, 0.3), lambda: requests(300, 0.3)),
}  # fmt: skip
