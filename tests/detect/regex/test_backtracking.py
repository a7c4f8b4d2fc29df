"""What RE2 cannot match is known from the tree; everything else is left to it."""

import pytest

from soc_agent.detect.regex.backtracking import needs_backtracking
from soc_agent.detect.regex.pcre import read_pcre


@pytest.mark.parametrize(
    ("pattern", "backtracks"),
    [
        ("a$", False),
        ("(a$)|b", False),
        ("(a$)?", False),
        ("a$.*", False),
        ("a$b", False),
        (r"a$\s*$", False),
        (r"a$\s", True),
        (r"(a$)?\n", True),
        (r"(\n|a$)", False),
        (r"(\n|a$){2}", True),
        (r"(?m)a$\s", False),
        ("(?=a)", True),
        ("a++", True),
        (r"(a)\1", True),
        (r"a\B", False),
        (r"\B", True),
    ],
)
def test_what_needs_backtracking(pattern: str, backtracks: bool) -> None:
    assert needs_backtracking(read_pcre(pattern)) is backtracks
