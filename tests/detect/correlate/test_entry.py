"""The lines that are kept to be shown."""

from soc_agent.detect.correlate.entry import Lines


def test_the_latest_lines_are_found() -> None:
    """The bound forgets the oldest blocks, and says which rows nobody needs."""
    lines = Lines(2_000)
    gone: list[str] = []
    for block in range(30):
        lines.fresh[block] = b"x" * 100
        assert lines.get(block) == b"x" * 100
        gone += lines.settle(f"{block:02}")
    kept = [block for block in range(30) if lines.get(block)]
    assert kept == list(range(kept[0], 30))
    assert len(kept) == 10
    assert [int(row) for row in gone] == list(range(kept[0]))


def test_what_is_not_kept_is_nothing() -> None:
    """A detection then shows fewer lines, and counts the same."""
    assert Lines().get(7) == b""


def test_a_block_that_is_too_large_by_itself_is_not_kept() -> None:
    """It is written, and forgotten with the same commit."""
    lines = Lines(100)
    lines.fresh[3] = b"x" * 100
    assert lines.settle("one") == ["one"]
    assert lines.get(3) == b""
