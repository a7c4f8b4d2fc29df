"""What the types of the options cannot say: names that must differ, or must be there; addresses, zones."""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import re2

from soc_agent.config.health import listen_address
from soc_agent.config.lines import compile_start, is_encoding
from soc_agent.config.options import Config
from soc_agent.config.sources import FileSource, HostSource, JournalSource, ListenerSource, PacketSource, PortalSource

Path = tuple[str | int, ...]
Conflict = tuple[str, Path, dict[str, Any]]
"""The code of a problem, where in the tree of the configuration it is, and its values."""


def conflicts(config: Config) -> Iterator[Conflict]:
    """Yield what does not go together."""
    if not _is_zone(config.timezone):
        yield "config.unknown_timezone", ("timezone",), {"zone": config.timezone}
    hours = config.organisation.working_hours
    if hours.end <= hours.begin:
        yield (
            "config.hours_backwards",
            ("organisation", "working_hours", "end"),
            {"begin": hours.begin, "end": hours.end},
        )
    yield from _sources(config)
    yield from _assets(config)
    yield from _networks(config)
    yield from _trust(config)


def _trust(config: Config) -> Iterator[Conflict]:
    names = {source.name for source in config.sources}
    for name in config.health.silence:
        if name not in names:
            yield "trust.unknown_source", ("health", "silence"), {"name": name}
    if not config.metrics.listen:
        return
    address = listen_address(config.metrics.listen)
    if address is None:
        yield "trust.not_an_address", ("metrics", "listen"), {"value": config.metrics.listen}
    elif not (config.metrics.remote or ip_address(address[0]).is_loopback):
        yield "trust.not_loopback", ("metrics", "listen"), {"value": config.metrics.listen}


def _sources(config: Config) -> Iterator[Conflict]:
    names: set[str] = set()
    for index, source in enumerate(config.sources):
        named = {"name": source.name}
        if source.name in names:
            yield "config.duplicate_source", ("sources", index, "name"), named
        names.add(source.name)
        if isinstance(source, PacketSource):
            if bool(source.interface) == bool(source.paths):
                yield "config.interface_or_paths", ("sources", index), named
        elif isinstance(source, ListenerSource):
            yield from _doors(source, ("sources", index))
        elif isinstance(source, JournalSource):
            yield from _journal(source, ("sources", index))
        elif isinstance(source, PortalSource):
            yield from _portals(source, ("sources", index))
        elif not isinstance(source, HostSource) and not source.paths:
            yield "config.no_paths", ("sources", index, "paths"), named
        zone = getattr(source, "timezone", "")
        if zone and not _is_zone(zone):
            yield "config.unknown_timezone", ("sources", index, "timezone"), {"zone": zone}
        if isinstance(source, FileSource):
            yield from _lines(source, ("sources", index))


def _lines(source: FileSource, path: Path) -> Iterator[Conflict]:
    if not is_encoding(source.encoding):
        yield "multiline.unknown_encoding", (*path, "encoding"), {"encoding": source.encoding}
    grouping = source.multiline
    if (grouping.by == "start") != bool(grouping.start):
        yield "multiline.start_alone", (*path, "multiline"), {}
    try:
        compile_start(grouping.start)
    except re2.error as error:
        yield "multiline.wrong_start", (*path, "multiline", "start"), {"pattern": grouping.start, "reason": error}


def _journal(source: JournalSource, path: Path) -> Iterator[Conflict]:
    if source.directory and source.namespace:
        yield "journal.namespace_of_folder", (*path, "namespace"), {}


def _doors(source: ListenerSource, path: Path) -> Iterator[Conflict]:
    if not source.listen:
        yield "listener.no_doors", (*path, "listen"), {"name": source.name}
    for index, door in enumerate(source.listen):
        place = (*path, "listen", index)
        is_tls = door.transport == "tls"
        if is_tls and not door.certificate:
            yield "listener.no_certificate", place, {}
        if not is_tls and (door.certificate or door.client_ca or door.crl or door.client_certificates != "none"):
            yield "listener.not_tls", place, {"transport": door.transport}
        if door.client_certificates != "none" and not door.client_ca:
            yield "listener.no_client_ca", place, {}
        if door.crl and door.client_certificates == "none":
            yield "listener.crl_unused", (*place, "crl"), {}
        if door.client_names and door.client_certificates != "required":
            yield "listener.names_unproved", (*place, "client_names"), {}
        try:
            if door.address:
                ip_address(door.address.partition("%")[0])
        except ValueError:
            yield "listener.not_an_address", (*place, "address"), {"address": door.address}


def _portals(source: PortalSource, path: Path) -> Iterator[Conflict]:
    if not source.pages:
        yield "portals.no_pages", (*path, "pages"), {"name": source.name}
    names: set[str] = set()
    for place, page in enumerate(source.pages):
        if page.name in names:
            yield "portals.duplicate_page", (*path, "pages", place, "name"), {"name": page.name}
        names.add(page.name)
        if not _is_url(page.url):
            yield "portals.bad_url", (*path, "pages", place, "url"), {"url": page.url}
    yield from _ranges(source.private_networks, (*path, "private_networks"))


def _is_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _assets(config: Config) -> Iterator[Conflict]:
    for index, asset in enumerate(config.assets):
        yield from _system(config, asset.system, ("assets", index))
        yield from _ranges(asset.addresses, ("assets", index, "addresses"))


def _networks(config: Config) -> Iterator[Conflict]:
    names: set[str] = set()
    for index, network in enumerate(config.networks):
        if network.name in names:
            yield "config.duplicate_network", ("networks", index, "name"), {"name": network.name}
        names.add(network.name)
        if not network.cidrs:
            yield "config.no_cidrs", ("networks", index, "cidrs"), {"name": network.name}
        yield from _ranges(network.cidrs, ("networks", index, "cidrs"))
        yield from _system(config, network.system, ("networks", index))


def _system(config: Config, system: str, path: Path) -> Iterator[Conflict]:
    if system and all(known.name != system for known in config.systems):
        yield "config.unknown_system", (*path, "system"), {"system": system}


def _ranges(ranges: tuple[str, ...], path: Path) -> Iterator[Conflict]:
    for place, text in enumerate(ranges):
        try:
            ip_network(text, strict=False)
        except ValueError:
            yield "config.not_a_network", (*path, place), {"value": text}


def _is_zone(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
