"""From a completed window to a detection: its id, its reasons, the entities it speaks of, the lines it shows."""

from ipaddress import ip_address
from typing import Any

import msgspec
from msgspec import Struct

from soc_agent.detect.correlate.entry import Lines
from soc_agent.detect.correlate.extract import Lookup, texts_of
from soc_agent.detect.correlate.spec import CorrelationSpec
from soc_agent.detect.correlate.window import Completed
from soc_agent.detect.hit import EventRef, bounded_fields, detection_of, join_key, uid_of
from soc_agent.model import ENTITY_FIELDS, Clause, Detection, Entities, Event, entities_of

_VALUES = 20
_UNGROUPED = "*"
_NAMED_OR_NUMBERED = {"src_ip": True, "dst_ip": True, "src_host": False}
"""Kinds of entity that hold nothing but addresses, and those that hold none."""
_KIND_OF = {field: kind for kind, fields in ENTITY_FIELDS.items() for field in fields}


class Witness(Struct, array_like=True):
    """An event that may become a detection later."""

    rule_id: str
    source: str
    stream: str
    stream_id: str
    line_number: int
    offset: int
    raw: bytes
    host: str
    type: str
    time_ns: int
    fields: dict[str, Any]

    @property
    def event(self) -> Event:
        """The event again; without its text, which nobody asks for any more."""
        return Event(self.raw, "", self.type, (), self.fields, self.time_ns, self.host)

    @property
    def ref(self) -> EventRef:
        """Where it came from."""
        return EventRef(self.source, self.stream, self.stream_id, self.line_number, self.offset, self.raw)


def pack_witness(rule_id: str, event: Event, ref: EventRef) -> bytes:
    """Give an event as bytes, so that it can wait over a restart."""
    fields = bounded_fields(event.fields)
    place = (ref.source, ref.stream, ref.stream_id, ref.line_number, ref.offset, ref.raw)
    witness = Witness(rule_id, *place, event.host, event.type, event.time_ns, fields)
    try:
        return _encoder.encode(witness)
    except (UnicodeEncodeError, OverflowError):  # lone surrogates, integers beyond 64 bits
        witness.fields = {_writable(name): _writable(value) for name, value in fields.items()}
        witness.source, witness.stream = _writable(ref.source), _writable(ref.stream)
        witness.stream_id, witness.host = _writable(ref.stream_id), _writable(event.host)
        return _encoder.encode(witness)


def unpack_witness(data: bytes) -> Witness:
    """Give what :func:`pack_witness` took."""
    return _decoder.decode(data)


def report(
    spec: CorrelationSpec,
    rule_id: str,
    event: Event,
    ref: EventRef,
    completed: Completed,
    lines: Lines,
    lookup: Lookup | None = None,
) -> Detection:
    """Give the detection of a window that an event of a rule completed."""
    texts = texts_of(spec, rule_id, event, lookup)
    key = join_key(texts)
    evidence = [line for turn in completed.turns if (line := lines.get(turn))]
    return detection_of(
        spec.info,
        event,
        ref,
        why=_reasons(spec, rule_id, texts, completed),
        uid=uid_of(spec.info.id, ref, key.encode("utf-8", "surrogatepass")),
        count=completed.events,
        first_ns=completed.first_ns,
        evidence=tuple(evidence),
        entity_key=None if spec.info.entity else key or _UNGROUPED,
        entities=entities_of_group(spec, event, texts, completed.values),
    )


def entities_of_group(spec: CorrelationSpec, event: Event, texts: list[str], values: tuple[str, ...]) -> Entities:
    """Give the entities of a detection: those of the completing event, the group's values, and the values counted.

    All events of a group have the same values in the group-by fields, whatever each calls them.
    """
    entities = dict(entities_of(event.fields))

    def add(field: str, value: str) -> None:
        kind = _KIND_OF.get(field)
        if kind is None:
            return
        known = entities.get(kind, ())
        if value in known or len(known) >= _VALUES:
            return
        if kind in _NAMED_OR_NUMBERED and _is_address(value) != _NAMED_OR_NUMBERED[kind]:
            return  # a group may be joined by address or by name; neither is the other
        entities[kind] = (*known, value)

    for name, text in zip(spec.group_by, texts, strict=True):
        if text:
            add(name, text)
            for field in spec.aliases.get(name, {}).values():
                add(field, text)
    if len(spec.value_fields) == 1:
        for value in values:
            add(spec.value_fields[0], value)
    return entities


def _reasons(spec: CorrelationSpec, rule_id: str, texts: list[str], completed: Completed) -> tuple[Clause, ...]:
    if spec.kind == "first_seen":
        days = spec.timespan_ns // (86_400 * 1_000_000_000)
        first = Clause(
            item=spec.kind,
            pattern=f"{days}d",
            field=spec.field_of(spec.value_fields[0], rule_id),
            value=", ".join(completed.values),
        )
    else:
        value = "" if spec.terms else f"{completed.measure:.15g}"
        first = Clause(
            item=f"{spec.kind}: {spec.condition}",
            pattern=spec.condition,
            field=", ".join(spec.value_fields),
            value=value,
        )
    groups = [
        Clause(item="group-by", pattern=name, field=spec.field_of(name, rule_id), value=text)
        for name, text in zip(spec.group_by, texts, strict=True)
    ]
    return (first, *_counted(spec, rule_id, completed.values), *groups)


def _counted(spec: CorrelationSpec, rule_id: str, values: tuple[str, ...]) -> tuple[Clause, ...]:
    """Give the values that were counted, where they are no entities: nothing else of the detection tells them."""
    if spec.kind != "value_count" or len(spec.value_fields) != 1 or not values:
        return ()
    field = spec.field_of(spec.value_fields[0], rule_id)
    if field in _KIND_OF:
        return ()
    return (Clause(item="values", pattern=spec.value_fields[0], field=field, value=", ".join(values[:_VALUES])),)


def _is_address(value: str) -> bool:
    try:
        ip_address(value)
    except ValueError:
        return False
    return True


def _writable(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_writable(item) for item in value]
    return str(value).encode("utf-8", "replace").decode("utf-8") if isinstance(value, (str, int)) else value


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Witness)
