"""Times and numbers in both languages, and the times that people type."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.text import use_language
from tests.tui.stage import NOW
from tui import times
from tui.times import DAY, HOUR, MINUTE, SECOND

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def when(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()) * SECOND


def test_moments_in_both_languages() -> None:
    assert times.clock(NOW, ZONE) == "03:12:00"
    assert times.moment(NOW, ZONE) == "2026-11-21 03:12:00"
    use_language("vi")
    assert times.moment(NOW, ZONE) == "21/11/2026 03:12:00"


@pytest.mark.parametrize(
    ("ago", "in_english", "in_vietnamese"),
    [
        (MINUTE, "03:11:00", "03:11:00"),
        (6 * HOUR, "11-20 21:12", "20/11 21:12"),
        (400 * DAY, "2025-10-17", "17/10/2025"),
    ],
)
def test_brief_times_fit_their_column(ago: int, in_english: str, in_vietnamese: str) -> None:
    assert times.brief(NOW - ago, NOW, ZONE) == in_english
    use_language("vi")
    assert times.brief(NOW - ago, NOW, ZONE) == in_vietnamese
    assert len(in_vietnamese) <= 11


@pytest.mark.parametrize(
    ("duration", "text"),
    [(0, "0s"), (-5, "0s"), (59 * SECOND, "59s"), (5 * MINUTE + 20 * SECOND, "5m20s"), (33 * MINUTE, "33m"),
     (2 * HOUR + 5 * MINUTE, "2h05m"), (3 * DAY + 4 * HOUR, "3d04h"), (400 * DAY, "400d")],
)  # fmt: skip
def test_durations_in_their_two_largest_units(duration: int, text: str) -> None:
    assert times.lasting(duration) == text


def test_numbers_and_sizes() -> None:
    assert (times.number(1580), times.number(1580.25)) == ("1,580", "1,580.2")
    assert [times.size(n) for n in (0, 999, 1500, 5_201_332_000, 10**18)] == [
        "0 B", "999 B", "1.5 kB", "5.2 GB", "1,000,000.0 TB"
    ]  # fmt: skip
    use_language("vi")
    assert (times.number(1580), times.size(1500)) == ("1.580", "1,5 kB")


def test_labels_of_an_axis_follow_its_span() -> None:
    assert times.axis_mark(NOW, DAY, ZONE) == "03:12"
    assert times.axis_mark(NOW, 30 * DAY, ZONE) == "11-21"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("03:00", "2026-11-21T03:00:00"),
        ("14:03", "2026-11-20T14:03:00"),
        ("14:03:05", "2026-11-20T14:03:05"),
        ("20/11 14:03", "2026-11-20T14:03:00"),
        ("24/12 14:03", "2025-12-24T14:03:00"),
        ("20/11/2026 14:03", "2026-11-20T14:03:00"),
        ("2026-11-20 14:03:09", "2026-11-20T14:03:09"),
        ("  2026-11-20 ", "2026-11-20T00:00:00"),
        ("-2h", "2026-11-21T01:12:00"),
        ("- 90", "2026-11-21T01:42:00"),
        ("+30m", "2026-11-21T03:42:00"),
        ("-1d", "2026-11-20T03:12:00"),
        ("-10s", "2026-11-21T03:11:50"),
    ],
)
def test_times_that_people_type(typed: str, meant: str) -> None:
    assert times.typed(typed, NOW, ZONE) == when(meant)


@pytest.mark.parametrize("typed", ["", "soon", "25:00", "31/02 10:00", "2026-13-01", "-2y", "\x1b[2J", "1"])
def test_what_is_no_time_is_none(typed: str) -> None:
    assert times.typed(typed, NOW, ZONE) is None


def test_the_leap_day_of_the_year_before() -> None:
    assert times.typed("29/02 10:00", when("2028-01-05T00:00:00"), ZONE) == when("2027-02-28T10:00:00")


@given(st.text(max_size=20))
def test_anything_can_be_typed(text: str) -> None:
    times.typed(text, NOW, ZONE)


@given(st.integers(0, 2**62))
def test_any_time_of_a_store_can_be_shown(time_ns: int) -> None:
    times.brief(time_ns, NOW, ZONE)
    times.moment(time_ns, ZONE)
