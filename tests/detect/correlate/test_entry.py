"""The lines that are kept to be shown."""

from soc_agent.detect.correlate.entry import Lines


def test_lines_are_found_until_two_generations_have_passed() -> None:
    """The bound forgets the oldest as a whole, and says which rows nobody needs."""
    lines = Lines(2_000)
    gone: list[str] = []
    for block in range(30):
        lines.fresh[block] = b"x" * 100
        assert lines.get(block) == b"x" * 100
        gone += lines.settle(f"{block:02}")
    kept = [block for block in range(30) if lines.get(block)]
    assert kept == list(range(kept[0], 30))
    assert 5 <= len(kept) <= 14
    assert [int(row) for row in gone] == list(range(kept[0]))


def test_what_is_not_kept_is_nothing() -> None:
    """A detection then shows fewer lines, and counts the same."""
    assert Lines().get(7) == b""
