"""ARP and neighbour discovery: who claims to be whom."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.packets.neighbours import arp_line, mac_text, nd_line

MAC = bytes.fromhex("020000000001")
RAW_ARP = bytes.fromhex("00010800060400020200000000010a0000010200000000020a000002")


def arp(data: bytes, frame_mac: bytes = MAC, vlan: int = 0) -> dict[str, Any] | None:
    line = arp_line(data, 1_500_000_000, frame_mac, vlan, "edge")
    return None if line is None else msgspec.json.decode(line)


def nd(data: bytes, frame_mac: bytes = MAC) -> dict[str, Any] | None:
    line = nd_line(data, 1_500_000_000, "fe80::1", "ff02::1", 255, frame_mac, 7, "edge")
    return None if line is None else msgspec.json.decode(line)


def test_arp_as_scapy_makes_it() -> None:
    from scapy.layers.l2 import ARP

    made = bytes(ARP(op=1, hwsrc="02:00:00:00:00:01", psrc="10.0.0.1", pdst="10.0.0.2"))
    assert arp(made) == {
        "_path": "arp",
        "ts": 1.5,
        "operation": "request",
        "src_mac": "02:00:00:00:00:01",
        "src_ip": "10.0.0.1",
        "dst_mac": "00:00:00:00:00:00",
        "dst_ip": "10.0.0.2",
        "sensor": "edge",
    }


def test_a_sender_that_is_not_the_one_it_names_is_told() -> None:
    line = arp(RAW_ARP, bytes.fromhex("0600deadbeef"), 12)
    assert line is not None
    assert (line["operation"], line["frame_mac"], line["vlan"]) == ("reply", "06:00:de:ad:be:ef", 12)
    assert "frame_mac" not in (arp(RAW_ARP) or {})
    assert "frame_mac" not in (arp(RAW_ARP, b"") or {})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        RAW_ARP[:27],
        b"\0\x18" + RAW_ARP[2:],
        RAW_ARP[:2] + b"\x86\xdd" + RAW_ARP[4:],
        RAW_ARP[:4] + b"\x08" + RAW_ARP[5:],
    ],
)
def test_arp_of_another_kind_is_none(data: bytes) -> None:
    assert arp(data) is None


def test_an_unknown_operation_keeps_its_number() -> None:
    line = arp(RAW_ARP[:6] + b"\0\x63" + RAW_ARP[8:])
    assert line is not None
    assert line["operation"] == "operation-99"


def test_neighbour_discovery_of_every_type() -> None:
    from scapy.layers.inet6 import (
        ICMPv6ND_NA,
        ICMPv6ND_NS,
        ICMPv6ND_RA,
        ICMPv6ND_Redirect,
        ICMPv6ND_RS,
        ICMPv6NDOptDstLLAddr,
        ICMPv6NDOptPrefixInfo,
        ICMPv6NDOptSrcLLAddr,
    )

    prefixes = ICMPv6NDOptPrefixInfo(prefix="2001:db8::", prefixlen=64) / ICMPv6NDOptPrefixInfo(
        prefix="2001:db8:1::", prefixlen=48
    )
    router = nd(bytes(ICMPv6ND_RA(routerlifetime=1800) / ICMPv6NDOptSrcLLAddr(lladdr="02:00:00:00:00:01") / prefixes))
    assert router == {
        "_path": "nd",
        "ts": 1.5,
        "type": "ra",
        "src_mac": "02:00:00:00:00:01",
        "src_ip": "fe80::1",
        "dst_ip": "ff02::1",
        "hop_limit": 255,
        "router_lifetime": 1800,
        "prefixes": ["2001:db8::/64", "2001:db8:1::/48"],
        "vlan": 7,
        "sensor": "edge",
    }
    claim = nd(bytes(ICMPv6ND_NA(tgt="fe80::9") / ICMPv6NDOptDstLLAddr(lladdr="06:00:00:00:00:06")))
    assert claim is not None
    assert (claim["type"], claim["target"], claim["src_mac"]) == ("na", "fe80::9", "06:00:00:00:00:06")
    assert claim["frame_mac"] == "02:00:00:00:00:01"
    assert "router_lifetime" not in claim
    for packet, kind in (
        (ICMPv6ND_RS(), "rs"),
        (ICMPv6ND_NS(tgt="fe80::2"), "ns"),
        (ICMPv6ND_Redirect(tgt="fe80::3"), "redirect"),
    ):
        line = nd(bytes(packet))
        assert line is not None
        assert (line["type"], line["src_mac"]) == (kind, "02:00:00:00:00:01")


@pytest.mark.parametrize("data", [b"", b"\x80\0\0\0", b"\x05"])
def test_other_messages_are_none(data: bytes) -> None:
    assert nd(data) is None


def test_mac_text() -> None:
    assert mac_text(MAC) == "02:00:00:00:00:01"


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([133, 134, 135, 136, 137]), st.binary(max_size=120))
def test_hostile_messages_never_raise(kind: int, body: bytes) -> None:
    nd(bytes([kind]) + body, b"")
    arp(bytes([0, 1]) + body)
