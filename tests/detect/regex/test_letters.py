"""Kinds of characters, and letters that are the same but for case."""

import pytest

from soc_agent.detect.regex.letters import POSIX_KINDS, ranges_of, same_letters
from soc_agent.detect.regex.tree import Chars, Kind


@pytest.mark.parametrize(
    ("letter", "same"),
    [("k", "Kk\u212a"), ("S", "Ssſ"), ("đ", "Đđ"), ("σ", "Σςσ"), ("ß", "ßẞ"), ("i", "Ii"), ("ı", ""), ("İ", "")],
)
def test_the_same_but_for_case(letter: str, same: str) -> None:
    assert "".join(map(chr, same_letters().get(ord(letter), ()))) == same


def holds(item: Chars, letter: str) -> bool:
    ranges, _ = ranges_of(item)
    return any(low <= ord(letter) <= high for low, high in ranges)


def test_no_letter_with_a_case_is_left_out() -> None:
    """Of all of Unicode; what Python knows of case grows from version to version."""
    letters = filter(
        lambda letter: len(letter.lower()) == 1 and letter.lower() != letter.upper(), map(chr, range(0x110000))
    )
    alone = [letter for letter in letters if ord(letter) not in same_letters() and len(letter.upper()) == 1]
    assert [letter for letter in alone if letter.upper().lower() == letter] == []


@pytest.mark.parametrize("name", [*sorted(POSIX_KINDS), "d", "w", "s", "h", "v"])
def test_a_kind_and_its_opposite_divide_all_characters(name: str) -> None:
    yes, no = Chars(kinds=(Kind(name),)), Chars(kinds=(Kind(name, negated=True),))
    for letter in map(chr, (*range(300), 0x2028, 0x3000, 0x10FFFF)):
        assert holds(yes, letter) != holds(no, letter)


def test_a_range_has_both_cases_where_case_does_not_count() -> None:
    assert holds(Chars(((ord("j"), ord("l")),), ignores_case=True), "\u212a")
    assert not holds(Chars(((ord("j"), ord("l")),)), "K")
    assert holds(Chars(((0, 0x10FFFF),), ignores_case=True), "đ")
    assert holds(Chars(kinds=(Kind("lower"),), ignores_case=True), "A")


def test_properties_are_left_to_the_matcher() -> None:
    assert ranges_of(Chars(((97, 97),), (Kind("p{Lu}"),))) == ([(97, 97)], [Kind("p{Lu}")])
