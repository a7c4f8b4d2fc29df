"""The rules on captures that nobody on this project made: attacks are found in packets alone, the quiet stays quiet."""

from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collectors.packets.capture import read_capture
from soc_agent.decode import Context
from soc_agent.detect import Engine
from soc_agent.detect.ruleset import RuleSet
from soc_agent.model import Detection, Level
from tests import product

pytestmark = pytest.mark.data

ATTACKS = (
    "ftp_bruteforce", "ssh_sshguess", "http_cooper-grill-dvwa", "irc-more-commands", "dhcp_dhcp_flood",
    "tls_heartbleed-success",
)  # fmt: skip
"""Captures with an attack in them, or with IRC."""
REVEALING = {"smtp.pcap": {"Password Sent In The Clear Over The Internet"}}
"""What is really there in captures that are ordinary else: in this one somebody sends mail through a provider."""


@cache
def rules() -> RuleSet:
    return product.rules()


def hunt(path: Path) -> list[Detection]:
    engine, found = Engine(rules(), product.decoders()), []
    for block in read_capture(path):
        context = Context("capture", block.type, ZoneInfo("Asia/Ho_Chi_Minh"), block.received_ns)
        found += engine.run(block, context).detections
    return found


@pytest.mark.parametrize(
    ("name", "source", "target"),
    [
        ("ftp_bruteforce.pcap", "192.168.56.1", "192.168.56.101"),
        ("ssh_sshguess.pcap", "192.168.56.1", "192.168.56.103"),
    ],
)
def test_brute_force_is_found_in_packets_alone(shared_data: Path, name: str, source: str, target: str) -> None:
    found = [d for d in hunt(shared_data / "pcap" / name) if "Brute Force" in d.rule.title]
    assert found
    for detection in found:
        assert detection.rule.level >= Level.MEDIUM
        assert detection.entities["src_ip"] == (source,)
        assert detection.entities["dst_ip"] == (target,)


def test_an_attack_on_a_web_page_is_found_in_packets(shared_data: Path) -> None:
    titles = {d.rule.title for d in hunt(shared_data / "pcap" / "http_cooper-grill-dvwa.pcapng")}
    assert "SQL Injection In A Web Request" in titles


@pytest.mark.parametrize(
    ("name", "title", "kind", "value"),
    [
        ("dhcp_dhcp_flood.pcap", "DHCP Server Flooded By One Client", "mac", "90:b1:1c:99:49:29"),
        ("tls_heartbleed-success.pcap", "Memory Of A Server Asked For By Heartbleed", "src_ip", "173.203.79.216"),
    ],
)
def test_who_floods_and_who_reads_memory_is_named(
    shared_data: Path, name: str, title: str, kind: str, value: str
) -> None:
    found = [d for d in hunt(shared_data / "pcap" / name) if d.rule.title == title]
    assert found
    assert all(value in detection.entities[kind] for detection in found)


def test_ordinary_traffic_gives_nothing_above_low(shared_data: Path) -> None:
    loud = {
        path.name: titles
        for path in sorted((shared_data / "pcap").glob("*.pcap*"))
        if path.stem not in ATTACKS and (titles := {d.rule.title for d in hunt(path) if d.rule.level > Level.LOW})
    }
    assert loud == REVEALING
