"""From a completed window to a detection: its id, its reasons, the entities it speaks of, the lines it shows."""

from collections.abc import Iterable
from functools import lru_cache, partial
from ipaddress import ip_address
from typing import Any

import msgspec
from msgspec import Struct

from soc_agent.detect.correlate.entry import Lines
from soc_agent.detect.correlate.extract import Below, Lookup, as_it_is, fields_of, texts_of
from soc_agent.detect.correlate.spec import CorrelationSpec
from soc_agent.detect.correlate.window import Completed
from soc_agent.detect.hit import EventRef, Reasons, bounded_fields, detection_of, join_key, uid_of
from soc_agent.model import ENTITY_FIELDS, Clause, Detection, Entities, Event, entities_of

_VALUES = 20
_GROUPS_REMEMBERED = 4096
_UNGROUPED = "*"
_DAY_NS = 86_400 * 1_000_000_000
_NAMED_OR_NUMBERED = {"src_ip": True, "dst_ip": True, "src_host": False}
"""Kinds of entity that hold nothing but addresses, and those that hold none."""
_KIND_OF = {field: kind for kind, fields in ENTITY_FIELDS.items() for field in fields}
_KIND_OF |= {f"{kind}.external": kind for kind in ("src_ip", "dst_ip")}  # the address itself


class Witness(Struct, array_like=True):
    """An event that may become a detection later."""

    path: tuple[str, ...]
    """The rule that the event is of, at the end; before it what that, where it is a correlation, was completed by."""
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
    repeat: int = 1

    @property
    def event(self) -> Event:
        """The event again; without its text, which nobody asks for any more."""
        return Event(self.raw, "", self.type, (), self.fields, self.time_ns, self.host, repeat=self.repeat)

    @property
    def ref(self) -> EventRef:
        """Where it came from."""
        return EventRef(self.source, self.stream, self.stream_id, self.line_number, self.offset, self.raw)


def pack_witness(path: tuple[str, ...], event: Event, ref: EventRef) -> bytes:
    """Give an event as bytes, so that it can wait over a restart."""
    fields = bounded_fields(event.fields)
    place = (ref.source, ref.stream, ref.stream_id, ref.line_number, ref.offset, ref.raw)
    witness = Witness(path, *place, event.host, event.type, event.time_ns, fields, event.repeat)
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


class Reporter:
    """Makes the detections of one correlation that events of one of its rules complete."""

    def __init__(
        self, spec: CorrelationSpec, rule_id: str, lookup: Lookup | None = None, below: Below = as_it_is
    ) -> None:
        self._spec = spec
        self._info = spec.info
        self._lookup = lookup
        self._fields = fields_of(spec, rule_id, spec.group_by, below)
        self._value_fields = fields_of(spec, rule_id, spec.value_fields, below)
        self._kinds = [_kinds((name, *spec.aliases.get(name, {}).values())) for name in spec.group_by]
        self._value_kinds = _kinds(spec.value_fields) if len(spec.value_fields) == 1 else ()

        self._groups: dict[str, tuple[list[str], str, bytes]] = {}

    def report(
        self, group: str, event: Event, ref: EventRef, completed: Completed, lines: Lines, known: Entities | None = None
    ) -> Detection:
        """Give the detection of a window that an event completed.

        :param group: the key of its group; events of one group are told in the same words.
        :param known: the event's own entities.
        """
        told = self._groups.get(group)
        if told is None:
            if len(self._groups) >= _GROUPS_REMEMBERED:
                self._groups.clear()
            texts = texts_of(self._fields, event, self._lookup)
            key = join_key(texts)
            told = self._groups[group] = (texts, key, key.encode("utf-8", "surrogatepass"))
        texts, key, key_bytes = told
        info = self._info
        return detection_of(
            info,
            event,
            ref,
            why=Reasons(partial(self._reasons, texts, completed)),
            uid=uid_of(info.id, ref, key_bytes),
            count=completed.events,
            first_ns=completed.first_ns,
            evidence=tuple(filter(None, map(lines.get, completed.turns))) if completed.turns else (),
            entity_key=None if info.entity else key or _UNGROUPED,
            entities=self.entities(entities_of(event.fields) if known is None else known, texts, completed.values),
        )

    def entities(self, known: Entities, texts: list[str], values: tuple[str, ...]) -> Entities:
        """Give the entities of a detection: those of the completing event, the group's values, and those counted.

        All events of a group have the same values in the group-by fields, whatever each calls them.
        """
        entities = known
        for kinds, text in zip(self._kinds, texts, strict=True):
            for kind in kinds:
                if text and text not in entities.get(kind, ()):
                    entities = _with(entities, kind, (text,))
        for kind in self._value_kinds:
            entities = _with(entities, kind, values)
        return entities

    def _reasons(self, texts: list[str], completed: Completed) -> tuple[Clause, ...]:
        spec = self._spec
        if spec.kind == "first_seen":
            days = spec.timespan_ns // _DAY_NS
            first = Clause(spec.kind, f"{days}d", self._value_fields[0], ", ".join(completed.values))
        else:
            value = "" if spec.terms else f"{completed.measure:.15g}"
            item = f"{spec.kind}: {spec.condition}"
            first = Clause(item, spec.condition, ", ".join(spec.value_fields), value)
        groups = zip(spec.group_by, self._fields, texts, strict=True)
        return (first, *self._counted(completed), *(Clause("group-by", *group) for group in groups))

    def _counted(self, completed: Completed) -> tuple[Clause, ...]:
        """Give the values that were counted, where they are no entities: nothing else of the detection tells them."""
        spec = self._spec
        if spec.kind != "value_count" or len(spec.value_fields) != 1 or not completed.values:
            return ()
        field = self._value_fields[0]
        if field in _KIND_OF:
            return ()
        return (Clause("values", spec.value_fields[0], field, ", ".join(completed.values[:_VALUES])),)


def _kinds(fields: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_KIND_OF[field] for field in fields if field in _KIND_OF))


def _with(entities: Entities, kind: str, values: tuple[str, ...]) -> Entities:
    """Give the entities with more of a kind, bounded; what several detections share is not changed."""
    known = entities.get(kind, ())
    new = [value for value in values if value not in known]
    if kind in _NAMED_OR_NUMBERED:
        new = [value for value in new if _fits(kind, value)]
    return {**entities, kind: (*known, *new)[: max(_VALUES, len(known))]} if new else entities


@lru_cache(maxsize=4096)
def _fits(kind: str, value: str) -> bool:
    """Say whether a value can be of a kind: a group may be joined by address or by name, and neither is the other."""
    is_numbered = _NAMED_OR_NUMBERED[kind]
    try:
        ip_address(value)
    except ValueError:
        return not is_numbered
    return is_numbered


def _writable(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_writable(item) for item in value]
    return str(value).encode("utf-8", "replace").decode("utf-8") if isinstance(value, (str, int)) else value


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Witness)
