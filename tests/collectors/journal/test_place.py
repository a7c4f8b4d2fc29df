"""Where a journal is to be continued."""

import pytest

from collectors.journal.place import entries_between, first_place, position_of, restored, same_entry
from tests.collectors.journal.standin import cursor_of


def test_a_place_comes_back_as_it_was_committed() -> None:
    place = first_place("asked")
    position = position_of("j", place)
    assert restored({position.stream_id: position.state}) == place
    assert first_place("").stream != place.stream


@pytest.mark.parametrize("state", [b"", b"{}", b"\xff", b'{"stream":"a","version":2}', b'{"stream":7}'])
def test_a_damaged_place_is_none(state: bytes) -> None:
    assert restored({"journal": state}) is None


def test_an_entry_is_known_again_when_it_was_copied_to_another_file() -> None:
    assert same_entry(cursor_of(7), cursor_of(7))
    assert same_entry(cursor_of(7), cursor_of(7, "f00d"))
    assert not same_entry(cursor_of(7), cursor_of(8))


def test_what_lies_between_two_entries_is_counted_where_both_are_of_one_sequence() -> None:
    assert entries_between(cursor_of(7), cursor_of(8)) == 0
    assert entries_between(cursor_of(7), cursor_of(20)) == 12
    assert entries_between(cursor_of(7), cursor_of(20, "f00d")) is None
    assert entries_between(cursor_of(20), cursor_of(7)) is None
    assert entries_between("s=a;i=zz", "s=a;i=1") is None
