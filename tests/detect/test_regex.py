"""Regular expressions: linear where it can be, within a budget where it must be, refused otherwise."""

import pytest

from soc_agent.detect.regex import STEP_BUDGET, RegexRefusedError, compile_linear, compile_regex


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


@pytest.mark.parametrize("pattern", ["(", "a{1001}", "[z-a]", "*", "(?<n>a", "\\", "a" * 9_000, "\ud800"])
def test_what_is_not_valid_is_refused(pattern: str) -> None:
    with pytest.raises(RegexRefusedError):
        compile_regex(pattern)


def test_size_is_bounded() -> None:
    with pytest.raises(RegexRefusedError):
        compile_linear("((a{0,100}){0,100}){0,100}")
