"""A place is written so that an editor can jump to it."""

import pytest

from soc_agent.model import Where


@pytest.mark.parametrize(
    ("where", "text"),
    [
        (Where("a.yml", 3, "level"), "a.yml:3: level"),
        (Where("a.yml", 3), "a.yml:3"),
        (Where("a.yml"), "a.yml"),
        (Where(key="level"), "level"),
        (Where(), ""),
    ],
)
def test_unknown_parts_are_left_out(where: Where, text: str) -> None:
    assert str(where) == text
