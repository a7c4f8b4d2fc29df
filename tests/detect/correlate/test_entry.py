"""One event in a window."""

import msgspec

from soc_agent.detect.correlate.entry import Entry


def test_an_entry_is_small_as_bytes() -> None:
    """State is written with each block, so an entry is an array without names."""
    entry = Entry(1_700_000_000_000_000_000, 0, 0)
    assert len(msgspec.msgpack.encode(entry)) <= 17
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(entry), type=Entry) == entry


def test_the_cost_counts_the_line_and_the_value() -> None:
    """Memory is bounded by cost, so long lines cost more."""
    assert Entry(0, 0, 0, raw=b"x" * 100, value="y" * 10).cost_bytes == Entry(0, 0, 0).cost_bytes + 110
