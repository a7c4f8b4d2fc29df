"""Which rules the values of an event may concern: each value is looked at once for all rules, and once if it recurs.

A rule has up to :data:`LEVELS` clauses; an event must pass one test of each. A set of rules is an integer, with one bit
a rule and level. Values that pass the same tests are one *class*. Values come again and again in telemetry (programs,
users, keys), so the class of a value is remembered; and however many values there are, the classes of the fields of
ordinary events are few.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from operator import getitem
from typing import Any

import ahocorasick_rs

from soc_agent.detect.evaluate.match import fold
from soc_agent.detect.evaluate.view import plain_text
from soc_agent.detect.routing.fieldneeds import EVERYWHERE, Clause, Need

LEVELS = 4
"""So many clauses of a rule are looked at. More would hardly leave fewer rules to try."""
_VALUES_KEPT = 4_096
_LONGEST_KEPT = 16_384
_CHARS_KEPT = 500_000
"""Of all values of a field together: whoever writes lines chooses how long they are."""
_MOST = 1 << 63
"""Numbers up to this are kept; longer ones take as much memory as texts."""
Key = tuple[int, ...]
"""The classes of an event's values, one for each field that any rule asks for."""


class FieldIndex:
    """The clauses of some rules, by field. Belongs to one thread."""

    def __init__(self, rules: Sequence[Sequence[Clause]], told_apart: Iterable[Clause] = ()) -> None:
        """:param rules: the clauses of each, the best first. A rule without any is always a candidate.

        :param told_apart: tests, each of one field: values of which one passes and one does not are of two classes.
        """
        self._count = len(rules)
        self._mask = (1 << self._count) - 1
        needs: dict[str, dict[Need, list[int]]] = {}
        free = 0
        levels = max(1, min(LEVELS, max(map(len, rules), default=0)))
        for place, clauses in enumerate(rules):
            for level in range(levels):
                number = level * self._count + place
                if level >= len(clauses):
                    free |= 1 << number
                    continue
                for need in clauses[level]:
                    needs.setdefault(need.field, {}).setdefault(need, []).append(number)
        end = levels * self._count
        for number, test in enumerate(dict.fromkeys(told_apart), end):
            for need in test:
                needs.setdefault(need.field, {}).setdefault(need, []).append(number)
        self._free = free
        self._shifts = tuple(level * self._count for level in range(1, levels))
        self._names = tuple(needs)
        self._values = tuple(_Values(asked, end) for asked in needs.values())

    def key(self, fields: Mapping[str, Any]) -> Key:
        """Give the classes of an event's values. Events with the same key are the same to all that was asked for."""
        try:
            return tuple(map(getitem, self._values, map(fields.get, self._names)))
        except TypeError:  # a list
            return tuple(
                values.of_several(value) if isinstance(value, (list, tuple)) else values[value]
                for values, value in zip(self._values, map(fields.get, self._names), strict=True)
            )

    def candidates(self, key: Key) -> int:
        """Give the rules that an event with this key may concern, by their places. It must be the latest key."""
        bits = self._free
        for values, number in zip(self._values, key, strict=True):
            if number:
                bits |= values.bits_of(number)
        candidates = bits & self._mask
        for shift in self._shifts:
            candidates &= bits >> shift
        return candidates


