"""Differences between two looks at a host, as lines."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from collectors.host.reading import Section

_NS = 1_000_000_000
WHAT = {
    "ports": "listening_port",
    "users": "user",
    "groups": "group",
    "admins": "admin",
    "sudoers": "sudoers",
    "authorized_keys": "authorized_key",
    "packages": "package",
    "services": "service",
    "cron": "cron",
    "modules": "kernel_module",
    "mounts": "mount",
    "addresses": "address",
    "suid": "suid_program",
    "containers": "container",
    "antivirus": "antivirus",
    "access_control": "access_control",
    "firewall": "firewall",
    "system": "system",
}
"""Section to what a line calls one item of it."""


def changes(
    name: str, before: Section, after: Section, gone: Mapping[str, str] | None = None
) -> Iterator[dict[str, Any]]:
    """Yield what changed in a section, by item.

    :param gone: what was there earlier, item to value; when it comes again as it was, its line says so.
    """
    what = WHAT[name]
    for item in sorted(after.keys() - before.keys()):
        line = _change(what, "added", item, "", after[item])
        yield line | ({"returned": True} if gone and item in gone and gone[item] == after[item] else {})
    for item in sorted(before.keys() - after.keys()):
        yield _change(what, "removed", item, before[item], "")
    for item in sorted(before.keys() & after.keys()):
        if before[item] != after[item] and not (name == "ports" and not (before[item] and after[item])):
            yield _change(what, "changed", item, before[item], after[item])


def _change(what: str, action: str, item: str, before: str, after: str) -> dict[str, Any]:
    change = {"event": "change", "what": what, "action": action, "item": item, "before": before, "after": after}
    return change | _parts(what, item, after or before)


def _parts(what: str, item: str, value: str) -> dict[str, Any]:
    """Give the parts of an item that rules and people ask for by name."""
    if what == "listening_port":
        protocol, _, place = item.partition(" ")
        address, _, port = place.rpartition(":")
        name, _, path = value.partition(" ")
        address = address.strip("[]")
        local = address.startswith("127.") or address in ("::1", "::ffff:127.0.0.1")
        parts = {"protocol": protocol, "address": address, "port": int(port), "local": local}
        return parts | {key: part for key, part in (("program", name), ("exe", path)) if part}
    if what in ("user", "admin"):
        return {"user": item}
    if what == "authorized_key":
        user, _, fingerprint = item.partition(" ")
        return {"user": user, "fingerprint": fingerprint}
    if what == "package":
        return {"package": item}
    if what == "suid_program":
        return {"path": item}
    if what == "container":
        return {"image": item, "privileged": "privileged" in value, "flags": value}
    if what in ("sudoers", "cron"):
        path, _, rule = item.partition(": ")
        return {"path": path} | ({"rule": rule} if rule else {})
    return {}


def encode(lines: list[dict[str, Any]], host: str, now_ns: int) -> list[bytes]:
    """Give lines as bytes, with what each needs: type, time, host."""
    seconds, rest = divmod(now_ns, _NS)
    moment = f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest // 1000:06d}Z"
    head = {"type": "host", "time": moment, "hostname": host}
    return [msgspec.json.encode(head | {key: _sound(value) for key, value in line.items()}) + b"\n" for line in lines]


def _sound(value: Any) -> Any:
    """Give text without half surrogate pairs, which UTF-8 has no form for."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
