"""Rules that look at many events and hardly ever match: found out from the events, and ruled out by less than a try.

What a rule asks for decides which events it looks at; what it excludes shows only when it is tried. Of the few rules
that are tried again and again, the plain texts that they ask for and exclude are looked up in the values of an event.
Events whose values pass the same of these tests are the same to them, and what was found out for one holds for all.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from soc_agent.detect import ir
from soc_agent.detect.evaluate.leaf import Predicate
from soc_agent.detect.evaluate.predicate import compile_rule
from soc_agent.detect.evaluate.view import View
from soc_agent.detect.routing.fieldindex import FieldIndex, Key
from soc_agent.detect.routing.fieldneeds import Clause
from soc_agent.detect.routing.reduced import reduced
from soc_agent.model import Event

_LEARN_AT = 300
"""After so many events with rules to try it is looked into which they are; then after so many times more."""
_LEARN_AGAIN = 8
_OFTEN = 100
"""Tried with one of so many of them, a rule is looked at more closely."""
_MOST = 48
"""So many rules at most: looking their texts up must cost less than trying them."""
_REMEMBERED = 2_000


class Doubts:
    """The rules of one kind of event that are tried too often. Belongs to one thread."""

    __slots__ = ("_events", "_index", "_known", "_learn_at", "_ruled", "_rules", "_tests", "_tries", "doubtful")

    def __init__(self, rules: Sequence[ir.Rule]) -> None:
        """:param rules: all rules; sets of them name their places."""
        self._rules = rules
        self.doubtful = 0
        """The rules that are looked at more closely."""
        self._ruled: dict[int, Predicate] = {}
        self._tests: dict[Clause, None] = {}
        self._index = FieldIndex(())
        self._known: dict[tuple[int, Key], int] = {}
        self._tries: dict[int, int] = {}
        self._events = 0
        self._learn_at = _LEARN_AT

    def left(self, found: int, fields: Mapping[str, Any]) -> int:
        """Give what is left of rules to try when those are ruled out that an event's values cannot match."""
        if found & self.doubtful:
            key = (found, self._index.key(fields))
            known = self._known.get(key)
            found = self._look(key, fields) if known is None else known
            if not found:
                return 0
        self._events += 1
        if self._events >= self._learn_at:
            self._learn()
        if len(self._tries) < _REMEMBERED or found in self._tries:
            self._tries[found] = self._tries.get(found, 0) + 1
        return found

    def _look(self, key: tuple[int, Key], fields: Mapping[str, Any]) -> int:
        view, left = View(Event(b"", "", "", (), dict(fields))), key[0]
        for place in places_of(left & self.doubtful):
            if not self._ruled[place](view):
                left ^= 1 << place
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[key] = left
        return left

    def _learn(self) -> None:
        """Choose the rules that were tried most since the last time, besides those that were chosen then."""
        counts: dict[int, int] = {}
        for found, times in self._tries.items():
            for place in places_of(found & ~self.doubtful):
                counts[place] = counts.get(place, 0) + times
        often = [place for place, times in counts.items() if times * _OFTEN >= self._events]
        often.sort(key=lambda place: -counts[place])
        for place in often:
            of_rule = reduced(self._rules[place])
            if of_rule.rule is not None and len(self._ruled) < _MOST:
                self._ruled[place] = compile_rule(of_rule.rule)
                self._tests.update(dict.fromkeys(of_rule.tests))
                self.doubtful |= 1 << place
        self._index = FieldIndex((), self._tests)
        self._known.clear()
        self._learn_at *= _LEARN_AGAIN
        self._events = 0
        self._tries.clear()


def places_of(bits: int) -> list[int]:
    """Give the places of the bits that are set, ascending."""
    places = []
    while bits:
        lowest = bits & -bits
        places.append(lowest.bit_length() - 1)
        bits ^= lowest
    return places
