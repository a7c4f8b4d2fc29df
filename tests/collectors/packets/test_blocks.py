"""Blocks of lines are numbered through the stream, bounded, and carry losses and positions."""

import msgspec

from collectors.packets import blocks
from collectors.packets.blocks import BlockWriter
from soc_agent.model import Counters


def state(offset: int, line: int) -> bytes:
    return msgspec.json.encode([offset, line])


def test_lines_are_numbered_through_all_blocks() -> None:
    writer = BlockWriter("s", "/x.pcap", "id")
    first = writer.write([b"one\n", b"two\n"])
    second = writer.write([b"three\n"])
    assert [(b.data, b.offset, b.first_line) for b in first + second] == [(b"one\ntwo\n", 0, 1), (b"three\n", 8, 3)]
    assert {(b.source, b.stream, b.stream_id, b.type, b.position) for b in first} == {
        ("s", "/x.pcap", "id", "zeek", None)
    }


def test_a_block_is_bounded_and_loss_is_told_once() -> None:
    line = b"x" * 400_000 + b"\n"
    found = BlockWriter("s", "p", "i").write([line] * 5, Counters(dropped=3), state)
    assert [len(b.data) for b in found] == [800_002, 800_002, 400_001]
    assert all(len(b.data) <= blocks.BLOCK_BYTES for b in found)
    assert [b.lost for b in found] == [Counters(dropped=3), None, None]
    assert [b.position.state for b in found if b.position] == [b"[800002,3]", b"[1600004,5]", b"[2000005,6]"]


def test_nothing_is_no_block_but_a_loss_is_one() -> None:
    writer = BlockWriter("s", "p", "i")
    assert writer.write([]) == []
    [only] = writer.write([], Counters(dropped=1))
    assert (only.data, only.lost) == (b"", Counters(dropped=1))


def test_skipped_lines_are_numbered_too() -> None:
    writer = BlockWriter("s", "p", "i", offset=100, line=11)
    writer.skip([b"seen\n"])
    [block] = writer.write([b"new\n"])
    assert (block.offset, block.first_line) == (105, 12)
    mark = writer.mark(state)
    assert mark.data == b""
    assert mark.position is not None
    assert mark.position.state == b"[109,13]"
