"""What a configuration asks of the system: rights, groups, kinds of sockets, folders. Nothing more is given."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from soc_agent.cli.install.image import Image
from soc_agent.config import Config, HostSource, PacketSource, Source, WatchSource
from soc_agent.config.health import listen_address

NET_RAW = "CAP_NET_RAW"
READ_SEARCH = "CAP_DAC_READ_SEARCH"
BIND_SERVICE = "CAP_NET_BIND_SERVICE"

LOWEST_FREE_PORT = 1024
"""Ports below need a right to listen on (net.ipv4.ip_unprivileged_port_start)."""
HOMES = ("/home", "/root", "/run/user")
TEMPORARY = ("/tmp", "/var/tmp")  # noqa: S108 - named, not used
READING_KINDS = frozenset({"file", "watch", "eventlogs", "integrity"})
"""Kinds of sources that read files and speak with nobody."""
FOLDER_KINDS = frozenset({"watch", "integrity"})
"""Those of them that look into whole folders."""
_WILD = re.compile(r"[*?\[]")


class Needs(Struct, frozen=True):
    """What is asked for. Each capability and group comes with the names of the sources it is for."""

    capabilities: dict[str, list[str]] = {}
    groups: dict[str, list[str]] = {}
    families: tuple[str, ...] = ("AF_UNIX",)
    ports: tuple[str, ...] = ()
    """``tcp:514`` and the like: where it listens."""
    writes: tuple[Path, ...] = ()
    """Folders that it writes to."""
    reads: tuple[Path, ...] = ()
    """Folders below which its sources lie, as far as their paths have no wildcard."""
    talks: bool = False
    """Whether it opens connections to others, or others to it."""
    network: bool = False
    """Whether it must see the network of the host."""
    processes: bool = False
    """Whether it must see the processes of others."""

    def below(self, places: Iterable[str]) -> list[Path]:
        """Give the folders that are read below some places."""
        return [path for path in self.reads if any(path.is_relative_to(place) for place in places)]


def needs_of(config: Config, folder: Path, image: Image) -> Needs:
    """Work out what a configuration asks for. ``folder`` is that of its file, as the service sees it."""
    capabilities: dict[str, list[str]] = {}
    groups: dict[str, list[str]] = {}
    families = {"AF_UNIX"}
    reads: list[Path] = []
    kinds = set()
    for source in config.sources:
        kind = kind_of(source)
        kinds.add(kind)
        patterns = patterns_of(source, folder)
        reads += [fixed_part(pattern) for pattern in patterns]
        if isinstance(source, HostSource):
            reads += map(Path, HOMES[:2])
        for what in _rights(source, patterns, image):
            (capabilities if what.startswith("CAP_") else groups).setdefault(what, []).append(source.name)
        families |= _families(source)
    ports = tuple(sorted({port for source in config.sources for port in ports_of(source)}))
    metrics = listen_address(config.metrics.listen) if config.metrics.listen else None
    if metrics:
        families |= {"AF_INET", "AF_INET6"}
        ports = tuple(sorted({*ports, f"tcp:{metrics[1]}"}))
    writes = {(folder / config.store.path).parent}
    for options in (config, config.agent, *config.sources):
        writes |= {folder / text for text in _named(options, "spool") if text}
    return Needs(
        capabilities=capabilities,
        groups=groups,
        families=tuple(sorted(families)),
        ports=ports,
        writes=tuple(sorted(writes)),
        reads=tuple(reads),
        talks=bool(kinds - READING_KINDS - {"packets", "journal", "host"}) or config.metrics.remote,
        network=bool(kinds - READING_KINDS - {"journal"}) or metrics is not None,
        processes="host" in kinds,
    )


def kind_of(source: Source) -> str:
    """Give the kind of a source, as the configuration names it."""
    return str(source.__struct_config__.tag)


def patterns_of(source: Source, folder: Path) -> list[str]:
    """Give the files, folders and globs that a source reads; relative ones begin at ``folder``."""
    named = getattr(source, "paths", ()) or ((directory,) if (directory := getattr(source, "directory", "")) else ())
    return [os.path.join(folder, path) for path in named]  # noqa: PTH118 - a path may hold any bytes


def own_files(config: Config, folder: Path) -> Iterator[Path]:
    """Yield the files beside logs that the service must read: rules, lists, databases, certificates and keys."""
    named = [*config.rules.paths, *config.rules.lists, *config.indicators.paths]
    named += [path for path in (config.enrichment.city_mmdb, config.enrichment.asn_mmdb) if path]
    for source in config.sources:
        for options in (source, *getattr(source, "listen", ())):
            named += [
                value
                for name in ("certificate", "key", "client_ca", "crl", "ca_file")
                if (value := getattr(options, name, ""))
            ]
    yield from dict.fromkeys(folder / path for path in named)


def fixed_part(pattern: str) -> Path:
    """Give the part of a glob before its first wildcard, as a folder; a path without one is itself."""
    parts = Path(pattern).parts
    wild = next((index for index, part in enumerate(parts) if _WILD.search(part)), len(parts))
    return Path(*parts[:wild]) if parts[:wild] else Path("/")


def ports_of(source: Source) -> Iterator[str]:
    """Yield where a source listens, as ``udp:514``: from each of its options that names a port or an address of one."""
    if kind_of(source) in READING_KINDS or isinstance(source, PacketSource):
        return
    listens = getattr(source, "listen", None) or getattr(source, "address", "") or getattr(source, "port", 0)
    transport = str(getattr(source, "transport", "") or getattr(source, "protocol", "") or "tcp")
    for where in listens if isinstance(listens, tuple | list) else (listens,):
        yield from _port(where, transport)
    for name in ("udp", "tcp", "tls"):
        where = getattr(source, name, None)
        for one in where if isinstance(where, tuple | list) else (where,):
            yield from _port(one, name)


def _port(where: Any, transport: str) -> Iterator[str]:
    """Read a port from a number, ``ADDRESS:PORT``, ``udp://ADDRESS:PORT``, or a section that has one."""
    if isinstance(where, Struct):
        inner = str(getattr(where, "transport", "") or getattr(where, "protocol", "") or transport)
        where, transport = getattr(where, "port", None) or getattr(where, "address", None), inner
    scheme, _, rest = str(where or "").rpartition("://")
    number = rest.rpartition(":")[2]
    if number.isdecimal() and number.isascii() and 0 < int(number) <= 65_535:
        yield f"{'udp' if 'udp' in (scheme or transport) else 'tcp'}:{int(number)}"


