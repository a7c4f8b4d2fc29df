"""Whole files become blocks, whatever they are packed in, and in bounded memory."""

import bz2
import gzip
import io
import lzma
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.archive import STDIN, looks_binary, read_blocks, read_head
from soc_agent.errors import SourceError

LINES = b"".join(b"line %d\n" % n for n in range(5000))
PACK: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda data: data,
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstd.compress,
}


@pytest.mark.parametrize("kind", list(PACK))
def test_every_packing_gives_the_same_lines(tmp_path: Path, kind: str) -> None:
    """Told by the content, not by the name."""
    path = tmp_path / "log"
    path.write_bytes(PACK[kind](LINES))
    blocks = list(read_blocks(path, "plain"))
    assert b"".join(block.data for block in blocks) == LINES
    assert blocks[0].first_line == 1
    assert blocks[0].received_ns == path.stat().st_mtime_ns
    assert read_head(path, 100).startswith(b"line 0\n")


@settings(max_examples=60)
@given(st.lists(st.binary(max_size=40).map(lambda b: b.replace(b"\n", b"").replace(b"\0", b"")), max_size=30))
def test_offsets_and_numbers_name_each_line(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    path = tmp_path_factory.mktemp("log") / "x"
    data = b"".join(line + b"\n" for line in lines)
    path.write_bytes(data)
    if data.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\xef\xbb\xbf", b"\x28\xb5\x2f\xfd", b"\x50\x2a\x4d\x18")):
        return
    number, seen = 1, b""
    for block in read_blocks(path, "plain", line_cap_bytes=64):
        assert data[block.offset : block.offset + len(block.data)] == block.data
        assert block.first_line == number
        number += block.data.count(b"\n")
        seen += block.data
    assert seen == data


def test_a_last_line_without_newline_is_given(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"a\nb")
    first, last = read_blocks(tmp_path / "x", "plain")
    assert (first.data, last.data) == (b"a\n", b"b\n")
    assert (last.first_line, last.offset) == (2, 2)


def test_a_huge_line_keeps_its_head_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "x.gz"
    with gzip.open(path, "wb", 1) as file:
        file.write(b"before\n")
        for _ in range(30):
            file.write(b"y" * 1_000_000)
        file.write(b"\nafter\n")
    blocks = list(read_blocks(path, "plain"))
    assert max(len(block.data) for block in blocks) < 2_200_000
    assert blocks[-1].data.endswith(b"after\n")
    assert blocks[-1].first_line + blocks[-1].data.count(b"\n") == 4
    assert sum(block.lost.truncated for block in blocks if block.lost) == 1


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz", "zst"])
def test_a_broken_archive_is_read_as_far_as_it_goes_and_told(tmp_path: Path, kind: str) -> None:
    random = os.urandom(4_000_000).replace(b"\n", b" ")
    lines = b"\n".join(random[at : at + 99] for at in range(0, len(random), 99))
    packed = PACK[kind](lines)
    path = tmp_path / "x"
    path.write_bytes(packed[: len(packed) * 3 // 4])
    blocks = read_blocks(path, "plain")
    read: list[int] = []
    with pytest.raises(SourceError) as caught:
        read.extend(len(block.data) for block in blocks)
    assert sum(read) > 1_000_000
    assert caught.value.problem.code == "archive.broken"
    assert caught.value.problem.where.file == str(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="adm"):
        list(read_blocks(tmp_path / "none", "plain"))
    with pytest.raises(SourceError, match="none"):
        read_head(tmp_path / "none", 10)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(LINES)))
    assert b"".join(block.data for block in read_blocks(STDIN, "plain")) == LINES


@pytest.mark.parametrize(
    ("sample", "binary"),
    [
        (b"", False),
        (LINES, False),
        ("Cảnh báo đăng nhập\n".encode(), False),
        (b"\x1b[31mred\x1b[0m line\n" * 10, False),
        (b"\0" * 5000 + LINES, False),
        (bytes(range(256)) * 20, True),
        ("text".encode("utf-16") * 20, True),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 9 + b"\x03\0>\0\x01\0\0\0", True),
    ],
)
def test_what_is_no_text(sample: bytes, binary: bool) -> None:
    assert looks_binary(sample) is binary


def test_records_of_one_audit_event_are_one_line_also_over_the_ends_of_blocks(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    record = b"type=%s msg=audit(1772414047.%03d:%d): a=1\n"
    # each two events alternate
    written = [
        record % (kind, n, n + turn)
        for n in range(0, 200, 2)
        for kind in (b"SYSCALL", b"CWD", b"EOE")
        for turn in (0, 1)
    ]
    path.write_bytes(b"".join(written))
    for cap in (256, 1_048_576):
        blocks = list(read_blocks(path, "auditd", line_cap_bytes=cap))
        lines = b"".join(block.data for block in blocks).splitlines()
        assert len(lines) == 200
        assert all(line.count(b"type=") == 3 for line in lines)
        assert sum(len(block.data) for block in blocks) == path.stat().st_size
        assert [block.offset for block in blocks] == [0, *(b.offset + len(b.data) for b in blocks)][:-1]
        assert blocks[0].written.count(b"\n") == blocks[0].data.count(b"type=")
    assert b"".join(block.data for block in read_blocks(path, "plain")) == path.read_bytes()


def test_an_audit_event_without_an_end_is_given_at_the_end_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    path.write_bytes(b"type=SYSCALL msg=audit(1772414047.579:7): a=1\ntype=CWD msg=audit(1772414047.579:7): cwd=x\n")
    (block,) = read_blocks(path, "auto")
    assert block.data.count(b"\n") == 1


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_log_in_utf_16_is_read_as_any_other(tmp_path: Path, encoding: str) -> None:
    """SQL Server writes its log so; a character may lie across two reads."""
    lines = [f"2026-11-20 08:14:{number % 60:02}.12 Logon  từ chối 🔒 {number}" for number in range(9000)]
    path = tmp_path / "ERRORLOG"
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))
    data = b"".join(block.data for block in read_blocks(path, "plain"))
    assert data.decode().split("\r\n") == [*lines, ""]
