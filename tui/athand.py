"""What is at hand beside the lines of an alert: kept packets, the file it is about, and who sent its line."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from soc_agent.config import Config, PacketSource
from soc_agent.model import SENDER_FIELDS, Alert
from soc_agent.model.custody import AlertFile, FileKeeper
from soc_agent.store import Evidence
from soc_agent.store.captures import Capture, captures_of, look_at
from soc_agent.text import SafeText
from soc_agent.text.catalog import has
from tui import times
from tui.outside import Line, Part, cells, fit, joined, part, safe, said
from tui.paper import cut, field, wrapped
from tui.words import separator

_VALUE_LIMIT = 512
_CAPTURES_SHOWN = 10
_FILE_TYPES = ("yara", "not_scanned", "integrity")
_COMPARED = ("kind", "mode", "owner", "group", "size", "modified", "links", "sha256", "target")


class Packets(Struct, frozen=True):
    """A file of packets, and how long it is kept."""

    capture: Capture
    until_ns: int = 0
    """0 where its source is no longer configured: then nobody removes it."""
    room_mb: int = 0
    """In so much room all packets of its source are kept, the oldest go first."""


class AtHand(Struct, frozen=True):
    """What is at hand of one alert."""

    packets: tuple[Packets, ...] = ()
    file: AlertFile | None = None


Finder = Callable[[Alert, Sequence[Evidence]], AtHand]
"""Looks for it; reads files, so it is called in a thread."""


def finder(store_path: Path, config: Config, files: FileKeeper | None) -> Finder:
    """Give what looks for what is at hand of the alerts of a store."""
    sources = {source.name: source for source in config.sources if isinstance(source, PacketSource)}

    def find(alert: Alert, evidence: Sequence[Evidence]) -> AtHand:
        paths = captures_of(store_path, [(each.source, each.raw) for each in evidence])
        captures = filter(None, map(look_at, paths[:_CAPTURES_SHOWN]))
        lines = [each.raw for each in sorted(evidence, key=lambda each: each.time_ns)]
        return AtHand(
            tuple(_kept(capture, sources.get(capture.source)) for capture in captures),
            files.file_of(alert.uid, lines) if files is not None else None,
        )

    return find


def _kept(capture: Capture, source: PacketSource | None) -> Packets:
    if source is None:
        return Packets(capture)
    return Packets(capture, capture.changed_ns + source.evidence_days * times.DAY, source.evidence_mb)


def packet_lines(packets: Sequence[Packets], width: int, zone: tzinfo) -> list[Line]:
    """Draw the files of packets, folder by folder: how long they are kept, how much each has, how to read one."""
    rows: list[Line] = []
    for folder in dict.fromkeys(Path(each.capture.path).parent for each in packets):
        here = [each for each in packets if Path(each.capture.path).parent == folder]
        rows += wrapped((part(str(folder), "entity"),), width, words=False)
        rows += wrapped((part("  "), Part(_keeping(here, zone), "muted")), width, indent=2)
        names = [safe(Path(each.capture.path).name, 128) for each in here]
        size = min(max(map(cells, names)), max(width - 30, 12))
        for each, name in zip(here, names, strict=True):
            facts = [part("  "), part(fit(name, size), "entity"), part("  "), part(times.size(each.capture.size_bytes))]
            if each.capture.packets is not None:
                count = times.number(each.capture.packets)
                facts += [separator(), Part(said("evidence.packets", count=count))]
            rows.append(cut(tuple(facts), width))
        command = f"tcpdump -nn -r {shlex.quote(here[0].capture.path)}"
        rows += wrapped((part("  → ", "key"), Part(said("evidence.type", command=command))), width, indent=4)
    return rows


def _keeping(packets: Sequence[Packets], zone: tzinfo) -> SafeText:
    """Say until when the first of these is kept."""
    first = min(packets, key=lambda each: each.until_ns)
    if not first.until_ns:
        return said("evidence.unbounded")
    until = times.moment(first.until_ns, zone)
    return said("evidence.until", until=until, size=first.room_mb, source=first.capture.source)


def sender_lines(alert: Alert, width: int) -> list[Line]:
    """Draw who sent the line over the network, and what the line itself claims; nothing where nobody did."""
    address, name, transport = (safe(alert.fields.get(key) or "", _VALUE_LIMIT) for key in SENDER_FIELDS)
    if not address:
        return []
    labels = [said("evidence.sender"), said("evidence.claims")]
    size = max(map(cells, labels))
    sure = f"evidence.sure.{'certificate' if name else transport}"
    sent = [part(address, "entity")]
    if name:
        sent = [part(name, "entity"), part(f" ({address})", "muted")]
    sent += [separator(), part(transport.upper(), "strong")]
    if has(sure):
        sent += [separator(), Part(said(sure), "muted")]
    rows = _told(labels[0], tuple(sent), size, width)
    if alert.host and alert.host not in (address, name):
        claim = (part(alert.host, "entity"), separator(), Part(said("evidence.claimed"), "attention"))
        rows += _told(labels[1], claim, size, width)
    return rows


def file_lines(alert: Alert, file: AlertFile | None, width: int, *, can_move: bool) -> list[Line]:
    """Draw the file of an alert: where it is now, what changed, who did it; nothing where it is about no file."""
    line = _file_line(alert)
    if line is None and file is None:
        return []
    line = line or {}
    found: list[tuple[str, tuple[Part, ...]]] = []
    path = file.path if file is not None else str(line.get("path", ""))
    found.append(("path", (part(safe(path, _VALUE_LIMIT), "entity"),)))
    if file is not None and file.held:
        held = said("evidence.held", actor=safe(file.actor, 64), reason=safe(file.reason, _VALUE_LIMIT))
        found.append(("place", (Part(held, "attention"),)))
    if line.get("type") != "integrity":
        found += _as_found(line)
    if line.get("type") == "not_scanned":
        reason, detail = _word("reason", line.get("reason")), safe(line.get("detail") or "", _VALUE_LIMIT)
        found.append(("not_scanned", (Part(joined(reason, " " if detail else "", detail), "attention"),)))
    if line.get("type") == "integrity":
        found += _change(line)
    size = max(cells(said(f"evidence.{name}")) for name, _ in found)
    rows = [row for name, value in found for row in _told(said(f"evidence.{name}"), value, size, width)]
    for key, command in _steps(line, file, path, can_move=can_move):
        rows += wrapped(
            (part("→ ", "key"), Part(said(key, command=command) if command else said(key))), width, indent=2
        )
    return rows


def _as_found(line: Mapping[str, Any]) -> list[tuple[str, tuple[Part, ...]]]:
    """Give what the finding says of the file itself."""
    size = line.get("size")
    words = [times.size(size)] if isinstance(size, int) and size >= 0 else []
    words += [safe(line[name], 64) for name in ("owner", "mode", "modified") if line.get(name)]
    parts = [piece for word in words for piece in (separator(), Part(word))][1:]
    found: list[tuple[str, tuple[Part, ...]]] = [("facts", tuple(parts))] if parts else []
    if line.get("sha256"):
        found.append(("sha256", (part(safe(line["sha256"], 64), "muted"),)))
    return found


def _change(line: Mapping[str, Any]) -> list[tuple[str, tuple[Part, ...]]]:
    """Give what changed on a watched file, and who did it."""
    changes = line.get("changes")
    what = " ".join(str(each) for each in changes) if isinstance(changes, list) else ""
    verdict = _word("verdict", line.get("verdict"))
    parts = [part(safe(f"{line.get('action', '')} {what}".strip(), _VALUE_LIMIT), "strong"), separator(), Part(verdict)]
    if line.get("package"):
        parts += [separator(), part(safe(line["package"], _VALUE_LIMIT), "entity")]
    found: list[tuple[str, tuple[Part, ...]]] = [("change", tuple(parts))]
    old, new = (side if isinstance(side := line.get(name), dict) else {} for name in ("old", "new"))
    if old and new:
        for name in _COMPARED:
            if old.get(name) != new.get(name):
                before, after = (safe(side.get(name, "–"), _VALUE_LIMIT) for side in (old, new))
                found.append((f"was.{name}", (part(before, "muted"), part(" → ", "faint"), part(after))))
    found.append(("who", _who(line)))
    return found


def _who(line: Mapping[str, Any]) -> tuple[Part, ...]:
    login, user = safe(line.get("login") or "", 64), safe(line.get("effective_user") or "", 64)
    if not login and not user:
        return (Part(said("evidence.nobody"), "muted"),)
    parts = [part(login or user, "strong")]
    if login and user and login != user:
        parts.append(Part(said("evidence.as", user=user), "attention"))
    for name in ("Image", "CommandLine"):
        if line.get(name):
            parts += [separator(), part(safe(line[name], _VALUE_LIMIT), "entity")]
    if line.get("ProcessId"):
        parts += [separator(), part(safe(f"pid {line['ProcessId']}", 32), "muted")]
    return tuple(parts)


def _steps(line: Mapping[str, Any], file: AlertFile | None, path: str, *, can_move: bool) -> list[tuple[str, SafeText]]:
    """Give what can be done about the file."""
    found: list[tuple[str, SafeText]] = []
    if can_move and file is not None:
        found.append(("evidence.step.put_back" if file.held else "evidence.step.move_away", safe("")))
    if line.get("type") == "integrity" and line.get("verdict") == "unexpected":
        command = f"soc-agent integrity approve {shlex.quote(path)} --reason …"
        found.append(("evidence.step.approve", safe(command, _VALUE_LIMIT)))
    return found


def _file_line(alert: Alert) -> dict[str, Any] | None:
    try:
        line = msgspec.json.decode(alert.raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None  # no line of ours; those of others may be nested without end
    return line if isinstance(line, dict) and line.get("type") in _FILE_TYPES and "path" in line else None


def _word(kind: str, value: object) -> SafeText:
    """Give the word of the catalogue for a word of a line; another word stays as it is."""
    key = f"evidence.{kind}.{value}"
    return said(key) if isinstance(value, str) and value.isidentifier() and has(key) else safe(value or "", 64)


def _told(label: SafeText, value: tuple[Part, ...], size: int, width: int) -> list[Line]:
    return field(label, value, size, width)
