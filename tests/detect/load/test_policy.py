"""pySigma takes the regular expressions that this engine takes."""

import pytest
from sigma.exceptions import SigmaRegularExpressionError
from sigma.types import SigmaRegularExpression

from soc_agent.detect.load.policy import POLICY


def test_what_runs_here_is_valid() -> None:
    SigmaRegularExpression("a+b", policy=POLICY)
    SigmaRegularExpression("cmd(?!x)", policy=POLICY)


@pytest.mark.parametrize("pattern", ["(", r"(a+)+\1"])
def test_what_does_not_run_here_is_not_valid(pattern: str) -> None:
    with pytest.raises(SigmaRegularExpressionError):
        SigmaRegularExpression(pattern, policy=POLICY)
