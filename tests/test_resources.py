"""The files that come with the product are found."""

import pytest

from soc_agent.resources import resource


@pytest.mark.parametrize("name", ["rules", "config.example.yaml"])
def test_it_is_there(name: str) -> None:
    assert resource(name).exists()
