"""A capture file on its way into lines: a restart gives the rest, and nothing twice."""

import os
from pathlib import Path

import msgspec
import pytest

from collectors.packets import capture_stream
from collectors.packets.capture_stream import CaptureStream, State, made_by, stream_id
from soc_agent.config import PacketSource
from soc_agent.model import Block
from tests.collectors.packets.craft import SYN, Conversation, frame, pcap, tcp, udp

OPTIONS = PacketSource(name="edge", paths=("x",), flow_idle_s=2)


def traffic(flows: int = 40) -> list[tuple[float, bytes]]:
    packets = []
    for number in range(flows):
        talk = Conversation("10.0.0.1", 2000 + number, "10.0.0.2", 80, at=number * 0.7, step=0.3)
        talk.open().say(b"GET /%d HTTP/1.1\r\n\r\n" % number).answer(b"HTTP/1.1 200 OK\r\n\r\n").close()
        packets += talk.frames
    return sorted(packets)


def open_stream(path: Path, saved: bytes | None = None, options: PacketSource = OPTIONS) -> CaptureStream:
    fd = os.open(path, os.O_RDONLY)
    return CaptureStream(fd, str(path), stream_id(fd) or "", options, saved)


def read_all(stream: CaptureStream, *, finish: bool = True) -> list[Block]:
    found: list[Block] = []
    while (blocks := stream.read()) is not None:
        found += blocks
    found += stream.finish() if finish else []
    stream.close()
    return found


def test_identity_is_the_file_and_its_head(tmp_path: Path) -> None:
    path, short = tmp_path / "a.pcap", tmp_path / "short.pcap"
    path.write_bytes(pcap(traffic(1)))
    short.write_bytes(pcap([])[:10])
    with path.open("rb") as one, short.open("rb") as other:
        before = stream_id(one.fileno())
        assert before is not None
        assert stream_id(other.fileno()) is None
    with path.open("ab") as grown:
        grown.write(bytes(100))
    with path.open("rb") as one:
        assert stream_id(one.fileno()) == before


def test_lines_are_numbered_and_positions_move(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(pcap(traffic()))
    blocks = read_all(open_stream(path))
    assert sum(block.data.count(b"\n") for block in blocks) == 80
    offset, line = 0, 1
    for block in blocks:
        assert (block.offset, block.first_line, block.type) == (offset, line, "zeek")
        offset, line = offset + len(block.data), line + block.data.count(b"\n")
        assert block.position is not None
        assert block.position.stream_id == block.stream_id
    last = blocks[-1].position
    assert last is not None
    state = msgspec.json.decode(last.state, type=State)
    assert (state.base, state.sent, state.base_sent) == (path.stat().st_size, offset, offset)


def test_a_restart_after_any_block_gives_exactly_the_rest(tmp_path: Path) -> None:
    """The file grows between restarts; each run reads on from the last position that was committed."""
    packets = traffic()
    whole = tmp_path / "whole.pcap"
    whole.write_bytes(pcap(packets))
    expected = b"".join(block.data for block in read_all(open_stream(whole)))

    path = tmp_path / "growing.pcap"
    data = pcap(packets)
    got, saved = b"", None
    for size in range(500, len(data) + 900, 900):
        with path.open("wb" if not path.exists() else "r+b") as target:
            target.seek(0)
            target.write(data[:size])
        blocks = read_all(open_stream(path, saved), finish=size >= len(data))
        for block in blocks[: 1 if size < len(data) else None]:  # the rest was read and never committed
            assert block.offset == len(got)
            got += block.data
            assert block.position is not None
            saved = block.position.state
    assert got == expected


def test_the_end_is_a_base_to_go_on_from(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(pcap(traffic(2)))
    first = read_all(open_stream(path))
    saved = first[-1].position
    assert saved is not None
    assert read_all(open_stream(path, saved.state)) == []
    with path.open("ab") as target:
        target.write(pcap([(50.0, frame("10.0.0.1", "10.0.0.2", 6, tcp(1, 2, SYN)))])[24:])
    [block, mark] = read_all(open_stream(path, saved.state))
    assert block.data.count(b"\n") == 1
    assert block.offset == sum(len(old.data) for old in first)
    assert mark.data == b""


def test_other_options_give_the_lines_since_the_base_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(pcap(traffic(5)))
    blocks = read_all(open_stream(path), finish=False)
    assert blocks[-1].position is not None
    other = PacketSource(name="edge", paths=("x",), flow_idle_s=3)
    assert made_by(other) != made_by(OPTIONS)
    again = read_all(open_stream(path, blocks[-1].position.state, other))
    assert again[0].offset == 0
    assert sum(block.data.count(b"\n") for block in again) == 10


@pytest.mark.parametrize("saved", [b"", b"no json", b'{"made_by":3}', b'{"made_by":"x","base":999999999}'])
def test_a_state_that_makes_no_sense_begins_anew(saved: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(pcap(traffic(1)))
    assert sum(block.data.count(b"\n") for block in read_all(open_stream(path, saved))) == 2


def test_problems_of_a_file_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.packets.table.EVICTION_STEP", 8)
    few = PacketSource(name="edge", paths=("x",), max_flows=16)
    syns = [(0.0, frame("10.0.0.1", "10.0.0.2", 17, udp(number, 2))) for number in range(40)]
    cases = {
        "cut": (pcap(traffic(1))[:-5], OPTIONS, "packets.truncated"),
        "broken": (pcap(traffic(1)) + b"\xff" * 50, OPTIONS, "packets.corrupt"),
        "link": (pcap(traffic(1), link=105), OPTIONS, "packets.unknown_link"),
        "many": (pcap(syns), few, "packets.evicted_file"),
    }
    for name, (data, options, code) in cases.items():
        path = tmp_path / name
        path.write_bytes(data)
        stream = open_stream(path, options=options)
        while stream.read() is not None:
            pass
        stream.finish()
        assert [problem.code for problem in stream.problems()] == [code], name
        assert stream.is_broken == (code == "packets.corrupt")
        stream.close()


def test_what_cannot_be_decoded_is_counted_as_lost(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(pcap([(0.0, b"runt"), (0.1, b"\x08\0runt")]))
    [block, mark] = read_all(open_stream(path))
    assert (block.data, block.lost.undecodable if block.lost else 0) == (b"", 2)
    assert mark.position is not None


def test_a_file_that_was_written_anew_is_shorter(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(pcap(traffic(3)))
    stream = open_stream(path)
    while stream.read() is not None:
        pass
    before = stream.is_shorter
    os.truncate(path, 30)
    assert (before, stream.is_shorter) == (False, True)
    stream.close()


def test_the_format_is_part_of_what_makes_lines() -> None:
    before, capture_stream._FORMAT = capture_stream._FORMAT, capture_stream._FORMAT + 1
    try:
        changed = made_by(OPTIONS)
    finally:
        capture_stream._FORMAT = before
    assert changed != made_by(OPTIONS)
