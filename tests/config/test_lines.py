"""Encodings and patterns that options may name."""

import pytest
import re2

from soc_agent.config import compile_start, is_encoding


@pytest.mark.parametrize(
    "name", ["auto", "utf-8", "UTF8", "utf-16", "utf-16le", "utf_16_be", "windows-1258", "latin-1"]
)
def test_encodings_that_can_be_read(name: str) -> None:
    assert is_encoding(name)


@pytest.mark.parametrize("name", ["", "nonsense", "utf-32", "utf-7", "base64", "cp037", "shift_jis", "utf-8\0", "idna"])
def test_encodings_that_cannot(name: str) -> None:
    """Neither unknown ones nor those in which a newline is another byte, or a byte no character."""
    assert not is_encoding(name)


def test_a_pattern_is_anchored_at_lines() -> None:
    found = [match.start() for match in compile_start(r"a|\d\d").finditer(b"ab\n xa\n12\nba\n")]
    assert found == [0, 7]


def test_a_pattern_that_is_none() -> None:
    with pytest.raises(re2.error):
        compile_start("(?=x)")
