"""Findings as lines: one JSON object a line, as the decoder type ``yara`` reads them."""

import os
from datetime import UTC, datetime
from typing import Any

import msgspec

from collectors.file_watch.reading import Refused
from soc_agent.model import FileFacts, Finding, Scan
from soc_agent.text import path_text

FINDINGS_CAP = 64
"""A file has so many findings at most, the worst ones; the last says how many more there were."""
_NS = 1_000_000_000


def lines_of(facts: FileFacts, scan: Scan, path: str, source: str, time_ns: int) -> list[bytes]:
    """Give the lines of a file that was opened: its findings, what was not scanned; none when it is clean."""
    if scan.not_scanned:
        return [_not_scanned(facts, path, source, scan.not_scanned, scan.detail, time_ns)]
    findings = sorted(scan.findings, key=lambda finding: -finding.rule.level)
    beyond = [_beyond(facts, scan, path, source, time_ns)] if scan.beyond else []
    if not findings:
        return beyond
    file = {**_file(facts, path, source, time_ns), "sha256": scan.sha256}
    lines = [{"type": "yara", **file, **_rule(finding)} for finding in findings[:FINDINGS_CAP]]
    if len(findings) > FINDINGS_CAP:
        lines[-1]["omitted"] = len(findings) - FINDINGS_CAP
    return [*(_encode(line) for line in lines), *beyond]


def line_of_refused(refused: Refused, path: str, source: str, time_ns: int) -> bytes:
    """Give the line of a file that was not opened."""
    return _not_scanned(refused.facts, path, source, refused.reason, refused.detail, time_ns)


def line_of_vanished(folder: str, example: str, count: int, source: str, time_ns: int) -> bytes:
    """Give the line of files that were written and gone before they could be scanned: nobody knows what they held."""
    line = {
        "type": "not_scanned",
        "time": _time(time_ns),
        "path": path_text(folder),
        "reason": "vanished",
        "count": count,
        "example": path_text(example),
        "scanner": source,
    }
    return _encode(line)


def _not_scanned(facts: FileFacts, path: str, source: str, reason: str, detail: str, time_ns: int) -> bytes:
    return _encode({"type": "not_scanned", **_file(facts, path, source, time_ns), "reason": reason, "detail": detail})


def _beyond(facts: FileFacts, scan: Scan, path: str, source: str, time_ns: int) -> bytes:
    """Give the line of an archive of which not everything was scanned."""
    detail = ", ".join(f"{why}: {name}" if name else why for why, name in sorted(scan.beyond.items()))
    return _not_scanned(facts, path, source, "inside", detail, time_ns)


def _file(facts: FileFacts, path: str, source: str, time_ns: int) -> dict[str, Any]:
    raw = os.fsencode(path)
    return {
        "time": _time(time_ns),
        "path": facts.path,
        # Only of a path that is no UTF-8: evidence must name the file exactly.
        **({} if _is_utf8(raw) else {"path_hex": raw.hex()}),
        "size": facts.size,
        "owner": facts.owner,
        "mode": facts.mode,
        "modified": _time(facts.modified_ns),
        "scanner": source,
    }


def _rule(finding: Finding) -> dict[str, Any]:
    rule = finding.rule
    more = {
        "title_vi": rule.title_vi,
        "description_vi": rule.description_vi,
        "response": rule.response,
        "response_vi": rule.response_vi,
        "level_reason": rule.level_reason,
        "level_reason_vi": rule.level_reason_vi,
        "references": rule.references,
        "author": rule.author,
        "false_positives": rule.false_positives,
    }
    return {
        "rule": finding.name,
        "rule_id": rule.id,
        "title": rule.title,
        "level": rule.level.word,
        "layer": int(rule.layer),
        "tier": rule.tier.value,
        "suppress_s": rule.suppress_s,
        "description": rule.description,
        "tags": rule.tags,
        "attack": [tag.removeprefix("attack.").upper() for tag in rule.tags if tag.startswith("attack.t")],
        "strings": finding.strings,
        **({"member": finding.member, "members": finding.members} if finding.member else {}),
        "meta": finding.meta,
        **{key: value for key, value in more.items() if value},
    }


def _encode(line: dict[str, Any]) -> bytes:
    return msgspec.json.encode(line) + b"\n"


def _time(time_ns: int) -> str:
    """Give RFC 3339 in UTC with nanoseconds; a time that no calendar has becomes the nearest that one has."""
    seconds, rest = divmod(time_ns, _NS)
    seconds = min(max(seconds, -62_135_596_800), 253_402_300_799)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True
