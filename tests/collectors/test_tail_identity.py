"""Which file is it."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.file_tail.identity import (
    TailState,
    decode_state,
    decode_states,
    encode_state,
    fingerprint,
    make_stream_id,
    open_regular,
    parse_stream_id,
    read_tail,
    still_holds,
)


def state_of(path: Path, offset: int) -> TailState:
    data = path.read_bytes()
    head = data[: min(1024, offset)]
    return TailState(
        path=str(path),
        dev=1,
        ino=2,
        offset=offset,
        head_length=len(head),
        head=fingerprint(head),
        tail=fingerprint(data[max(0, offset - 64) : offset]),
    )


def test_the_length_is_part_of_the_fingerprint() -> None:
    assert fingerprint(b"") != fingerprint(b"\0")
    assert fingerprint(b"a") != fingerprint(b"a\0")


@given(st.text(), st.integers(0, 2**40), st.booleans())
def test_a_state_survives_being_stored(path: str, offset: int, open_line: bool) -> None:
    state = TailState(path=path, dev=1, ino=2, offset=offset, open_line=open_line)
    assert decode_state(encode_state(state)) == state
    assert decode_states(encode_state({"1:2:3": state})) == {"1:2:3": state}


def test_a_name_of_any_bytes_survives_being_stored() -> None:
    path = os.fsdecode(b"\xff\n\"'\\ \xe1\xba\xa3")
    data = encode_state(TailState(path=path, dev=1, ino=2))
    assert data.isascii()
    assert decode_state(data).path == path


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"path": 1}',
        b'{"path":"","dev":1,"ino":2,"head_length":2000000000}',
        b"[" * 99_999,
    ],
)
def test_a_damaged_state_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the words are those of the libraries
        decode_state(data)


def test_the_names_of_streams() -> None:
    assert make_stream_id((7, 8), 9) == "7:8:9"
    assert parse_stream_id("7:8:9") == ((7, 8), 9)
    assert parse_stream_id("start") is None
    assert parse_stream_id("7:8:x") is None


@pytest.mark.parametrize("size", [0, 1, 64, 1024, 5000])
def test_a_file_that_only_grew_still_holds(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a"
    path.write_bytes(os.urandom(size))
    state = state_of(path, size)
    with path.open("ab") as file:
        file.write(b"more")
    fd, _ = open_regular(str(path))
    assert still_holds(fd, state)
    assert read_tail(fd, size) == path.read_bytes()[max(0, size - 64) : size]
    for place in {0, size // 2, size - 1} if size else set():
        data = bytearray(path.read_bytes())
        data[place] ^= 1
        (tmp_path / "b").write_bytes(data)
        other, _ = open_regular(str(tmp_path / "b"))
        assert still_holds(other, state) == (1024 <= place < size - 64), (
            "what is between head and tail is not looked at"
        )
        os.close(other)
    os.close(fd)


def test_a_truncated_file_does_not_hold(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 100)
    state = state_of(path, 100)
    os.truncate(path, 99)
    fd, _ = open_regular(str(path))
    assert not still_holds(fd, state)
    os.close(fd)


def test_opening_a_pipe_neither_hangs_nor_succeeds(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a regular file"):
        open_regular(str(tmp_path / "pipe"))
