"""Times and numbers as people read them, in the language and time zone in use; and the times that people type."""

import re
from datetime import datetime, timedelta, tzinfo

from soc_agent.text import SafeText, current_language, make_safe

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "": MINUTE}
_RELATIVE = re.compile(r"^([+-])\s*(\d{1,6})\s*([smhd]?)$")
_FORMATS = ("%H:%M", "%H:%M:%S")
_DAYS = ("%Y-%m-%d", "%d/%m/%Y")


def at(time_ns: int, zone: tzinfo) -> datetime:
    """Give a time of the store as local time, to the microsecond."""
    seconds, rest = divmod(time_ns, SECOND)
    return datetime.fromtimestamp(seconds, zone).replace(microsecond=rest // 1000)


def clock(time_ns: int, zone: tzinfo) -> SafeText:
    """Give the time of day: ``18:20:05``."""
    return make_safe(at(time_ns, zone).strftime("%H:%M:%S"))


def moment(time_ns: int, zone: tzinfo) -> SafeText:
    """Give date and time: ``2026-11-21 18:20:05``, in Vietnamese ``21/11/2026 18:20:05``."""
    return make_safe(at(time_ns, zone).strftime(f"{_day_format()} %H:%M:%S"))


def brief(time_ns: int, now_ns: int, zone: tzinfo) -> SafeText:
    """Give a time in 11 cells: today's with seconds, of this year with its day, an older one as a date."""
    then, now = at(time_ns, zone), at(now_ns, zone)
    if then.date() == now.date():
        return make_safe(then.strftime("%H:%M:%S"))
    if then.year == now.year:
        return make_safe(then.strftime("%d/%m %H:%M" if current_language() == "vi" else "%m-%d %H:%M"))
    return make_safe(then.strftime(_day_format()))


def axis_mark(time_ns: int, span_ns: int, zone: tzinfo) -> SafeText:
    """Give a time as a label of an axis that spans so long."""
    then = at(time_ns, zone)
    if span_ns <= 2 * DAY:
        return make_safe(then.strftime("%H:%M"))
    return make_safe(then.strftime("%d/%m" if current_language() == "vi" else "%m-%d"))


def lasting(duration_ns: int) -> SafeText:
    """Give a duration in its two largest units, the same in all languages: ``45s``, ``2h05m``, ``3d04h``."""
    seconds = max(duration_ns, 0) // SECOND
    if seconds < 60:
        return make_safe(f"{seconds}s")
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return make_safe(f"{minutes}m{seconds:02}s" if minutes < 10 else f"{minutes}m")
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return make_safe(f"{hours}h{minutes:02}m")
    days, hours = divmod(hours, 24)
    return make_safe(f"{days}d{hours:02}h" if days < 100 else f"{days}d")


def number(value: float) -> SafeText:
    """Give a number with its thousands apart: ``1,580``, in Vietnamese ``1.580``."""
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
    return make_safe(text.translate(_SWAP) if current_language() == "vi" else text)


def size(count: int) -> SafeText:
    """Give a number of bytes in the largest unit that leaves at least one: ``3.2 MB``."""
    if count < 1000:
        return make_safe(f"{count} B")
    value = float(count)
    units = ["kB", "MB", "GB", "TB"]
    value /= 1000
    while value >= 999.95 and len(units) > 1:
        value /= 1000
        units.pop(0)
    return make_safe(f"{number(round(value, 1))} {units[0]}")


def typed(text: str, now_ns: int, zone: tzinfo) -> int | None:
    """Understand a time that a person typed; None when it is none.

    ``14:03``, ``14:03:05``, ``20/11 14:03``, ``20/11/2026 14:03``, ``2026-11-20 14:03``, ``2026-11-20``, ``-2h``,
    ``+30m``. A time without a day is the last such time before ``now_ns``.
    """
    text = " ".join(text.split())
    if relative := _RELATIVE.match(text):
        sign, amount, unit = relative.groups()
        return now_ns + (1 if sign == "+" else -1) * int(amount) * _UNITS[unit]
    now = at(now_ns, zone)
    for form in _FORMATS:
        if (found := _parse(text, form)) is not None:
            then = now.replace(hour=found.hour, minute=found.minute, second=found.second, microsecond=0)
            return _ns(then if then <= now else then - timedelta(days=1))
        if (found := _parse(f"{now.year}/{text}", f"%Y/%d/%m {form}")) is not None:
            then = found.replace(tzinfo=zone)
            return _ns(then if then <= now else _year_before(then))
        for day in _DAYS:
            if (found := _parse(text, f"{day} {form}")) is not None:
                return _ns(found.replace(tzinfo=zone))
    for day in _DAYS:
        if (found := _parse(text, day)) is not None:
            return _ns(found.replace(tzinfo=zone))
    return None


def _parse(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is the console's, set by the caller
    except ValueError:
        return None


def _year_before(then: datetime) -> datetime:
    try:
        return then.replace(year=then.year - 1)
    except ValueError:  # 29 February
        return then.replace(year=then.year - 1, day=28)


def _ns(then: datetime) -> int:
    return int(then.timestamp()) * SECOND


def _day_format() -> str:
    return "%d/%m/%Y" if current_language() == "vi" else "%Y-%m-%d"


_SWAP = str.maketrans(",.", ".,")
