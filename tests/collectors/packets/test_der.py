"""Elements of DER."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.packets.der import elements, fields, first


def test_elements_and_fields() -> None:
    assert list(elements(b"\x02\x01\x05\x04\x82\0\x01x")) == [(2, b"\x05"), (4, b"x")]
    assert first(b"\x30\x02ab") == b"ab"
    assert fields(b"\x30\x06\xa0\x01a\xa3\x01b") == {0: b"a", 3: b"b"}


@pytest.mark.parametrize("data", [b"", b"\x30", b"\x30\x05ab", b"\x30\x85\0\0\0\0\x01a", b"\x30\x84\xff\xff\xff\xff"])
def test_what_is_cut_off_says_so(data: bytes) -> None:
    with pytest.raises((ValueError, IndexError)):
        first(data)


@given(st.binary(max_size=200))
def test_what_is_read_is_there(data: bytes) -> None:
    try:
        assert sum(2 + len(content) for _, content in elements(data)) <= len(data)
    except (ValueError, IndexError):
        return
