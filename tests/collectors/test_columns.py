"""Logs whose lines are only columns: each line comes with the header that it stands under."""

from pathlib import Path

import pytest

from collectors.archive import read_blocks
from collectors.columns import header_before, header_of_name, leading_header, one_header
from collectors.file_tail import FileTail
from soc_agent.config import FileSource
from soc_agent.decode import guess_type
from soc_agent.model import Block

ONE = b"#separator \\x09\n#path\tconn\n#fields\tts\tuid\n#types\ttime\tstring\n"
TWO = b"#separator \\x09\n#path\tconn\n#fields\tuid\tts\tmore\n#types\tstring\ttime\tcount\n"
TEXT = ONE + b"1.0\ta\n2.0\tb\n#close\t2026\n" + TWO + b"c\t3.0\t7\n" + TWO + b"d\t4.0\t8\n"
UNDER = [(b"1.0\ta", ONE), (b"2.0\tb", ONE), (b"c\t3.0\t7", TWO), (b"d\t4.0\t8", TWO)]


def under(blocks: list[Block]) -> list[tuple[bytes, bytes]]:
    """Give the lines that are no headers, each with the header of its block."""
    return [(line, block.header) for block in blocks for line in block.data.splitlines() if not line.startswith(b"#")]


def read_all(path: Path, positions: dict[str, bytes]) -> list[Block]:
    tail = FileTail(FileSource(name="zeek", paths=(str(path),), start="beginning"), guess_type)
    tail.open(positions)
    blocks: list[Block] = []
    while (block := tail.read(0.3)) is not None:
        blocks.append(block)
        assert block.position is not None
        positions[block.position.stream_id] = block.position.state
    tail.close()
    return blocks


def test_every_line_comes_with_its_header_whole_or_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "conn.log"
    path.write_bytes(TEXT)
    assert under(list(read_blocks(path, "zeek_log"))) == UNDER
    positions: dict[str, bytes] = {}
    blocks = read_all(path, positions)
    assert under(blocks) == UNDER
    assert {block.type for block in blocks if block.data} == {"zeek_log"}
    assert b"".join(block.data for block in blocks) == TEXT
    with path.open("ab") as file:
        file.write(b"e\t5.0\t9\n")
    assert under(read_all(path, positions)) == [(b"e\t5.0\t9", TWO)]


def test_places_of_lines_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "conn.log"
    path.write_bytes(TEXT)
    for block in [*read_all(path, {}), *read_blocks(path, "zeek_log")]:
        assert TEXT[block.offset : block.offset + len(block.data)] == block.data
        assert block.first_line == TEXT.count(b"\n", 0, block.offset) + 1


@pytest.mark.parametrize("gap", [0, 10, 1_048_576 - 13, 1_048_576, 3_000_000])
def test_the_header_before_a_place_is_found_however_far(tmp_path: Path, gap: int) -> None:
    path = tmp_path / "conn.log"
    filler = b"c\t3.0\t7\n" * (gap // 8)
    path.write_bytes(ONE + b"1.0\ta\n" + TWO + filler + b"end\n" + ONE)
    with path.open("rb") as file:
        begin = len(ONE) + 6
        assert header_before(file.fileno(), begin + len(TWO) + len(filler)) == TWO
        assert header_before(file.fileno(), begin) == ONE
        assert header_before(file.fileno(), begin + len(TWO) + len(filler) + 4) == TWO


def test_json_comes_with_the_name_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "kerberos.log"
    path.write_bytes(b'{"ts":1.0,"uid":"C","id.orig_h":"192.0.2.1"}\n')
    assert [block.header for block in read_all(path, {}) if block.data] == [b"#path\tkerberos\n"]
    assert [block.header for block in read_blocks(path, "zeek_log")] == [b"#path\tkerberos\n"]


def test_what_is_no_name_of_a_log_says_nothing() -> None:
    assert header_of_name("/var/log/conn-summary.12:00:00.log") == b"#path\tconn\n"
    for name in ("/var/log/syslog", "-", "/x/Conn.log", "/x/.log", ""):
        assert header_of_name(name) == b""


def test_data_without_headers_is_left_as_it_is() -> None:
    assert one_header(b"a\nb #separator \n") == len(b"a\nb #separator \n")
    assert leading_header(b"a\n#separator \n") == b""
    assert leading_header(ONE + b"x\n#close\n") == ONE


def test_headers_of_w3c_logs_begin_blocks_as_well(tmp_path: Path) -> None:
    one = b"#Software: IIS\n#Version: 1.0\n#Fields: date time\n"
    two = b"#Software: IIS\n#Version: 1.0\n#Fields: time date c-ip\n"
    text = one + b"a 1\nb 2\n" + two + b"c 3 x\n"
    path = tmp_path / "u_ex261120.log"
    path.write_bytes(text)
    wanted = [(b"a 1", one), (b"b 2", one), (b"c 3 x", two)]
    assert under(list(read_blocks(path, "w3c"))) == wanted
    assert under(read_all(path, {})) == wanted
