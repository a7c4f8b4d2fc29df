"""Addresses are read as hosts, and the narrowest range wins."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.enrich.prefixes import Prefixes, address_of


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::1"),
        ("2001:DB8::1", "2001:db8::1"),
    ],
)
def test_an_address_is_read_in_whatever_form(text: str, address: str) -> None:
    assert address_of(text) == ip_address(address)


@pytest.mark.parametrize(
    "text", ["", "-", "web01", "192.0.2.1:22", "0.0.0.0", "::", "255.255.255.255", "224.0.0.251", "ff02::1", "1.2.3"]
)
def test_what_names_no_single_host_is_no_address(text: str) -> None:
    assert address_of(text) is None


def test_of_two_values_for_one_range_the_first_stays() -> None:
    ranges: Prefixes[str] = Prefixes()
    ranges.add("10.0.0.0/8", "first")
    ranges.add("10.1.2.3/8", "second")
    assert ranges.find(ip_address("10.9.9.9")) == "first"


NETWORKS = st.one_of(
    st.tuples(st.integers(0, 2**32 - 1).map(lambda n: str(ip_address(n))), st.integers(0, 32)),
    st.tuples(st.integers(2**64, 2**128 - 1).map(lambda n: str(ip_address(n))), st.integers(0, 128)),
).map(lambda parts: str(ip_network(f"{parts[0]}/{parts[1]}", strict=False)))


@given(st.lists(NETWORKS, max_size=12, unique=True), st.data())
def test_the_narrowest_range_is_found(cidrs: list[str], data: st.DataObject) -> None:
    ranges: Prefixes[str] = Prefixes()
    for cidr in cidrs:
        ranges.add(cidr, cidr)
    base = ip_network(data.draw(st.sampled_from(cidrs))) if cidrs else ip_network("::/0")
    address = base[data.draw(st.integers(0, base.num_addresses - 1))]
    holding = [ip_network(cidr) for cidr in cidrs if address in ip_network(cidr)]
    expected = max(holding, key=lambda network: network.prefixlen, default=None)
    assert ranges.find(address) == (None if expected is None else str(expected))
