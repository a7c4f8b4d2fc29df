"""STIX 2.1 bundles: their indicators whose patterns compare single values (OASIS STIX 2.1, sections 4.7 and 9)."""

import re
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from soc_agent.detect.indicators.feeds.dates import seconds_of
from soc_agent.detect.indicators.feeds.intake import Intake
from soc_agent.detect.indicators.feeds.places import Places
from soc_agent.detect.indicators.indicator import Kind, Tlp

_KINDS = {
    "ipv4-addr:value": Kind.IP,
    "ipv6-addr:value": Kind.IP,
    "domain-name:value": Kind.DOMAIN,
    "url:value": Kind.URL,
    "file:hashes.md5": Kind.MD5,
    "file:hashes.sha-1": Kind.SHA1,
    "file:hashes.sha1": Kind.SHA1,
    "file:hashes.sha-256": Kind.SHA256,
    "file:hashes.sha256": Kind.SHA256,
}
_MARKS = {
    # STIX 2.1, section 7.2.1.4, for TLP 1.0; the extension of OASIS for TLP 2.0
    "613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,
    "34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    "f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
    "5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
    "94868c89-83c2-464b-929b-a1a8aa3c8487": Tlp.CLEAR,
    "bab4a63c-aed9-4cf5-a766-dfca5abac2bb": Tlp.GREEN,
    "55d920b0-5e8b-4f79-9ee9-91f868d9b421": Tlp.AMBER,
    "939a9414-2ddd-4d32-a0cd-375ea402b003": Tlp.AMBER_STRICT,
    "e828b379-4e03-4974-9ac4-e53a884c97c1": Tlp.RED,
}
_STRING = r"'((?:[^'\\]|\\.)*)'"
_COMPARISON = re.compile(rf"\s*([a-z0-9-]+:[A-Za-z0-9_.'-]+)\s*(=|ISSUBSET|IN)\s*(?:{_STRING}|\(([^()]*)\))\s*")
_LISTED = re.compile(rf"\s*{_STRING}\s*(?:,|$)")
_ESCAPED = re.compile(r"\\(.)")
_PATTERN_CAP = 65_536


class StixObject(Struct):
    """What is read of an object of a bundle."""

    type: Any = ""
    id: Any = ""
    name: Any = ""
    pattern: Any = ""
    pattern_type: Any = "stix"
    revoked: Any = False
    valid_from: Any = None
    valid_until: Any = None
    confidence: Any = None
    created_by_ref: Any = ""
    object_marking_refs: Any = ()
    definition: Any = None


class Bundle(Struct):
    """A bundle."""

    objects: list[StixObject] = []


def read_bundle(bundle: Bundle, intake: Intake, places: Places) -> None:
    """Read the indicators of a bundle; what stands beside them tells who made and marked them."""
    intake.report.format = "stix"
    marks = dict(_MARKS)
    makers: dict[str, str] = {}
    for item in bundle.objects:
        if item.type == "marking-definition" and (tlp := _mark(item)) is not None:
            marks[_text(item.id).rpartition("--")[2]] = tlp
        elif item.type == "identity":
            makers[_text(item.id)] = _text(item.name)
    for item in bundle.objects:
        if item.type != "indicator":
            continue
        if item.revoked is True:
            intake.report.skipped += 1
            continue
        _read(item, intake, places, marks, makers)


def values_of(pattern: str) -> list[tuple[Kind, str]] | None:
    """Give the values that a pattern compares with, joined by OR alone; None when it says more than that.

    >>> values_of("[ipv4-addr:value = '203.0.113.9' OR domain-name:value = 'evil.example.com']")
    [(<Kind.IP: 'ip'>, '203.0.113.9'), (<Kind.DOMAIN: 'domain'>, 'evil.example.com')]
    """
    values: list[tuple[Kind, str]] = []
    at, inside = 0, False
    text = pattern.strip()
    while at < len(text):
        if not inside:
            if text[at] != "[":
                return None
            at, inside = at + 1, True
        found = _COMPARISON.match(text, at)
        kind = _KINDS.get(found[1].replace("'", "").lower()) if found else None
        if found is None or kind is None:
            return None
        strings = [found[3]] if found[3] is not None else _LISTED.findall(found[4] or "")
        if not strings:
            return None
        values += [(kind, _ESCAPED.sub(r"\1", string)) for string in strings]
        at = found.end()
        if text.startswith("]", at):
            at, inside = at + 1, False
            at += len(text) - at - len(text[at:].lstrip())
        if at < len(text):
            if not text.startswith("OR", at):
                return None
            at += 2
            at += len(text) - at - len(text[at:].lstrip())
    return None if inside or not values else values


def _read(item: StixObject, intake: Intake, places: Places, marks: dict[str, Tlp], makers: dict[str, str]) -> None:
    line = places.of(_text(item.id))
    pattern = _text(item.pattern)
    values = values_of(pattern) if item.pattern_type == "stix" and len(pattern) <= _PATTERN_CAP else None
    if values is None:
        intake.refuse("pattern", line, pattern=pattern[:100])
        return
    found = [marks[key] for ref in _texts(item.object_marking_refs) if (key := ref.rpartition("--")[2]) in marks]
    meta = intake.meta_of(
        line,
        source=makers.get(_text(item.created_by_ref), ""),
        tlp=max(found, key=list(Tlp).index).value if found else "",
        confidence=item.confidence,
        comment=_text(item.name),
    )
    for kind, value in values:
        intake.take(
            value,
            line,
            kind,
            meta,
            expires_s=intake.expiry(item.valid_until, line),
            seen_s=seconds_of(item.valid_from),
        )


def _mark(item: StixObject) -> Tlp | None:
    said = item.definition.get("tlp") if isinstance(item.definition, dict) else None
    try:
        return Tlp.parse(_text(said) or _text(item.name))
    except ValueError:
        return None


def _texts(value: Any) -> Sequence[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, (list, tuple)) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
