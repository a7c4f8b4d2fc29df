import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from collectors import eventlog
from collectors.eventlog import first_event, read_events
from collectors.eventlog_worker import CHUNK_BYTES, HEADER_BYTES
from soc_agent.errors import SourceError
from soc_agent.model import Block, Problem

EVTX = Path(__file__).resolve().parents[3] / "shared" / "data" / "evtx"
RDP = EVTX / "DE_sysmon-3-rdp-tun.evtx"
recorded = pytest.mark.skipif(not EVTX.exists(), reason="the shared event logs are not beside the project")


def read(path: Path) -> tuple[list[Block], list[str]]:
    problems: list[Problem] = []
    blocks = list(read_events(path, source="test", report=problems.append))
    return blocks, [problem.code for problem in problems]


def events(blocks: list[Block]) -> list[dict[str, Any]]:
    return [json.loads(line)["Event"] for block in blocks for line in block.data.splitlines()]


def header(chunks: int) -> bytes:
    start = bytearray(HEADER_BYTES)
    start[:8], start[42:44] = b"ElfFile\0", chunks.to_bytes(2, "little")
    return bytes(start)


def empty_chunk(first: int, last: int) -> bytes:
    start = b"ElfChnk\0" + first.to_bytes(8, "little") + last.to_bytes(8, "little")
    return start.ljust(CHUNK_BYTES, b"\0")


@pytest.mark.data
@recorded
def test_every_event_of_a_log_is_a_line_with_a_place_that_stays() -> None:
    blocks, problems = read(RDP)
    assert problems == []
    found = events(blocks)
    assert len(found) == 73
    assert found[0]["System"]["EventID"] == 3
    assert [(block.offset, block.first_line, block.type) for block in blocks] == [(0, 1, "json")]
    assert read(RDP)[0] == blocks
    assert blocks[0].data.startswith(first_event(RDP) + b"\n")


@pytest.mark.data
@recorded
def test_a_packed_log_gives_the_same(tmp_path: Path) -> None:
    packed = tmp_path / "log.evtx.gz"
    packed.write_bytes(gzip.compress(RDP.read_bytes()))
    assert [block.data for block in read(packed)[0]] == [block.data for block in read(RDP)[0]]


@pytest.mark.data
@recorded
def test_of_a_log_that_is_cut_off_everything_before_the_cut_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cut.evtx"
    path.write_bytes(RDP.read_bytes()[:40_000])
    blocks, problems = read(path)
    assert 20 < len(events(blocks)) < 73
    assert problems == ["eventlog.cut_off", "eventlog.lost"]


@pytest.mark.data
@recorded
def test_a_damaged_chunk_does_not_hide_the_others(tmp_path: Path) -> None:
    whole = RDP.read_bytes()
    other = (EVTX / "LM_sysmon_psexec_smb_meterpreter.evtx").read_bytes()[HEADER_BYTES:]
    path = tmp_path / "damaged.evtx"
    path.write_bytes(header(3) + b"X" * CHUNK_BYTES + other + whole[HEADER_BYTES:])
    blocks, problems = read(path)
    assert len(events(blocks)) == 83
    assert problems == ["eventlog.damaged"]


@pytest.mark.data
@recorded
def test_chunks_come_in_the_order_of_their_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eventlog, "_BLOCK_BYTES", 1)
    chunk = RDP.read_bytes()[HEADER_BYTES:]
    later = bytearray(chunk)
    later[8:16], later[16:24] = (74).to_bytes(8, "little"), (146).to_bytes(8, "little")
    path = tmp_path / "ring.evtx"
    path.write_bytes(header(2) + bytes(later) + chunk)
    blocks, _ = read(path)
    assert [(block.offset, block.first_line) for block in blocks] == [(0, 1), (len(blocks[0].data), 74)]


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (header(0), []),
        (header(2) + bytes(CHUNK_BYTES), ["eventlog.cut_off"]),
        (b"ElfFile\0", ["eventlog.cut_off"]),
        (b"ElfFile\0" + b"A" * 70_000, ["eventlog.cut_off", "eventlog.damaged"]),
        (header(1) + empty_chunk(1, 5), ["eventlog.lost"]),
        (header(1) + empty_chunk(9, 5), []),
    ],
)
def test_what_holds_no_events_says_why(tmp_path: Path, data: bytes, keys: list[str]) -> None:
    path = tmp_path / "odd.evtx"
    path.write_bytes(data)
    assert read(path) == ([], keys)
    assert first_event(path) == b""


def test_a_log_that_is_not_there_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"absent\.evtx"):
        read(tmp_path / "absent.evtx")


def test_a_parser_that_does_not_come_back_is_ended_and_the_next_chunk_has_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parser = eventlog._Parser()
    monkeypatch.setattr(eventlog, "_parser", lambda: parser)
    monkeypatch.setattr(eventlog, "_PATIENCE_S", 0.0)
    path = tmp_path / "slow.evtx"
    path.write_bytes(header(2) + empty_chunk(1, 2) + empty_chunk(3, 4))
    assert read(path) == ([], ["eventlog.lost"])
    path.write_bytes(header(9) + b"".join(empty_chunk(2 * n + 1, 2 * n + 2) for n in range(9)))
    assert read(path) == ([], ["eventlog.given_up", "eventlog.lost"])
    assert parser.ended == 2 + eventlog._MOST_ENDED
    monkeypatch.undo()
    assert parser.lines(empty_chunk(1, 2)) == []
    assert parser._process is not None
    parser.end()
    assert parser._process is None
