"""Whole rules with all that the specification has: the engine, with and without its prefilter, and a plain reference.

Events are decoded from JSON lines, so that the prefilter sees what a source writes.
"""

import json
import os
from random import Random
from typing import Any

import yaml
from hypothesis import given, note, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sigma.policy import SigmaPolicy
from sigma.policy.regex_engine import PythonRegexEngine
from sigma.rule import SigmaRule

from soc_agent.detect import Engine, RuleSet
from soc_agent.detect.load.documents import Document, documents_of
from soc_agent.detect.load.parse import parse_document
from soc_agent.model import LogSource
from tests import product
from tests.detect.differential.aiming import Aimed, events_at
from tests.detect.differential.reference import matches
from tests.detect.making import block_of, context_of

DECODERS = product.decoders()
THEIR_POLICY = SigmaPolicy(regex_engine=PythonRegexEngine())
EXAMPLES = int(os.environ.get("SOC_AGENT_WHOLE_RULES", "60"))
"""How many rules are tried. Set it to 20000, with ``HYPOTHESIS_PROFILE=explore``, for a long run."""
LISTS = {"Servers": ("srv*", "db-1", "ưu"), "none": (), "Admins": ("Root", "a\\*b", "x.y"), "Plain": ("Root", "ưu")}
FIELDS = ("Image", "CommandLine", "EventID", "a.b", "user name", "größe", "Ảnh")
SELECTIONS = ("selection", "selection_b", "sel-1", "_hidden", "filter_main", "notes", "and_more", "1st", "all")
PIECES = (
    *("a", "B", "evil", "EVIL", "cmd.exe", "C:\\Win\\", "\\", "\\\\", "/", " -enc", "*", "?", "\\*", "\\?", "\\\\*"),
    *("%", "_", "'", '"', "[", "{", "é", "É", "đ", "Đ", ".", "\n", "\t", " ", "0", "7", "4625", "-", "null", "😀"),
)
EXPRESSIONS = (
    *(
        "evil",
        "e.il",
        "^a",
        "a$",
        "(a|B)+",
        "[a-c]{2}",
        r"\d{1,3}$",
        r"\\",
        r"\.exe",
        r"\bevil\b",
        r"^\w+$",
        r"\s",
        ".*",
    ),
    *("^b$", "a.b", "(?i:EVIL)", r"a(?=\.)", r"(\w)\1", "(?<!x)evil", "[^x]+", r"^[\w.-]+$", "x*", r"\Aa", "(?m:^b)"),
)
texts = st.lists(st.sampled_from(PIECES), max_size=4).map("".join)
numbers = st.sampled_from([0, 7, -3, 4625, 1.5, 70_000])
scalars = st.one_of(texts, texts, numbers, st.booleans(), st.just(""), st.none())
networks = st.sampled_from(["10.0.0.0/8", "192.168.14.0/23", "0.0.0.0/0", "2001:db8::/32", "::1/128", "203.0.113.7"])
plain_words = st.sampled_from(["a", "ab", "abc", "evil", "IEX (", "cmd /c"])
places = st.sampled_from(["contains", "startswith", "endswith"])
maybe_place = st.one_of(st.just(""), places)
units = {"minute": (0, 59), "hour": (0, 23), "day": (1, 31), "week": (1, 53), "month": (1, 12), "year": (2020, 2027)}


@st.composite
def keys(draw: st.DrawFn) -> tuple[list[str], st.SearchStrategy[Any]]:
    """Modifiers that go together, and what values they take."""
    kind = draw(
        st.sampled_from(
            [
                "plain",
                "part",
                "part",
                "cased",
                "encoded",
                "dash",
                "re",
                "number",
                "time",
                "timed",
                "cidr",
                "expand",
                "expand_re",
            ]
        )
    )
    cased = draw(st.sampled_from([[], [], ["cased"]]))
    place = draw(maybe_place)
    wide = draw(st.sampled_from([[], ["wide"], ["utf16le"], ["utf16be"], ["utf16"]]))
    compare = [draw(st.sampled_from(["lt", "lte", "gt", "gte"]))]
    unit = draw(st.sampled_from(sorted(units)))
    made: dict[str, tuple[list[str], st.SearchStrategy[Any]]] = {
        "plain": ([], scalars),
        "part": ([draw(places), *cased], texts),
        "cased": (["cased", place], texts),
        "encoded": ([*wide, draw(st.sampled_from(["base64", "base64offset"])), place, *cased], plain_words),
        "dash": (["windash", place, *cased], st.sampled_from([" -f", "-a /b", "x-y", " -a –b"])),
        "re": (["re", *draw(st.lists(st.sampled_from("ims"), unique=True)), place], st.sampled_from(EXPRESSIONS)),
        "number": (compare, numbers),
        "time": ([unit], st.integers(*units[unit])),
        "timed": ([unit, *compare], st.integers(*units[unit])),
        "cidr": (["cidr"], networks),
        "expand": (["expand", place, *cased], st.sampled_from(["%Servers%", "x%Admins%", "%Admins%-%Servers%", "5%"])),
        "expand_re": (["re", "expand"], st.sampled_from(["^%Plain%", "(%Plain%|a)$"])),
    }
    modifiers, values = made[kind]
    return [modifier for modifier in modifiers if modifier], values


