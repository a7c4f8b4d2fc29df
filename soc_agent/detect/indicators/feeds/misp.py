"""MISP events and attributes as JSON (https://www.misp-standard.org/rfc/misp-standard-core.html)."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from soc_agent.detect.indicators.feeds.dates import seconds_of
from soc_agent.detect.indicators.feeds.intake import Intake
from soc_agent.detect.indicators.feeds.places import Places
from soc_agent.detect.indicators.indicator import Kind

_TYPES = {
    **dict.fromkeys(("ip-src", "ip-dst", "ip-src|port", "ip-dst|port", "ip"), Kind.IP),
    **dict.fromkeys(("domain", "hostname", "hostname|port"), Kind.DOMAIN),
    **dict.fromkeys(("url", "uri"), Kind.URL),
    "md5": Kind.MD5,
    "sha1": Kind.SHA1,
    "sha256": Kind.SHA256,
}
_NO = (False, 0, "0", "false")


class MispTag(Struct):
    """A tag of an event or attribute."""

    name: Any = ""


class MispAttribute(Struct):
    """One value."""

    type: Any = ""
    value: Any = ""
    to_ids: Any = True
    deleted: Any = False
    comment: Any = ""
    uuid: Any = ""
    first_seen: Any = None
    timestamp: Any = None
    Tag: list[MispTag] = []


class MispObject(Struct):
    """Attributes that belong together."""

    Attribute: list[MispAttribute] = []


class MispEvent(Struct):
    """An event with its attributes."""

    info: Any = ""
    Orgc: dict[str, Any] = {}
    Attribute: list[MispAttribute] = []
    Object: list[MispObject] = []
    Tag: list[MispTag] = []


def read_event(event: MispEvent, intake: Intake, places: Places) -> None:
    """Read one event."""
    organisation = event.Orgc.get("name")
    intake.report.format = "misp"
    outside = intake.meta
    source = f"MISP {organisation}" if isinstance(organisation, str) and organisation else ""
    intake.meta = intake.meta_of(places.first, source=source, tlp=_tlp(event.Tag), comment=_text(event.info))
    for attribute in _attributes(event):
        read_attribute(attribute, intake, places)
    intake.meta = outside


def read_attribute(attribute: MispAttribute, intake: Intake, places: Places) -> None:
    """Read one attribute; those that are not meant for detection are counted and left out."""
    intake.report.format = "misp"
    kinds = list(_values(attribute))
    if attribute.to_ids in _NO or attribute.deleted not in (*_NO, None) or not kinds:
        intake.report.skipped += 1
        return
    line = places.of(_text(attribute.uuid) or _text(attribute.value))
    meta = intake.meta_of(line, tlp=_tlp(attribute.Tag), comment=_text(attribute.comment))
    seen_s = seconds_of(attribute.first_seen) or seconds_of(attribute.timestamp)
    for kind, value in kinds:
        intake.take(value, line, kind, meta, seen_s=seen_s)


def _attributes(event: MispEvent) -> Iterator[MispAttribute]:
    yield from event.Attribute
    for group in event.Object:
        yield from group.Attribute


def _values(attribute: MispAttribute) -> Iterator[tuple[Kind, str]]:
    """Yield the values of an attribute: composite types (``filename|md5``, ``domain|ip``) hold two."""
    type_, value = _text(attribute.type), _text(attribute.value)
    if type_ in _TYPES:
        yield _TYPES[type_], value.partition("|")[0] if "|" in type_ else value
        return
    names, parts = type_.split("|"), value.split("|")
    for name, part in zip(names, parts, strict=False) if len(names) == 2 else ():
        if name in _TYPES:
            yield _TYPES[name], part


def _tlp(tags: list[MispTag]) -> str:
    marks = [_text(tag.name) for tag in tags if _text(tag.name).lower().startswith("tlp:")]
    return marks[0] if marks else ""


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
