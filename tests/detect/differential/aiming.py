"""Events that aim at a rule: built from its own representation so that they match, and mutants that nearly do."""

import ipaddress
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from soc_agent.detect import ir
from soc_agent.detect.regex.expression import parse_regex
from soc_agent.text.sre import constants as sre

Fields = dict[str, Any]
Aimed = tuple[Fields, str]
"""The fields of an event, and its line, which keywords search."""

_FILLERS = ("", "", "x", "Zz9", "a b", "-", "%", "_", "*", "?", "\\", "'", '"', "é", "[x]", "\n", "1")
_ODD_CASES = {"k": "\u212a", "s": "ſ", "i": "İ", "I": "ı", "e": "É", "a": "à"}
_SIGNS = "*?%_\\'\"[]^-/ \n\t\u2013."
_TEXT = ""
"""The field under which words that are looked for anywhere are gathered."""


def events_at(rule: ir.Rule, random: Random, bases: int, mutants: int) -> Iterator[Aimed]:
    """Yield events that should match the rule, each followed by its mutants."""
    for number in range(bases):
        base = _base(rule, random)
        yield base
        for _ in range(mutants if number or mutants < 2 else 2 * mutants):
            yield _mutant(base, random)


def _base(rule: ir.Rule, random: Random) -> Aimed:
    wanted: dict[str, list[ir.Test]] = {}
    _solve(rule.condition, rule, random, wanted)
    fields: Fields = {}
    for field, tests in wanted.items():
        if field != _TEXT:
            value = _value(tests, random)
            if value is not _ABSENT:
                fields[field] = value
    for field, tests in wanted.items():
        for test in tests:
            if isinstance(test, ir.FieldRef):
                fields[field] = fields.setdefault(test.field, random.choice(["same", "SAME %_", 7]))
    if random.random() < 0.5:
        # many rules exclude events that lack a field
        for field in _nulls(rule):
            fields.setdefault(field, "there")
    text = " ".join(str(_value([test], random)) for test in wanted.get(_TEXT, ()))
    return fields, f"<{text}>" if text else "line"


def _nulls(rule: ir.Rule) -> Iterator[str]:
    """Yield the fields that some selection wants to be absent or empty."""
    stack = list(rule.selections.values())
    while stack:
        node = stack.pop()
        if isinstance(node, ir.Item):
            if any(isinstance(test, ir.Null) or test == ir.Text(()) for test in node.tests):
                yield node.field
        elif isinstance(node, ir.Not):
            stack.append(node.node)
        elif isinstance(node, (ir.And, ir.Or)):
            stack.extend(node.nodes)


def _solve(node: ir.Node, rule: ir.Rule, random: Random, wanted: dict[str, list[ir.Test]]) -> None:
    """Gather what must hold for the node to be true. What must not hold is left to chance: it hardly ever does."""
    if isinstance(node, ir.Ref):
        _solve(rule.selections[node.name], rule, random, wanted)
    elif isinstance(node, ir.And):
        for child in node.nodes:
            _solve(child, rule, random, wanted)
    elif isinstance(node, ir.Or):
        _solve(random.choice(node.nodes), rule, random, wanted)
    elif isinstance(node, ir.Item):
        chosen = node.tests if node.all else (random.choice(node.tests),)
        for test in chosen:
            while isinstance(test, ir.AnyOf):
                test = random.choice(test.tests)  # noqa: PLW2901 - one of what it was expanded to
            wanted.setdefault(node.field, []).append(test)
    elif random.random() < 0.3:
        # now and then what the rule excludes is in the event
        _solve(node.node, rule, random, wanted)


_ABSENT = object()


def _value(tests: list[ir.Test], random: Random) -> Any:
    """Give a value that fulfils as many of the tests as go together."""
    heads: list[str] = []
    middles: list[str] = []
    tails: list[str] = []
    for test in tests:
        if isinstance(test, ir.Text):
            made = "".join(_filled(part, random) for part in test.parts)
            opened, ended = test.parts[:1] == (ir.ANY,), test.parts[-1:] == (ir.ANY,)
            (middles if opened and ended else tails if opened else heads).append(made)
        elif isinstance(test, ir.Regex):
            (heads if test.pattern.startswith("^") else middles).append(example_of(test.pattern, random))
        elif isinstance(test, ir.Network):
            network = ipaddress.ip_network(test.cidr)
            return str(network[random.randrange(min(network.num_addresses, 2**64))])
        elif isinstance(test, ir.Compare):
            return test.value + random.choice([-1, 0, 1])
        elif isinstance(test, ir.TimePart):
            parts = {"year": 2026, "month": 11, "day": 20, "hour": 8, "minute": 14} | {test.unit: test.value}
            return "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:03".format(**parts)
        elif isinstance(test, ir.Null) or (isinstance(test, ir.Exists) and not test.value):
            return random.choice([None, _ABSENT])
    value = "".join([*heads, *middles, *tails])
    return int(value) if value.isascii() and value.isdigit() and len(value) < 18 and random.random() < 0.5 else value


