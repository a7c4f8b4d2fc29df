"""Regular expressions: linear where it can be, within a budget where it must be, refused otherwise."""

import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soc_agent.detect.regex.expression import (
    LINEAR_BUDGET,
    STEP_BUDGET,
    RegexRefusedError,
    compile_linear,
    compile_regex,
)


def test_found_anywhere_in_the_value() -> None:
    assert compile_regex("b+c").found("abbbcd")
    assert not compile_regex("^b").found("abc")


def test_case_counts_unless_told_otherwise() -> None:
    assert not compile_regex("ABC").found("abc")
    assert compile_regex("ABC", "i").found("abc")


def test_flags() -> None:
    assert compile_regex("^b$", "m").found("a\nb\nc")
    assert not compile_regex("a.c").found("a\nc")
    assert compile_regex("a.c", "s").found("a\nc")


def test_text_beyond_utf8_is_searched_too() -> None:
    assert compile_regex("a.b").found("a\ud800b")


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(a|aa)+$", "(.*)*x", "([a-z]+)+!"])
def test_catastrophic_expressions_are_matched_in_linear_time(pattern: str) -> None:
    searcher = compile_regex(pattern)
    assert searcher.limit == 0
    searcher.found("a" * 200_000)


@pytest.mark.parametrize(
    "pattern",
    [
        "(?=.*a)(?=.*b)(?=.*c)",
        r"(a+)+\1",
        r"(a|a)*(?=b)",
        "(?!x)(a*)*",
        r"(.*)\1(.*)\2",
        r"x(\w+) (\w+) \1 \2",
        # without a repeat of varying length, but each start would take as long as the text
        "(?:(?:x{1000}){1000}){1000}(?=y)",
        "(?:a{60000}){60}(?=b)",
        r"(?<!x)(?:a?){30}a{30}",
        "(?=(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b))a*b*",
    ],
)
def test_what_may_take_too_long_is_refused(pattern: str) -> None:
    with pytest.raises(RegexRefusedError, match="too long"):
        compile_regex(pattern)


@pytest.mark.parametrize(
    ("pattern", "hit", "miss"),
    [
        (r"cmd(?!\.exe)", "cmd.com", "cmd.exe"),
        (r"(?<!/)etc", "xetc", "/etc"),
        (r"(\w)\1", "aab", "ab"),
        (r"(?i)POWER(?=SHELL)", "powershell", "power"),
    ],
)
def test_look_arounds_and_references_run_within_the_budget(pattern: str, hit: str, miss: str) -> None:
    searcher = compile_regex(pattern)
    assert searcher.limit > 0
    assert searcher.found(hit)
    assert not searcher.found(miss)


def test_the_budget_bounds_what_is_searched() -> None:
    searcher = compile_regex(r"x(\w+) \1 y")
    assert 1_000 <= searcher.limit <= STEP_BUDGET**0.5
    assert searcher.found("xab ab y")
    assert not searcher.found(" " * searcher.limit + "xab ab y")


INVALID = [
    "(",
    "a{65536}",
    "[z-a]",
    "*",
    "(?<n>a",
    "\\",
    "a" * 9_000,
    "\ud800",
    "(?<=a+)b",
    "(" * 3_000 + "(?=a)" + ")" * 3_000,
]


@pytest.mark.parametrize("pattern", INVALID, ids=lambda pattern: pattern[:9].encode("utf-8", "replace").decode())
def test_what_is_not_valid_is_refused(pattern: str) -> None:
    with pytest.raises(RegexRefusedError):
        compile_regex(pattern)


def test_size_is_bounded() -> None:
    with pytest.raises(RegexRefusedError):
        compile_linear("((a{0,100}){0,100}){0,100}")


@pytest.mark.parametrize(
    "pattern", ["(?:.?){999}(?:.?){999}z", "[a-z]{500}[^a-z]{500}[0-9]{500}" * 8, r"\p{L}{999}\p{L}{999}"]
)
def test_a_program_that_is_too_large_is_refused(pattern: str) -> None:
    with pytest.raises(RegexRefusedError):
        compile_regex(pattern)


