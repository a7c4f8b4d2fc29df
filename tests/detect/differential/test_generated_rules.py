"""Generated rules, of every modifier and shape, on events that aim at them: the engine and SQLite say the same.

Also where they refuse a rule they agree, but for what only one of them can do.
"""

import sqlite3
from collections.abc import Iterator
from random import Random
from typing import Any

import yaml
from hypothesis import given, note, settings
from hypothesis import strategies as st

from bench.sqlite_peer import SqlitePeer
from tests.detect.differential.aiming import events_at
from tests.detect.differential.comparing import differences
from tests.detect.making import parse

FIELDS = ("Image", "image", "CommandLine", "EventID", "a.b", "c-uri", "select", "Group", "x y", "größe")
PIECES = (
    *("a", "B", "evil", "cmd.exe", "C:\\Windows\\", "\\", "\\\\", "/", "-enc", " /c ", "*", "?", "\\*", "\\?", "\\\\*"),
    *(
        "%",
        "_",
        "'",
        '"',
        "[a-z]",
        "{",
        "é",
        "É",
        "ß",
        ".",
        "^",
        "$",
        "|",
        "\n",
        "\t",
        " ",
        "0",
        "7",
        "4625",
        "-",
        "null",
    ),
)
texts = st.lists(st.sampled_from(PIECES), max_size=4).map("".join)
plain = st.one_of(texts, texts, st.integers(-9, 70_000), st.sampled_from([0, 1.5, -0.25, 7.0, True, False, None, ""]))
words = st.lists(
    st.sampled_from(["a", "B", "evil", "cmd", "-x", "/y", " ", "é", "7", ".", "\\", "'"]), min_size=1, max_size=4
)
_middles = st.lists(
    st.sampled_from(
        [
            "a",
            "B",
            "e.il",
            "[a-c]",
            "[^x]+",
            r"\d{1,3}",
            r"\\",
            r"\.exe",
            "(?:x|y)",
            "z?",
            ".*",
            "^a",
            r"\s",
            "'",
            "(a|B)+",
        ]
    ),
    min_size=1,
    max_size=3,
).map("".join)
# RE2 takes a `$` that something follows for the end of the text, where PCRE would let a last newline follow
expressions = st.builds("".join, st.tuples(_middles, st.sampled_from(["", "", "b$", "$"])))
networks = st.sampled_from(
    ["10.0.0.0/8", "192.168.14.0/23", "203.0.113.7/32", "0.0.0.0/0", "2001:db8::/32", "fe80::/10", "::1/128"]
)


@st.composite
def items(draw: st.DrawFn) -> tuple[str, Any]:
    """One line of a selection: its key with modifiers, and its value or values."""
    field = draw(st.sampled_from(FIELDS))
    kind = draw(
        st.sampled_from(["plain", "plain", "part", "part", "encoded", "dash", "re", "cidr", "number", "exists", "ref"])
    )
    modifiers: list[str] = []
    values: st.SearchStrategy[Any] = plain
    place = draw(st.sampled_from(["contains", "startswith", "endswith"]))
    if kind == "part":
        modifiers, values = [place, *draw(st.sampled_from([[], [], ["cased"]]))], texts
    elif kind == "encoded":
        wide = draw(st.sampled_from(["", "wide", "utf16le", "utf16be", "utf16"]))
        coded = draw(st.sampled_from(["base64", "base64offset"]))
        modifiers, values = (
            [*([wide] if wide else []), coded, place],
            st.sampled_from(["a", "ab", "abc", "IEX (", "Zß\\"]),
        )
        values = values if wide == "" else st.sampled_from(["a", "ab", "abc", "IEX ("])
    elif kind == "dash":
        modifiers, values = (
            ["windash", *draw(st.sampled_from([[], [place]]))],
            st.sampled_from([" -f", "-a /b", "x-y", " -a -b"]),
        )
    elif kind == "re":
        modifiers, values = ["re", *draw(st.lists(st.sampled_from("ims"), unique=True))], expressions
    elif kind == "cidr":
        modifiers, values = ["cidr"], networks
    elif kind == "number":
        modifiers, values = [draw(st.sampled_from(["lt", "lte", "gt", "gte"]))], st.sampled_from([0, 7, -3, 4625, 1.5])
    elif kind == "exists":
        return f"{field}|exists", draw(st.booleans())
    elif kind == "ref":
        modifiers = ["fieldref", *draw(st.sampled_from([[], ["startswith"], ["endswith"], ["contains"]]))]
        values = st.sampled_from(FIELDS)
    elif draw(st.booleans()):
        modifiers, values = ["cased"], texts
    several = draw(st.booleans())
    value = draw(st.lists(values, min_size=1, max_size=3)) if several else draw(values)
    if several and draw(st.booleans()):
        modifiers.append("all")
    if draw(st.integers(0, 5)) == 0:
        modifiers.append("neq")
    return "|".join([field, *modifiers]), value


