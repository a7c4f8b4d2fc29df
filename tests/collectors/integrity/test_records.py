"""What is kept over restarts."""

import os

from collectors.integrity.entry import Entry
from collectors.integrity.records import Record, Records

FILE = Entry("file", 0o644, 0, 0, 5, 10, 20, 30, 1, "aa", xattrs={"user.a": "b"})


def committed(records: Records, positions: dict[str, bytes]) -> list[bytes]:
    lines = []
    while (block := records.take_block(1)) is not None:
        assert block.position is not None
        positions[block.position.stream_id] = block.position.state
        lines += block.data.splitlines()
    return lines


def test_records_come_back_as_they_were() -> None:
    """Names of any bytes among them; the end of the baseline after all of it."""
    positions: dict[str, bytes] = {}
    records = Records("s", positions)
    names = [f"/etc/{number}" for number in range(300)] + [os.fsdecode(b"/etc/\xff")]
    for name in names:
        records.put(name, Record(FILE, None, deviates=True))
    records.put("/etc/gone", Record(FILE))
    records.put("/etc/gone", None)
    records.finish()
    committed(records, positions)
    again = Records("s", positions)
    assert dict(again.items()) == {name: Record(FILE, None, deviates=True) for name in names}
    assert again.complete


def test_a_change_and_its_line_commit_together_and_lines_follow_each_other() -> None:
    positions: dict[str, bytes] = {}
    records = Records("s", positions)
    records.put("/a", Record(FILE), b"one\n")
    assert committed(records, positions) == [b"one"]
    again = Records("s", positions)
    again.put("/a", Record(None, FILE, deviates=True), b"two\n")
    block = again.take_block(1)
    assert block is not None
    assert (block.offset, block.first_line) == (4, 2)


def test_damaged_positions_are_as_none() -> None:
    records = Records("s", {f"integrity:{shard:02x}": b"{damaged" for shard in range(64)} | {"integrity:root": b"x"})
    assert list(records.items()) == []
    assert not records.complete
