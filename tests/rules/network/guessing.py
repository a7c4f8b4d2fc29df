"""Passwords tried: seen from the size and the number of connections, and from what Kerberos and remote desktops say."""

from scapy.layers.inet import UDP

from tests.collectors.packets import craft_windows as windows
from tests.rules.network.kit import (
    CLIENT,
    CLIENT_SAYS,
    INTRUDER,
    SERVER,
    SERVER_SAYS,
    Case,
    Packets,
    Said,
    datagrams,
    frame,
    joined,
    tcp_flow,
)

CONTROLLER = "10.20.0.10"
REFUSED_LOGIN: tuple[Said, ...] = (
    (CLIENT_SAYS, b"SSH-2.0-Go\r\n"), (SERVER_SAYS, b"SSH-2.0-OpenSSH_9.7\r\n"),
    (CLIENT_SAYS, b"\0" * 1100), (SERVER_SAYS, b"\0" * 1300), (CLIENT_SAYS, b"\0" * 400), (SERVER_SAYS, b"\0" * 300),
)  # fmt: skip
SESSION: tuple[Said, ...] = (*REFUSED_LOGIN, (CLIENT_SAYS, b"\0" * 9000), (SERVER_SAYS, b"\0" * 30_000))
TLS_LOGIN: tuple[Said, ...] = ((CLIENT_SAYS, b"\x17" * 900), (SERVER_SAYS, b"\x17" * 3000))
GREETING = b"\x4a\0\0\0\x0a8.0.36\0" + bytes(66)
REFUSED_QUERY: tuple[Said, ...] = (
    (SERVER_SAYS, GREETING), (CLIENT_SAYS, b"\x4e\0\0\x01" + bytes(78)), (SERVER_SAYS, b"\x48\0\0\x02\xff" + bytes(71)),
)  # fmt: skip


def flows(client: str, port: int, said: tuple[Said, ...], count: int, apart_s: float, *, spread: str = "") -> Packets:
    """Give connections to one server; with ``spread`` they go to many ``hosts``, or come from many ``sources``."""
    return joined(
        tcp_flow(
            f"203.0.113.{number + 1}" if spread == "sources" else client,
            f"10.20.3.{number + 1}" if spread == "hosts" else SERVER,
            port, *said, at=number * apart_s, number=number,
        )
        for number in range(count)
    )  # fmt: skip


def keys_exchanged(count: int, apart_s: float) -> Packets:
    said: tuple[Said, ...] = ((CLIENT_SAYS, b"\0" * 300), (SERVER_SAYS, b"\0" * 200)) * 2
    return joined(
        datagrams(INTRUDER, SERVER, 500, *said, at=number * apart_s, own=30_000 + number) for number in range(count)
    )


def kerberos(count: int, code: int, accounts: int) -> Packets:
    packets: Packets = []
    for number in range(count):
        asked = windows.kerberos_request(10, ("krbtgt", "A.VN"), client=f"nv{number % accounts}", proof=2)
        port, at = 5000 + number, number * 0.5
        packets.append((at, frame(CLIENT, CONTROLLER, UDP(sport=port, dport=88), asked)))
        answer = windows.kerberos_error(code)
        packets.append((at + 0.01, frame(CONTROLLER, CLIENT, UDP(sport=88, dport=port), answer)))
    return packets


def desktops(users: int, client: str) -> Packets:
    return joined(
        tcp_flow(client, SERVER, 3389, (CLIENT_SAYS, windows.rdp_request(f"nv{number % users}")),
                 (SERVER_SAYS, windows.rdp_confirm()), *((SERVER_SAYS, b"\0" * 9000),), at=number * 9.0, number=number)
        for number in range(9)
    )  # fmt: skip


def ftp(count: int, code: bytes) -> Packets:
    said = ((SERVER_SAYS, b"220 FTP\r\n"), (CLIENT_SAYS, b"USER an\r\n"), (SERVER_SAYS, b"331 a\r\n"),
            (CLIENT_SAYS, b"PASS x\r\n"), (SERVER_SAYS, code + b" b\r\n"))  # fmt: skip
    return flows(INTRUDER, 21, said, count, 3.0)


CASES = {
    "Login Brute Force Seen In The Flows": Case(
        lambda: flows(INTRUDER, 22, REFUSED_LOGIN, 10, 3.0), lambda: flows(CLIENT, 22, SESSION, 10, 3.0)
    ),
    "Database, Mail Or File Service Brute Force Seen In The Flows": Case(
        lambda: flows(CLIENT, 1521, REFUSED_QUERY, 64, 0.5),
        lambda: flows(CLIENT, 1521, (*REFUSED_QUERY, (SERVER_SAYS, b"\0" * 4000)), 64, 0.5),
    ),
    "Login Service Tried On Many Hosts": Case(
        lambda: flows(CLIENT, 22, REFUSED_LOGIN, 12, 3.0, spread="hosts"),
        lambda: flows(CLIENT, 22, SESSION, 12, 3.0, spread="hosts"),
    ),
    "Login Service Tried From Many Sources": Case(
        lambda: flows(CLIENT, 22, REFUSED_LOGIN, 28, 9.0, spread="sources"),
        lambda: flows(CLIENT, 22, SESSION, 28, 9.0, spread="sources"),
    ),
    "Mail Logins Tried From The Internet, Seen In The Flows": Case(
        lambda: flows(INTRUDER, 993, TLS_LOGIN, 44, 5.0), lambda: flows(CLIENT, 993, TLS_LOGIN, 44, 5.0)
    ),
    "VPN Logins Tried Again And Again": Case(lambda: keys_exchanged(30, 3.0), lambda: keys_exchanged(10, 60.0)),
    "Kerberos Passwords Guessed": Case(lambda: kerberos(25, 24, 1), lambda: kerberos(25, 6, 1)),
    "Many Accounts Tried With Kerberos": Case(lambda: kerberos(15, 6, 15), lambda: kerberos(15, 6, 2)),
    "Many Accounts Tried With Remote Desktop": Case(lambda: desktops(9, INTRUDER), lambda: desktops(2, CLIENT)),
    "FTP Brute Force Seen On The Wire": Case(lambda: ftp(12, b"530"), lambda: ftp(6, b"230")),
}