def _filled(part: str | int, random: Random) -> str:
    if isinstance(part, str):
        return part
    return random.choice(_FILLERS) if part == ir.ANY else random.choice("xX9-*%_é\n")


def _mutant(base: Aimed, random: Random) -> Aimed:
    """Give the event with one of its values changed, or more."""
    fields, text = dict(base[0]), base[1]
    for _ in range(random.choice([1, 1, 1, 2])):
        if fields and (text == "line" or random.random() < 0.5):
            field = random.choice(sorted(fields))
            value = _changed(fields[field], random)
            if value is _ABSENT:
                del fields[field]
            else:
                fields[field] = value
        else:
            text = str(_changed(text, random) if random.random() < 0.9 else "")
    return fields, text


def _changed(value: Any, random: Random) -> Any:
    if value is None:
        return random.choice([_ABSENT, "", "null", "x"])
    text = str(value)
    at = random.randrange(len(text) + 1)
    sign = random.choice(_SIGNS)
    odd = [place for place, character in enumerate(text) if character in _ODD_CASES]
    changes: list[Callable[[], Any]] = [
        lambda: _ABSENT,
        lambda: None,
        lambda: "",
        text.upper,
        text.lower,
        text.swapcase,
        lambda: text + random.choice(["x", " ", ".", "0", "\\", "\n"]),
        lambda: random.choice(["x", " ", "0", "\\", "-", "+"]) + text,
        lambda: text[1:],
        lambda: text[:-1],
        lambda: text[:at] + text[at + 1 :],
        lambda: text[:at] + sign + text[at:],
        lambda: text[:at] + sign + text[at + 1 :],
        lambda: text.replace("\\", "\\\\"),
        lambda: text.replace("\\", "/"),
        lambda: text.replace(" ", random.choice(["  ", "\t", "\u2013", "\n"])),
        lambda: int(text) if text.isascii() and text.isdigit() and len(text) < 15 else f"{text} ",
        lambda: float(text) if text.isascii() and text.isdigit() and len(text) < 15 else text * 2,
        lambda: text if not isinstance(value, str) else text.title(),
        lambda: random.choice([True, False, 0, 1, -1, 1.5, "true", "0x1"]),
        lambda: text[: odd[0]] + _ODD_CASES[text[odd[0]]] + text[odd[0] + 1 :] if odd else text + "ß",
    ]
    return random.choice(changes)()


def example_of(pattern: str, random: Random) -> str:
    """Give a text in which an expression is probably found."""
    tree = parse_regex(pattern)
    return "".join(_example(tree, random, {})) if tree is not None else pattern


_OF_CATEGORY = {
    sre.CATEGORY_DIGIT: "7042",
    sre.CATEGORY_NOT_DIGIT: "x-Z",
    sre.CATEGORY_WORD: "w9_A",
    sre.CATEGORY_NOT_WORD: " -.",
    sre.CATEGORY_SPACE: " \t",
    sre.CATEGORY_NOT_SPACE: "xZ/",
}


def _example(tree: Any, random: Random, groups: dict[int, str]) -> Iterator[str]:
    for op, argument in tree:
        if op is sre.LITERAL:
            yield chr(argument)
        elif op is sre.NOT_LITERAL:
            yield "x" if argument != ord("x") else "y"
        elif op is sre.ANY:
            yield random.choice("xX9 /é")
        elif op is sre.IN:
            yield _member(argument, random)
        elif op is sre.BRANCH:
            yield from _example(random.choice(argument[1]), random, groups)
        elif op is sre.SUBPATTERN:
            groups[argument[0]] = "".join(_example(argument[3], random, groups))
            yield groups[argument[0]]
        elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            least, most, repeated = argument
            for _ in range(random.randint(int(least), min(int(most), int(least) + 2))):
                yield from _example(repeated, random, groups)
        elif op is sre.ATOMIC_GROUP or (op is sre.ASSERT and argument[0] > 0):
            yield from _example(argument if op is sre.ATOMIC_GROUP else argument[1], random, groups)
        elif op is sre.GROUPREF:
            yield groups.get(argument, "")


def _member(members: Any, random: Random) -> str:
    if members[0][0] is sre.NEGATE:
        used = {chr(argument) for op, argument in members[1:] if op is sre.LITERAL}
        return random.choice([character for character in "xX9 -/.~" if character not in used] or ["é"])
    op, argument = random.choice(members)
    if op is sre.RANGE:
        return chr(random.randint(*argument))
    return chr(argument) if op is sre.LITERAL else random.choice(_OF_CATEGORY.get(argument, "x"))