class _Values(dict[Any, int]):
    """The classes of the values of one field, worked out when a value first comes. Class 0 passes nothing.

    A number is the same as its text. Truth values are not kept: to a dictionary they would be the numbers 0 and 1.
    """

    __slots__ = (
        *("_bits", "_bits_end", "_chars", "_classes", "_exact", "_find", "_groups", "_letters", "_next", "_passed"),
        *("_places", "_present", "_texts"),
    )

    def __init__(self, needs: Mapping[Need, Sequence[int]], bits_end: int) -> None:
        """:param needs: each with the numbers of what asks for it: of bits, and of tests that are none of any rule's.

        :param bits_end: the first number that is of no bit.
        """
        super().__init__()
        self._bits_end = bits_end
        groups: dict[tuple[int, ...], int] = {}
        self._present: list[int] = []
        self._exact: dict[str, int] = {}
        self._letters: list[tuple[str, int]] = []
        texts: dict[str, list[int]] = {}
        for need, numbers in needs.items():
            group = groups.setdefault(tuple(numbers), len(groups))
            if need.where == "present" or (need.text == "" and need.where != "exact"):
                self._present.append(group)
            elif need.where == "exact":
                self._exact[need.text] = group
            elif need.where == "contains" and need.text in EVERYWHERE:
                self._letters.append((need.text, group))
            else:
                texts.setdefault(need.text, [_NONE, _NONE, _NONE])[_KINDS.index(need.where)] = group
        self._groups = list(groups)
        """What is asked for together: the numbers."""
        self._places = list(map(tuple, texts.values()))
        self._texts = list(texts)
        self._find: Callable[..., list[tuple[int, int, int]]] | None = None
        """Made with the first value: of most fields that rules name, events of a kind never have one."""
        self._next = 1
        self._chars = 0
        self._forget()

    def __missing__(self, value: Any) -> int:
        kind = value.__class__
        if kind is str:
            if len(value) > _LONGEST_KEPT:
                return self._class_of(self._of_text(fold(value)))
            self._chars += len(value)
            if len(self) >= _VALUES_KEPT or self._chars > _CHARS_KEPT:
                self._forget()
                self._chars = len(value)
            found = self[value] = self._class_of(self._of_text(fold(value)))
            return found
        if kind is bool:
            return self["true" if value else "false"]
        text = plain_text(value)
        if not isinstance(text, str):
            return self.of_several(value)
        found = self[text]
        if kind is int and 1 < value < _MOST and len(self) < _VALUES_KEPT:
            self[value] = found
        return found

    def of_several(self, value: Any) -> int:
        """Give the class of a list, of which one value is enough for a test."""
        texts = _several(plain_text(value))
        return self._class_of(frozenset[int]().union(*(self._of_text(fold(text)) for text in texts)))

    def bits_of(self, number: int) -> int:
        """Give the bits of the tests that values of a class pass."""
        bits = self._bits.get(number)
        if bits is None:
            passed = {asked for group in self._passed[number] for asked in self._groups[group]}
            bits = self._bits[number] = sum(1 << asked for asked in passed if asked < self._bits_end)
        return bits

    def _class_of(self, passed: AbstractSet[int]) -> int:
        if not passed:
            return 0
        key = frozenset(passed)
        found = self._classes.get(key)
        if found is None:
            if len(self._classes) >= _VALUES_KEPT:
                self._forget()
            found = self._classes[key] = self._next
            self._passed[found] = key
            self._next += 1  # never the same again: what is known of a class elsewhere may outlive it
        return found

    def _forget(self) -> None:
        self.clear()
        self[None] = 0
        self._classes: dict[frozenset[int], int] = {}
        self._passed: dict[int, frozenset[int]] = {}
        self._bits: dict[int, int] = {}
        self._chars = 0

    def _of_text(self, folded: str) -> set[int]:
        """Give the groups of which a value passes the test."""
        passed = set(self._present)
        if (same := self._exact.get(folded)) is not None:
            passed.add(same)
        for letter, of_letter in self._letters:
            if letter in folded:
                passed.add(of_letter)
        if self._texts:
            if self._find is None:
                self._find = ahocorasick_rs.AhoCorasick(self._texts).find_matches_as_indexes
            end_of_value = len(folded)
            for number, start, end in self._find(folded, overlapping=True):
                anywhere, prefix, suffix = self._places[number]
                if anywhere >= 0:
                    passed.add(anywhere)
                if prefix >= 0 and start == 0:
                    passed.add(prefix)
                if suffix >= 0 and end == end_of_value:
                    passed.add(suffix)
        return passed


_NONE = -1
_KINDS = ("contains", "prefix", "suffix")


def _several(plain: str | tuple[str, ...] | None) -> Iterator[str]:
    if isinstance(plain, str):
        yield plain
    elif plain is not None:
        yield from plain
