"""Which rules the values of an event may concern: each value is looked at once for all rules, and once if it recurs.

A rule has up to :data:`LEVELS` clauses; an event must pass one test of each. A set of rules is an integer, with one bit
a rule and level; a value gives the bits of all tests that it passes. Values come again and again in telemetry
(programs, users, keys), so the bits of a value are remembered.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import ahocorasick_rs

from soc_agent.detect.evaluate.fieldneeds import Clause, Need
from soc_agent.detect.evaluate.match import fold
from soc_agent.detect.evaluate.view import plain_text

LEVELS = 4
"""So many clauses of a rule are looked at. More would hardly leave fewer rules to try."""
_VALUES_KEPT = 4_096
_LONGEST_KEPT = 16_384
_CHARS_KEPT = 500_000
"""Of all values of a field together: whoever writes lines chooses how long they are."""


class FieldIndex:
    """The clauses of some rules, by field. Belongs to one thread."""

    def __init__(self, rules: Sequence[Sequence[Clause]]) -> None:
        """:param rules: the clauses of each, the best first. A rule without any is always a candidate."""
        self._count = len(rules)
        self._mask = (1 << self._count) - 1
        needs: dict[str, dict[Need, int]] = {}
        free = 0
        levels = max(1, min(LEVELS, max(map(len, rules), default=0)))
        for place, clauses in enumerate(rules):
            for level in range(levels):
                bit = 1 << (level * self._count + place)
                if level >= len(clauses):
                    free |= bit
                    continue
                for need in clauses[level]:
                    of_field = needs.setdefault(need.field, {})
                    of_field[need] = of_field.get(need, 0) | bit
        self._free = free
        self._shifts = tuple(level * self._count for level in range(1, levels))
        values = [(name, _Values(found)) for name, found in needs.items()]
        self._fields = tuple((name, texts, _Numbers(texts), texts.of_other) for name, texts in values)

    def candidates(self, fields: Mapping[str, Any]) -> int:
        """Give the rules that an event with these fields may concern, by their places."""
        bits = self._free
        value_of = fields.get
        for name, texts, numbers, of_other in self._fields:
            value = value_of(name)
            if value is None:
                continue
            kind = value.__class__
            if kind is str:
                found = texts[value]
            elif kind is int:
                found = numbers[value]
            elif kind is bool:
                found = texts["true" if value else "false"]
            else:
                found = of_other(value)
            if found:
                bits |= found
        candidates = bits & self._mask
        for shift in self._shifts:
            candidates &= bits >> shift
        return candidates


class _Values(dict[str, int]):
    """The bits of the values of one field, worked out when a value first comes."""

    __slots__ = ("_chars", "_exact", "_find", "_places", "_present", "_same")

    def __init__(self, needs: Mapping[Need, int]) -> None:
        super().__init__()
        self._present = 0
        self._exact: dict[str, int] = {}
        texts: dict[str, list[int]] = {}
        for need, bits in needs.items():
            if need.where == "present" or (need.text == "" and need.where != "exact"):
                self._present |= bits
            elif need.where == "exact":
                self._exact[need.text] = self._exact.get(need.text, 0) | bits
            else:
                texts.setdefault(need.text, [0, 0, 0])[_KINDS.index(need.where)] |= bits
        self._places = [(anywhere, prefix, suffix) for anywhere, prefix, suffix in texts.values()]
        self._find: Callable[..., list[tuple[int, int, int]]] | None = None
        if texts:
            self._find = ahocorasick_rs.AhoCorasick(list(texts)).find_matches_as_indexes
        self._same: dict[int, int] = {}
        self._chars = 0

    def __missing__(self, value: str) -> int:
        bits = self._bits(fold(value))
        if len(value) <= _LONGEST_KEPT:
            self._chars += len(value)
            if len(self) >= _VALUES_KEPT or self._chars > _CHARS_KEPT:
                self.clear()
                self._same.clear()
                self._chars = len(value)
            bits = self[value] = self._same.setdefault(bits, bits)
        return bits

    def of_other(self, value: Any) -> int:
        """Give the bits of what is no text: a number, or a list of which one value is enough."""
        plain = plain_text(value)
        bits = 0
        for text in _several(plain):
            bits |= self[text]
        return bits

    def _bits(self, folded: str) -> int:
        bits = self._present | self._exact.get(folded, 0)
        if self._find is not None:
            end_of_value = len(folded)
            for number, start, end in self._find(folded, overlapping=True):
                anywhere, prefix, suffix = self._places[number]
                if anywhere:
                    bits |= anywhere
                if prefix and start == 0:
                    bits |= prefix
                if suffix and end == end_of_value:
                    bits |= suffix
        return bits


class _Numbers(dict[int, int]):
    """The same for values that are numbers: a number in an event is the same as its text."""

    __slots__ = ("_texts",)

    def __init__(self, texts: _Values) -> None:
        super().__init__()
        self._texts = texts

    def __missing__(self, value: int) -> int:
        if len(self) >= _VALUES_KEPT:
            self.clear()
        bits = self[value] = self._texts[str(value)]
        return bits


_KINDS = ("contains", "prefix", "suffix")


def _several(plain: str | tuple[str, ...] | None) -> Iterator[str]:
    if isinstance(plain, str):
        yield plain
    elif plain is not None:
        yield from plain
