"""The straight way and RE2 find the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soc_agent.decode.pattern import Pattern
from soc_agent.decode.straight import needed, straight
from tests import product

DECODERS = product.decoders().data_driven
MATCHES = [pattern.match for decoder in DECODERS for pattern in decoder.definition.patterns]
MESSAGES = sorted(
    {
        sample.line[place:]
        for decoder in DECODERS
        for sample in decoder.definition.samples
        for place in (0, sample.line.find(": ") + 2)
    }
)

LETTERS = "ab c"
atoms = st.sampled_from(["a", "b", " ", "a b", ".", r"\S", r"\s", "[ab]", "[^a]", r"\d", "c"])
repeats = st.tuples(
    atoms.filter(lambda atom: atom != "a b"), st.sampled_from(["*", "+", "?", "*?", "+?", "{1,2}", "{2,}"])
)
texts = st.sampled_from(["a", "ab", " b", "b c", "(?:a|b)", "(?:ab|c)", "(?:a|ab)", "(?:a|bc|)"])
parts = st.recursive(
    st.one_of(atoms, texts, repeats.map("".join), repeats.map("".join).map("({})".format)),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda found: f"(?:{''.join(found)})?"),
        st.lists(inner, min_size=1, max_size=3).map(lambda found: f"({''.join(found)})"),
        st.lists(inner, min_size=1, max_size=3).map(lambda found: f"({''.join(found)})?"),
    ),
    max_leaves=5,
)
patterns = st.lists(parts, min_size=1, max_size=6).map(lambda found: f"({found[0]}){''.join(found[1:])}")


def same(pattern: str, text: str) -> bool | None:
    """Say whether both found the same; None where the straight way says nothing."""
    found = straight(pattern)
    match = found.fullmatch(text) if found else None
    return list(match.groups()) == Pattern(pattern).groups(text) if match else None


@settings(max_examples=600)
@given(patterns, st.lists(st.text("abc 1\n", max_size=9), min_size=1, max_size=6))
def test_what_it_finds_is_what_re2_finds(pattern: str, given_texts: list[str]) -> None:
    assert all(same(pattern, text) is not False for text in given_texts)


@given(st.sampled_from(MATCHES), st.sampled_from(MESSAGES), st.data())
def test_for_the_patterns_of_our_decoders_too(pattern: str, message: str, data: st.DataObject) -> None:
    other = data.draw(st.sampled_from(MESSAGES))
    begin, end = data.draw(st.integers(0, len(message))), data.draw(st.integers(0, len(other)))
    for text in (message, message[:begin] + other[end:], message + message, f"{message} [preauth]"):
        if text.isascii():
            assert same(pattern, text) is not False


OFTEN = ("sshd", "pam", "su", "cron", "postfix", "bind", "kernel")
"""Decoders of what most lines of a host's logs are; devices that say each thing in many ways have longer patterns."""


@pytest.mark.parametrize("name", OFTEN)
def test_most_patterns_for_frequent_lines_have_a_straight_way(name: str) -> None:
    (decoder,) = (decoder for decoder in DECODERS if decoder.name == name)
    found = [straight(pattern.match) is not None for pattern in decoder.definition.patterns]
    assert sum(found) * 2 > len(found)


def test_many_patterns_of_our_decoders_have_a_straight_way() -> None:
    assert sum(straight(pattern) is not None for pattern in MATCHES) * 3 > len(MATCHES)


@pytest.mark.parametrize(
    ("pattern", "text", "groups"),
    [
        (r"(?P<a>.*) from (?P<b>\S+)(?: port (?P<c>\d+))?", "x from y from z port 7", ("x from y", "z", "7")),
        (r"(?P<a>.*?) from (?P<b>.*)", "x from y from z", ("x", "y from z")),
        (r"(?P<a>.*?)(?: \[(?P<b>x)\])?", "some text [x]", ("some text", "x")),
        (r"(?P<a>\w+)-(?P<b>\w*)", "ab-", ("ab", "")),
        (r"(?P<a>(?:new|old) x+)y", "old xxy", ("old xx",)),
    ],
)
def test_a_straight_way_is_found(pattern: str, text: str, groups: tuple[str | None, ...]) -> None:
    found = straight(pattern)
    assert found is not None
    match = found.fullmatch(text)
    assert match is not None
    assert match.groups() == groups


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"(\S+)(?:a\S+b)?(.*)", "xaccb"),
        (r"(?:(a+)ab)?(.*)", "aaab"),
        (r"((?:a|ab)c?)(.*)", "abc"),
        (r"(?:(?:a )?a (b))?(.*)", "a b"),
    ],
)
def test_where_the_first_choice_would_be_wrong_nothing_is_said(pattern: str, text: str) -> None:
    assert same(pattern, text) is not False


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+",
        "(a|aa)+",
        r"(\bword\b)",
        "(?i)(a)",
        "((?i:a))",
        "([[:alpha:]])",
        r"(\pL)",
        "(a{,3})",
        "(đ)",
        r"\x{41}(b)",
        "(?P<a>x",
        "(?U)(a+)",
        r"(\Qa.b\E)",
        r"(?:T([0-9]+)(?:Z|[+-][0-9])? )?(.*)",
        "(" + "a" * 5000 + ")",
    ],
)
def test_what_may_be_read_otherwise_is_refused(pattern: str) -> None:
    assert straight(pattern) is None


@settings(max_examples=300)
@given(patterns, st.lists(st.text("abc 1\n", max_size=9), min_size=1, max_size=6))
def test_what_matches_holds_the_text_that_is_needed(pattern: str, given_texts: list[str]) -> None:
    text = needed(pattern)
    assert all(text in given for given in given_texts if Pattern(pattern).groups(given) is not None)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"(?P<a>\S+) segfault at (?P<b>.*)", " segfault at "),
        (r"(?:\[ *\d+\] )?(?P<a>[^=]*?(?i:\b|_)(?i:drop|block))? ?\bIN=(?P<b>\S*) OUT=", " OUT="),
        (r"(?P<a>new user): name", "new user: name"),
        (r"(?:a|b)*", ""),
        (r"(?i)word", ""),
        (r"(?i:word)", ""),
        (r"(?U)word", ""),
        (r"\Qa.b\E", ""),
        (r"x{0,}", ""),
        ("(unclosed", ""),
    ],
)
def test_the_text_that_is_needed(pattern: str, text: str) -> None:
    assert needed(pattern) == text


def test_the_samples_of_our_decoders_hold_what_is_needed() -> None:
    for written in MATCHES:
        pattern, literal = Pattern(written), needed(written)
        assert all(literal in message or pattern.groups(message) is None for message in MESSAGES), written


@pytest.mark.parametrize("pattern", [r"(.*) from (.*) to (\S+)", r"(.*?) a (.*) b", r"(\S+) (?:x (\d+))?(.*)y"])
def test_a_hostile_text_takes_little_time(pattern: str) -> None:
    """A matcher that goes back would take longer than the universe has for some of these, and hours for the others."""
    found = straight(pattern)
    assert found is not None
    for piece in (" from ", " a ", "x 1", " to "):
        assert found.fullmatch(piece * 50_000 + "!") is None