def test_a_large_program_sees_so_much_that_it_stays_in_the_budget() -> None:
    searcher = compile_regex("a[bc]{900}d")
    assert searcher.limit == 0
    assert searcher.found("x" * 65_536 + "a" + "b" * 900 + "d")
    assert not searcher.found("x" * (LINEAR_BUDGET // 900) + "a" + "b" * 900 + "d")


def test_letters_of_classes_are_ascii_as_in_pcre() -> None:
    assert not compile_regex(r"^\w$").found("é")
    assert not compile_regex(r"\d").found("\u0663")


@pytest.mark.parametrize("pattern", ["a$", "(a$)", "y|a$", "[$]a$|c$", "[^]$]a$", r"\$a$", r"[\]]a$"])
def test_the_end_is_also_before_a_last_newline_as_in_pcre(pattern: str) -> None:
    """Specification 2.1: the flavour is PCRE, whose ``$`` is not moved by a newline that ends the text."""
    found = compile_regex(pattern).found
    head = {"[$]a$|c$": "$", "[^]$]a$": "x", r"\$a$": "$", r"[\]]a$": "]"}.get(pattern, "")
    for end, expected in (("", True), ("\n", True), ("\n\n", False), ("\nb", False), ("x", False)):
        assert found(f"{head}a{end}") == expected, end
        assert bool(re.search(pattern, f"{head}a{end}")) == expected


@given(
    st.text(alphabet="ab$|()[]^\\\n.*?", max_size=9), st.text(alphabet="ab$\n]", max_size=6), st.sampled_from(["", "m"])
)
def test_dollars_mean_what_they_mean_to_others(pattern: str, text: str, flags: str) -> None:
    """Where the standard library and RE2 both take an expression, they agree."""
    try:
        expected = re.compile(pattern, re.MULTILINE if flags else 0)
        searcher = compile_regex(pattern, flags)
    except (re.error, RegexRefusedError, FutureWarning):
        return
    # a `$` that does not end its alternative can only be followed by that newline itself
    if flags or not re.search(r"\$(?![|)]|\Z)", pattern):
        assert searcher.found(text) == bool(expected.search(text))


# repeats of each kind, alone and beside each other, with what needs a backtracking matcher
_ATOMS = st.sampled_from(
    ["a", "[ab]", ".", "aa", "(a)", "(?:ab)", "(?:a|b)", r"\1", "(?=a)", "(?!b)", "(?<!b)", "(?:aa)", r"\w"]
)
_REPEATS = st.sampled_from(["", "", "", "*", "+", "?", "{2}", "{30}", "{1,9}", "*?", "{500}", "{9}"])
_PIECES = st.tuples(_ATOMS, _REPEATS).map("".join)
_NESTED = st.recursive(
    _PIECES,
    lambda inner: st.tuples(st.lists(inner, min_size=1, max_size=3).map("".join), _REPEATS).map(
        lambda found: f"(?:{found[0]}){found[1]}"
    ),
    max_leaves=6,
)
_BOUNDED_CHILD = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from soc_agent.detect.regex.expression import RegexRefusedError, compile_regex
for pattern in sys.stdin.read().split("\\0"):
    try:
        searcher = compile_regex(pattern)
    except RegexRefusedError:
        continue
    for unit in ("a", "ab", "aab", "b"):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        searcher.found(unit * (searcher.limit // len(unit) + 1) if searcher.limit else unit * 20_000)
        spent = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
        if spent > 5:
            sys.exit(f"{pattern}: {spent} s")
"""


def test_what_runs_within_a_budget_ends_soon() -> None:
    """Nothing can interrupt a backtracking match, so what is accepted is tried on the worst of texts, in a child."""
    patterns: list[str] = []

    @settings(max_examples=60)
    @given(st.lists(_NESTED, min_size=1, max_size=4).map("".join))
    def collect(pattern: str) -> None:
        patterns.append(f"(a){pattern}(?!c)c")

    collect()
    done = subprocess.run(
        [sys.executable, "-c", _BOUNDED_CHILD], input="\0".join(patterns), text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
