"""Who gives addresses and names: DHCP, DNS, and what hosts of one link say of their names."""

import random
import socket

from scapy.layers.dhcp6 import (
    DUID_LL,
    DHCP6_Advertise,
    DHCP6_Solicit,
    DHCP6OptClientId,
    DHCP6OptIA_NA,
    DHCP6OptIAAddress,
    DHCP6OptServerId,
)
from scapy.layers.dns import DNS, DNSQR, DNSRR
from scapy.layers.inet import UDP

from tests.collectors.packets.test_dhcp import build
from tests.rules.network.kit import (
    CLIENT,
    CLIENT_SAYS,
    MAC,
    OTHER_MAC,
    OUTSIDE,
    SERVER,
    SERVER_SAYS,
    Case,
    Packets,
    datagrams,
    frame,
    joined,
)
from tests.rules.network.talks import RESOLVER, name_asked

BROADCAST, GATEWAY, OTHER_GATEWAY = "255.255.255.255", "10.20.7.1", "10.20.7.66"
ROGUE = "10.20.7.99"
DISCOVER, OFFER, ACK, RELEASE = 1, 2, 5, 7
FIRST_NAMES = ("fileserv", "wpad", "printsrv01", "fs-ketoan", "intrant", "sharepiont")


def addresses_given6(address: str) -> Packets:
    message = DHCP6_Advertise(trid=1) / DHCP6OptClientId(duid=DUID_LL(lladdr=OTHER_MAC))
    message /= DHCP6OptServerId(duid=DUID_LL(lladdr=MAC))
    message /= DHCP6OptIA_NA(iaid=1, ianaopts=[DHCP6OptIAAddress(addr=address)])
    return [(0.0, frame("fe80::66", "fe80::5", UDP(sport=547, dport=546), bytes(message)))]


def addresses_asked6(clients: int, times: int) -> Packets:
    """Give what one host asks under the names of so many clients, one after the other."""
    packets: Packets = []
    for number in range(times):
        duid = DUID_LL(lladdr=f"52:54:00:00:01:{number % clients:02x}")
        message = DHCP6_Solicit(trid=number) / DHCP6OptClientId(duid=duid) / DHCP6OptIA_NA(iaid=1)
        packets.append((number * 0.5, frame("fe80::66", "ff02::1:2", UDP(sport=546, dport=547), bytes(message))))
    return packets


def lease(kind: int, *, at: float, client: int = 0, given: int = 0, source: str = "0.0.0.0", gateway: str = "",
          holds: str = "0.0.0.0") -> Packets:  # fmt: skip
    """Give a DHCP message to or from a client, of which the number is that of its hardware address."""
    by_server = kind in (OFFER, ACK)
    options = b"\x36\x04" + socket.inet_aton(SERVER) if by_server else b""
    if gateway:
        options += b"\x03\x04" + socket.inet_aton(gateway)
    message = bytearray(build(kind, options, op=2 if by_server else 1))
    message[12:16] = socket.inet_aton(holds)
    message[16:20] = socket.inet_aton(f"10.20.7.{100 + given}" if given else "0.0.0.0")
    message[28:34] = bytes.fromhex("5254000002") + bytes([client])
    ports = UDP(sport=67, dport=68) if by_server else UDP(sport=68, dport=67)
    return [(at, frame(source, SERVER if kind == RELEASE else BROADCAST, ports, bytes(message)))]


def addresses_released(apart_s: float) -> Packets:
    holders = [f"10.20.7.{100 + number}" for number in range(50)]
    return joined(
        lease(RELEASE, at=number * apart_s, client=number, source=holder, holds=holder)
        for number, holder in enumerate(holders)
    )


def made_up(count: int, length: int, alphabet: str = "bcdfghjklmnpqrstvwxz") -> list[str]:
    """Give words as programs make them up."""
    chance = random.Random(5)
    return ["".join(chance.choices(alphabet, k=length)) for _ in range(count)]


def names_asked(names: list[str], apart_s: float, *, kind: str = "A", missing: bool = False, clients: int = 1,
                resolver: str = RESOLVER) -> Packets:  # fmt: skip
    return joined(
        name_asked(name, kind, at=number * apart_s, number=number, missing=missing, resolver=resolver,
                   client=f"10.20.7.{31 + number % clients}")
        for number, name in enumerate(names)
    )  # fmt: skip


