"""Ranges of addresses, found by the longest prefix that holds an address."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Generic, TypeVar

Address = IPv4Address | IPv6Address
Value = TypeVar("Value")

_BROADCAST = IPv4Address(0xFFFFFFFF)


def address_of(text: str) -> Address | None:
    """Read the address of a host; None where the text is none, or names no single host (multicast, unspecified).

    An IPv4 address in IPv6 form (RFC 4291, 2.5.5.2) is taken as the IPv4 address; a zone (RFC 4007) is left out.
    """
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_unspecified or address.is_multicast or address == _BROADCAST:
        return None
    return address


class Prefixes(Generic[Value]):
    """Values by range. One look-up costs one dictionary access for each length of prefix that there is."""

    def __init__(self) -> None:
        self._tables: dict[int, list[tuple[int, dict[int, Value]]]] = {4: [], 6: []}

    def add(self, cidr: str, value: Value) -> None:
        """Add a range, or a single address. Of two values for the same range the first stays.

        :raises ValueError: when ``cidr`` is no range.
        """
        network = ip_network(cidr, strict=False)
        shift = network.max_prefixlen - network.prefixlen
        tables = self._tables[network.version]
        table = next((table for known, table in tables if known == shift), None)
        if table is None:
            table = {}
            tables.append((shift, table))
            tables.sort(key=lambda item: item[0])
        table.setdefault(int(network.network_address) >> shift, value)

    def find(self, address: Address) -> Value | None:
        """Give the value of the narrowest range that holds the address; None when none does."""
        number = int(address)
        for shift, table in self._tables[address.version]:
            found = table.get(number >> shift)
            if found is not None:
                return found
        return None
