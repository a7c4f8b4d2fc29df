"""Options are checked before anything is done."""

from zoneinfo import ZoneInfo

import click
import pytest

from soc_agent.cli.options import LEVELS, chosen_zone, level_of
from soc_agent.model import Level


def test_zones() -> None:
    assert chosen_zone("Asia/Ho_Chi_Minh") == ZoneInfo("Asia/Ho_Chi_Minh")
    with pytest.raises(click.BadParameter, match="Mars"):
        chosen_zone("Mars/Olympus")


def test_levels() -> None:
    assert level_of(None) is None
    assert [level_of(word) for word in LEVELS] == list(Level)
