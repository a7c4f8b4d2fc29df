"""Levels are in order and read as Sigma writes them."""

import pytest

from soc_agent.model import Layer, Level


def test_levels_are_in_order() -> None:
    assert Level.INFORMATIONAL < Level.LOW < Level.MEDIUM < Level.HIGH < Level.CRITICAL


@pytest.mark.parametrize("level", list(Level))
def test_a_level_reads_as_it_is_written(level: Level) -> None:
    assert Level.parse(level.word) is level


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(KeyError):
        Level.parse("severe")


def test_the_four_layers() -> None:
    assert [int(layer) for layer in Layer] == [1, 2, 3, 4]
