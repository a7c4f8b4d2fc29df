"""Parts of times."""

import pytest

from soc_agent.detect.evaluate.times import part_of_time


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("2026-11-21T08:14:03Z", "hour", 8),
        ("2026-11-21T08:14:03+07:00", "hour", 8),
        ("2026-11-21 08:14:03.123456", "minute", 14),
        ("2026-11-21T08:14:03Z", "day", 21),
        ("2026-11-21T08:14:03Z", "week", 47),
        ("2026-11-21T08:14:03Z", "month", 11),
        ("20261121", "year", 2026),
        ("0", "year", 1970),
        ("1795000000", "year", 2026),
        ("1795000000.5", "year", 2026),
        ("1795000000000", "year", 2026),
        ("1795000000000000", "year", 2026),
        ("1795000000000000000", "year", 2026),
    ],
)
def test_parts(text: str, unit: str, value: int) -> None:
    assert part_of_time(text, unit) == value


@pytest.mark.parametrize("text", ["", "yesterday", "9" * 400, "2026-13-01", "1.2.3", "-", "\u0661"])
def test_what_is_no_time_has_no_parts(text: str) -> None:
    assert part_of_time(text, "hour") is None
