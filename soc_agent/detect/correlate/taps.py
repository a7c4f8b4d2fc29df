"""By which way events come to a correlation: from a rule, or from a correlation below it; and what each way knows."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from msgspec import Struct

from soc_agent.detect.correlate.absence import Absences
from soc_agent.detect.correlate.books import Book
from soc_agent.detect.correlate.extract import Below, Lookup, as_it_is, fields_of, key_maker, needed_fields, what_maker
from soc_agent.detect.correlate.first_seen import FirstSeen
from soc_agent.detect.correlate.report import Reporter
from soc_agent.detect.correlate.session import Given, giver, within_host
from soc_agent.detect.correlate.spec import CorrelationSpec
from soc_agent.enrich import KNOWN_FIELDS
from soc_agent.model import Event

Opened = tuple[Any, ...]
"""A tap, taken apart: correlation, field of the group where it is one, how to count, key and value, number of the rule
where that is the value, whether there is nothing else to look at; the tap. A tuple is unpacked at once, and this
happens for each event."""


class Tap(Struct):
    """One rule whose events one correlation takes, and what is not needed for each event."""

    number: int
    """Of the correlation."""
    spec_id: str
    rule_id: str
    knows: Callable[[str, str, int], bool] | None
    is_joined: bool
    """Whether the rules are joined by or: an event that two of them match is one event."""
    needs_witness: bool
    reporter: Reporter
    path: tuple[str, ...]
    """The rule, at the end; before it, where that is a correlation, what it was completed by."""
    below: Below
    """What the names of its own events are in the event at the bottom of the path."""
    gives: Callable[[Event], Given] | None = None
    """What its events give to later ones of their session; None where they give nothing."""
    above: list[Opened] | None = None
    """The taps of the correlations that take what it completes; None until there was such an event."""


class Taps:
    """The ways to all correlations."""

    def __init__(
        self,
        specs: Sequence[CorrelationSpec],
        books: Sequence[Book],
        lookup: Lookup | None = None,
        unknown: AbstractSet[str] = frozenset(),
    ) -> None:
        """:param lookup: asked for a field that an event lacks.

        :param unknown: fields that no event can have, and ``lookup`` never knows.
        """
        self._specs = specs
        self._books = books
        self._lookup = lookup
        self._unknown = unknown
        self._numbers: dict[str, list[int]] = {}
        """The correlations that refer to a rule, by their numbers."""
        for number, spec in enumerate(specs):
            for rule_id in dict.fromkeys(spec.rule_ids):
                self._numbers.setdefault(rule_id, []).append(number)
        found = {rule_id: self._all((rule_id,), as_it_is) for rule_id in self._numbers}
        self.of_rule = {rule_id: taps for rule_id, taps in found.items() if taps}
        """The ways of the events of each rule."""

    def above(self, tap: Tap) -> list[Opened]:
        """Give the ways of what is completed by events that came by a tap."""
        if tap.above is None:
            known = tap.spec_id in self._numbers
            tap.above = self._all((*tap.path, tap.spec_id), tap.below) if known else []
        return tap.above

    def find(self, number: int, path: tuple[str, ...]) -> Tap | None:
        """Give the tap by which an event came to a correlation; None when the rules of now have no such way."""
        taps, tap = self.of_rule.get(path[0], []), None
        for step in (*path[1:], self._specs[number].info.id):
            tap = next((tap for *_, tap in taps if tap.spec_id == step), None)
            if tap is None:
                return None
            taps = self.above(tap)
        return tap

    def _all(self, path: tuple[str, ...], below: Below) -> list[Opened]:
        """Make the taps of all correlations that take the events of a rule, the last one of a path."""
        # where an event must have what none will ever have, it is not counted
        return [
            self._open(number, path, below)
            for number in self._numbers.get(path[-1], ())
            if self._unknown.isdisjoint(needed_fields(self._specs[number], path[-1], below))
        ]

    def _open(self, number: int, path: tuple[str, ...], below: Below) -> Opened:
        spec, book, rule_id = self._specs[number], self._books[number], path[-1]
        is_temporal = spec.kind.startswith("temporal")
        rule = spec.rule_ids.index(rule_id)
        tap = Tap(
            number=number,
            spec_id=spec.info.id,
            rule_id=rule_id,
            knows=book.knows if isinstance(book, FirstSeen) else None,
            is_joined=len(set(spec.rule_ids)) > 1 and not is_temporal,
            needs_witness=isinstance(book, Absences) and rule in book.completing,
            reporter=Reporter(spec, rule_id, self._lookup, below),
            path=path,
            below=lambda name: below(spec.field_of(name, rule_id)),
            gives=giver(fields_of(spec, rule_id, spec.session, below)) if spec.session else None,
        )
        key_of = key_maker(spec, rule_id, self._lookup, below)
        group = below(spec.field_of(spec.group_by[0], rule_id)) if len(spec.group_by) == 1 else None
        if group in KNOWN_FIELDS or spec.session:
            group = None  # no event has a field without a name; JSON may have an empty one
        return (
            number,
            group,
            book.take,
            within_host(key_of) if spec.session else key_of,
            None if is_temporal else what_maker(spec, rule_id, self._lookup, below),
            rule if is_temporal else None,
            tap.knows is None and not tap.is_joined and not tap.needs_witness and tap.gives is None,
            tap,
        )
