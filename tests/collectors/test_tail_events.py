"""Cases 19, 21 and 22: encodings, and events of several lines, in real files that grow, rotate and are read again."""

import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from soc_agent.config import MultilineOptions
from tests.collectors.tailing import Reader, append, copy_truncate, rotate

TRACE = (
    "2026-01-01 10:00:00 ERROR lỗi\n"
    "java.lang.IllegalStateException: no\n"
    "\tat a.B.c(B.java:1)\n"
    "Caused by: java.io.IOException: disk\n"
    "\t... 12 more\n"
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "app.log"


def joined(text: str) -> bytes:
    return text.rstrip("\n").replace("\n", " ").encode()


ENCODINGS = [
    pytest.param("utf-16", b"", "auto", id="utf-16 with a mark"),
    pytest.param("utf-16-be", b"\xfe\xff", "auto", id="big endian with a mark"),
    pytest.param("utf-16-le", b"", "auto", id="little endian without a mark, seen by its zeros"),
    pytest.param("utf-16-be", b"", "auto", id="big endian without a mark, seen by its zeros"),
    pytest.param("utf-16-le", b"", "utf-16le", id="little endian, said"),
    pytest.param("utf-16-be", b"\xfe\xff", "utf-16", id="UTF-16 said, its order by the mark"),
    pytest.param("utf-8", b"\xef\xbb\xbf", "auto", id="UTF-8 with a mark"),
    pytest.param("windows-1258", b"", "windows-1258", id="one byte a character"),
]


@pytest.mark.parametrize(("codec", "mark", "option"), ENCODINGS)
def test_case_19_lines_of_an_encoding_written_byte_by_byte_over_restarts(
    log: Path, codec: str, mark: bytes, option: str
) -> None:
    """Nothing is lost, torn or repeated, wherever a write, a read or a restart falls; places only grow."""
    lines = ["first line", "đăng nhâp: 10.0.0.1 ê", "", "x" * 300, "đê \r", "last"]
    data = mark + "\n".join([*lines, ""]).encode(codec)
    reader = Reader(log, encoding=option)
    given: list[bytes] = []
    rng = random.Random(codec)
    at = 0
    while at < len(data):
        step = rng.randint(1, 5)
        append(log, data[at : at + step])
        at += step
        given += reader.read()
        if rng.random() < 0.1:
            reader.restart()
    assert given == [line.encode() for line in lines]
    blocks = [block for block in reader.blocks if block.data]
    for earlier, later in pairwise(blocks):
        assert later.offset >= earlier.offset + len(earlier.data)
        assert later.first_line == earlier.first_line + earlier.data.count(b"\n")
    reader.restart()
    assert reader.wait(100) == []


def test_case_19_characters_beyond_the_basic_plane_and_halves_of_them(log: Path) -> None:
    append(log, b"\xff\xfe" + "ok 😀\n".encode("utf-16-le") + b"\x3d\xd8" + "\n\n".encode("utf-16-le"))
    reader = Reader(log)
    assert reader.read() == ["ok 😀".encode(), "\ufffd".encode(), b""]


def test_case_19_a_letter_that_holds_the_byte_of_a_newline_is_no_newline(log: Path) -> None:
    """U+0A0D and U+010A have the byte 0x0A in them, one in each half."""
    append(log, b"\xff\xfe" + "\u0a0d\u010a\u0a0a x".encode("utf-16-le"))
    reader = Reader(log)
    assert reader.read() == []
    append(log, "\n".encode("utf-16-le"))
    assert reader.read() == ["\u0a0d\u010a\u0a0a x".encode()]


def test_case_19_a_line_over_the_cap_keeps_its_head_and_the_next_is_whole(log: Path) -> None:
    append(log, ("\ufeff" + "ế" * 5000 + "\nnext\n").encode("utf-16-le"))
    reader = Reader(log, line_cap_bytes=1000)
    lines = reader.read()
    assert lines[0].decode("utf-8", "ignore") == "ế" * 333
    assert lines[1:] == [b"next"]
    assert sum(block.lost.truncated for block in reader.blocks if block.lost) == 1


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_case_19_a_first_start_at_the_end_is_after_the_last_whole_line(log: Path, codec: str) -> None:
    append(log, "\ufeffold\nolder\u0a00\nope".encode(codec))
    reader = Reader(log, start="end")
    assert reader.read() == []
    append(log, "n\n".encode(codec))
    assert reader.read() == [b"open"]
    assert reader.blocks[-1].first_line == 3


def test_case_19_a_file_that_was_utf16_and_is_rewritten_as_bytes(log: Path) -> None:
    append(log, "\ufeffmột\n".encode("utf-16-le"))
    reader = Reader(log)
    assert reader.read() == ["một".encode()]
    log.write_bytes(b"now as bytes, longer than before\n")
    assert reader.wait(1) == [b"now as bytes, longer than before"]


def test_case_19_the_type_is_guessed_from_the_text(log: Path) -> None:
    append(log, "\ufefftext\n".encode("utf-16-le"))
    seen: list[bytes] = []
    reader = Reader(log, type="auto")
    reader.tail._blocks._guess = lambda sample: seen.append(sample) or "plain"  # type: ignore[func-returns-value]
    reader.read()
    assert seen == [b"text\n"]


FORMS: list[Any] = [
    pytest.param({"by": "java"}, TRACE, id="java"),
    pytest.param({"by": "indent"}, "2026 ERROR: duplicate key\n\tDETAIL: (id)=(1)\n\n   STATEMENT: x\n", id="indent"),
    pytest.param({"by": "start", "start": r"\d{4}-"}, TRACE, id="start"),
]


@pytest.mark.parametrize(("multiline", "event"), FORMS)
def test_case_21_an_event_of_several_lines_is_one_line_and_kept_as_it_was_written(
    log: Path, multiline: dict[str, Any], event: str
) -> None:
    reader = grouped(log, **multiline)
    append(log, "2026-01-01 before\n" + event)
    assert reader.read() == [b"2026-01-01 before"]
    assert reader.wait(1.5) == []
    assert reader.wait(1) == [joined(event)]
    last = reader.blocks[-1]
    assert last.written == event.encode()
    assert (last.first_line, last.offset) == (2, 18)


@pytest.mark.parametrize(("multiline", "event"), FORMS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_case_21_written_byte_by_byte_over_restarts_in_the_middle(
    log: Path, multiline: dict[str, Any], event: str, newline: str
) -> None:
    """However the writes, the reads and the restarts fall, the events are the same, each once."""
    rng = random.Random(event)
    data = (event * 20 + "2026-end\n").replace("\n", newline).encode()
    reader = grouped(log, **multiline)
    given: list[bytes] = []
    at = 0
    while at < len(data):
        step = rng.randint(1, 80)
        append(log, data[at : at + step])
        at += step
        given += reader.read()
        if rng.random() < 0.2:
            reader.restart()
    given += [*reader.wait(3), *reader.wait(3)]
    end = newline[:-1].encode()
    assert given == [*[joined(event.replace("\n", " " * len(newline)).rstrip()) + end] * 20, b"2026-end" + end]
    reader.restart()
    assert reader.wait(100) == []


def test_case_21_no_event_crosses_a_rotation(log: Path) -> None:
    reader = grouped(log, by="java")
    append(log, "ERROR a\n\tat x\n")
    assert reader.read() == []
    rotate(log)
    append(log, "\tat y\nERROR b\n")
    assert sorted([*reader.read(), *reader.wait(6), *reader.wait(3)]) == [b"\tat y", b"ERROR a \tat x", b"ERROR b"]


def test_case_21_copied_and_truncated_in_the_middle_of_an_event(log: Path) -> None:
    reader = grouped(log, by="java")
    append(log, "ERROR a\n\tat x\n")
    assert reader.read() == []
    copy_truncate(log)
    append(log, "ERROR b\n")
    assert sorted([*reader.wait(1), *reader.wait(6), *reader.wait(3)]) == [b"ERROR a \tat x", b"ERROR b"]


def test_case_21_an_event_has_at_most_so_many_lines_and_bytes(log: Path) -> None:
    reader = grouped(log, by="indent", max_lines=3, max_bytes=1024)
    append(log, "a\n" + " b\n" * 4 + "c\n" + f" {'d' * 600}\n" * 2)
    lines = [*reader.read(), *reader.wait(3)]
    assert lines == [b"a  b  b", b" b  b", b"c  " + b"d" * 600, b" " + b"d" * 600]


def test_case_21_an_event_that_never_ends_is_given_in_parts_while_its_file_grows(log: Path) -> None:
    reader = grouped(log, by="start", start="BEGIN", max_bytes=2048)
    append(log, "BEGIN\n")
    given = []
    for number in range(400):
        append(log, f"line {number}\n")
        given += reader.read()
    assert b"".join(given).count(b"line") > 100
    given += reader.wait(3)
    assert b" ".join(given) == b"BEGIN " + b" ".join(b"line %d" % number for number in range(400))


def test_case_21_lines_that_are_read_in_pieces_are_not_read_for_ever(log: Path) -> None:
    """A long line behind an open event fills the read: what is there is given, and the file goes on."""
    reader = grouped(log, by="indent", max_bytes=524_288)
    append(log, b"short\n" + b"x" * 1_048_570 + b"\n" + b" y\nlast\n")
    lines = [*reader.read(), *reader.wait(3)]
    begins = [(line[:5], len(line)) for line in lines]
    assert begins == [(b"short", 5), (b"xxxxx", 1_048_570), (b" y", 2), (b"last", 4)]


def test_case_21_a_hole_of_zeros_ends_an_event(log: Path) -> None:
    reader = grouped(log, by="indent")
    append(log, b"a\n b\n" + b"\0" * 5000 + b" c\nd\n")
    assert [*reader.read(), *reader.wait(3)] == [b"a  b", b" c", b"d"]


def test_case_21_in_utf16(log: Path) -> None:
    reader = grouped(log, by="java")
    append(log, ("\ufeff" + TRACE * 2).encode("utf-16-le"))
    assert reader.read() == [joined(TRACE)]
    reader.restart()
    append(log, TRACE.encode("utf-16-le"))
    assert reader.read() == [joined(TRACE)]
    assert reader.wait(3) == [joined(TRACE)]
    assert [block.written.decode() for block in reader.blocks if block.data] == [TRACE] * 3


def record(kind: str, serial: int, second: int = 1000, **fields: object) -> str:
    pairs = "".join(f" {name}={value}" for name, value in fields.items())
    return f"type={kind} msg=audit({second}.123:{serial}):{pairs}\n"


def test_case_21_records_of_the_audit_daemon(log: Path) -> None:
    reader = grouped(log, by="audit")
    one = record("SYSCALL", 1, exe="/bin/cat") + record("EXECVE", 1, a0="cat") + record("PROCTITLE", 1)
    append(log, one + record("USER_LOGIN", 2) + record("SYSCALL", 3))
    assert reader.read() == [joined(one), joined(record("USER_LOGIN", 2))]
    assert reader.wait(3) == [joined(record("SYSCALL", 3))]


def test_case_22_interleaved_records_are_put_together_by_their_number(log: Path) -> None:
    reader = grouped(log, by="audit")
    a = [record("SYSCALL", 7), record("PATH", 7), record("PROCTITLE", 7)]
    b = [record("SYSCALL", 8), record("CWD", 8), record("PROCTITLE", 8)]
    append(log, a[0] + b[0] + a[1] + b[1])
    assert reader.read() == []
    reader.restart()
    append(log, a[2])
    assert reader.read() == []
    append(log, b[2])
    assert reader.read() == [joined("".join(a)), joined("".join(b))]
    assert reader.blocks[-1].written == "".join(a + b).encode()
    reader.restart()
    assert reader.wait(100) == []


def test_case_22_an_event_without_its_end_is_given_when_later_ones_come_or_it_is_quiet(log: Path) -> None:
    reader = grouped(log, by="audit")
    append(log, record("SYSCALL", 1, 1000) + record("CWD", 1, 1000))
    assert reader.read() == []
    append(log, record("SYSCALL", 2, 1002))
    assert reader.read() == []
    append(log, record("PROCTITLE", 2, 1002))
    first = record("SYSCALL", 1, 1000) + record("CWD", 1, 1000)
    assert reader.read() == [joined(first), joined(record("SYSCALL", 2, 1002) + record("PROCTITLE", 2, 1002))]
    append(log, record("SYSCALL", 3, 1003))
    assert [*reader.wait(3), *reader.wait(3)] == [joined(record("SYSCALL", 3, 1003))]


def grouped(path: Path, **multiline: Any) -> Reader:
    return Reader(path, multiline=MultilineOptions(**multiline))
