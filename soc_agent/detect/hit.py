"""From a matched event to a detection: its deterministic id, its entities, and what makes a repeat the same."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, overload

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


class EventRef(Struct, frozen=True, gc=False):
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


class Reasons(Sequence[Clause]):
    """Why a rule matched, worked out when somebody first looks: of a repeat, nobody does."""

    __slots__ = ("_found", "_work_out")

    def __init__(self, work_out: Callable[[], tuple[Clause, ...]]) -> None:
        self._work_out = work_out
        self._found: tuple[Clause, ...] | None = None

    def _all(self) -> tuple[Clause, ...]:
        if self._found is None:
            self._found = self._work_out()
        return self._found

    @overload
    def __getitem__(self, index: int) -> Clause: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Clause, ...]: ...
    def __getitem__(self, index: int | slice) -> Clause | tuple[Clause, ...]:
        return self._all()[index]

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[Clause]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        return self._all() == (other._all() if isinstance(other, Reasons) else other)

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return repr(self._all())

    def __reduce__(self) -> tuple[type[tuple[Clause, ...]], tuple[tuple[Clause, ...]]]:
        return tuple, (self._all(),)


def uid_of(rule_id: str, ref: EventRef, *more: bytes) -> bytes:
    """Give the 16 bytes that name a detection: the same rule, line and ``more`` give the same id on every run.

    A correlation adds its group key in ``more``. Parts are length-prefixed, so that no two inputs run together.
    """
    offset = b"%d" % ref.offset
    named = b"%b%d:%b%d:%b" % (_named(rule_id, ref.stream_id), len(offset), offset, len(ref.raw), ref.raw)
    for part in more:
        named += b"%d:%b" % (len(part), part)
    return blake2b(named, digest_size=_UID_BYTES).digest()


@lru_cache(maxsize=4096)
def _named(rule_id: str, stream_id: str) -> bytes:
    rule, stream = rule_id.encode(), stream_id.encode("utf-8", "surrogateescape")
    return b"%d:%b%d:%b" % (len(rule), rule, len(stream), stream)


def entity_key_of(info: RuleInfo, host: str, entities: Entities, fields: Mapping[str, Any], fallback: str) -> str:
    """Give what makes a repeat the same: the values of the rule's ``entity`` kinds (or field names), as one text.

    Without ``entity`` in the rule: the host and all source addresses and users. ``fallback`` (the stream) stands in
    when none of them has a value, so that two unrelated streams never fold into each other.
    """
    kinds = info.entity
    parts = [host] if host and not kinds else []
    for kind in kinds or _DEFAULT_KINDS:
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
    key = " ".join([_escaped(part) if " " in part or "\\" in part else part for part in parts])
    if len(key) <= _KEY_CAP_CHARS:
        return key
    rest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{key[:_KEY_CAP_CHARS]}…{rest}"


def _escaped(part: str) -> str:
    return part.replace("\\", "\\\\").replace(" ", "\\ ")


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
    why: Sequence[Clause] = (),
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
    # by place, in the order of the struct: names cost as much again, and repeats come by the ten thousand
    return Detection(
        uid_of(info.id, ref) if uid is None else uid,
        info,
        event.time_ns,
        ref.source,
        ref.stream,
        ref.line_number,
        ref.raw,
        fields,
        event.host,
        found,
        entity_key_of(info, event.host, found, fields, ref.stream) if entity_key is None else entity_key,
        count,
        event.time_ns if first_ns is None else first_ns,
        why,
        evidence,
    )
