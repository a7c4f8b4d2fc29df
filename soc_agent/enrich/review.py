"""Looking over the register, the networks and the databases of a configuration: what ``soc-agent doctor`` tells."""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import combinations
from pathlib import Path

from msgspec import Struct

from soc_agent.config import Config
from soc_agent.enrich.databases import About, Database
from soc_agent.enrich.networks import PRIVATE_RANGES
from soc_agent.model import Problem

OLD_DAYS = 90
"""Addresses change hands: a database older than this is worth a word."""
WIDE_PREFIX = {4: 16, 6: 29}
"""A public range wider than this is hardly one organisation's (IPv6: RIPE and APNIC give a provider /32 to /29)."""
_DAY_S = 86_400
_Range = IPv4Network | IPv6Network


class Review(Struct, frozen=True):
    """What came of looking."""

    problems: tuple[Problem, ...]
    """What is wrong with networks and assets."""
    public: tuple[str, ...]
    """Public ranges that count as inside."""
    nested: tuple[tuple[str, str], ...]
    """Networks of which one lies in the other, the narrower first: its word counts."""
    databases: tuple[tuple[str, About | None, Problem | None], ...]
    """The databases: path, what it says of itself, what is wrong with it."""


def review(config: Config, folder: Path, now_s: float) -> Review:
    """Look over a configuration whose relative paths begin in ``folder``. ``now_s`` is in seconds since 1970 (UTC)."""
    ranges = [(ip_network(cidr, strict=False), network) for network in config.networks for cidr in network.cidrs]
    public = [(cidr, network.name) for cidr, network in ranges if network.internal and not _is_private(cidr)]
    problems = [*_same_ranges(config), *_same_assets(config)]
    problems += [
        Problem("enrich.wide", values={"cidr": str(cidr), "network": name})
        for cidr, name in public
        if cidr.prefixlen < WIDE_PREFIX[cidr.version]
    ]
    nested = dict.fromkeys(
        (one.name, two.name) if _within(inner, outer) else (two.name, one.name)
        for (inner, one), (outer, two) in combinations(ranges, 2)
        if one is not two and inner != outer and (_within(inner, outer) or _within(outer, inner))
    )
    named = (config.enrichment.city_mmdb, config.enrichment.asn_mmdb)
    databases = tuple(_database(folder / path, now_s) for path in dict.fromkeys(named) if path)
    return Review(tuple(problems), tuple(str(cidr) for cidr, _ in public), tuple(nested), databases)


def _same_ranges(config: Config) -> Iterator[Problem]:
    holders: dict[_Range, str] = {}
    for network in config.networks:
        for cidr in network.cidrs:
            first = holders.setdefault(ip_network(cidr, strict=False), network.name)
            if first != network.name:
                values = {"cidr": cidr, "first": first, "second": network.name}
                yield Problem("enrich.same_range", values=values)


def _same_assets(config: Config) -> Iterator[Problem]:
    names: set[str] = set()
    holders: dict[_Range, str] = {}
    for asset in config.assets:
        name = asset.name.casefold()
        if name in names:
            yield Problem("enrich.same_name", values={"name": asset.name})
        names.add(name)
        for address in asset.addresses:
            first = holders.setdefault(ip_network(address, strict=False), asset.name)
            if first != asset.name:
                values = {"address": address, "first": first, "second": asset.name}
                yield Problem("enrich.same_address", values=values)


def _is_private(cidr: _Range) -> bool:
    return any(_within(cidr, ip_network(private)) for private in PRIVATE_RANGES)


def _within(inner: _Range, outer: _Range) -> bool:
    return (
        inner.version == outer.version
        and inner.prefixlen >= outer.prefixlen
        and outer.network_address <= inner.network_address <= outer.broadcast_address  # type: ignore[operator]
    )


def _database(path: Path, now_s: float) -> tuple[str, About | None, Problem | None]:
    database = Database(path)
    about = database.about()
    if about is None:
        return str(path), None, database.problem
    days = int(now_s - about.built_s) // _DAY_S
    old = Problem("enrich.old", values={"path": str(path), "days": days}) if days > OLD_DAYS else None
    return str(path), about, old
