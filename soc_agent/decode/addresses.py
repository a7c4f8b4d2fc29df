"""IP addresses as lines write them."""

import ipaddress
from functools import lru_cache

_INSIDE = tuple(
    ipaddress.ip_network(block)
    for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10")
)
_INSIDE_6 = tuple(ipaddress.ip_network(block) for block in ("::1/128", "fc00::/7", "fe80::/10"))


@lru_cache(maxsize=8192)
def address(value: str) -> str | None:
    """Give an IP address without brackets and without the prefix of IPv4 in IPv6; None when it is none."""
    value = value.strip("[]")
    if value[:7].lower() == "::ffff:" and "." in value:
        value = value[7:]
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return None
    return value


@lru_cache(maxsize=8192)
def is_inside(value: str) -> bool:
    """Say whether an address is one that no network outside can have: behind it stands a proxy, or a colleague."""
    found = ipaddress.ip_address(value.partition("%")[0])
    return any(found in block for block in (_INSIDE if found.version == 4 else _INSIDE_6))
