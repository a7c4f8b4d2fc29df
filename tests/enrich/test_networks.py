"""What is inside: the private ranges, and what the configuration says over them."""

import pytest

from soc_agent.config import NetworkOptions
from soc_agent.enrich.networks import OUTSIDE, Network, Networks
from soc_agent.enrich.prefixes import address_of


def of(networks: Networks, text: str) -> Network:
    address = address_of(text)
    assert address is not None
    return networks.of(address)


@pytest.mark.parametrize(
    "text",
    ["10.1.2.3", "172.31.0.1", "192.168.1.1", "100.64.0.1", "169.254.1.1", "127.0.0.1", "fd00::1", "fe80::1", "::1"],
)
def test_private_ranges_are_inside_by_themselves(text: str) -> None:
    assert of(Networks(), text).internal


@pytest.mark.parametrize("text", ["172.32.0.1", "100.128.0.1", "203.0.113.9", "2001:db8::1", "8.8.8.8"])
def test_all_else_is_outside(text: str) -> None:
    assert of(Networks(), text) == OUTSIDE


def test_the_narrowest_network_counts_over_the_private_ranges() -> None:
    networks = Networks(
        [
            NetworkOptions(name="own", cidrs=("203.0.113.0/24", "2001:db8::/32"), system="portal"),
            NetworkOptions(name="partner", cidrs=("10.9.0.0/16",), internal=False),
            NetworkOptions(name="lan", cidrs=("10.0.0.0/8",)),
        ]
    )
    assert of(networks, "203.0.113.9") == Network(internal=True, name="own", system="portal")
    assert of(networks, "2001:db8::9").name == "own"
    assert of(networks, "10.9.1.1") == Network(internal=False, name="partner")
    assert of(networks, "10.8.1.1") == Network(internal=True, name="lan")
    assert of(networks, "192.168.0.1") == Network(internal=True)
