"""Bytes in an encoding become the same pieces as their text would, with the places of the file."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.encodings import Encoding, as_text, encoding_for, sniff, translator
from collectors.lines import Cursor


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"", ""),
        (b"\xff", ""),
        (b"a", "utf-8"),
        (b"\xff\xfea\0", "utf-16-le"),
        (b"\xfe\xff\0a", "utf-16-be"),
        (b"a\0b\0", ""),
        ("a log line".encode("utf-16-le"), "utf-16-le"),
        ("a log line".encode("utf-16-be"), "utf-16-be"),
        (b"a\0b\n\n", "utf-8"),
        (b"\0" * 64, "utf-8"),
        (b"plain text, one byte\0 of zero", "utf-8"),
        ("Việt Nam".encode(), "utf-8"),
    ],
)
def test_what_the_first_bytes_say(head: bytes, name: str) -> None:
    assert sniff(head) == name


@given(
    st.text(st.characters(codec="utf-8"), max_size=60),
    st.sampled_from(["utf-16-le", "utf-16-be", "utf-8"]),
    st.integers(1, 40),
    st.integers(4, 30),
)
def test_pieces_are_those_of_the_text_wherever_reads_fall(text: str, codec: str, step: int, cap: int) -> None:
    """Read in steps of any size, the lines are those of one read, and the last place is the end of the last line."""
    raw = text.encode(codec)
    encoding = encoding_for(codec)
    whole, stepped = _lines(encoding, raw, cap, len(raw) or 1), _lines(encoding, raw, cap, step)
    assert whole == stepped


def _lines(form: Encoding, raw: bytes, cap: int, step: int) -> list[tuple[bytes, int]]:
    cursor = Cursor()
    found: list[tuple[bytes, int]] = []
    for end in [*range(step, len(raw), step), len(raw)]:
        while True:
            piece = form.cut(raw[:end], cursor, cap, begin=cursor.offset)
            found += [(line, piece.first_line + number) for number, line in enumerate(piece.data.split(b"\n")[:-1])]
            if piece.cursor == cursor:
                break
            cursor = piece.cursor
    return found


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be", "windows-1258"])
def test_the_length_of_text_is_that_of_its_bytes(codec: str) -> None:
    text = "đê ê\nab\n"
    assert encoding_for(codec).length(text.encode()) == len(text.encode(codec))


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_newlines_of_utf16_stand_at_whole_characters(codec: str) -> None:
    encoding = encoding_for(codec)
    raw = "a\n\u0a00\u000a\u010a".encode(codec)
    assert encoding.last_newline(raw, 0) == 8
    assert encoding.count_lines(raw) == 2
    assert encoding.last_newline(raw[1:], 1) == 7
    assert encoding.last_newline("a".encode(codec), 0) == 0


def test_text_has_no_mark() -> None:
    assert encoding_for("utf-16-le").text(codecs.BOM_UTF16_LE + "ê".encode("utf-16-le")) == "ê".encode()
    assert encoding_for("utf-8").text(codecs.BOM_UTF8 + b"x") == b"x"
    assert encoding_for("latin-1").text(b"\xea") == "ê".encode()


def test_the_beginning_of_a_file_is_told_as_text_where_it_is_wide() -> None:
    assert as_text("từ chối đăng nhập\n".encode("utf-16")) == "từ chối đăng nhập\n".encode()
    assert as_text(b"plain text\n") == b"plain text\n"
    assert as_text(b"ElfFile\x00" + bytes(40)) == b"ElfFile\x00" + bytes(40)
    assert translator(b"plain text\n") is None


def test_bytes_that_look_like_a_mark_make_no_log_utf_16() -> None:
    line = b"Nov 20 08:14:03 web01 sshd[7]: Invalid user x from 192.0.2.1 port 5\n"
    assert sniff(b"\xff\xfe\xfa junk\n" + line) == "utf-8"
    assert sniff(b"\xff\xfe" + line.decode().encode("utf-16-le")) == "utf-16-le"
    assert sniff(b"\xff\xfeN\0") == "utf-16-le"
