"""Scans: of ports and of networks, quick and slow, with and without a connection."""

from scapy.layers.inet import ICMP

from tests.rules.network.kit import (
    CLIENT,
    CLIENT6,
    CLIENT_SAYS,
    INTRUDER,
    MAC,
    SERVER,
    SERVER6,
    SERVER_SAYS,
    Case,
    Packets,
    arp,
    datagrams,
    frame,
    joined,
    neighbour_asks,
    tcp_flow,
    unanswered,
)

HOUR_S = 3600.0


def ports(source: str, target: str, count: int, *, apart_s: float = 1.0, flags: str = "S") -> Packets:
    return joined(
        unanswered(source, target, 1000 + number, at=number * apart_s, number=number, flags=flags)
        for number in range(count)
    )


def hosts(source: str, port: int, count: int, *, apart_s: float = 1.0, refused: bool = False) -> Packets:
    return joined(
        unanswered(source, f"10.20.3.{number + 1}", port, at=number * apart_s, number=number, refused=refused)
        for number in range(count)
    )


def talks(count: int, *, apart_s: float = 1.0) -> Packets:
    """Give ordinary connections of one client to many ports of one server, as a microservice has them."""
    return joined(
        tcp_flow(CLIENT, SERVER, 8000 + number, (CLIENT_SAYS, b"\0hello"), (SERVER_SAYS, b"\0there" * 40),
                 at=number * apart_s, number=number)
        for number in range(count)
    )  # fmt: skip


def knocking(count: int, apart_s: float = 10.0) -> Packets:
    """Give a client that keeps knocking at one port of a server that is down."""
    return joined(unanswered(CLIENT, SERVER, 8080, at=number * apart_s, number=number) for number in range(count))


def pings(count: int) -> Packets:
    return [(number * 0.5, frame(CLIENT, f"10.20.3.{number + 1}", ICMP(id=7, seq=number), b"x" * 48))
            for number in range(count)]  # fmt: skip


def udp_ports(count: int) -> Packets:
    return joined(
        datagrams(INTRUDER, SERVER, 1000 + number, (CLIENT_SAYS, b"\0" * 8), at=number * 0.5) for number in range(count)
    )


def udp_hosts(count: int, *answer: tuple[bool, bytes]) -> Packets:
    return joined(
        datagrams(CLIENT, f"10.20.3.{number + 1}", 161, (CLIENT_SAYS, b"0&\x02\x01"), *answer, at=number * 0.5)
        for number in range(count)
    )


def arp_questions(count: int, apart_s: float) -> Packets:
    return joined(arp("who-has", MAC, CLIENT, f"10.20.7.{number + 1}", number * apart_s) for number in range(count))


def neighbour_questions(count: int, apart_s: float) -> Packets:
    return joined(neighbour_asks(MAC, "fe80::5", f"fd00::{number + 1:x}", number * apart_s) for number in range(count))


CASES = {
    "Port Scan Of One Host": Case(lambda: ports(INTRUDER, SERVER, 20), lambda: talks(20)),
    "Slow Port Scan Of One Host": Case(
        lambda: ports(CLIENT6, SERVER6, 44, apart_s=HOUR_S / 2), lambda: knocking(44, HOUR_S / 2)
    ),
    "Network Searched For A Service": Case(lambda: hosts(CLIENT, 445, 18, refused=True), lambda: knocking(18)),
    "Network Slowly Searched For A Service": Case(
        lambda: hosts(CLIENT, 445, 64, apart_s=900.0), lambda: hosts(CLIENT, 445, 20, apart_s=900.0)
    ),
    "Stealth Scan With FIN, NULL, XMAS Or ACK Packets": Case(
        lambda: joined(
            [ports(INTRUDER, SERVER, 5, flags=""), ports(INTRUDER, SERVER, 10, flags="FPU")[5:],
             ports(INTRUDER, SERVER, 15, flags="A")[10:]]
        ),
        lambda: joined(unanswered(CLIENT, SERVER, 443, at=number, number=number, flags="FA") for number in range(15)),
    ),
    "UDP Port Scan Of One Host": Case(
        lambda: udp_ports(24),
        lambda: joined(datagrams(CLIENT, SERVER, 514, (CLIENT_SAYS, b"<30>x"), own=40_000 + n) for n in range(24)),
    ),
    "Network Searched For A UDP Service": Case(lambda: udp_hosts(34), lambda: udp_hosts(34, (SERVER_SAYS, b"0\x26"))),
    "Network Searched With Ping": Case(
        lambda: pings(30), lambda: [(at, frame(CLIENT, SERVER, ICMP(id=7, seq=1), b"x" * 48)) for at in range(30)]
    ),
    "Local Network Searched With ARP": Case(lambda: arp_questions(110, 0.1), lambda: arp_questions(110, 6.0)),
    "Local IPv6 Network Searched": Case(lambda: neighbour_questions(70, 0.1), lambda: neighbour_questions(70, 6.0)),
}  # fmt: skip
