"""The tests at the leaves of a condition, each compiled to a closure over a :class:`View`.

Values are compared without regard to case unless ``cased``; a field that holds a list passes when any of its values
does; a number in a rule is the same number written as text (Sigma specification 2.1, *Value modifiers*, *Types*).
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from ipaddress import ip_address, ip_network
from operator import eq, ge, gt, le, lt, ne

import ahocorasick_rs

from soc_agent.detect import ir
from soc_agent.detect.evaluate.lengths import compile_length
from soc_agent.detect.evaluate.match import fold, glob, shape_of, tidy
from soc_agent.detect.evaluate.times import part_of_time
from soc_agent.detect.evaluate.view import Values, View
from soc_agent.detect.regex.expression import Found, compile_regex

Predicate = Callable[[View], bool]
Parts = Sequence[str | int]

_COMPARE: dict[str, Callable[[float, float], bool]] = {"lt": lt, "lte": le, "gt": gt, "gte": ge, "neq": ne}
_LONGEST_INT = 32
_LONGEST_ADDRESS = 256
"""With brackets, spaces and the name of a zone (RFC 4007) to spare."""
_ADDRESSES_KEPT = 4_096
_MANY = 16
"""From so many texts on, looking for all of them at once is faster than for one after the other."""


def compile_test(field: str, test: ir.Test) -> Predicate:
    """Compile one test of a field, or of the whole event where ``field`` is empty.

    :raises RegexRefusedError: when a regular expression may not run.
    """
    if isinstance(test, ir.AnyOf):
        parts = [compile_test(field, inner) for inner in test.tests]
        return lambda view: any(part(view) for part in parts)
    if isinstance(test, ir.Text):
        return one_of_keywords([test])[0] if field == "" else _text(field, test)
    if isinstance(test, ir.Regex):
        length = compile_length(test.pattern, test.flags)
        return _on_plain(field, length or compile_regex(test.pattern, test.flags).found)
    if isinstance(test, ir.Network):
        return in_networks(field, [test.cidr])
    if isinstance(test, ir.Compare):
        return _on_plain(field, _compare(test))
    if isinstance(test, ir.TimePart):
        return _on_plain(field, _time_part(test))
    if isinstance(test, ir.FieldRef):
        return _field_ref(field, test)
    if isinstance(test, ir.Exists):
        return _exists(field) if test.value else _not(_exists(field))
    return _not(_present(field))


def folded_parts(parts: Parts) -> tuple[str | int, ...]:
    """Give a pattern as it is compared with folded texts."""
    return tidy([fold(part) if isinstance(part, str) else part for part in parts])


def one_of_texts(field: str, patterns: Sequence[Parts]) -> list[Predicate]:
    """Compile folded patterns of which one is enough, to as few predicates as possible."""
    by_shape: dict[str, list[str]] = {}
    globs: list[Predicate] = []
    for parts in patterns:
        shape, literal = shape_of(parts)
        if shape == "glob":
            globs.append(_on_folded(field, glob(parts)))
        else:
            by_shape.setdefault(shape, []).append(literal)
    return [_of_shape(field, shape, tuple(literals)) for shape, literals in by_shape.items()] + globs


def _of_shape(field: str, shape: str, literals: tuple[str, ...]) -> Predicate:
    """Give the predicate of patterns of one shape. Written out for each: this is where the time of the engine goes."""
    if shape == "present":
        return _present(field)
    if shape == "exact":
        return _on_folded(field, frozenset(literals).__contains__)
    if shape == "prefix":
        return _prefix(field, literals)
    if shape == "suffix":
        return _suffix(field, literals)
    return _contains(field, literals[0]) if len(literals) == 1 else _on_folded(field, _any_in(literals))


def _present(field: str) -> Predicate:
    return lambda view: view[field] is not None


def _exists(field: str) -> Predicate:
    """Ask for the field and not for its value, be it empty or null (specification 2.1, *Generic Modifiers*)."""
    return lambda view: field in view.fields or view[field] is not None


def _not(predicate: Predicate) -> Predicate:
    return lambda view: not predicate(view)


def _prefix(field: str, heads: tuple[str, ...]) -> Predicate:
    def test(view: View) -> bool:
        value = view[field]
        if value.__class__ is str:
            return value.startswith(heads)
        return value is not None and any(item.startswith(heads) for item in value)

    return test


def _suffix(field: str, tails: tuple[str, ...]) -> Predicate:
    def test(view: View) -> bool:
        value = view[field]
        if value.__class__ is str:
            return value.endswith(tails)
        return value is not None and any(item.endswith(tails) for item in value)

    return test


def _contains(field: str, literal: str) -> Predicate:
    def test(view: View) -> bool:
        value = view[field]
        if value.__class__ is str:
            return literal in value
        return value is not None and any(literal in item for item in value)

    return test


def _any_in(literals: tuple[str, ...]) -> Found:
    if len(literals) >= _MANY and all(literals):
        matches = ahocorasick_rs.AhoCorasick(literals).find_matches_as_indexes
        return lambda text: bool(matches(text))

    def found(text: str) -> bool:
        for literal in literals:  # noqa: SIM110 - a loop costs half of any() over a generator
            if literal in text:
                return True
        return False

    return found


def _on_folded(field: str, found: Found) -> Predicate:
    def test(view: View) -> bool:
        value = view[field]
        if value.__class__ is str:
            return found(value)
        return value is not None and any(map(found, value))

    return test


def _on_plain(field: str, found: Found) -> Predicate:
    """Give the predicate of a matcher that sees values as they were written; of all texts where there is no field."""
    if field == "":
        return lambda view: any(map(found, view.texts))

    def test(view: View) -> bool:
        return any(map(found, _several(view.plain(field))))

    return test


def _several(value: Values) -> tuple[str, ...]:
    return () if value is None else (value,) if isinstance(value, str) else value


def _text(field: str, test: ir.Text) -> Predicate:
    if not test.cased:
        return one_of_texts(field, [folded_parts(test.parts)])[0]
    shape, _ = shape_of(tidy(test.parts))
    return _present(field) if shape == "present" else _on_plain(field, glob(test.parts))


def one_of_keywords(tests: Sequence[ir.Text]) -> list[Predicate]:
    """Compile texts without a field, of which one is enough: it occurs somewhere in the event."""
    cased = [_on_plain("", glob((ir.ANY, *test.parts, ir.ANY))) for test in tests if test.cased]
    literals: list[str] = []
    found: list[Found] = []
    for test in tests:
        if not test.cased:
            parts = folded_parts((ir.ANY, *test.parts, ir.ANY))
            shape, literal = shape_of(parts)
            if shape == "contains":
                literals.append(literal)
            else:
                found.append(glob(parts))
    if literals:
        found.insert(0, _any_in(tuple(literals)))
    return [*map(_anywhere, found), *cased]


def _anywhere(found: Found) -> Predicate:
    return lambda view: any(map(found, view.folded_texts))


def in_networks(field: str, cidrs: Sequence[str]) -> Predicate:
    """Match addresses of any of these networks; IPv4 written as IPv6 (``::ffff:10.0.0.1``) is the IPv4 address.

    The same few addresses come again and again, and reading one costs more than all the rest of a rule.
    """
    networks = [ip_network(cidr) for cidr in cidrs]

    @lru_cache(maxsize=_ADDRESSES_KEPT)
    def found(text: str) -> bool:
        try:
            address = ip_address(text.strip("[] "))
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any(
            (mapped if mapped is not None and network.version == 4 else address) in network for network in networks
        )

    return _on_plain(field, lambda text: len(text) <= _LONGEST_ADDRESS and found(text))


def _compare(test: ir.Compare) -> Found:
    operator, wanted = _COMPARE[test.op], test.value

    def found(text: str) -> bool:
        number = _number(text)
        return number is not None and operator(number, wanted)

    return found


def _time_part(test: ir.TimePart) -> Found:
    unit, operator, wanted = test.unit, eq if test.op == "eq" else _COMPARE[test.op], test.value

    def found(text: str) -> bool:
        part = part_of_time(text, unit)
        return part is not None and operator(part, wanted)

    return found


def _number(text: str) -> int | float | None:
    if not text.isascii() or "_" in text:
        return None
    try:
        return int(text) if text.strip("+- ").isdigit() and len(text) < _LONGEST_INT else float(text)
    except ValueError:
        return None


def _field_ref(field: str, test: ir.FieldRef) -> Predicate:
    """Compare with another field, without regard to case; ``startswith`` and ``endswith`` together mean contains."""
    other, starts, ends = test.field, test.starts, test.ends

    def same(value: str, wanted: str) -> bool:
        if starts and ends:
            return wanted in value
        if starts:
            return value.startswith(wanted)
        return value.endswith(wanted) if ends else value == wanted

    def found(view: View) -> bool:
        wanted = _several(view[other])
        return any(same(value, other_value) for value in _several(view[field]) for other_value in wanted)

    return found
