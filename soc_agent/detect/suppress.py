"""Repeats are folded: one alert for a rule and the entity it speaks of, however often it happens.

A detection is a repeat when an open alert of the same rule and entity key had its last event within the rule's
``suppress_s``, in event time, before or after it. A detection that is worse than the alert is never a repeat.
"""

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Protocol, TypeVar

from msgspec import Struct

from soc_agent.model import Detection, Entities, Level

_NANOSECONDS = 1_000_000_000
_LINES_KEPT = 20
_VALUES_KEPT = 50


class FoldTarget(Protocol):
    """An open alert, as whoever keeps alerts knows it."""

    @property
    def level(self) -> Level:
        """How bad the alert is."""
        ...


Target = TypeVar("Target", bound=FoldTarget)
Find = Callable[[str, str, int, int], Target | None]
"""From rule id, entity key, event time and the seconds around it to the latest open alert with an event there."""


def target_of(detection: Detection, find: Find[Target]) -> Target | None:
    """Give the alert that a detection is a repeat of; None when it is an alert of its own."""
    target = find(detection.rule.id, detection.entity_key, detection.time_ns, detection.rule.suppress_s)
    return target if target is not None and target.level >= detection.rule.level else None


class FoldedAlert(Struct):
    """An alert made of a first detection and its repeats."""

    detection: Detection
    """The first to come."""
    count: int
    first_ns: int
    last_ns: int
    entities: Entities
    """Those of all its detections; bounded."""
    evidence: list[bytes]
    """Its lines, the first ones; bounded."""

    @property
    def level(self) -> Level:
        """How bad it is."""
        return self.detection.rule.level


class Folder:
    """Folds detections in memory, for a search that keeps nothing. Detections may come in any order of time."""

    def __init__(self) -> None:
        self._alerts: list[FoldedAlert] = []
        self._by_key: dict[tuple[str, str], list[FoldedAlert]] = {}

    def add(self, detection: Detection) -> FoldedAlert | None:
        """Take a detection; give the alert when it is a new one, None when it was a repeat."""
        target = target_of(detection, self._find)
        if target is not None:
            first_ns = target.first_ns
            _repeat(target, detection)
            if target.first_ns < first_ns:
                self._by_key[detection.rule.id, detection.entity_key].sort(key=_first)
            return None
        made = FoldedAlert(
            detection=detection,
            count=detection.count,
            first_ns=detection.first_ns or detection.time_ns,
            last_ns=detection.time_ns,
            entities=dict(detection.entities),
            evidence=[*detection.evidence, detection.raw][-_LINES_KEPT:],
        )
        self._alerts.append(made)
        insort(self._by_key.setdefault((detection.rule.id, detection.entity_key), []), made, key=_first)
        return made

    def alerts(self) -> list[FoldedAlert]:
        """Give the alerts in the order in which they began to come."""
        return self._alerts

    def _find(self, rule_id: str, entity_key: str, time_ns: int, within_s: int) -> FoldedAlert | None:
        of_key = self._by_key.get((rule_id, entity_key))
        if of_key is None:
            return None
        within_ns = within_s * _NANOSECONDS
        earliest_ns = time_ns - within_ns
        newest = of_key[-1]
        if newest.last_ns >= earliest_ns and newest.first_ns <= time_ns + within_ns:
            return newest
        after = bisect_right(of_key, time_ns + within_ns, key=_first)
        return next((alert for alert in reversed(of_key[:after]) if alert.last_ns >= earliest_ns), None)


def fold(detections: Iterable[Detection]) -> list[FoldedAlert]:
    """Give the alerts that detections make."""
    folder = Folder()
    for detection in detections:
        folder.add(detection)
    return folder.alerts()


_first = attrgetter("first_ns")


def _repeat(alert: FoldedAlert, detection: Detection) -> None:
    alert.count += detection.count
    first_ns = detection.first_ns or detection.time_ns
    if first_ns < alert.first_ns:
        alert.first_ns = first_ns
    if detection.time_ns > alert.last_ns:
        alert.last_ns = detection.time_ns
    room = _LINES_KEPT - len(alert.evidence)
    if room > 0:
        alert.evidence += [*detection.evidence, detection.raw][:room]
    entities = alert.entities
    for kind, values in detection.entities.items():
        known = entities.get(kind, ())
        if known != values and len(known) < _VALUES_KEPT:
            new = [value for value in values if value not in known]
            if new:
                entities[kind] = (*known, *new)[:_VALUES_KEPT]
