"""Several lines as one, in as many bytes."""

from collectors.joining import join_at


def test_newlines_within_become_spaces() -> None:
    assert join_at(b"a\nb\nc\n", [4, 6]) == b"a b\nc\n"
    assert join_at(b"a\r\nb\r\nc\r\n", [6, 9]) == b"a  b\r\nc\r\n"
    assert join_at(b"a\r\nb\nc\n", [5, 7]) == b"a  b\nc\n"


def test_what_needs_no_joining_is_given_as_it_is() -> None:
    written = b"a\nb\n"
    assert join_at(written, [2, 4]) is written
    assert join_at(written, []) is written
