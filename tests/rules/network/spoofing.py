"""Who claims to be somebody else: ARP, neighbours, routers, address servers."""

import socket

from scapy.layers.dhcp6 import DUID_LL, DHCP6_Advertise, DHCP6OptClientId, DHCP6OptServerId
from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.inet6 import ICMPv6ND_Redirect, IPv6
from scapy.layers.l2 import Ether

from tests.collectors.packets.test_dhcp import build
from tests.rules.network.kit import (
    CLIENT,
    MAC,
    OTHER_MAC,
    OUTSIDE,
    THIRD_MAC,
    Case,
    Packets,
    arp,
    frame,
    joined,
    neighbour_says,
    router_says,
)

GATEWAY, GATEWAY6 = "10.20.7.1", "fd00:20:7::1"
BROADCAST = "255.255.255.255"


def address_offers(*servers: str) -> Packets:
    packets: Packets = []
    for number, server in enumerate(servers):
        offer = build(2, b"\x36\x04" + socket.inet_aton(server))
        packets.append((number * 5.0, frame(server, BROADCAST, UDP(sport=67, dport=68), offer)))
    return packets


def address_offers6(*macs: str) -> Packets:
    packets: Packets = []
    for number, mac in enumerate(macs):
        message = DHCP6_Advertise(trid=1) / DHCP6OptClientId(duid=DUID_LL(lladdr=OTHER_MAC))
        message /= DHCP6OptServerId(duid=DUID_LL(lladdr=mac))
        packets.append(
            (number * 5.0, frame(f"fe80::{number + 1}", "fe80::5", UDP(sport=547, dport=546), bytes(message)))
        )
    return packets


def address_questions(count: int, apart_s: float) -> Packets:
    packets: Packets = []
    for number in range(count):
        asked = bytearray(build(1, op=1))
        asked[28:34] = bytes.fromhex("525400") + number.to_bytes(3, "big")
        packets.append((number * apart_s, frame("0.0.0.0", BROADCAST, UDP(sport=68, dport=67), bytes(asked))))
    return packets


def redirect(code: int) -> Packets:
    about = IP(src=CLIENT, dst=OUTSIDE) / UDP(sport=4000, dport=443)
    kind = 5 if code >= 0 else 3
    return [(0.0, frame(GATEWAY, CLIENT, ICMP(type=kind, code=max(code, 0), gw="10.20.7.66") / about))]


def redirect6() -> Packets:
    message = ICMPv6ND_Redirect(tgt="fe80::bad", dst="2001:db8::9")
    return [(0.0, bytes(Ether(src=THIRD_MAC, dst=MAC) / IPv6(src="fe80::1", dst="fe80::5", hlim=255) / message))]


CASES = {
    "One Address Claimed By Two Hosts": Case(
        lambda: joined([arp("is-at", MAC, GATEWAY, CLIENT), arp("is-at", THIRD_MAC, GATEWAY, CLIENT, 30.0)]),
        lambda: joined([arp("is-at", MAC, GATEWAY, CLIENT), arp("is-at", THIRD_MAC, "10.20.7.66", CLIENT, 30.0)]),
    ),
    "One IPv6 Address Claimed By Two Hosts": Case(
        lambda: joined([neighbour_says(MAC, "fe80::1", GATEWAY6), neighbour_says(THIRD_MAC, "fe80::b", GATEWAY6, 9.0)]),
        lambda: joined([neighbour_says(MAC, "fe80::1", GATEWAY6), neighbour_says(MAC, "fe80::1", GATEWAY6, 9.0)]),
    ),
    "Second IPv6 Router On A Network": Case(
        lambda: joined([router_says(MAC, "fe80::1"), router_says(THIRD_MAC, "fe80::bad", 60.0)]),
        lambda: joined([router_says(MAC, "fe80::1"), router_says(MAC, "fe80::1", 200.0)]),
    ),
    "IPv6 Redirect, Or A Neighbour Message From Beyond A Router": Case(
        redirect6, lambda: router_says(MAC, "fe80::1", lifetime=1800)
    ),
    "ICMP Redirect Or Router Advertisement": Case(lambda: redirect(1), lambda: redirect(-1)),
    "Second DHCP Server On A Network": Case(
        lambda: address_offers(GATEWAY, "10.20.7.66"), lambda: address_offers(GATEWAY, GATEWAY)
    ),
    "Second DHCPv6 Server On A Network": Case(
        lambda: address_offers6(MAC, THIRD_MAC), lambda: address_offers6(MAC, MAC)
    ),
    "All Addresses Of A DHCP Server Asked For": Case(
        lambda: address_questions(200, 0.1), lambda: address_questions(200, 2.0)
    ),
}  # fmt: skip
