"""From a matched event to a detection: its deterministic id, its entities, and what makes a repeat the same."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

from msgspec import Struct

from soc_agent.model import Clause, Detection, Entities, Event, RuleInfo, entities_of

RAW_CAP_BYTES = 65_536
"""A detection keeps so much of its line; the archive and the source have the rest."""

_UID_BYTES = 16
_KEY_CAP_CHARS = 256
_TEXT_CAP_CHARS = 4_096
_NAME_CAP_CHARS = 256
_LIST_CAP = 100
_FIELD_CAP = 500
_DEFAULT_KINDS = ("src_ip", "user")


class EventRef(Struct, frozen=True):
    """Where an event came from. ``stream_id``, ``offset`` and the line name it for ever."""

    source: str
    stream: str
    stream_id: str
    line_number: int
    """From 1 in its stream."""
    offset: int
    """Of the line's first byte in its stream."""
    raw: bytes
    """The line without its newline, cut to :data:`RAW_CAP_BYTES`."""


def uid_of(rule_id: str, ref: EventRef, *more: bytes) -> bytes:
    """Give the 16 bytes that name a detection: the same rule, line and ``more`` give the same id on every run.

    A correlation adds its group key in ``more``. Parts are length-prefixed, so that no two inputs run together.
    """
    digest = blake2b(digest_size=_UID_BYTES)
    named = (rule_id.encode(), ref.stream_id.encode("utf-8", "surrogateescape"), b"%d" % ref.offset, ref.raw, *more)
    for part in named:
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return digest.digest()


def entity_key_of(info: RuleInfo, host: str, entities: Entities, fields: Mapping[str, Any], fallback: str) -> str:
    """Give what makes a repeat the same: the values of the rule's ``entity`` kinds (or field names), as one text.

    Without ``entity`` in the rule: the host and all source addresses and users. ``fallback`` (the stream) stands in
    when none of them has a value, so that two unrelated streams never fold into each other.
    """
    parts = [host] if host and not info.entity else []
    for kind in info.entity or _DEFAULT_KINDS:
        values = entities.get(kind)
        if kind == "host" and host:
            parts.append(host)
        elif values:
            parts.extend(values)
        elif (value := fields.get(kind)) not in (None, ""):
            parts.append(str(value))
    return join_key(parts) or fallback


def join_key(parts: Iterable[str]) -> str:
    """Join values to one key: spaces between, spaces inside escaped, what is very long cut and hashed."""
    key = " ".join(part.replace("\\", "\\\\").replace(" ", "\\ ") for part in parts)
    if len(key) <= _KEY_CAP_CHARS:
        return key
    rest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{key[:_KEY_CAP_CHARS]}…{rest}"


def bounded_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Give the fields of a very long line as a detection keeps them: long texts and lists cut."""
    return {
        name[:_NAME_CAP_CHARS]: value[:_TEXT_CAP_CHARS]
        if isinstance(value, str)
        else [item[:_TEXT_CAP_CHARS] if isinstance(item, str) else item for item in value[:_LIST_CAP]]
        if isinstance(value, (list, tuple))
        else value
        for name, value in list(fields.items())[:_FIELD_CAP]
    }


def detection_of(
    info: RuleInfo,
    event: Event,
    ref: EventRef,
    *,
    why: tuple[Clause, ...] = (),
    uid: bytes | None = None,
    count: int = 1,
    first_ns: int | None = None,
    evidence: tuple[bytes, ...] = (),
    entity_key: str | None = None,
    entities: Entities | None = None,
) -> Detection:
    """Give the detection of a rule by an event; a correlation says how many events, since when, and which lines."""
    fields = bounded_fields(event.fields) if len(event.raw) > RAW_CAP_BYTES else event.fields
    found = entities_of(fields) if entities is None else entities
    return Detection(
        uid=uid_of(info.id, ref) if uid is None else uid,
        rule=info,
        time_ns=event.time_ns,
        source=ref.source,
        stream=ref.stream,
        line_number=ref.line_number,
        raw=ref.raw,
        fields=fields,
        host=event.host,
        entities=found,
        entity_key=entity_key_of(info, event.host, found, fields, ref.stream) if entity_key is None else entity_key,
        count=count,
        first_ns=event.time_ns if first_ns is None else first_ns,
        why=why,
        evidence=evidence,
    )
