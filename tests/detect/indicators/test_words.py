"""A block as arrays."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.detect.indicators.words import (
    FOLD,
    PAD,
    Members,
    Text,
    digits_before,
    keys_of,
    labels_before,
    letters_in,
    mix,
    table,
)

CHARACTERS = st.binary(min_size=8, max_size=8)


def test_places_count_from_the_begin_of_the_buffer() -> None:
    text = Text(b"a.b:c%d\\")
    assert (text.dots - PAD).tolist() == [1]
    assert (text.find(b":") - PAD).tolist() == [3]
    assert (text.escapes - PAD).tolist() == [5, 7]
    assert bytes(text.words(np.array([PAD]))[0].tobytes()) == b"a.b:c%d\\"


def test_memory_is_used_again_without_what_was_in_it() -> None:
    first = Text(b"x.y" * 100_000)
    second = Text(b"a.b", first.buffer)
    assert second.buffer is first.buffer
    assert (second.dots - PAD).tolist() == [1]
    assert Text(b"." * 400_000, second.buffer).buffer is not first.buffer


@given(CHARACTERS)
def test_letters_at_the_begin_are_counted(data: bytes) -> None:
    word = np.frombuffer(data, np.uint64) | FOLD
    letters, counts = letters_in(word)
    folded = bytes(byte | 0x20 for byte in data)
    expected = len(folded) - len(folded.lstrip(b"abcdefghijklmnopqrstuvwxyz"))
    assert counts.tolist() == [expected]
    assert letters.tobytes() == folded[:expected].ljust(8, b"\0")


@given(CHARACTERS)
def test_label_characters_at_the_end_are_counted(data: bytes) -> None:
    allowed = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
    assert labels_before(np.frombuffer(data, np.uint64)).tolist() == [len(data) - len(data.rstrip(allowed))]


@given(st.one_of(CHARACTERS, st.text("0123456789abcdefABCDEF", min_size=8, max_size=8).map(str.encode)))
def test_digits_at_the_end_are_counted(data: bytes) -> None:
    expected = len(data) - len(data.rstrip(b"0123456789abcdefABCDEF"))
    assert digits_before(np.frombuffer(data, np.uint64)).tolist() == [expected]


@given(st.text(st.characters(codec="ascii", categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=60))
def test_keys_are_the_same_wherever_and_in_whatever_case(name: str) -> None:
    text = Text(f"{name} xx{name.upper()}.{name.lower()}".encode())
    starts = np.array([PAD, PAD + len(name) + 3, PAD + 2 * len(name) + 4])
    assert len(set(keys_of(text, starts, np.full(3, len(name))).tolist())) == 1


def test_keys_differ_by_length_and_by_each_part() -> None:
    names = [b"a", b"aa", b"abcdefgh", b"abcdefghi", b"abcdefghxxxxxxxxyyyyyyyyi", b"abcdefghxxxxzxxxyyyyyyyyi"]
    keys = [keys_of(Text(name), np.array([PAD]), np.array([len(name)])).tolist()[0] for name in names]
    assert len(set(keys)) == len(names)


@given(st.sets(st.integers(0, 2**64 - 1), max_size=200), st.sets(st.integers(0, 2**64 - 1), max_size=50))
def test_members_are_known_and_others_are_not(numbers: set[int], others: set[int]) -> None:
    members = Members.of(np.array(sorted(numbers, key=hash), np.uint64))
    asked = [*numbers, *others]
    assert members.has(np.array(asked, np.uint64)).tolist() == [number in numbers for number in asked]
    again = Members(members.bits, members.numbers)
    assert again.has(np.array(asked, np.uint64)).tolist() == [number in numbers for number in asked]


def test_small_numbers_are_spread() -> None:
    mixed = mix(np.arange(1000, dtype=np.uint64))
    assert len(set((mixed >> np.uint64(48)).tolist())) > 900


def test_a_table_holds_its_characters() -> None:
    assert np.flatnonzero(table(b"az")).tolist() == [ord("a"), ord("z")]