maps = st.lists(items(), min_size=1, max_size=3).map(dict)
keywords = words.map("".join)
selections = st.one_of(
    maps,
    maps,
    st.lists(maps, min_size=1, max_size=3),
    st.lists(st.one_of(keywords, st.integers(0, 99)), min_size=1, max_size=3),
    st.lists(keywords, min_size=2, max_size=3).map(lambda found: {"|all": found}),
    keywords.map(lambda found: {"|contains": found}),
    expressions.map(lambda found: {"|re": found}),
)
CONDITIONS = (
    *("sel_a", "not sel_a", "sel_a and sel_b", "sel_a or sel_b", "sel_a and not sel_b", "not (sel_a or not _c)"),
    *(
        "1 of sel_*",
        "all of sel_*",
        "any of sel*",
        "1 of them",
        "all of them",
        "not 1 of sel_*",
        "sel_a and not 1 of _*",
    ),
    *("sel_a or sel_b and not _c", "(sel_a or sel_b) and not _c", "not sel_a and sel_b or _c", "not not sel_a"),
    *(["sel_a", "sel_b and _c"], ["not sel_a"], "1 of *_a", "all of s*l_*"),
)


@st.composite
def detections(draw: st.DrawFn) -> dict[str, Any]:
    found = {name: draw(selections) for name in ("sel_a", "sel_b", "_c")}
    return {**found, "condition": draw(st.sampled_from(CONDITIONS))}


def rule_of(detection: dict[str, Any]) -> dict[str, Any]:
    return {"title": "T", "logsource": {"category": "test"}, "detection": detection}


@settings(max_examples=400, deadline=None)
@given(detections(), st.integers(0, 2**32))
def test_generated_rules_mean_the_same(detection: dict[str, Any], seed: int) -> None:
    tree = rule_of(detection)
    text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)
    parsed = parse(text)
    peer = SqlitePeer()
    converted = peer.add("r", tree)
    note(text)
    if parsed.rule is None:
        problems = [(problem.code, problem.values) for problem in parsed.problems]
        assert not converted or _only_ours(detection), problems
        return
    if not converted:
        assert _only_theirs(peer.refused["r"]), peer.refused
        return
    note(peer.queries["r"].where)
    try:
        found, _ = differences(peer, "r", parsed.rule, list(events_at(parsed.rule, Random(seed), 6, 4)))
    except sqlite3.OperationalError as error:
        if "too" not in str(error):
            raise
        return  # its parser has no room for as much
    assert [difference for difference in found if not difference.name] == []


def _only_ours(detection: dict[str, Any]) -> bool:
    """Say whether the engine refuses what the backend lets pass."""
    return any(value is None for value in _values(detection))


def _only_theirs(reason: str) -> bool:
    """Say whether the backend refuses what it has no words for."""
    return "not supported" in reason.lower()


def _values(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        for value in node.values():
            yield from _values(value)
    elif isinstance(node, list):
        for value in node:
            yield from _values(value)
    else:
        yield node
