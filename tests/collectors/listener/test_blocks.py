"""Blocks of received lines: by type, each line with its sender, in portions that can be committed one by one."""

import msgspec
import pytest

from collectors.listener.behind import Portion
from collectors.listener.blocks import Cutter, Place, read_place
from collectors.listener.record import Record
from soc_agent.model import Block, Sender
from tests.collectors.listener.listening import guess
from tests.collectors.listener.spooling import ALICE, BOB


def record(data: bytes, sender: Sender = ALICE, line_type: str = "auto", truncated: int = 0) -> Record:
    return Record(sender, line_type, data, data.count(b"\n"), truncated, 1_000, 50 + len(data))


def blocks_of(*records: Record, line: int = 1) -> list[Block]:
    size = sum(each.size for each in records)
    return Cutter("network", guess).blocks("ab", Portion(list(records), 100, 100 + size, 0), line)


def test_lines_of_several_senders_share_a_block() -> None:
    (block,) = blocks_of(
        record(b"<1>a\n<1>b\n", ALICE), record(b"<1>c\n", ALICE), record(b"<1>d\n", BOB), record(b"<1>e\n", ALICE)
    )
    assert block.data == b"<1>a\n<1>b\n<1>c\n<1>d\n<1>e\n"
    assert block.senders == ((0, ALICE), (15, BOB), (20, ALICE))
    assert (block.offset, block.first_line, block.received_ns) == (100, 1, 1_000)


@pytest.mark.parametrize(
    ("data", "types"),
    [
        (b"<13>one\n", {"syslog": b"<13>one\n"}),
        (b'{"a":1}\n{"a":2}\n', {"json": b'{"a":1}\n{"a":2}\n'}),
        (b'{"a":1}\n<13>one\n{"a":2}\n', {"json": b'{"a":1}\n{"a":2}\n', "syslog": b"<13>one\n"}),
        (b'<13>one\n{"a":1}\n', {"json": b'{"a":1}\n', "syslog": b"<13>one\n"}),
        (b"Nov 22 something without priority\n", {"syslog": b"Nov 22 something without priority\n"}),
    ],
)
def test_json_is_told_from_syslog_by_each_line(data: bytes, types: dict[str, bytes]) -> None:
    assert {block.type: block.data for block in blocks_of(record(data))} == types


def test_a_type_of_the_configuration_is_not_guessed() -> None:
    (block,) = blocks_of(record(b'{"a":1}\n<13>x\n', line_type="cef"))
    assert block.type == "cef"


def test_the_position_moves_on_with_the_last_block_of_a_portion() -> None:
    first, last = blocks_of(record(b'{"a":1}\n<13>one\n'), line=7)
    assert first.position is not None
    assert last.position is not None
    end = 100 + 50 + len(b'{"a":1}\n<13>one\n')
    assert read_place(first.position.state) == Place("ab", 100, 7, end, 1)
    assert read_place(last.position.state) == Place("ab", end, 9)
    assert first.stream_id != last.stream_id, "their places may be the same"


def test_cut_lines_are_counted_once() -> None:
    blocks = blocks_of(record(b'{"a":1}\n<13>one\n', truncated=1), record(b"<13>two\n", truncated=2))
    assert sum(block.lost.truncated for block in blocks if block.lost) == 3


@pytest.mark.parametrize("state", [None, b"", b"not json", b"[]", b'{"at":1}'])
def test_a_damaged_position_is_none(state: bytes | None) -> None:
    assert read_place(state) is None
    assert read_place(msgspec.json.encode(Place("ab", 5))) == Place("ab", 5)


def test_audit_records_of_one_event_and_sender_become_one_line() -> None:
    def sent(kind: str) -> bytes:
        return b"<13>Mar  2 08:14:07 app audispd: type=%s msg=audit(1772414047.579:7): a=b\n" % kind.encode()

    parts = [record(sent("SYSCALL")), record(sent("SYSCALL"), BOB), record(sent("EXECVE"), BOB), record(b"<13>x\n")]
    (block,) = blocks_of(*parts)
    assert [line.count(b"audit(") for line in block.data.split(b"\n")] == [1, 2, 0, 0]
    assert block.written == b"".join(part.data for part in parts)
    assert [begin for begin, _ in block.senders] == [0, len(parts[0].data), block.data.rindex(b"<13>")]
