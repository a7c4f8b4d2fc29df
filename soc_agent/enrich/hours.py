"""Working hours: when the people of the organisation are at work, and when an act of theirs is unusual."""

from collections.abc import Collection
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from soc_agent.config import WorkingHoursOptions

WEEKDAYS = WorkingHoursOptions()
_NS = 1_000_000_000
_MINUTE_S = 60
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_REMEMBERED = 4_096


class WorkingHours:
    """Says of a moment whether it lies outside the hours. Minutes are remembered: lines come in bursts."""

    def __init__(self, options: WorkingHoursOptions = WEEKDAYS, timezone: str = "Asia/Ho_Chi_Minh") -> None:
        self._days = frozenset(_DAYS.index(day) for day in options.days)
        self._holidays: Collection[date] = frozenset(options.holidays)
        self._begin, self._end = _minutes(options.begin), _minutes(options.end)
        self._zone = ZoneInfo(timezone)
        self._of_minute = lru_cache(_REMEMBERED)(self._look_up)

    def outside(self, time_ns: int) -> str | None:
        """Give the day (ISO 8601, as it is here) of a moment outside the hours; None of one within them."""
        return self._of_minute(time_ns // (_NS * _MINUTE_S))

    def _look_up(self, minute: int) -> str | None:
        try:
            moment = datetime.fromtimestamp(minute * _MINUTE_S, self._zone)
        except (ValueError, OverflowError, OSError):
            return None  # no year that there is: nobody can say what is usual then
        at_work = moment.weekday() in self._days and moment.date() not in self._holidays
        now = moment.hour * 60 + moment.minute
        if at_work and self._begin <= now < self._end:
            return None
        return moment.date().isoformat()


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)
