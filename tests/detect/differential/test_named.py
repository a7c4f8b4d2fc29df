"""An example of each difference that has a name: what decides it is that the engine says what it says."""

import re
from random import Random
from typing import Any

import pytest
import yaml

from bench.sqlite_peer import SqlitePeer
from tests.detect.differential.aiming import events_at, example_of
from tests.detect.differential.comparing import NAMED, differences
from tests.detect.making import parse

EXAMPLES: list[tuple[str, dict[str, Any], dict[str, Any], bool]] = [
    ("letters beyond ASCII", {"f": "ĐĂNG"}, {"f": "đăng"}, True),
    ("letters beyond ASCII", {"f|re|i": "đăng"}, {"f": "ĐĂNG"}, True),
    ("a whole number written with a fraction", {"f": 403}, {"f": 403.0}, True),
    ("an address and not its text", {"f|cidr": "2001:db8::/32"}, {"f": "2001:0DB8:0::1"}, True),
    ("an address and not its text", {"f|cidr": "10.0.0.0/8"}, {"f": "10.nowhere"}, False),
    ("true and 1", {"f": True}, {"f": 1}, False),
    ("what is no number is neither more nor less", {"f|gt": 5}, {"f": "abc"}, False),
    ("what is no number is neither more nor less", {"f|gt": 0, "f|fieldref": "g"}, {"f": 7, "g": " 7"}, False),
    ("presence, not value", {"f|exists": True}, {"f": None}, True),
    ("parts of a time", {"f|week": 47}, {"f": "2026-11-20T08:14:03"}, True),
    ("parts of a time", {"f|hour": 8}, {"f": 1763626443}, True),
    ("the target of a web request", {"cs-uri-query|contains": "a"}, {"c-uri": "/a?b"}, True),
]


@pytest.mark.parametrize(("name", "selection", "fields", "ours"), EXAMPLES)
def test_what_the_engine_says(name: str, selection: dict[str, Any], fields: dict[str, Any], ours: bool) -> None:
    tree = {"title": "T", "logsource": {"category": "test"}, "detection": {"s": selection, "condition": "s"}}
    rule = parse(yaml.safe_dump(tree, allow_unicode=True)).rule
    peer = SqlitePeer()
    assert rule is not None
    assert peer.add("r", tree)
    found, matched = differences(peer, "r", rule, [(fields, "")])
    assert matched == ours
    assert [difference.name for difference in found] == [name]


def test_words_of_one_value() -> None:
    tree = {"title": "T", "logsource": {"category": "test"}, "detection": {"s": ["a*b"], "condition": "s"}}
    rule = parse(yaml.safe_dump(tree)).rule
    peer = SqlitePeer()
    assert rule is not None
    assert peer.add("r", tree)
    found, matched = differences(peer, "r", rule, [({"f": "a", "g": "b"}, "")])
    assert matched == 0
    assert [difference.name for difference in found] == ["words of one value"]


def test_every_name_has_an_example() -> None:
    assert {name for name, *_ in EXAMPLES} | {"words of one value"} == {named.name for named in NAMED}


def test_an_unknown_difference_has_no_name() -> None:
    """The comparison would be worth nothing if every difference had a reason."""
    rule = parse("title: T\nlogsource: {category: test}\ndetection:\n  s: {f: evil}\n  condition: s\n").rule
    peer = SqlitePeer()
    assert rule is not None
    other = {"title": "T", "logsource": {"category": "test"}, "detection": {"s": {"f": "other"}, "condition": "s"}}
    assert peer.add("r", other)
    found, _ = differences(peer, "r", rule, [({"f": "evil"}, ""), ({"f": "other"}, ""), ({}, "")])
    assert [(difference.ours, difference.name) for difference in found] == [(True, ""), (False, "")]


def test_events_hit_what_they_aim_at() -> None:
    selection = {
        "Image|endswith": "\\x.exe",
        "EventID": 7,
        "a|re": "^[a-c]{3}(d|e)$",
        "b|cidr": "10.0.0.0/8",
        "d": None,
    }
    tree = {"title": "T", "logsource": {"category": "test"}, "detection": {"s": selection, "condition": "s"}}
    rule = parse(yaml.safe_dump(tree)).rule
    peer = SqlitePeer()
    assert rule is not None
    assert peer.add("r", tree)
    found, matched = differences(peer, "r", rule, list(events_at(rule, Random(1), 100, 0)))
    assert found == []
    assert matched > 60


@pytest.mark.parametrize("pattern", [r"a{2}(b|c)\1[^a]\d", "(?:x|y)+?z", r"\s\S\W\w", "(?=ab)ab"])
def test_examples_of_expressions(pattern: str) -> None:
    hits = sum(re.search(pattern, example_of(pattern, Random(seed))) is not None for seed in range(20))
    assert hits >= 10