def _rights(source: Source, patterns: list[str], image: Image) -> Iterator[str]:
    """Yield the capabilities and groups that a source asks for."""
    if isinstance(source, PacketSource) and source.interface:
        yield NET_RAW
    kind = kind_of(source)
    if kind == "journal" and image.has_group("systemd-journal"):
        yield "systemd-journal"
    if any(int(port.partition(":")[2]) < LOWEST_FREE_PORT for port in ports_of(source)):
        yield BIND_SERVICE
    if isinstance(source, WatchSource | HostSource) or kind == "integrity":
        # a file that an attacker drops has the mode that the attacker chose; rules of sudo and keys are for root alone
        yield READ_SEARCH
        return
    groups: set[str] = set()
    for pattern in patterns:
        # what is there now, and the folder in which the next file will appear
        for path in (*image.matches(pattern), fixed_part(pattern)):
            group = image.log_group_for(path)
            if group is None:
                yield READ_SEARCH
                return
            groups.add(group)
    yield from sorted(groups - {""})


def _families(source: Source) -> set[str]:
    """Give the kinds of sockets that a source opens (address_families(7))."""
    kind = kind_of(source)
    if kind in READING_KINDS or kind == "journal":
        return set()
    if isinstance(source, PacketSource):
        # the kind of an interface and its state are asked through other sockets (netdevice(7), rtnetlink(7))
        return {"AF_PACKET", "AF_INET", "AF_NETLINK"} if source.interface else set()
    # names are looked up, and interfaces asked for, through rtnetlink(7) too
    return {"AF_INET", "AF_INET6", "AF_NETLINK"}


def _named(options: object, name: str) -> Iterator[str]:
    """Yield the values of options whose name says that they are a folder of this kind."""
    if isinstance(options, Struct):
        for field in fields(options):
            value = getattr(options, field.name)
            if field.name in (name, f"{name}_path", f"{name}_folder", f"{name}_dir") and isinstance(value, str):
                yield value
            elif field.name == name and isinstance(value, Struct):
                yield from (str(getattr(value, "path", "")), str(getattr(value, "folder", "")))
