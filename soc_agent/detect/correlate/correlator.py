"""Events of base rules in, detections of correlations out: groups, chains of correlations, bounds, state."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from soc_agent.detect.correlate.entry import EVIDENCE_CAP_BYTES, Entry
from soc_agent.detect.correlate.group import Group, entities_of_group, value_of
from soc_agent.detect.correlate.spec import CorrelationSpec, find_cycles
from soc_agent.detect.correlate.state import STREAMS, StateChange, fingerprint, pack_mark, unpack_group, unpack_mark
from soc_agent.detect.correlate.watermark import Mark, Watermarks
from soc_agent.detect.correlate.window import Completed
from soc_agent.detect.hit import EventRef, detection_of, join_key, uid_of
from soc_agent.model import Clause, Detection, Event, Problem

MEMORY_BYTES = 64 * 1024 * 1024
LATENESS_S = 600
"""Flows are reported when they end and carry the time of their beginning, so they come this much out of order."""
_NANOSECONDS = 1_000_000_000
_REPEAT_CAP = 100_000
_SWEPT_AT_ONCE = 64
_UNGROUPED = "*"


class Correlator:
    """All correlations over all streams. Belongs to one engine; not for several threads."""

    def __init__(
        self, specs: Sequence[CorrelationSpec], *, lateness_s: int = LATENESS_S, memory_bytes: int = MEMORY_BYTES
    ) -> None:
        if cycles := find_cycles(specs):
            raise ValueError(f"correlations refer to themselves: {', '.join(sorted(cycles))}")
        self._specs = {spec.info.id: spec for spec in specs}
        self._prints = {rule_id: fingerprint(spec) for rule_id, spec in self._specs.items()}
        self._listeners: dict[str, list[CorrelationSpec]] = {}
        for spec in specs:
            for rule_id in dict.fromkeys(spec.rule_ids):
                self._listeners.setdefault(rule_id, []).append(spec)
        self._silent = {rule_id for spec in specs if not spec.generate for rule_id in spec.rule_ids}
        self._silent -= {rule_id for spec in specs if spec.generate for rule_id in spec.rule_ids}
        self.wants = frozenset(self._listeners)
        """Ids of the rules whose events it looks at."""
        self._marks = Watermarks(lateness_s * _NANOSECONDS)
        self._groups: dict[str, OrderedDict[str, Group]] = {rule_id: OrderedDict() for rule_id in self._specs}
        self._memory_bytes = memory_bytes
        self._cost_bytes = 0
        self._dirty: set[tuple[str, str]] = set()
        self._event: Event | None = None
        self._in_time = True
        self._counted: set[tuple[str, str]] = set()
        self._late = 0
        self._forgotten = 0

    def feed(self, rule_id: str, event: Event, ref: EventRef) -> list[Detection]:
        """Take an event of a rule; give the detections of all correlations that it completes.

        An event that several rules match is fed once for each, the same object one after the other.
        """
        if event is not self._event:
            self._event = event
            self._counted.clear()
            self._in_time = self._marks.take(ref.stream_id, event.time_ns)
            self._late += not self._in_time
        return self._feed(rule_id, event, ref, chained=False) if self._in_time else []

    def take_late(self) -> int:
        """Give how many events came too late for their windows since the last call."""
        late, self._late = self._late, 0
        return late

    def problems(self) -> list[Problem]:
        """Give what is wrong: groups that had to be forgotten for want of memory. Empty when well."""
        if not self._forgotten:
            return []
        return [Problem("correlation.forgotten", values={"count": self._forgotten, "limit": self._memory_bytes})]

    def take_changes(self) -> list[StateChange]:
        """Give what changed since the last call, each group once, for the transaction of the block."""
        self._sweep()
        changes = []
        for rule_id, key in sorted(self._dirty):
            group = self._groups[rule_id].get(key) if rule_id in self._groups else None
            changes.append(StateChange(rule_id, key, group.pack(self._prints[rule_id]) if group else None))
        self._dirty.clear()
        for stream_id, mark in self._marks.take_changes():
            changes.append(StateChange(STREAMS, stream_id, pack_mark(mark) if mark else None))
        return changes

    def restore(self, state: Iterable[StateChange]) -> None:
        """Take over what :meth:`take_changes` gave in an earlier run: the last of each group.

        What belongs to no correlation of now, or does not fit it any more, is forgotten at the next
        :meth:`take_changes`.
        """
        marks: dict[str, Mark] = {}
        groups: list[tuple[str, str, Group]] = []
        for change in state:
            if change.data is None:
                continue
            if change.rule_id == STREAMS:
                if mark := unpack_mark(change.data):
                    marks[change.group] = mark
                continue
            spec = self._specs.get(change.rule_id)
            known = unpack_group(change.data, self._prints[change.rule_id]) if spec else None
            if spec is None or known is None:
                self._dirty.add((change.rule_id, change.group))
            else:
                groups.append((change.rule_id, change.group, Group.from_state(spec, known)))
        self._marks.restore(marks)
        for rule_id, key, group in sorted(groups, key=lambda item: item[2].turn):
            self._groups[rule_id][key] = group
            self._cost_bytes += group.cost_bytes

    def _feed(self, rule_id: str, event: Event, ref: EventRef, *, chained: bool) -> list[Detection]:
        detections: list[Detection] = []
        for spec in self._listeners.get(rule_id, ()):
            detection = self._count(spec, rule_id, event, ref, chained=chained)
            if detection is not None:
                if spec.info.id not in self._silent:
                    detections.append(detection)
                detections += self._feed(spec.info.id, event, ref, chained=True)
        return detections

    def _count(
        self, spec: CorrelationSpec, rule_id: str, event: Event, ref: EventRef, *, chained: bool
    ) -> Detection | None:
        """Count the event in its group; None when it has no group, or completes nothing."""
        parts = [value_of(event, spec.field_of(name, rule_id)) for name in spec.group_by]
        counted = [value_of(event, spec.field_of(name, rule_id)) for name in spec.value_fields]
        if None in parts or None in counted:
            return None
        key = join_key(part for part in parts if part is not None)
        if not chained and not spec.kind.startswith("temporal"):
            if (spec.info.id, key) in self._counted:
                return None
            self._counted.add((spec.info.id, key))
        group = self._group(spec, key)
        before = group.cost_bytes
        stream, rule = group.stream(ref.stream_id), spec.rule_ids.index(rule_id)
        if group.is_repeat(stream, ref.offset, rule):
            return None
        entry = Entry(
            time_ns=event.time_ns,
            stream=stream,
            rule=rule,
            events=1 if chained else _repeats(event),
            value=join_key(value for value in counted if value is not None),
            raw=ref.raw[:EVIDENCE_CAP_BYTES],
        )
        completed = group.window.insert(
            entry, lambda old: self._marks.is_passed(group.streams[old.stream], old.time_ns + spec.timespan_ns)
        )
        group.turn = self._marks.turn
        self._cost_bytes += group.cost_bytes - before
        self._dirty.add((spec.info.id, key))
        if self._cost_bytes > self._memory_bytes:
            self._forget_oldest()
        return _detection(spec, rule_id, key, event, ref, completed) if completed else None

    def _group(self, spec: CorrelationSpec, key: str) -> Group:
        groups = self._groups[spec.info.id]
        group = groups.get(key)
        if group is None:
            group = groups[key] = Group(spec)
            self._cost_bytes += group.cost_bytes
        else:
            groups.move_to_end(key)
        return group

    def _forget_oldest(self) -> None:
        """Make room: forget the groups that had no event for the longest time, but the one that just had."""
        while self._cost_bytes > self._memory_bytes * 9 // 10:
            oldest = min((groups for groups in self._groups.values() if groups), key=_oldest_turn)
            if _oldest_turn(oldest) == self._marks.turn:
                return
            rule_id = next(rule_id for rule_id, groups in self._groups.items() if groups is oldest)
            self._drop(rule_id, next(iter(oldest)))
            self._forgotten += 1

    def _sweep(self) -> None:
        """Drop groups whose events nobody can need any more; a few at a time, those without events for long first."""
        for rule_id, groups in self._groups.items():
            span_ns = self._specs[rule_id].timespan_ns
            for _ in range(_SWEPT_AT_ONCE):
                key = next(iter(groups), None)
                if key is None:
                    break
                group = groups[key]
                streams = group.streams
                if not group.window.all_dead(
                    lambda old, streams=streams, span_ns=span_ns: self._marks.is_passed(  # type: ignore[misc]
                        streams[old.stream], old.time_ns + span_ns
                    )
                ):
                    break
                self._drop(rule_id, key)

    def _drop(self, rule_id: str, key: str) -> None:
        self._cost_bytes -= self._groups[rule_id].pop(key).cost_bytes
        self._dirty.add((rule_id, key))


def _oldest_turn(groups: OrderedDict[str, Group]) -> int:
    return next(iter(groups.values())).turn


def _repeats(event: Event) -> int:
    """How many events the line stands for (syslog: "last message repeated N times")."""
    repeat = event.fields.get("repeat")
    return min(repeat, _REPEAT_CAP) if isinstance(repeat, int) and repeat > 1 else 1


def _detection(
    spec: CorrelationSpec, rule_id: str, key: str, event: Event, ref: EventRef, completed: Completed
) -> Detection:
    why = [
        Clause(
            item=f"{spec.kind}: {spec.condition}",
            pattern=spec.condition,
            field=", ".join(spec.value_fields),
            value=str(completed.measure),
        )
    ]
    for name in spec.group_by:
        field = spec.field_of(name, rule_id)
        why.append(Clause(item="group-by", pattern=name, field=field, value=value_of(event, field) or ""))
    return detection_of(
        spec.info,
        event,
        ref,
        why=tuple(why),
        uid=uid_of(spec.info.id, ref, key.encode("utf-8", "surrogatepass")),
        count=completed.events,
        first_ns=completed.first_ns,
        evidence=completed.evidence,
        entity_key=None if spec.info.entity else key or _UNGROUPED,
        entities=entities_of_group(spec, rule_id, event, completed.values),
    )
