"""Addresses in a block."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soc_agent.detect.indicators.addresses import (
    Ranges,
    find_ipv4,
    find_ipv6,
    find_mapped,
    key_of_prefixes,
    map_of_groups,
)
from soc_agent.detect.indicators.words import PAD, Members, Text


def _ranges(*networks: str) -> Ranges:
    nets = [IPv4Network(network) for network in networks]
    firsts = np.array([int(net[0]) for net in nets], np.uint32)
    return Ranges.of(firsts, np.array([int(net[-1]) for net in nets], np.uint32))


RANGES = _ranges("203.0.113.9", "198.51.100.0/24", "198.51.100.7", "101.0.0.0/8", "9.9.9.9", "255.255.255.255")


def v4(data: bytes) -> list[int]:
    return sorted(set((find_ipv4(Text(data), RANGES) - PAD).tolist()))


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (b"203.0.113.9", 1),
        (b"x=203.0.113.9:22", 1),
        (b"198.51.100.0 198.51.100.255 101.255.0.1 9.9.9.9", 4),
        (b"%2F9.9.9.9 %269.9.9.9 \\u00269.9.9.9", 3),
        (b"203.0.113.90 1203.0.113.9 203.0.1139 203..0.113.9 203.0.113. 198.51.101.0 256.9.9.9 9.9.9.999", 0),
        (b"1.2 1.2.3 HTTP/1.1 Chrome/99.0.1.2 AppleWebKit/537.36 5.0 (X11; rv:9.0.)", 0),
        (b"....", 0),
        (b"9.9.9.9", 1),
        (b"", 0),
    ],
)
def test_ipv4_is_found_by_value(data: bytes, count: int) -> None:
    assert len(v4(data)) == count


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 2**32 - 1), max_size=30), st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=30))
def test_ranges_hold_what_they_were_made_of(others: list[int], listed: list[int]) -> None:
    array = np.array(listed, np.uint32)
    ranges = Ranges.of(array, array)
    asked = [*others, *listed]
    assert ranges.has(np.array(asked, np.uint32)).tolist() == [number in listed for number in asked]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(8, 32)), min_size=1, max_size=20), st.data())
def test_networks_hold_what_lies_in_them(networks: list[tuple[int, int]], data: st.DataObject) -> None:
    nets = [IPv4Network((number, size), strict=False) for number, size in networks]
    ranges = _ranges(*map(str, nets))
    inside = int(data.draw(st.sampled_from(nets))[data.draw(st.integers(0, 0))])
    asked = [inside, data.draw(st.integers(0, 2**32 - 1))]
    expected = [any(IPv4Address(number) in net for net in nets) for number in asked]
    assert ranges.has(np.array(asked, np.uint32)).tolist() == expected


def v6(data: bytes) -> int:
    listed = np.array([int(IPv6Address("2001:db8::")) >> 96, 0x20010000], np.uint32)
    prefixes = Members.of(key_of_prefixes(listed))
    return len(find_ipv6(Text(data), prefixes, map_of_groups(listed)))


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (b"2001:db8::1", 1),
        (b"[2001:0DB8:0:0:0:0:0:1]:443", 1),
        (b"2001::1", 1),
        (b"2001%3Adb8%3A%3A1", 1),
        (b"2400:cb00::1 08:14:03 2026:08:14:03 aa:bb:cc:dd:ee:ff ::1 fe80::1", 0),
        (b'{"a":1,"b":"c"}', 0),
        (b"port 32001:db8:1 12001:db8::1 2001:db8: x", 0),
        (b"%3D2001:db8::1 \\u00262001:db8::1", 2),
    ],
)
def test_ipv6_is_found_by_its_first_bits(data: bytes, count: int) -> None:
    assert v6(data) == count


def test_ipv4_in_hexadecimal_is_found() -> None:
    assert len(find_mapped(Text(b"::ffff:cb00:7109 ::FFFF%3Acb00%3A7109 fff:1 ffff: x"))) == 2
