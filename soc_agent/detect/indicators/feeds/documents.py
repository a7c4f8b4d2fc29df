"""JSON documents as a whole: a MISP event or several, a STIX bundle, a list of plain objects."""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Raw, Struct

from soc_agent.detect.indicators.feeds import misp, stix
from soc_agent.detect.indicators.feeds.intake import Intake
from soc_agent.detect.indicators.feeds.places import Places
from soc_agent.detect.indicators.feeds.records import take_object

DOCUMENT_CAP_BYTES = 64 * 1024 * 1024
"""A document is read as a whole, and takes some times its size in memory."""


class _Probe(Struct):
    """What tells the kind of a document."""

    type: Any = ""
    objects: Raw = Raw()
    Event: Raw = Raw()
    response: Raw = Raw()
    Attribute: Raw = Raw()


def read_document(data: bytes, intake: Intake) -> bool:
    """Read a document; False when it is no JSON document, so that it may be read line by line."""
    places = Places(data)
    try:
        items = [msgspec.Raw(data)] if data.lstrip()[:1] == b"{" else msgspec.json.decode(data, type=list[Raw])
    except (msgspec.DecodeError, RecursionError):
        return False
    if len(items) == 1 and not _is_whole(bytes(items[0])):
        return False
    _read(items, intake, places)
    return True


def _is_whole(data: bytes) -> bool:
    try:
        msgspec.json.decode(data, type=Raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _read(items: Iterable[Raw], intake: Intake, places: Places) -> None:
    """Read documents or parts of one; what cannot be read is reported, and the rest goes on."""
    for item in items:
        try:
            _read_item(item, intake, places)
        except (msgspec.DecodeError, RecursionError) as error:
            intake.refuse("document", places.first, reason=str(error))


def _read_item(item: Raw, intake: Intake, places: Places) -> None:
    probe = msgspec.json.decode(item, type=_Probe)
    if bytes(probe.Event):
        misp.read_event(msgspec.json.decode(probe.Event, type=misp.MispEvent), intake, places)
    elif bytes(probe.response):
        inner = bytes(probe.response)
        parts = msgspec.json.decode(inner, type=list[Raw]) if inner.lstrip()[:1] == b"[" else [Raw(inner)]
        _read(parts, intake, places)
    elif bytes(probe.Attribute):
        attributes = msgspec.json.decode(probe.Attribute, type=list[misp.MispAttribute])
        for attribute in attributes:
            misp.read_attribute(attribute, intake, places)
    elif probe.type == "bundle":
        stix.read_bundle(msgspec.json.decode(item, type=stix.Bundle), intake, places)
    else:
        intake.report.format = intake.report.format or "json"
        take_object(msgspec.json.decode(item), intake, places.of(_first_text(bytes(item))))


def _first_text(data: bytes) -> str:
    return data[:200].decode("utf-8", "ignore")
