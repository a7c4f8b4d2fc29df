"""Files line by line."""

from io import BytesIO

from soc_agent.detect.indicators.feeds.lines import LINE_CAP_BYTES, lines_of


def test_lines_have_numbers_and_no_ends() -> None:
    data = b"\xef\xbb\xbfone\r\n\ntwo\xff\nthree"
    told: list[int] = []
    assert list(lines_of(BytesIO(data), told.append)) == [(1, "one"), (2, ""), (3, "two\ufffd"), (4, "three")]


def test_long_lines_are_told_and_left_out() -> None:
    told: list[int] = []
    data = b"a\n" + b"x" * (3 * LINE_CAP_BYTES) + b"\nb\n" + b"y" * LINE_CAP_BYTES
    assert list(lines_of(BytesIO(data), told.append)) == [(1, "a"), (3, "b")]
    assert told == [2, 4]
