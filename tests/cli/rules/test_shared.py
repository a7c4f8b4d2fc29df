"""A path of rules must be there."""

from pathlib import Path

import click
import pytest

from soc_agent.cli.rules.shared import FOLDER


def test_a_path_must_be_there(tmp_path: Path) -> None:
    assert FOLDER.convert(str(tmp_path), None, None) == tmp_path
    with pytest.raises(click.BadParameter):
        FOLDER.convert(str(tmp_path / "nowhere"), None, None)
