"""Dates as feeds write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.detect.indicators.feeds.dates import seconds_of

DAY = 1_767_225_600  # 2026-01-01


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2026-01-01T00:00:00Z", DAY),
        ("2026-01-01T07:00:00+07:00", DAY),
        ("2026-01-01 00:00:00 UTC", DAY),
        ("2026-01-01 00:00:00", DAY),
        ("2026-01-01", DAY + 86_400),
        ("01/01/2026", DAY + 86_400),
        ("01/01/2026 00:00", DAY),
        (DAY, DAY),
        (str(DAY), DAY),
        (DAY * 1000, DAY),
        (float(DAY), DAY),
        *((text, None) for text in ("", "soon", "2026-13-01", "99999999999999999999")),
        (None, None),
        (True, None),
        ([], None),
        (-5, None),
        (float("nan"), None),
        ("9999-01-01", 4_294_967_294),
    ],
)
def test_dates_are_read(value: object, seconds: int | None) -> None:
    assert seconds_of(value, end_of_day=True) == seconds


@given(st.one_of(st.text(max_size=30), st.integers(), st.floats()))
def test_nothing_else_is_an_error(value: object) -> None:
    seconds_of(value)
