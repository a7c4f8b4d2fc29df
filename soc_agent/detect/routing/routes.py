"""Which rules look at an event: by its log sources, by the kind of event that it is, and by its values.

Sets of rules are integers, one bit a rule. What comes again (the same log sources, the same kind) is worked out once.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from soc_agent.detect import ir
from soc_agent.detect.evaluate.match import fold
from soc_agent.detect.routing.doubts import Doubts, places_of
from soc_agent.detect.routing.fieldindex import FieldIndex, Key
from soc_agent.detect.routing.fieldneeds import Clause, field_clauses, has_field_clauses
from soc_agent.model import LogSource

_REMEMBERED = 2_000
_REMEMBERED_INDEXES = 500
_FEW = 3
"""So few rules are tried faster than an event's values are looked up."""
_KIND = "EventID"
"""The field by which rules for events of Windows say which of a log's events they look at."""
_MOST_KINDS = 1 << 32
_Kind = int | str | None


class Routes:
    """The ways from an event to the rules that look at it. Belongs to one thread."""

    def __init__(self, rules: Sequence[ir.Rule], searching: int, before: "Routes | None" = None) -> None:
        """:param searching: the rules that can match an event that nobody could decode.

        :param before: the routes whose place these take: what they know of rules that are the same is not found again.
        """
        self._rules = rules
        self._searching = searching
        self._needs: dict[int, tuple[Clause, ...]] = {}
        if before is not None:
            self._needs = before._needs_of_same(rules)  # noqa: SLF001 - of the same class
        self._of_sources: dict[tuple[LogSource, ...], int] = {}
        self._routes: dict[tuple[int, tuple[LogSource, ...], bool, _Kind], _Route] = {}
        self._indexes: dict[int, FieldIndex] = {}
        self.telemetry = 0
        """So many events, since this was last set, were of log sources that more than a few rules look at."""

    def of_sources(self, log_sources: tuple[LogSource, ...]) -> int:
        """Give the rules that look at events of any of these log sources."""
        found = self._of_sources.get(log_sources)
        if found is None:
            found = 0
            for place, rule in enumerate(self._rules):
                if any(map(rule.log_source.applies_to, log_sources)):
                    found |= 1 << place
            self._of_sources[log_sources] = found
        return found

    def of_event(self, possible: int, log_sources: tuple[LogSource, ...], fields: Mapping[str, Any] | None) -> int:
        """Give those of the possible rules that may match an event.

        :param fields: of the event: rules that its values rule out are left out. None: nobody could decode it.
        """
        kind = None if fields is None else fields.get(_KIND)
        if not (kind.__class__ is int and 0 <= kind < _MOST_KINDS) and not (kind.__class__ is str and len(kind) < 10):
            kind = None  # what is remembered must not grow with what lines hold
        key = (possible, log_sources, fields is None, kind)
        route = self._routes.get(key)
        if route is None:
            route = self._find(possible, log_sources, kind, decoded=fields is not None)
            if len(self._routes) >= _REMEMBERED:
                self._routes.clear()
            self._routes[key] = route
        self.telemetry += route.is_telemetry
        if route.index is None or fields is None:
            return route.rules
        classes = route.index.key(fields)
        found = route.chosen.get(classes)
        if found is None:
            found = route.choose(classes)
        return route.doubts.left(found, fields) if found else 0

    def asks_fields(self, place: int) -> bool:
        """Say whether the fields of an event must hold something for the rule in this place."""
        return bool(self._needs[place]) if place in self._needs else has_field_clauses(self._rules[place])

    def needs_of(self, place: int) -> tuple[Clause, ...]:
        """Give what the fields of an event must hold for the rule in this place."""
        found = self._needs.get(place)
        if found is None:
            found = self._needs[place] = field_clauses(self._rules[place])
        return found

    def _needs_of_same(self, rules: Sequence[ir.Rule]) -> dict[int, tuple[Clause, ...]]:
        """Give what is known of these rules, by their place among them. May be asked by another thread."""
        known = {
            (id(self._rules[place].condition), id(self._rules[place].selections)): needs
            for place, needs in self._needs.copy().items()
        }
        same = ((place, known.get((id(rule.condition), id(rule.selections)))) for place, rule in enumerate(rules))
        return {place: needs for place, needs in same if needs is not None}

    def _find(self, possible: int, log_sources: tuple[LogSource, ...], kind: _Kind, *, decoded: bool) -> "_Route":
        every = self.of_sources(log_sources)
        if not decoded:
            return _Route(possible & every & self._searching, is_telemetry=False)
        is_telemetry = every.bit_count() > _FEW
        every &= ~self._of_other_kinds(every, kind)
        rules = possible & every
        if rules.bit_count() <= _FEW:
            return _Route(rules, is_telemetry=is_telemetry)
        places = places_of(every)
        index = self._indexes.get(every)
        if index is None:
            if len(self._indexes) >= _REMEMBERED_INDEXES:
                self._indexes.clear()
                self._routes.clear()
            clauses = [[clause for clause in self.needs_of(place) if not _is_kind(clause)] for place in places]
            index = self._indexes[every] = FieldIndex(clauses)
        return _Route(rules, index, places, Doubts(self._rules), is_telemetry=True)

    def _of_other_kinds(self, rules: int, kind: _Kind) -> int:
        """Give the rules that look at events of other kinds than this one."""
        if kind is None:
            return 0
        text, found = fold(str(kind)), 0
        for place in places_of(rules):
            kinds = (clause for clause in self.needs_of(place) if _is_kind(clause))
            if any(all(need.text != text for need in clause) for clause in kinds):
                found |= 1 << place
        return found


class _Route:
    """The rules of a set that look at events of some log sources and kind."""

    __slots__ = ("_places", "chosen", "doubts", "index", "is_telemetry", "rules")

    def __init__(
        self,
        rules: int,
        index: FieldIndex | None = None,
        places: Sequence[int] = (),
        doubts: Doubts | None = None,
        *,
        is_telemetry: bool,
    ) -> None:
        self.rules = rules
        self.index = index
        self.is_telemetry = is_telemetry
        self.doubts = doubts or Doubts(())
        self.chosen: dict[Key, int] = {}
        """By the classes of an event's values, the rules that they allow."""
        self._places = places

    def choose(self, classes: Key) -> int:
        """Give the rules that the classes of an event's values allow."""
        assert self.index is not None
        found = 0
        for place in places_of(self.index.candidates(classes)):
            found |= 1 << self._places[place]
        found &= self.rules
        if len(self.chosen) >= _REMEMBERED:
            self.chosen.clear()
        self.chosen[classes] = found
        return found


def _is_kind(clause: Clause) -> bool:
    """Say whether a clause asks for nothing but kinds of events."""
    return all(need.field == _KIND and need.where == "exact" for need in clause)
