"""Communities in the clear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.packets.snmp import mechanism

GET = b"\xa0\x0c\x02\x01\x01\x02\x01\0\x02\x01\0\x30\x01\0"


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (b"\x30\x1b\x02\x01\0\x04\x06public" + GET, "community-v1"),
        (b"\x30\x82\0\x1b\x02\x01\x01\x04\x06public" + GET, "community-v2c"),
        (b"\x30\x40\x02\x01\x03\x30\x0e" + bytes(60), ""),
        (b"\x30\x03\x02\x01\x01", ""),
        (b"", ""),
    ],
)
def test_how_a_message_says_who_sends_it(message: bytes, said: str) -> None:
    assert mechanism(message) == said


@given(st.binary(max_size=30))
def test_broken_ones_break_nothing(junk: bytes) -> None:
    for head in (b"", b"\x30", b"\x30\x84", b"\x30\xff"):
        assert mechanism(head + junk) in ("", "community-v1", "community-v2c")