@st.composite
def items(draw: st.DrawFn, *, keyword: bool = False) -> tuple[str, Any]:
    """One line of a selection."""
    field = "" if keyword else draw(st.sampled_from(FIELDS))
    shape = "" if keyword else draw(st.sampled_from(["", "", "", "", "", "exists", "ref"]))
    if shape == "exists":
        return f"{field}|exists{draw(st.sampled_from(['', '|neq']))}", draw(st.booleans())
    modifiers, values = draw(keys())
    if shape == "ref":
        modifiers, values = ["fieldref", *filter(None, [draw(maybe_place)])], st.sampled_from(FIELDS)
    if keyword:
        values = values.filter(lambda value: value is not None)
    several = draw(st.booleans())
    value = draw(st.lists(values, min_size=1, max_size=3)) if several else draw(values)
    # pySigma links what fills a placeholder as the values of the rule are linked; Rules, Placeholders: or-linked
    modifiers += ["all"] * (several and "expand" not in modifiers and draw(st.booleans()))
    modifiers += ["neq"] * (draw(st.integers(0, 5)) == 0)
    return "|".join([field, *modifiers]), value


maps = st.lists(items(), min_size=1, max_size=3).map(dict)
words = st.one_of(texts.filter(bool), numbers, st.booleans())
selections = st.one_of(
    maps,
    maps,
    st.lists(maps, min_size=1, max_size=3),
    words,
    st.lists(words, min_size=1, max_size=3),
    st.lists(st.one_of(maps, words), min_size=2, max_size=3),
    items(keyword=True).map(lambda item: dict([item])),
)


def conditions(names: list[str]) -> st.SearchStrategy[str]:
    """Conditions over these selections, with as many brackets as it happens."""
    patterns = ["them", "*", "sel*", "*n*", *[f"{name[:3]}*" for name in names if "-" not in name[:3]]]
    leaf = st.one_of(
        st.sampled_from(names),
        st.sampled_from(names),
        st.builds("{} of {}".format, st.sampled_from(["1", "any", "all"]), st.sampled_from(patterns)),
    )
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            inner.map("not {}".format),
            inner.map("({})".format),
            st.builds("{} {} {}".format, inner, st.sampled_from(["and", "or"]), inner),
        ),
        max_leaves=5,
    )


@st.composite
def detections(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from(SELECTIONS), min_size=1, max_size=4, unique=True))
    found = {name: draw(selections) for name in names}
    condition = draw(st.one_of(conditions(names), st.lists(conditions(names), min_size=1, max_size=2)))
    return {**found, "condition": condition}


def _line(aimed: Aimed, random: Random) -> bytes:
    """Give an event as a line, some of its values in lists, nested or with others beside them."""
    fields, text = aimed
    tree: dict[str, Any] = {"note": text} if text != "line" else {}
    for field, value in fields.items():
        chance = random.random()
        several = [value, random.choice(["x", 7, None])]
        tree[field] = several if chance < 0.1 else [value] if chance < 0.15 else value
    return json.dumps(tree, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")


def _fill(rule: SigmaRule) -> None:
    """Fill placeholders as pySigma does."""
    from sigma.processing.pipeline import ProcessingItem, ProcessingPipeline
    from sigma.processing.transformations import ValueListPlaceholderTransformation

    variables: dict[str, Any] = {name: list(values) for name, values in LISTS.items() if values}
    pipeline = ProcessingPipeline(vars=variables, items=[ProcessingItem(ValueListPlaceholderTransformation())])
    pipeline.apply(rule)


@settings(max_examples=EXAMPLES, deadline=None)
@given(detections(), st.integers(0, 2**32))
def test_the_engine_agrees_with_a_plain_reference(detection: dict[str, Any], seed: int) -> None:
    text = yaml.safe_dump(
        {"title": "T", "logsource": {"category": "test"}, "detection": detection}, allow_unicode=True, sort_keys=False
    )
    note(text)
    (document,) = documents_of(text.encode(), "r.yml")
    assert isinstance(document, Document)
    parsed = parse_document(document, "r.yml", lambda name: LISTS.get(name, ()))
    rule = parsed.rule
    if rule is None:
        assert parsed.problems
        assert all(problem.where.line for problem in parsed.problems)
        return
    theirs = SigmaRule.from_dict(yaml.safe_load(text), policy=THEIR_POLICY)
    _fill(theirs)
    random = Random(seed)
    lines = [_line(aimed, random) for aimed in events_at(rule, random, 4, 3)]
    block = block_of(b"".join(line + b"\n" for line in lines), "json")
    rules = RuleSet(rules=(replace(rule, log_source=LogSource()),), infos={rule.info.id: rule.info})
    found = []
    for prefilter in (True, False):
        engine = Engine(rules, DECODERS, prefilter=prefilter)
        found.append([detection.line_number - 1 for detection in engine.run(block, context_of("json")).detections])
        assert engine.problems() == []
    events = [DECODERS.decode(line, context_of("json")) for line in lines]
    expected = [number for number, event in enumerate(events) if matches(theirs, event)]
    for number in {*found[0], *found[1]} ^ {*expected}:
        note(f"{events[number].fields} {events[number].text}")
    assert found == [expected, expected]
