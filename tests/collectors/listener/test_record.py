"""Records of the spool: read as written, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.listener.record import (
    RECORD_HEADER_BYTES,
    Record,
    Segment,
    head_of,
    pack,
    read_segment_header,
    segment_header,
    unpack,
)
from tests.collectors.listener.spooling import ALICE, BOB

MARKER = b"\x01\x02\x03\x04\x05\x06\x07\x08"


@pytest.mark.parametrize("sender", [ALICE, BOB])
def test_a_record_is_read_as_it_was_written(sender: object) -> None:
    assert sender in (ALICE, BOB)
    who = ALICE if sender == ALICE else BOB
    data = pack(MARKER, head_of(who, "json"), b"{}\n{}\n", 2, 1, 77)
    assert unpack(b"xx" + data, 2, MARKER) == Record(who, "json", b"{}\n{}\n", 2, 1, 77, len(data))


def test_what_is_not_whole_says_how_much_it_needs() -> None:
    data = pack(MARKER, head_of(ALICE, "json"), b"{}\n", 1, 0, 77)
    for size in range(len(data)):
        needed = unpack(data[:size], 0, MARKER)
        assert needed == (RECORD_HEADER_BYTES if size < RECORD_HEADER_BYTES else len(data))


@given(st.integers(0, 1000), st.integers(1, 255))
def test_one_changed_byte_is_noticed(place: int, change: int) -> None:
    data = bytearray(pack(MARKER, head_of(BOB, "syslog"), b"one\ntwo\n", 2, 0, 77))
    data[place % len(data)] ^= change
    assert not isinstance(unpack(bytes(data), 0, MARKER), Record)


def test_a_record_of_another_segment_is_none() -> None:
    data = pack(b"otherone", head_of(ALICE, "json"), b"{}\n", 1, 0, 77)
    assert unpack(data, 0, MARKER) == 0


def test_a_segment_header_is_read_as_it_was_written_or_not_at_all() -> None:
    segment = Segment("0123456789abcdef", MARKER, 12345)
    data = segment_header(segment)
    assert read_segment_header(data + b"more") == segment
    assert read_segment_header(data[:-1]) is None
    assert read_segment_header(data[:20] + b"?" + data[21:]) is None
