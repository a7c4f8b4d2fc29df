"""Changes as lines: one JSON object a line, as the decoder type ``integrity`` reads them."""

import os
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from collectors.integrity.audit import Who
from collectors.integrity.entry import Entry, fingerprint
from collectors.integrity.owners import user_name
from soc_agent.text import path_text

_NS = 1_000_000_000


class Change(Struct, frozen=True):
    """What became of a path."""

    path: str
    old: Entry | None
    new: Entry | None
    changes: list[str]
    verdict: str
    """``unexpected``, ``package``, ``approved``, or ``restored``: it is as it was before."""
    package: str = ""
    old_path: str = ""
    """Where it was before it was renamed."""
    who: Who | None = None


def line_of(change: Change, source: str, time_ns: int) -> bytes:
    """Give the line of a change."""
    raw = os.fsencode(change.path)
    new, old = change.new, change.old
    action = "renamed" if change.old_path else change.changes[0] if old is None or new is None else "changed"
    line: dict[str, Any] = {
        "type": "integrity",
        "time": _time(time_ns),
        "path": path_text(change.path),
        **({"path_hex": raw.hex()} if path_text(change.path) != change.path else {}),
        "action": action,
        "changes": change.changes,
        "verdict": change.verdict,
        "fingerprint": fingerprint(new),
        "watch": source,
        **({"package": change.package} if change.package else {}),
        **({"old_path": path_text(change.old_path)} if change.old_path else {}),
        **_who(change.who),
    }
    if old is not None:
        line["old"] = _facts(old)
    if new is not None:
        line["new"] = _facts(new)
        line["owner"] = user_name(new.uid)
        line["mode"] = f"{new.mode:04o}"
        if new.sha256:
            line["sha256"] = new.sha256
    return msgspec.json.encode(line) + b"\n"


def _facts(entry: Entry) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "kind": entry.kind,
        "mode": f"{entry.mode:04o}",
        "owner": user_name(entry.uid),
        "group": entry.gid,
    }
    if entry.kind == "file":
        facts |= {"size": entry.size, "modified": _time(entry.mtime_ns), "links": entry.links, "sha256": entry.sha256}
    if entry.unread:
        facts["unread"] = entry.unread
    if entry.target:
        facts["target"] = path_text(entry.target)
    if entry.xattrs:
        facts["xattrs"] = sorted(entry.xattrs)
    return facts


def _who(who: Who | None) -> dict[str, Any]:
    if who is None:
        return {}
    return {
        "User": who.login or who.user,
        "login": who.login,
        "effective_user": who.user,
        **({"Image": who.program, "CommandLine": who.command, "ProcessId": who.pid} if who.program else {}),
        "audit_serial": who.serial,
    }


def _time(time_ns: int) -> str:
    """Give RFC 3339 in UTC with nanoseconds; a time that no calendar has becomes the nearest that one has."""
    seconds, rest = divmod(time_ns, _NS)
    seconds = min(max(seconds, -62_135_596_800), 253_402_300_799)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"
