"""Both evaluators side by side, and the differences between them that have a name."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from bench.sqlite_peer import SqlitePeer
from soc_agent.detect import ir
from soc_agent.detect.evaluate.predicate import compile_rule
from tests.detect.differential.aiming import Aimed, Fields
from tests.detect.making import view_of


class Difference(Struct, frozen=True):
    """An event on which the evaluators do not agree."""

    rule: str
    fields: Fields
    text: str
    ours: bool
    name: str
    """Of :data:`NAMED`; empty: nobody knows why."""


class Named(Struct, frozen=True):
    """A reason for which they may differ."""

    name: str
    clause: str
    """What of the specification decides it."""
    applies: Callable[[ir.Rule, Fields, str], bool]


def tests_of(rule: ir.Rule) -> Iterator[tuple[str, ir.Test]]:
    """Yield every test of a rule with its field."""
    stack: list[Any] = [(None, node) for node in rule.selections.values()]
    while stack:
        field, node = stack.pop()
        if isinstance(node, ir.Item):
            stack.extend((node.field, test) for test in node.tests)
        elif isinstance(node, ir.AnyOf):
            stack.extend((field, test) for test in node.tests)
        elif isinstance(node, ir.Not):
            stack.append((None, node.node))
        elif isinstance(node, (ir.And, ir.Or)):
            stack.extend((None, child) for child in node.nodes)
        else:
            yield field, node


def _asked(rule: ir.Rule, kind: type, fields: Fields) -> list[Any]:
    """Give the values of an event that tests of one kind look at."""
    return [fields.get(field) for field, test in tests_of(rule) if isinstance(test, kind)]


def _beyond_ascii(rule: ir.Rule, fields: Fields, text: str) -> bool:
    if all(str(value).isascii() for value in (*fields.values(), text)):
        return False
    return any(
        isinstance(test, ir.Regex)
        or (isinstance(test, ir.Text) and not all(isinstance(part, int) or part.isascii() for part in test.parts))
        for _, test in tests_of(rule)
    )


def _whole_float(rule: ir.Rule, fields: Fields, text: str) -> bool:
    return any(isinstance(value, float) and value.is_integer() for value in fields.values())


def _truth(rule: ir.Rule, fields: Fields, text: str) -> bool:
    asked = {field for field, test in tests_of(rule) if test in (ir.Text(("true",)), ir.Text(("false",)))}
    return any(str(fields.get(field)) in ("0", "1") for field in asked)


def _number_of_text(rule: ir.Rule, fields: Fields, text: str) -> bool:
    compared = {field for field, test in tests_of(rule) if isinstance(test, ir.Compare)}
    referred = {name for field, test in tests_of(rule) if isinstance(test, ir.FieldRef) for name in (field, test.field)}
    asked = compared | referred if compared & referred else compared
    return any(isinstance(fields.get(field), (str, bool)) for field in asked)


NAMED = (
    Named(
        "letters beyond ASCII",
        "Rules, General: all values are case-insensitive strings. SQLite folds ASCII alone, and so "
        "does Python's re where its kinds of characters are those of PCRE.",
        _beyond_ascii,
    ),
    Named(
        "a whole number written with a fraction",
        "Rules, Maps: the value is a string or integer, so 403.0 is 403. SQLite keeps `403.0` as the text of a REAL.",
        _whole_float,
    ),
    Named(
        "an address and not its text",
        "Modifiers, cidr: the value is handled as CIDR. SQLite compares its text with patterns, which another writing "
        "of an address misses and what is no address may fulfil.",
        lambda rule, fields, text: any(value is not None for value in _asked(rule, ir.Network, fields)),
    ),
    Named(
        "true and 1",
        "Rules, General: values are compared as strings, and `1` is not `true`. The backend takes either.",
        _truth,
    ),
    Named(
        "what is no number is neither more nor less",
        "Modifiers, Numeric: only for numeric values. SQLite orders every text behind every number, and a column of "
        "numbers turns texts such as `1e3` into them.",
        _number_of_text,
    ),
    Named(
        "presence, not value",
        "Modifiers, exists: verifies the presence of a field, not its value, be it empty or null. In SQLite a column "
        "that is not there and one that is NULL are the same.",
        lambda rule, fields, text: any(
            fields.get(field, "") is None for field, test in tests_of(rule) if isinstance(test, ir.Exists)
        ),
    ),
    Named(
        "parts of a time",
        "Modifiers, Time: the week is 1 to 53 of the calendar (ISO 8601), which strftime counts from 0; a number is "
        "seconds since 1970, which SQLite takes for a Julian day.",
        lambda rule, fields, text: bool(_asked(rule, ir.TimePart, fields)),
    ),
    Named(
        "words of one value",
        "Rules, Keywords search: keywords across an entire event. Here each text of it is searched by itself, so that "
        "a wildcard does not reach from one into the next; the backend has one column for all.",
        lambda rule, fields, text: bool(fields) and any(field == "" for field, _ in tests_of(rule)),
    ),
    Named(
        "the target of a web request",
        "Taxonomy, webserver: rules that ask cs-uri-query for a path were written for logs that hold the whole target "
        "there; it is looked for in c-uri too.",
        lambda rule, fields, text: "c-uri" in fields and any(field == "cs-uri-query" for field, _ in tests_of(rule)),
    ),
)
"""Every reason that is known, the first that applies counts. Each has its example in ``test_named.py``."""


def _texts(fields: Fields) -> list[str]:
    return [value for value in fields.values() if isinstance(value, str)]


def differences(peer: SqlitePeer, name: str, rule: ir.Rule, events: Sequence[Aimed]) -> tuple[list[Difference], int]:
    """Ask both evaluators; give where they differ, and how many of the events match ours."""
    peer.load([(fields, "\n".join([text, *_texts(fields)])) for fields, text in events], [name])
    theirs = peer.matches(name)
    matches = compile_rule(rule)
    found, matched = [], 0
    for number, (fields, text) in enumerate(events):
        ours = matches(view_of(fields, text))
        matched += ours
        if ours != (number in theirs):
            reasons = (named.name for named in NAMED if named.applies(rule, fields, text))
            found.append(Difference(name, fields, text, ours, next(reasons, "")))
    return found, matched
