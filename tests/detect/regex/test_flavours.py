"""What is written for RE2 and for ``re`` means what PCRE means. The expectations are those of PCRE2 10.42 with UTF."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soc_agent.detect.regex.backtracking import needs_backtracking
from soc_agent.detect.regex.expression import RegexRefusedError, compile_linear, compile_regex
from soc_agent.detect.regex.flavours import write_python, write_re2, write_readable
from soc_agent.detect.regex.pcre import read_pcre
from soc_agent.detect.regex.tree import PatternError


@pytest.mark.parametrize(
    ("pattern", "hits", "misses"),
    [
        # a `$` that something follows stands before a newline that ends the text, and that newline may be taken
        (r"a$\n", ["a\n"], ["a", "a\n\n", "a\nb"]),
        (r"a$\s", ["a\n"], ["a", "a "]),
        ("(?s)a$.", ["a\n"], ["a", "ab"]),
        ("a$.*", ["a", "a\n"], ["a\nb", "ab"]),
        ("(a|b$)\n", ["b\n", "a\nx"], ["b\nx"]),
        (r"a$\b", ["a", "a\n"], ["ab"]),
        (r"a$\z", ["a"], ["a\n"]),
        ("a$$", ["a", "a\n"], ["a\n\n"]),
        ("a$b", [], ["ab", "a\nb"]),
        ("(?m)a$\nb", ["a\nb"], ["a\n\nb"]),
        ("(?m:a$)|b$", ["a\nx", "b\n"], ["b\nx"]),
        (r"a\Z", ["a", "a\n"], ["a\n\n", "ab"]),
        (r"(?m)a\Z", ["a", "a\n"], ["a\nb"]),
        (r"a\z", ["a"], ["a\n"]),
        # kinds are ASCII, spaces have the vertical tab
        (r"^\s$", [" ", "\t", "\x0b"], ["\xa0", "\x85", "\u2028"]),
        (r"^\S$", ["\xa0", "é"], ["\x0b"]),
        (r"^[^\S]$", ["\x0b"], ["a"]),
        (r"^\w$", ["a", "_", "7"], ["é", "đ", "\u0663"]),
        (r"^\h$", ["\t", "\xa0", "\u3000"], ["\x0b"]),
        (r"^\H$", ["\n", "a"], [" "]),
        (r"\A\v\z", ["\n", "\x0b", "\x85", "\u2028"], ["\t"]),
        (r"\A\R\z", ["\r\n", "\n", "\x85"], ["\n\r"]),
        (r"\A\N\z", ["a", "\r"], ["\n"]),
        (r"^[[:alpha:]]+$", ["aZ"], ["é", "7"]),
        (r"^[[:^space:]]$", ["a", "\xa0"], ["\x0b", " "]),
        (r"^[\w.-]+$", ["a.b-c"], ["a b", "é"]),
        (r"\bé", ["aé"], ["é", " é"]),
        (r"x\b", ["xé", "x"], ["xa"]),
        (r"\B", ["", "aa", "\u0111a"], ["a"]),
        (r"^\pL+$", ["aé"], ["a7"]),
        # letters that are the same but for case
        ("(?i)đăng", ["ĐĂNG", "đĂng"], ["dang"]),
        ("(?i)^i$", ["i", "I"], ["ı", "İ"]),
        ("(?i)^ı$", ["ı"], ["i", "I"]),
        ("(?i)^İ$", ["İ"], ["i", "i\u0307"]),
        ("(?i)^[k]$", ["k", "K", "\u212a"], ["x"]),
        ("(?i)^[r-t]$", ["S", "ſ"], ["q"]),
        ("(?i)^[^s]$", ["a"], ["S", "ſ"]),
        (r"(?i)^\w$", ["K"], ["\u212a", "ſ"]),
        ("(?i)^[[:lower:]]$", ["A"], ["é"]),
        ("(?i)σ", ["Σ", "ς"], ["o"]),
        ("(?i)^ß$", ["ẞ"], ["ss"]),
        ("a(?i)b|c", ["aB", "C"], ["Ab"]),
        ("a(?i:b)c", ["aBc"], ["aBC"]),
        # quoting, comments, free spacing
        (r"\Qa.b\E", ["a.b"], ["axb"]),
        (r"[\Qa]\E]b", ["]b"], ["b"]),
        ("(?x) a b # c", ["ab"], ["a b"]),
        ("a(?#x)b", ["ab"], ["a"]),
        (r"\e\cA", ["\x1b\x01"], ["e"]),
        # repeats beyond what RE2 takes
        ("^a{1001}$", ["a" * 1001], ["a" * 1000, "a" * 1002]),
        ("^a{0,1500}$", ["", "a" * 1500], ["a" * 1501]),
        ("^a{1200,}$", ["a" * 1200, "a" * 5000], ["a" * 1199]),
        ("^(?:a{50}){30}$", ["a" * 1500], ["a" * 1499]),
        # what is matched by backtracking
        ("a++b", ["aab"], ["b"]),
        ("a*+a", [], ["aaa"]),
        ("(?>a|ab)c", ["ac"], ["abc"]),
        (r"(?<n>a|b)\k<n>", ["aa", "bb"], ["ab"]),
        (r"(a)\g{-1}", ["aa"], ["ab"]),
        (r"(?i)(a)\1", ["aA"], ["ab"]),
        ("(?<=ab|c)d", ["abd", "cd"], ["bd"]),
        ("(?<!ab|c)d", ["bd", "d"], ["abd", "cd"]),
        ("(a)?(?(1)b|c)", ["ab", "c"], ["a"]),
        (r"(?i)(?!x)k", ["\u212a"], ["x"]),
        (r"(?i)(?!x)i", ["I"], ["ı", "İ"]),
        (r"(?!x)\w\B", ["ab"], ["é", "a"]),
        (r"(?!x)\d", ["7"], ["\u0663"]),
    ],
)
def test_the_meaning_is_that_of_pcre(pattern: str, hits: list[str], misses: list[str]) -> None:
    found = compile_regex(pattern).found
    assert [text for text in (*hits, *misses) if found(text)] == hits


def test_an_empty_last_line_is_a_line() -> None:
    """Modifiers, Regular Expression, ``m``: ``^`` and ``$`` match the start and the end of a line.

    PCRE does not look behind a newline that ends the text; RE2, Python and this engine do.
    """
    assert compile_regex("^$", "m").found("a\n")


def test_what_is_written_out_is_bounded() -> None:
    for pattern in ("(?:[a-z]{900}){60000}", "(?:(?:a{1000}){1000}){1000}", "(?:(?:x{2000}){30}){30}"):
        with pytest.raises((PatternError, RegexRefusedError)):
            compile_linear(write_re2(read_pcre(pattern)))


def test_properties_are_not_guessed_where_they_are_not_known() -> None:
    with pytest.raises(RegexRefusedError, match="cannot stand beside"):
        compile_regex(r"(?=a)\p{Lu}")


def test_runs_of_letters_stay_readable_for_the_prefilter() -> None:
    assert write_readable(read_pcre("(?i)power-x")) == r"(?i:power\-x)"
    # two letters of small script are one to PCRE, and lower case does not show it
    assert write_readable(read_pcre("(?i)aµ")) != "(?i:aµ)"


_PIECES = st.sampled_from(
    [
        *("a", "b", "k", "é", "i", r"\n", ".", "^", "$", r"\b", r"\Z", r"\z", r"\s", r"\W", "[ab]", "[^a]", r"[\S\n]"),
        *("(?i)", "(?m)", "(?s)", "(?-m)", r"\h", r"\v", "a*", "b+?", r"\s{2}", ".?", "(?:a|)", "(b$)?", "(a|^b)"),
        *(r"(?:\n$)*", r"(\n|a$){2}"),
    ]
)


@settings(max_examples=400)
@given(st.lists(_PIECES, min_size=1, max_size=6).map("".join), st.lists(st.text("ab\nKké ıI-", max_size=5), max_size=8))
def test_both_matchers_say_the_same(pattern: str, texts: list[str]) -> None:
    tree = read_pcre(pattern)
    if needs_backtracking(tree):
        return
    linear, other = compile_linear(write_re2(tree)), re.compile(write_python(tree))
    assert [linear(text) for text in texts] == [other.search(text) is not None for text in texts]
