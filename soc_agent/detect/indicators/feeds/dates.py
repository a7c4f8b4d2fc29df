"""Dates as feeds write them."""

from datetime import UTC, datetime, timedelta
from typing import Any

_DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M")
_MILLISECONDS = 100_000_000_000
_LAST_S = (1 << 32) - 2
"""What lies beyond is never (in 2106)."""


def seconds_of(value: Any, *, end_of_day: bool = False) -> int | None:
    """Read a date or time as seconds since 1970 (UTC); a zone that is not named is UTC. None when it is none.

    :param end_of_day: whether a date without a time stands for the end of its day.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)) or (isinstance(value, str) and value.strip().isdecimal() and len(value) > 8):
        number = float(value)
        number = number / 1000 if number > _MILLISECONDS else number
        return int(number) if 0 < number <= _LAST_S else None
    if not isinstance(value, str):
        return None
    text = value.strip().removesuffix("UTC").strip()
    moment = _parse(text)
    if moment is None:
        return None
    if end_of_day and len(text) <= len("2026-01-01"):
        moment += timedelta(days=1)
    seconds = int(moment.timestamp())
    return min(seconds, _LAST_S) if seconds > 0 else None


def _parse(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        for form in _DAY_FIRST:
            try:
                moment = datetime.strptime(text, form)  # noqa: DTZ007 - the zone is set below
            except ValueError:
                continue
            break
        else:
            return None
    try:
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
