"""Correlations as plain data."""

import pytest

from soc_agent.detect.correlate import Check, find_cycles
from soc_agent.detect.correlate.spec import Absence, Term
from tests.detect.correlate.samples import make_spec


def test_circles_are_found() -> None:
    """A correlation that refers to itself, however far around, and those that wait for it."""
    chain = [make_spec(rule_id="a", rules=("x",)), make_spec(rule_id="b", rules=("a", "y"))]
    circle = [
        make_spec(rule_id="c", rules=("d",)),
        make_spec(rule_id="d", rules=("c",)),
        make_spec(rule_id="e", rules=("c",)),
    ]
    assert find_cycles(chain) == frozenset()
    assert find_cycles(chain + circle) == {"c", "d", "e"}
    assert find_cycles([make_spec(rule_id="a", rules=("a",))]) == {"a"}


@pytest.mark.parametrize(
    ("check", "least"),
    [
        (Check("gte", 5), 5),
        (Check("gt", 5), 6),
        (Check("gte", 4.5), 5),
        (Check("gt", 4.5), 5),
        (Check("eq", 3), 3),
        (Check("lt", 5), 0),
        (Check("lte", 5), 0),
        (Check("neq", 5), 0),
    ],
)
def test_how_much_there_must_be_at_least(check: Check, least: int) -> None:
    """Below it the check never holds, so that windows with less need not be looked at."""
    assert check.least == least
    assert not any(check.holds(measure) for measure in range(least))
    assert least == 0 or check.holds(least)


def test_what_must_not_happen_makes_a_correlation_wait() -> None:
    """And only that."""
    assert not make_spec("temporal", terms=(Term((0, 1)),)).waits
    assert make_spec("temporal", terms=(Term((0,), (Absence(1, 1),)),)).waits
