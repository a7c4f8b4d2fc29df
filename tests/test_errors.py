"""An error is one line for a person: place, what, remedy."""

import pytest

from soc_agent.errors import ConfigError, SocAgentError, describe
from soc_agent.model import Problem, Where
from soc_agent.text import use_language

PROBLEM = Problem("config.duplicate_key", Where("c.yaml", 4, "store"), {"key": "store"})


def test_place_what_and_remedy() -> None:
    assert describe(PROBLEM) == "c.yaml:4: store: The key `store` stands here twice. Remove one of them."


def test_in_vietnamese() -> None:
    use_language("vi")
    assert describe(PROBLEM).endswith("Hãy bỏ một trong hai.")


def test_all_problems_are_told() -> None:
    with pytest.raises(SocAgentError) as caught:
        raise ConfigError(PROBLEM, PROBLEM)
    assert len(caught.value.problems) == 2
    assert str(caught.value).count("c.yaml:4") == 2