def everything_asked(kind: str) -> Packets:
    return joined(
        name_asked("example.vn", kind, at=number * 0.5, number=number, client=OUTSIDE, resolver=SERVER)
        for number in range(60)
    )


def answers_itself(*names: str) -> Packets:
    """Give what a host answers that is asked for names: its own address."""
    packets: list[Packets] = []
    for number, name in enumerate(names):
        asked = [DNSQR(qname=name)]
        answer = DNS(id=7, qr=1, qd=asked, an=[DNSRR(rrname=name, rdata=ROGUE)])
        said = ((CLIENT_SAYS, bytes(DNS(id=7, qd=asked))), (SERVER_SAYS, bytes(answer)))
        packets.append(datagrams(CLIENT, ROGUE, 53, *said, at=number * 60.0, own=30_000 + number))
    return joined(packets)


def owns(*names: str) -> Packets:
    """Give what a host says by multicast DNS of names: they are its own."""
    ports = UDP(sport=5353, dport=5353)
    return [
        (number * 40.0, frame(ROGUE, "224.0.0.251", ports,
                              bytes(DNS(id=0, qr=1, aa=1, qd=[], an=[DNSRR(rrname=f"{name}.local", rdata=ROGUE)]))))
        for number, name in enumerate(names)
    ]  # fmt: skip


CASES = {
    "DHCPv6 Server That Gives Link-Local Addresses": Case(
        lambda: addresses_given6("fe80::66:1"), lambda: addresses_given6("2001:db8:7::9")
    ),
    "One Host Asks For Many Addresses By DHCPv6": Case(
        lambda: addresses_asked6(40, 40), lambda: addresses_asked6(4, 40)
    ),
    "DHCP Server Flooded By One Client": Case(
        lambda: joined(lease(DISCOVER, at=number * 0.2) for number in range(120)),
        lambda: joined(lease(DISCOVER, at=number * 2.0) for number in range(120)),
    ),
    "One Hardware Address Takes Many Addresses": Case(
        lambda: joined(lease(ACK, at=n * 9.0, given=n, source=SERVER) for n in range(1, 13)),
        lambda: joined(lease(ACK, at=n * 9.0, given=n, client=n, source=SERVER) for n in range(1, 13)),
    ),
    "One Client Offered Two Gateways": Case(
        lambda: joined(lease(OFFER, at=n * 1.0, given=9, source=SERVER, gateway=gateway)
                       for n, gateway in enumerate((GATEWAY, OTHER_GATEWAY))),
        lambda: joined(lease(OFFER, at=n * 1.0, given=9 + n, client=n, source=SERVER, gateway=gateway)
                       for n, gateway in enumerate((GATEWAY, OTHER_GATEWAY))),
    ),
    "Addresses Of Many Hosts Given Back To DHCP": Case(
        lambda: addresses_released(0.5), lambda: addresses_released(3.0)
    ),
    "Name Server Used For Amplification": Case(lambda: everything_asked("ALL"), lambda: everything_asked("A")),
    "Many Made Up Domains Over Hours": Case(
        lambda: names_asked([f"{word}.com" for word in made_up(35, 13)], 600.0, missing=True),
        lambda: names_asked([f"{word}.com" for word in made_up(7, 13)] * 5, 600.0, missing=True),
    ),
    "Name Server Flooded With Names That Do Not Exist": Case(
        lambda: names_asked([f"{word}.example.vn" for word in made_up(650, 7)], 0.05, missing=True, clients=20),
        lambda: names_asked([f"{word}.example.vn" for word in made_up(65, 7)] * 10, 0.05, missing=True, clients=20),
    ),
    "Name Server Answers Many Domains With Its Own Address": Case(
        lambda: answers_itself(*(f"www.example{number}.net" for number in range(6))),
        lambda: answers_itself(*(f"www{number}.example.net" for number in range(6))),
    ),
    "Many Odd Names Below One Domain": Case(
        lambda: names_asked([f"{word}.stage.example.net" for word in made_up(55, 12, "0123456789abcdef")], 300.0),
        lambda: names_asked([f"{word}.stage.example.net" for word in made_up(11, 12, "0123456789abcdef")] * 5, 300.0),
    ),
    "One Host Says That Many Names Are Its Own": Case(lambda: owns(*FIRST_NAMES), lambda: owns(*["nas01"] * 6)),
}  # fmt: skip
