"""The product's own network rules fire on packets: attacks made frame by frame go all the way to a detection."""

import random
import socket
from pathlib import Path

import pytest

from collectors.packets import read_capture
from soc_agent.detect import Engine, RuleSet
from tests import product
from tests.collectors.packets import craft_windows as windows
from tests.collectors.packets import test_icmp as icmps
from tests.collectors.packets.craft import Conversation, frame, icmp, ip4, udp, write
from tests.collectors.packets.test_dhcp import build
from tests.collectors.packets.test_login_listener import TALKS
from tests.detect.making import context_of

Packets = list[tuple[float, bytes]]
INSIDE, SERVER, OUTSIDE = "10.20.7.31", "10.20.0.10", "203.0.113.9"
DRSUAPI, SVCCTL = "e3514235-4b06-11d1-ab04-00c04fc2dcd2", "367abb81-9844-35f1-ad32-98f038001003"


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return product.rules()


def titles(rules: RuleSet, packets: Packets, folder: Path) -> set[str]:
    engine = Engine(rules, product.decoders())
    capture = write(folder / "made.pcap", sorted(packets, key=lambda packet: packet[0]))
    blocks = read_capture(capture)
    return {hit.rule.title for block in blocks for hit in engine.run(block, context_of(block.type)).detections}


def redirect() -> Packets:
    about = ip4(INSIDE, OUTSIDE, 17, udp(4000, 443))
    return [(0.0, frame("10.20.7.1", INSIDE, 1, icmp(5, 1, socket.inet_aton("10.20.7.66") + about)))]


def tunnel() -> Packets:
    chance = random.Random(1)
    return [icmps.echo(at * 0.3, chance.randbytes(chance.randint(80, 1300)), INSIDE, OUTSIDE) for at in range(60)]


def echo_flood() -> Packets:
    return [icmps.echo(at * 0.001, bytes(56), OUTSIDE, SERVER) for at in range(25_000)]


def pings() -> Packets:
    return [icmps.ping(float(at)) for at in range(200)]


def guessing() -> Packets:
    packets: Packets = []
    for number in range(25):
        asked = windows.kerberos_request(10, ("krbtgt", "A.VN"), client=f"user{number}", proof=2)
        port = 5000 + number
        packets.append((number * 0.5, frame(INSIDE, SERVER, 17, udp(port, 88, asked))))
        packets.append((number * 0.5 + 0.1, frame(SERVER, INSIDE, 17, udp(88, port, windows.kerberos_error(24)))))
    return packets


def called(interface: str, operation: int) -> Packets:
    flow = Conversation(INSIDE, 50_000, SERVER, 49_667).open()
    return flow.say(windows.rpc_bind(interface)).say(windows.rpc_request(operation)).close().frames


def telnet() -> Packets:
    flow = Conversation(INSIDE, 50_000, SERVER, 23).open()
    for side, data in TALKS[23][2]:
        flow.send(not side, 24, data)
    return flow.close().frames


def two_dhcp_servers() -> Packets:
    packets: Packets = []
    for number, server in enumerate(("10.20.7.1", "10.20.7.66")):
        offer = build(2, b"\x36\x04" + socket.inet_aton(server))
        packets.append((number * 5.0, frame(server, "255.255.255.255", 17, udp(67, 68, offer))))
    return packets


ATTACKS: dict[str, tuple[Packets, set[str]]] = {
    "redirect": (redirect(), {"ICMP Redirect Or Router Advertisement"}),
    "tunnel": (tunnel(), {"Data Carried In ICMP Echoes"}),
    "flood": (echo_flood(), {"Flood Of ICMP Messages"}),
    "guessing": (guessing(), {"Kerberos Passwords Guessed", "Many Accounts Tried With Kerberos"}),
    "dcsync": (called(DRSUAPI, 3), {"Secrets Of The Domain Asked For"}),
    "service": (called(SVCCTL, 12), {"Service Or Task Made On Another Windows Host"}),
    "two DHCP servers": (two_dhcp_servers(), {"Second DHCP Server On A Network"}),
    "telnet": (telnet(), {"Password Sent In The Clear", "Remote Login Without Encryption In Use"}),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_found(name: str, rules: RuleSet, tmp_path: Path) -> None:
    packets, expected = ATTACKS[name]
    assert expected <= titles(rules, packets, tmp_path)


def test_a_ping_all_the_time_is_nothing(rules: RuleSet, tmp_path: Path) -> None:
    assert not {title for title in titles(rules, pings(), tmp_path) if title != "ICMP Echo Request"}
