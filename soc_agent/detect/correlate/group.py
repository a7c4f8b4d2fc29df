"""One group of a correlation: its window, where its events came from, and the entities it speaks of."""

from ipaddress import ip_address

from soc_agent.detect.correlate.spec import CorrelationSpec
from soc_agent.detect.correlate.state import GroupState, Place, pack_group
from soc_agent.detect.correlate.window import Window
from soc_agent.detect.hit import join_key
from soc_agent.model import ENTITY_FIELDS, Entities, Event, entities_of

_COST_BYTES = 1500
_STREAMS = 256
_VALUES = 20
_NAMED_OR_NUMBERED = {"src_ip": True, "dst_ip": True, "src_host": False}
"""Kinds of entity that hold nothing but addresses, and those that hold none."""
_KIND_OF = {field: kind for kind, fields in ENTITY_FIELDS.items() for field in fields}


class Group:
    """The events that share the values of a correlation's group-by fields."""

    def __init__(self, spec: CorrelationSpec) -> None:
        self.window = Window(spec)
        self.streams: list[str] = []
        self._counted: list[Place] = []
        """For each of the streams, how far its events were counted."""
        self.turn = 0
        """Number of its last event: the group with the lowest had none for the longest time."""

    @classmethod
    def from_state(cls, spec: CorrelationSpec, state: GroupState) -> "Group":
        """Give the group as it was."""
        group = cls(spec)
        group.streams = state.streams
        group._counted = state.counted
        group.turn = state.turn
        group.window.load(state.entries, state.prune_at)
        return group

    @property
    def cost_bytes(self) -> int:
        """About how much memory it takes."""
        return _COST_BYTES + self.window.cost_bytes

    def stream(self, stream_id: str) -> int:
        """Give the number of a stream in this group; it gets one when it has none."""
        try:
            return self.streams.index(stream_id)
        except ValueError:
            pass
        if len(self.streams) >= _STREAMS:
            self._forget_streams()
        self.streams.append(stream_id)
        self._counted.append(Place())
        return len(self.streams) - 1

    def is_repeat(self, stream: int, offset: int, rule: int) -> bool:
        """Say whether an event was counted before, and note it: so that lines which are read again count once.

        A stream is read from its beginning to its end; what lies before the last event counted was read before.
        """
        place = self._counted[stream]
        if offset > place.offset:
            self._counted[stream] = Place(offset, 1 << rule)
            return False
        if offset == place.offset and not place.rules >> rule & 1:
            self._counted[stream] = Place(offset, place.rules | 1 << rule)
            return False
        return True

    def pack(self, print_: bytes) -> bytes:
        """Give the group as bytes."""
        return pack_group(print_, self.turn, self.window.prune_at, self.streams, self._counted, self.window.entries)

    def _forget_streams(self) -> None:
        """Drop the streams without events here, and if that is not enough, the older half."""
        used = sorted({entry.stream for entry in self.window.entries})[-_STREAMS // 2 :]
        numbers = {old: new for new, old in enumerate(used)}
        self.streams = [self.streams[old] for old in used]
        self._counted = [self._counted[old] for old in used]
        for entry in self.window.entries:
            entry.stream = numbers.get(entry.stream, 0)


def value_of(event: Event, field: str) -> str | None:
    """Give the value of a field as text; None when the event has none. Lists are taken as a whole."""
    value = event.fields.get(field)
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        return join_key(str(item) for item in value)
    return str(value)


def _is_address(value: str) -> bool:
    try:
        ip_address(value)
    except ValueError:
        return False
    return True


def entities_of_group(spec: CorrelationSpec, rule_id: str, event: Event, values: tuple[str, ...]) -> Entities:
    """Give the entities of a detection: those of the completing event, the group's values, and the values counted.

    All events of a group have the same values in the group-by fields, whatever each calls them.
    """
    entities = dict(entities_of(event.fields))

    def add(field: str, value: str) -> None:
        kind = _KIND_OF.get(field)
        if kind in _NAMED_OR_NUMBERED and _is_address(value) != _NAMED_OR_NUMBERED[kind]:
            return  # a group may be joined by address or by name; neither is the other
        known = entities.get(kind, ()) if kind else ()
        if kind and value not in known and len(known) < _VALUES:
            entities[kind] = (*known, value)

    for name in spec.group_by:
        value = value_of(event, spec.field_of(name, rule_id))
        for field in {name, *spec.aliases.get(name, {}).values()}:
            if value is not None:
                add(field, value)
    if len(spec.value_fields) == 1:
        for value in values:
            add(spec.value_fields[0], value)
    return entities
