"""The specification of whole rules: conditions, placeholders, collections, and what is refused."""

from typing import Any

import pytest

from soc_agent.detect import ir
from soc_agent.detect.load.collection import expand_actions
from soc_agent.detect.load.documents import Document, documents_of
from soc_agent.detect.load.parse import parse_document
from soc_agent.model import Level
from tests.detect.making import item, matches, problem_of, rule_text


@pytest.mark.parametrize(
    ("condition", "true_for"),
    [
        # of the events a, b, ab and none, those that match
        ("sa and sb", "ab"),
        ("sa or sb", "a b ab"),
        ("not sa", "b none"),
        ("not not sa", "a ab"),
        ("sa and not sb", "a"),
        ("1 of them", "a b ab"),
        ("any of them", "a b ab"),
        ("all of them", "ab"),
        ("2 of them", "ab"),
        ("not 2 of s*", "a b none"),
        ("1 of s*", "a b ab"),
        ("all of s*", "ab"),
        ("any of *b", "b ab"),
        ("1 of s*a", "a ab"),
        ("all of *", "ab"),
        ("not 1 of s*", "none"),
        ("not all of them", "a b none"),
        # those that begin with an underscore only when asked for so
        ("1 of _*", "none a b ab"),
        ("_always", "none a b ab"),
        ("all of them and _always", "ab"),
        # precedence, from least to most binding: or, and, not, x of, ( )
        ("sa or sb and not _always", "a ab"),
        ("(sa or sb) and not _always", ""),
        ("sb and sa or sa and not sb", "a ab"),
        ("not sa and sb", "b"),
        ("not (sa and sb)", "a b none"),
        ("not 1 of s* or sa and sb", "none ab"),
        ("not sa or not sb", "a b none"),
        # a list of conditions is linked with OR
        ("[sa and sb, not sa]", "ab b none"),
        ("[sa]", "a ab"),
    ],
)
def test_conditions(condition: str, true_for: str) -> None:
    detection = f"sa: {{f|contains: a}}\nsb: {{f|contains: b}}\n_always: {{f: '*'}}\ncondition: {condition}"
    events = {"a": "xa", "b": "xb", "ab": "ab", "none": "x"}
    found = {name for name, value in events.items() if matches(detection, {"f": value})}
    assert found == set(true_for.split())


def test_names_that_begin_as_operators_do() -> None:
    assert matches("notsel: {f: a}\norb-1: {g: b}\ncondition: notsel and orb-1", {"f": "a", "g": "b"})


@pytest.mark.parametrize(
    ("detection", "code"),
    [
        # there is 1, any and all: the specification has no other number
        ("s1: {f: a}\ncondition: s1 AND s1", "rule.condition"),
        ("s1: {f: a}\ncondition: s1 or s2", "rule.condition"),
        ("s1: {f: a}\ncondition: 1 of t*", "rule.condition"),
        ("s1: {f: a}\ncondition: s1 | count() > 5", "rule.condition"),
        ("s1: {f: a}\ncondition: ''", "rule.condition"),
        ("s1: {f: a}\ncondition: (s1", "rule.condition"),
        ("s1: {f: a}\ncondition: []", "rule.invalid"),
        ("selection: {}", "rule.invalid"),
        ("selection: []", "rule.invalid"),
        ("selection: {'|all': []}", "rule.invalid"),
        ("selection: [null]", "rule.invalid"),
        ("selection: {'': null}", "rule.invalid"),
        ("selection: {'|exists': true}", "rule.invalid"),
        ("selection: {'|fieldref': g}", "rule.invalid"),
        ("selection: {'|gt': 7}", "rule.invalid"),
        ("selection: {f|foo: a}", "rule.modifier"),
        ("selection: {'f||contains': a}", "rule.modifier"),
        ("selection: {f|lt: '5'}", "rule.invalid"),
        ("selection: {f|gte: true}", "rule.invalid"),
        ("selection: {f|contains: 5}", "rule.invalid"),
        ("selection: {f|hour: x}", "rule.invalid"),
        ("selection: {f|exists: 'yes'}", "rule.invalid"),
        ("selection: {f|cidr: 10.0.0.1/8}", "rule.invalid"),
        ("selection: {f|cidr: 10.0.0.0/33}", "rule.invalid"),
        ("selection: {f|base64: 'a*'}", "rule.invalid"),
        ("selection: {f|fieldref: 'a*'}", "rule.invalid"),
        ("selection: {f|wide: é}", "rule.invalid"),
        ("selection: {f|contains|re: a}", "rule.invalid"),
        ("selection: {f|i|re: a}", "rule.invalid"),
        ("selection: {f|re: null}", "rule.invalid"),
        ("selection: {f|re: '('}", "rule.regex"),
        ("selection: {f|windash: ' -a -b -c -d'}", "rule.invalid"),
        ("selection: {f|expand: '%servers%'}", "rule.placeholder"),
        ("selection: {f: {a: b}}", "rule.invalid"),
        ("selection: {f: 2026-11-20}", "rule.invalid"),
    ],
)
def test_what_is_refused_has_a_name(detection: str, code: str) -> None:
    assert problem_of(detection).code == code


def test_placeholders_are_filled_only_with_expand() -> None:
    """Rules, Placeholders: without the modifier a percent sign is one."""
    assert item("f: '%servers%'", "%SERVERS%")
    document = next(iter(documents_of(rule_text("selection: {f|expand: '%servers%-x'}").encode(), "x.yml")))
    assert isinstance(document, Document)
    parsed = parse_document(document, "x.yml", lambda name: ("srv1", "srv2") if name == "servers" else ())
    assert parsed.rule is not None
    assert parsed.rule.selections["selection"].tests == (  # type: ignore[union-attr]
        ir.AnyOf((ir.Text(("srv1-x",)), ir.Text(("srv2-x",)))),
    )


def collection(text: str) -> list[Any]:
    found = [
        parse_document(document, "x.yml") if isinstance(document, Document) else document
        for document in expand_actions(documents_of(text.encode(), "x.yml"), "x.yml")
    ]
    return [parsed.rule for parsed in found]  # type: ignore[union-attr]


def test_collections_with_actions() -> None:
    """Rule collections: global is laid over what follows, repeat over what went before, reset ends it."""
    head = "action: global\nlogsource: {product: linux}\ndetection: {condition: s}\nlevel: high\n---\n"
    one = "title: A\ndetection: {s: {f: a}}\n---\n"
    two = "action: repeat\ntitle: B\ndetection: {s: {f: b}}\n---\n"
    last = "action: reset\n---\ntitle: C\nlogsource: {product: x}\ndetection: {s: {f: c}, condition: s}\n"
    first, second, third = collection(head + one + two + last)
    assert (first.info.title, first.log_source.product, first.info.level) == ("A", "linux", Level.HIGH)
    assert (second.info.title, second.log_source.product, second.info.level) == ("B", "linux", Level.HIGH)
    assert second.selections["s"].tests == (ir.Text(("b",)),)
    assert (third.info.title, third.log_source.product) == ("C", "x")
    assert third.info.level != Level.HIGH
