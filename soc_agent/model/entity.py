"""Entities: the addresses, users, files … that an event speaks of, whatever its source calls the field."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

Entities = dict[str, tuple[str, ...]]
"""Kind of entity to its values, in the order met, without repeats."""

ENTITY_FIELDS: dict[str, tuple[str, ...]] = {
    "src_ip": (
        "src_ip",
        "SourceIp",
        "c-ip",
        "id.orig_h",
        "IpAddress",
        "ClientAddress",
        "source.ip",
        "ClientIP",
        "IPString",
    ),
    "src_host": ("src_host",),
    "dst_ip": ("dst_ip", "DestinationIp", "s-ip", "id.resp_h", "destination.ip"),
    "dst_port": ("dst_port", "DestinationPort", "s-port", "id.resp_p"),
    "mac": ("src_mac", "mac"),
    "user": (
        *("user", "User", "TargetUserName", "SubjectUserName", "Requester"),
        *("cs-username", "username", "USER", "acct"),
    ),
    "host": ("cs-host", "server_name", "Computer", "host_header", "dhost"),
    "domain": ("query", "QueryName"),
    "file": (
        *("path", "TargetFilename", "FileName", "Filename", "file", "ImageLoaded", "ImagePath", "ServiceFileName"),
        "ActionName",
    ),
    "hash": ("sha256", "sha1", "md5"),
    "process": ("Image", "SourceImage", "process", "exe"),
    "parent_process": ("ppid",),
    "url": ("c-uri", "cs-uri-stem", "uri"),
    "signature": ("alert.signature",),
    "category": ("alert.category",),
}
"""Which fields hold which kind of entity. A field name stands here once."""

_EMPTY = ("", "-", "None", "N/A")
_MAPPED = "::ffff:"
"""Before an IPv4 address that a program with IPv6 writes."""
_REMEMBERED_FIELDS = 64
"""Events with more fields than this are seldom alike, and hostile ones never."""

_ORDER = {
    name: (place, kind)
    for place, (kind, name) in enumerate((k, n) for k, names in ENTITY_FIELDS.items() for n in names)
}


def entities_of(fields: Mapping[str, Any]) -> Entities:
    """Give the entities of an event's fields: kind to values, empty kinds left out."""
    found: dict[str, tuple[str, ...]] = {}
    present = _present if len(fields) <= _REMEMBERED_FIELDS else _present.__wrapped__
    for kind, name in present(tuple(fields)):
        value = fields[name]
        if value.__class__ is str:
            if value not in _EMPTY:
                known = found.get(kind)
                found[kind] = (value,) if known is None else known if value in known else (*known, value)
        elif value is not None:
            texts = map(str, value) if isinstance(value, (list, tuple)) else (str(value),)
            new = dict.fromkeys((*found.get(kind, ()), *(text for text in texts if text not in _EMPTY)))
            if new:
                found[kind] = tuple(new)
    if (sources := found.get("src_ip")) and any(address.startswith(_MAPPED) for address in sources):
        found["src_ip"] = tuple(dict.fromkeys(address.removeprefix(_MAPPED) for address in sources))
    if (names := found.get("src_host")) and (addresses := found.get("src_ip")):
        # where a source says one thing in two fields, an address is no name
        if left := tuple(name for name in names if name not in addresses):
            found["src_host"] = left
        else:
            del found["src_host"]
    return found


@lru_cache(maxsize=1024)
def _present(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Give which of these fields hold entities, as (kind, name) in the order of :data:`ENTITY_FIELDS`.

    Events of one kind have the same fields, and an event has fewer than there are names to look for.
    """
    return tuple((_ORDER[name][1], name) for name in sorted(set(names) & _ORDER.keys(), key=_ORDER.__getitem__))
