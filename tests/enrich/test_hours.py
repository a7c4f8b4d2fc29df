"""A moment outside the working hours is told by its day, one within them is not."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.config import WorkingHoursOptions
from soc_agent.enrich.hours import WorkingHours

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def ns(text: str, zone: ZoneInfo = VIETNAM) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) * 1_000_000_000


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-02T07:00:00", None),  # a Monday
        ("2026-03-02T06:59:59", "2026-03-02"),
        ("2026-03-02T17:59:59", None),
        ("2026-03-02T18:00:00", "2026-03-02"),
        ("2026-03-03T02:30:00", "2026-03-03"),
        ("2026-03-07T10:00:00", "2026-03-07"),  # a Saturday
    ],
)
def test_nights_and_weekends_are_outside(moment: str, day: str | None) -> None:
    assert WorkingHours().outside(ns(moment)) == day


def test_the_hours_are_those_of_the_zone() -> None:
    hours = WorkingHours(WorkingHoursOptions(), "UTC")
    assert hours.outside(ns("2026-03-02T10:00:00")) == "2026-03-02", "three o'clock in UTC"
    assert hours.outside(ns("2026-03-02T10:00:00", ZoneInfo("UTC"))) is None


def test_holidays_and_other_days_can_be_named() -> None:
    hours = WorkingHours(WorkingHoursOptions(days=("sat",), begin="00:00", end="24:00", holidays=(date(2026, 3, 14),)))
    assert hours.outside(ns("2026-03-07T23:59:00")) is None
    assert hours.outside(ns("2026-03-14T12:00:00")) == "2026-03-14"
    assert hours.outside(ns("2026-03-09T12:00:00")) == "2026-03-09"


@given(st.integers(-(2**63), 2**63 - 1))
def test_any_time_has_an_answer(time_ns: int) -> None:
    day = WorkingHours().outside(time_ns)
    assert day is None or date.fromisoformat(day)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - here, it is the clock on the wall
def test_it_is_what_the_clock_on_the_wall_says(moment: datetime) -> None:
    usual = moment.weekday() < 5 and timedelta(hours=7) <= timedelta(hours=moment.hour) < timedelta(hours=18)
    time_ns = int(moment.replace(tzinfo=VIETNAM, microsecond=0).timestamp()) * 1_000_000_000
    assert WorkingHours().outside(time_ns) == (None if usual else moment.date().isoformat())
