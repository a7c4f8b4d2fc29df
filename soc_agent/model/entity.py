"""Entities: the addresses, users, files … that an event speaks of, whatever its source calls the field."""

from collections.abc import Mapping
from typing import Any

Entities = dict[str, tuple[str, ...]]
"""Kind of entity to its values, in the order met, without repeats."""

ENTITY_FIELDS: dict[str, tuple[str, ...]] = {
    "src_ip": ("src_ip", "SourceIp", "c-ip", "id.orig_h", "IpAddress", "ClientAddress", "source.ip", "ClientIP"),
    "src_host": ("src_host",),
    "dst_ip": ("dst_ip", "DestinationIp", "s-ip", "id.resp_h", "destination.ip"),
    "dst_port": ("dst_port", "DestinationPort", "s-port", "id.resp_p"),
    "mac": ("src_mac", "mac"),
    "user": ("user", "User", "TargetUserName", "cs-username", "username", "USER", "acct"),
    "host": ("cs-host", "server_name", "Computer", "host_header"),
    "domain": ("query", "QueryName"),
    "file": ("path", "TargetFilename", "FileName", "file"),
    "hash": ("sha256", "Hashes", "md5"),
    "process": ("Image", "process", "exe"),
    "url": ("c-uri", "cs-uri-stem", "uri"),
}
"""Which fields hold which kind of entity. A field name stands here once."""

_EMPTY = ("", "-", "None")


_ORDER = {
    name: (place, kind)
    for place, (kind, name) in enumerate((k, n) for k, names in ENTITY_FIELDS.items() for n in names)
}


def entities_of(fields: Mapping[str, Any]) -> Entities:
    """Give the entities of an event's fields: kind to values, empty kinds left out."""
    # an event has fewer fields than there are names to look for, so the fields are gone through, not the names
    present = sorted((*_ORDER[name], name) for name in fields if name in _ORDER)
    found: dict[str, dict[str, None]] = {}
    for _, kind, name in present:
        value = fields[name]
        if value is None:
            continue
        for item in value if isinstance(value, (list, tuple)) else (value,):
            text = str(item)
            if text not in _EMPTY:
                found.setdefault(kind, {})[text] = None
    if names := found.get("src_host"):
        # where a source says one thing in two fields, an address is no name
        for address in found.get("src_ip", ()):
            names.pop(address, None)
    return {kind: tuple(values) for kind, values in found.items() if values}
