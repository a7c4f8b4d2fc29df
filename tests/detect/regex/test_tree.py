"""The parts of a read expression."""

from soc_agent.detect.regex.tree import Char, Repeat


def test_parts_are_values() -> None:
    """Trees are compared, and serve as keys."""
    assert Repeat(Char(97), 1, None) == Repeat(Char(97), 1, None)
    assert len({Char(97), Char(97), Char(97, ignores_case=True)}) == 2
