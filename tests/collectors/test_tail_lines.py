"""Lines of files that grow: cases 9, 10, 15 and 17-20 of the failures that a tailer must survive."""

import resource
from pathlib import Path

import pytest

from soc_agent.config import MultilineOptions
from tests.collectors.tailing import Reader, append, rotate


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "app.log"


@pytest.mark.parametrize("size", [1, 63, 64, 65, 1023, 1024, 1025, 3000])
def test_case_9_a_file_of_any_size_is_read_at_once_and_known_again(log: Path, size: int) -> None:
    first = b"x" * (size - 1) + b"\n"
    append(log, first)
    reader = Reader(log)
    assert reader.read() == [first[:-1]]
    reader.restart()
    append(log, b"next\n")
    assert reader.read() == [b"next"]
    log.write_bytes(b"y" + first + b"next\n")
    reader.restart()
    assert reader.read() == [b"y" + first[:-1], b"next"]


def test_case_10_an_empty_file_filled_later(log: Path) -> None:
    log.touch()
    reader = Reader(log, start="end")
    assert reader.read() == []
    append(log, "first\n")
    assert reader.read() == [b"first"]
    assert reader.blocks[-1].first_line == 1


def test_case_15_a_line_finished_later_is_given_once_and_whole(log: Path) -> None:
    append(log, "one\nha")
    reader = Reader(log, partial_wait_s=10)
    assert reader.read() == [b"one"]
    append(log, "l")
    assert reader.wait(6) == []
    append(log, "f\n")
    assert reader.wait(6) == [b"half"]
    assert reader.wait(100) == []


def test_case_15_a_line_that_stays_open_is_taken_after_a_while(log: Path) -> None:
    append(log, "one\nopen")
    reader = Reader(log, partial_wait_s=10)
    assert reader.read() == [b"one"]
    assert reader.wait(8) == []
    assert reader.wait(3) == [b"open"]
    assert reader.wait(100) == []
    append(log, "\ntwo\n")
    assert reader.read() == [b"two"], "its late newline is no empty line"
    assert reader.blocks[-1].first_line == 3
    reader.restart()
    assert reader.wait(100) == []


def test_case_15_a_restart_gives_an_open_line_once(log: Path) -> None:
    append(log, "open")
    reader = Reader(log, partial_wait_s=10)
    reader.read()
    assert reader.wait(11) == [b"open"]
    reader.restart()
    append(log, "ed\n")
    assert reader.wait(11) == [b"ed"]


def test_case_17_a_character_at_the_edge_of_a_read(log: Path) -> None:
    text = "Cảnh báo: đăng nhập thất bại".encode()
    append(log, text[:11])
    reader = Reader(log)
    assert reader.read() == []
    append(log, text[11:] + b"\n")
    assert reader.read() == [text]


def test_case_18_bytes_are_kept_and_runs_of_zeros_are_left_out(log: Path) -> None:
    append(log, b"a\xff\xfe\n" + b"\0" * 5000 + b"b\nc\0d\n")
    reader = Reader(log)
    assert reader.read() == [b"a\xff\xfe", b"b", b"c\0d"]
    places = [(block.offset, block.first_line) for block in reader.blocks if block.data]
    assert places == [(0, 1), (5004, 2)]


def test_case_18_a_sparse_head_after_copytruncate_without_append_mode(log: Path) -> None:
    with log.open("wb", buffering=0) as writer:
        writer.write(b"one\n" * 1_000_000)
        reader = Reader(log)
        assert len(reader.read()) == 1_000_000
        writer.truncate(0)
        assert reader.wait(1) == []
        writer.write(b"two\n")
        assert log.stat().st_size == 4_000_004
        assert reader.wait(1) == [b"two"]
    reader.restart()
    assert reader.wait(1) == []


def test_case_19_carriage_returns_stay_for_the_decoder_and_a_mark_is_left_out(log: Path) -> None:
    append(log, b"\xef\xbb\xbfone\r\ntwo\rthree\r\n")
    reader = Reader(log)
    assert reader.read() == [b"one\r", b"two\rthree\r"]
    assert reader.blocks[-1].offset == 3


def test_case_20_a_line_of_100_megabytes(log: Path) -> None:
    append(log, "before\n")
    with log.open("ab") as file:
        for _ in range(100):
            file.write(b"z" * 1_000_000)
    reader = Reader(log, line_cap_bytes=65_536)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert reader.read() == [b"before", b"z" * 65_536]
    assert sum(block.lost.truncated for block in reader.blocks if block.lost) == 1
    reader.restart()
    append(log, "z\nafter\n")
    assert reader.read() == [b"after"]
    assert reader.blocks[-1].first_line == 3
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 30_000, "in KiB"


def test_case_20_nothing_but_lines_that_are_too_long(log: Path) -> None:
    append(log, (b"x" * 5000 + b"\n") * 50)
    reader = Reader(log, line_cap_bytes=1000)
    assert reader.read() == [b"x" * 1000] * 50
    assert [block.first_line for block in reader.blocks if block.data] == list(range(1, 51))
    reader.restart()
    assert reader.read() == []


def test_every_line_has_its_place_and_number_also_after_restarts(log: Path) -> None:
    written = [b"%d " % number + b"x" * (number * 7919 % 3000) for number in range(3000)]
    data = b"".join(line + b"\n" for line in written)
    append(log, data)
    reader = Reader(log, max_open=1)
    found: dict[int, bytes] = {}
    while reader.read(limit=2):
        for block in reader.blocks[-2:]:
            assert len(block.data) <= 1_048_577
            assert data[block.offset : block.offset + len(block.data)] == block.data
            for index, line in enumerate(block.data.split(b"\n")[:-1]):
                found[block.first_line + index] = line
        reader.restart()
    assert list(found.values()) == written
    assert list(found) == list(range(1, 3001))


def test_a_stream_keeps_its_name_over_a_rename_and_a_restart(log: Path) -> None:
    append(log, "one\n")
    reader = Reader(log)
    reader.read()
    name = reader.blocks[-1].stream_id
    append(log, "two\n")
    rotate(log)
    reader.restart()
    assert reader.read() == [b"two"]
    assert (reader.blocks[-1].stream_id, reader.blocks[-1].stream) == (name, str(log))
    info = Path(f"{log}.1").stat()
    assert name == f"{info.st_dev}:{info.st_ino}:0"


def test_case_21_and_22_records_of_the_audit_daemon_are_joined_by_themselves(tmp_path: Path) -> None:
    """A source of the type ``auto`` or ``auditd`` needs no option for them; others are read line by line."""
    log = tmp_path / "audit.log"
    serials = [(kind, serial) for serial in (7, 8) for kind in ("SYSCALL", "EXECVE", "PROCTITLE")]
    records = [f"type={kind} msg=audit(1.000:{serial}): a=b\n" for kind, serial in serials]
    append(log, "".join(records[:2]))
    append(tmp_path / "other.log", "one\ntwo\n")
    reader = Reader(tmp_path / "*.log", type="auto")
    assert reader.read() == [b"one", b"two"]
    append(log, "".join(records[2:]))
    joined = ["".join(records[at : at + 3]).rstrip().replace("\n", " ").encode() for at in (0, 3)]
    assert reader.read() == joined
    assert reader.blocks[-1].written == "".join(records).encode()
    assert Reader(log, type="auditd").read() == joined
    for options in ({"type": "kv"}, {"type": "auto", "multiline": MultilineOptions(by="none")}):
        assert len(Reader(log, **options).read()) == 6
