"""Case folding that never changes a length nor makes ASCII, and wildcards."""

import fnmatch
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.detect.evaluate.match import fold, glob, shape_of, tidy
from soc_agent.detect.ir import ANY, ONE

EVERY_CHARACTER = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]


def test_folding_keeps_every_length() -> None:
    assert [c for c in EVERY_CHARACTER if len(fold(c)) != 1] == []


def test_no_ascii_comes_of_what_is_not_ascii() -> None:
    """The prefilter looks for ASCII literals in raw bytes; the Kelvin sign must not become a k behind its back."""
    assert [c for c in EVERY_CHARACTER if not c.isascii() and fold(c).isascii()] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [("ABC", "abc"), ("ĐẶNG", "đặng"), ("ΟΔΟΣ", "οδος"), ("ΟΔΟΣ", "ΟΔΟς"), ("ÀÉÎ", "àéî")],
)
def test_case_does_not_matter(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text(), st.text())
def test_folding_goes_letter_by_letter(one: str, other: str) -> None:
    assert fold(one + other) == fold(one) + fold(other)


@pytest.mark.parametrize(
    ("parts", "shape"),
    [
        ((), ("exact", "")),
        (("a",), ("exact", "a")),
        (("a", ANY), ("prefix", "a")),
        ((ANY, "a"), ("suffix", "a")),
        ((ANY, "a", ANY), ("contains", "a")),
        ((ANY,), ("present", "")),
        (("a", ANY, "b"), ("glob", "ab")),
        (("a", ONE), ("glob", "a")),
    ],
)
def test_shapes(parts: tuple[str | int, ...], shape: tuple[str, str]) -> None:
    assert shape_of(parts) == shape


def test_tidy_joins_texts_and_repeated_stars() -> None:
    assert tidy(["a", "", "b", ANY, ANY, "c", ONE, ONE]) == ("ab", ANY, "c", ONE, ONE)


PARTS = st.lists(st.one_of(st.sampled_from(["a", "b", "ab", ".", "\n"]), st.sampled_from([ANY, ONE])), max_size=6)


@given(PARTS, st.text(alphabet="ab.\n", max_size=8))
def test_glob_agrees_with_a_plain_regular_expression(parts: list[str | int], text: str) -> None:
    words = {ANY: ".*", ONE: "."}
    expression = "".join(words[part] if isinstance(part, int) else re.escape(part) for part in parts)
    assert glob(parts)(text) == bool(re.fullmatch(expression, text, re.DOTALL))


def test_head_and_tail_do_not_overlap() -> None:
    assert not glob(["aba", ANY, "aba"])("aba")
    assert glob(["aba", ANY, "aba"])("abaaba")


def test_many_stars_take_linear_time() -> None:
    """With a backtracking matcher this would not end."""
    pattern = [part for _ in range(200) for part in ("a", ANY)] + ["b"]
    assert not glob(pattern)("a" * 100_000)
    assert fnmatch.fnmatchcase("ab", "a*b")
    assert glob([ANY, *("a", ONE) * 3, ANY, "b"])("xa1a2a3 b")
