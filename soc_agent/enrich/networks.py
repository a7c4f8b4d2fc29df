"""Networks: whether an address is inside, and what its network is called."""

from collections.abc import Iterable

from msgspec import Struct

from soc_agent.config import NetworkOptions
from soc_agent.enrich.prefixes import Address, Prefixes

PRIVATE_RANGES = (
    "10.0.0.0/8",  # RFC 1918
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",  # RFC 6598: between a provider and its customers
    "169.254.0.0/16",  # RFC 3927: link-local
    "127.0.0.0/8",  # RFC 1122: loopback
    "fc00::/7",  # RFC 4193
    "fe80::/10",  # RFC 4291: link-local
    "::1/128",
)
"""Ranges that are inside wherever the configuration does not say otherwise."""


class Network(Struct, frozen=True):
    """What an address has of its network."""

    internal: bool
    name: str = ""
    """Empty where no configured network holds the address."""
    system: str = ""


OUTSIDE = Network(internal=False)
_PRIVATE = Network(internal=True)


class Networks:
    """The networks of a configuration over the private ranges; the narrowest that holds an address counts."""

    def __init__(self, networks: Iterable[NetworkOptions] = ()) -> None:
        self._ranges: Prefixes[Network] = Prefixes()
        for options in networks:
            for cidr in options.cidrs:
                self._ranges.add(cidr, Network(options.internal, options.name, options.system))
        for cidr in PRIVATE_RANGES:
            self._ranges.add(cidr, _PRIVATE)

    def of(self, address: Address) -> Network:
        """Give the network of an address."""
        return self._ranges.find(address) or OUTSIDE
