"""What a regular expression cannot match without."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.detect.prefilter.regex_literals import needs_of
from soc_agent.detect.regex.expression import compile_regex


@pytest.mark.parametrize(
    ("pattern", "clauses"),
    [
        ("foo", [("foo",)]),
        (r"foo.*bar\d+baz", [("foo",), ("bar",), ("baz",)]),
        (r"^foo\.exe$", [("foo.exe",)]),
        ("a(bc)d", [("abcd",)]),
        ("a(?:bc)+d", [("a",), ("bc",), ("d",)]),
        ("(?:abc|defg)x", [("abc", "defg"), ("x",)]),
        ("x(?:abc|)y", [("x",), ("y",)]),
        ("(foo)?bar", [("bar",)]),
        ("x{2,}yy", [("x",), ("yy",)]),
        ("[Pp]ower[Ss]hell", [("powershell",)]),
        ("[abc]foo", [("foo",)]),
        ("a(?=b)bc", [("abc",)]),
        ("a(?!b)c", [("ac",)]),
        (r"\\Temp\\", [("\\Temp\\",)]),
        (r"\x41\x42", [("AB",)]),
        (r"a\b.b", [("a",), ("b",)]),
        ("", []),
        (".*", []),
        ("a|.*", []),
        ("(", []),
        ("[[:alpha:]]foo", [("foo",)]),
        (r"\pLfoo", [("foo",)]),
        ("|".join(f"{chr(97 + n % 26)}{n}" for n in range(100)), []),
    ],
)
def test_clauses(pattern: str, clauses: list[tuple[str, ...]]) -> None:
    assert list(needs_of(pattern, "").clauses) == clauses


@pytest.mark.parametrize(("pattern", "flags"), [("foo", "i"), ("(?i)foo", ""), ("(?i:f)oo", ""), ("x(?si:f)", "")])
def test_ignoring_case_is_told(pattern: str, flags: str) -> None:
    assert needs_of(pattern, flags).ignores_case


def test_case_that_counts_is_told() -> None:
    assert not needs_of("foo", "s").ignores_case
    assert not needs_of("(?P<name>foo)", "").ignores_case


PIECES = [
    "a",
    "b",
    "ab",
    "[ab]",
    "[Aa]",
    ".",
    "a?",
    "b*",
    "(?:a|bb)",
    "(ab)+",
    "^",
    "$",
    r"\.",
    "a{2}",
    "b{0,2}",
    "(?:b|)",
    "|",
]


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join), st.text(alphabet="abA.", max_size=10))
def test_nothing_matches_without_what_is_needed(pattern: str, text: str) -> None:
    """The promise itself, on expressions that both libraries read."""
    try:
        re.compile(pattern)
        searcher = compile_regex(pattern)
    except (re.error, ValueError):
        return
    if searcher.found(text):
        for clause in needs_of(pattern, "").clauses:
            assert any(needed.lower() in text.lower() for needed in clause), (pattern, text, clause)
