"""Times as log lines write them, to nanoseconds since 1970 (UTC).

Every function gives None for what is no time, or one that no 64-bit count of nanoseconds since 1970 can hold.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any

SECOND_NS = 1_000_000_000
HOUR_NS = 3600 * SECOND_NS
_LATEST_S = 9_000_000_000
"""A second of the year 2255: the last ones that 64-bit nanoseconds can hold are refused with some room."""

MONTHS = {
    name: number
    for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)  # noqa: SIM905
}
MONTH = "(?:[Jj]an|[Ff]eb|[Mm]ar|[Aa]pr|[Mm]ay|[Jj]un|[Jj]ul|[Aa]ug|[Ss]ep|[Oo]ct|[Nn]ov|[Dd]ec)"
"""A regular expression for the name of a month."""
OFFSET = r"(?:Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})"
"""A regular expression for an offset from UTC."""


def yearless(minute: str, second: str, fraction: str | None, zone: tzinfo, received_ns: int) -> int | None:
    """Read an RFC 3164 time: ``minute`` as ``Jun 14 15:16`` in ``zone``.

    The year is the one that puts it nearest to ``received_ns``, and not more than a day after it: clocks run ahead a
    little, but a line from the future is one from last year.
    """
    base = _yearless_minute(minute, zone, received_ns // HOUR_NS)
    return None if base is None else (base + int(second)) * SECOND_NS + nanoseconds(fraction)


@lru_cache(maxsize=4096)
def yearless_stamp(stamp: str, zone: tzinfo, received_hour: int) -> int | None:
    """Read an RFC 3164 time in its usual form, ``Jun 14 15:16:01``; ``received_hour`` is in hours since 1970."""
    base = _yearless_minute(stamp[:12], zone, received_hour)
    return None if base is None else (base + int(stamp[13:])) * SECOND_NS


def dated(minute: str, second: str, fraction: str | None, offset: str | None, zone: tzinfo) -> int | None:
    """Read a time with year, month, day, hour and minute in this order: ``minute`` as ``2024-10-31T12:38``.

    Without ``offset`` (``Z``, ``+07:00``, ``+0700``, ``UTC``) it is in ``zone``.
    """
    base = _dated_minute(minute, offset, zone)
    return None if base is None else (base + int(second)) * SECOND_NS + nanoseconds(fraction)


def day_first(minute: str, second: str, fraction: str | None, offset: str | None, zone: tzinfo) -> int | None:
    """Read a time as web servers log it: ``minute`` as ``17/Oct/2022:14:14``, the rest as :func:`dated`."""
    base = _day_first_minute(minute, offset, zone)
    return None if base is None else (base + int(second)) * SECOND_NS + nanoseconds(fraction)


def ctime(minute: str, second: str, fraction: str | None, year: str, zone: tzinfo) -> int | None:
    """Read a time as C's ``ctime`` writes it, without the day of the week: ``minute`` as ``Dec 04 04:47``."""
    base = _ctime_minute(minute, year, zone)
    return None if base is None else (base + int(second)) * SECOND_NS + nanoseconds(fraction)


def epoch(value: float) -> int | None:
    """Read a number of seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by size."""
    if not 100_000_000 <= value < _LATEST_S * SECOND_NS:  # refuses NaN too
        return None
    for factor in (SECOND_NS, 1_000_000, 1_000, 1):
        if value < _LATEST_S * SECOND_NS // factor:
            # a double holds microseconds of today's seconds, not nanoseconds
            return round(value * (factor // 1000)) * 1000 if factor >= 1000 else int(value)
    return None


def nanoseconds(fraction: str | None) -> int:
    """Read the digits after the decimal point of a second."""
    return int(fraction[:9].ljust(9, "0")) if fraction else 0


def time_of(value: Any, zone: tzinfo, received_ns: int) -> int | None:
    """Read a time from a decoded value: a number, or text that begins with a time in any form known here."""
    if isinstance(value, str):
        value = value.strip()
        if found := _ISO.match(value):
            return dated(found[1], found[2], found[3], found[4], zone)
        if _NUMBER.fullmatch(value):
            return epoch(float(value))
        if found := _ANY.match(value):
            return _time_of_match(found, zone, received_ns)
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return epoch(value)
    return None


def find_time(text: str, zone: tzinfo, received_ns: int, limit: int = 128) -> tuple[int, int, int] | None:
    """Find the first time within the first ``limit`` characters: the time, where it begins and where it ends."""
    if text.startswith("@4") and (label := _TAI64N.match(text)):
        return (int(label[1], 16) - _TAI_1970) * SECOND_NS + int(label[2], 16), label.start(), label.end()
    found = _LEADING_EPOCH.match(text)
    if found and (time_ns := epoch(float(found[1]))) is not None:
        return time_ns, found.start(), found.end()
    found = _ANY.search(text, 0, limit)
    if found and (time_ns := _time_of_match(found, zone, received_ns)) is not None:
        return time_ns, found.start(), found.end()
    return None


_ISO = re.compile(
    r"([12][0-9]{3}[-/][0-9]{2}[-/][0-9]{2}[T ][0-9]{2}:[0-9]{2}):([0-9]{2})"
    rf"(?:[.,]([0-9]{{1,9}})[0-9]*)?\s?({OFFSET})?"
)
_NUMBER = re.compile(r"[0-9]{9,20}(?:\.[0-9]{1,12})?")
_LEADING_EPOCH = re.compile(r"[\[<]?([0-9]{10}(?:\.[0-9]{1,9}|[0-9]{3})?)(?![0-9])")
_TAI64N = re.compile(r"@(4000000[0-9a-f]{9})([0-3][0-9a-f]{7})(?= |$)")
"""As multilog and s6-log stamp lines: seconds in TAI from 2**62, then nanoseconds, both in hexadecimal."""
_TAI_1970 = (1 << 62) + 10
"""The label of 1970; these programs add the ten seconds that TAI was ahead then, and no leap second since."""
_CLOCK = r"[0-9]{1,2}:[0-9]{2}):([0-9]{2})(?:[.,]([0-9]{1,9})[0-9]*)?"
_ANY = re.compile(
    # year first: 2024-10-31T12:38:21.817Z, 2021/11/18 08:34:27, 2021-11-09  5:13:12
    r"(?<![0-9])(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?"
    rf"(?:([12][0-9]{{3}}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,2}}(?:[T_]| {{1,2}}){_CLOCK}\s?({OFFSET})?"
    # day first: 17/Oct/2022:14:14:21 +0000, 19-Oct-2022 05:34:02.425, 14 Oct 2021 15:24:12 UTC
    rf"|([0-9]{{1,2}}[-/ ]{MONTH}[-/ ][12][0-9]{{3}}[ :]{_CLOCK}\s?({OFFSET})?"
    # month first, the year after it: Jun 14 2023 15:16:01, Jun 14, 2023 15:16:01
    rf"|({MONTH} {{1,2}}[0-9]{{1,2}},? [12][0-9]{{3}},? {_CLOCK}(?: ([AP]M))?"
    # month first, the year at the end or nowhere: Dec 04 04:47:44 2005, Jun 14 15:16:01
    rf"|({MONTH} {{1,2}}[0-9]{{1,2}} {_CLOCK}(?: ([12][0-9]{{3}})(?![0-9]))?)"
)


def _time_of_match(found: re.Match[str], zone: tzinfo, received_ns: int) -> int | None:
    groups = found.groups()
    if groups[0]:
        minute = groups[0].replace(".", "-").replace("_", " ")
        return dated(minute, groups[1], groups[2], groups[3], zone)
    if groups[4]:
        return day_first(groups[4], groups[5], groups[6], groups[7], zone)
    if groups[8]:
        month, day, year, clock = groups[8].replace(",", "").split()
        time_ns = ctime(f"{month} {day} {clock}", groups[9], groups[10], year, zone)
        half_day = {"PM": 0 if clock.startswith("12") else 12, "AM": -12 if clock.startswith("12") else 0}
        return None if time_ns is None else time_ns + half_day.get(groups[11], 0) * HOUR_NS
    if groups[15]:
        return ctime(groups[12], groups[13], groups[14], groups[15], zone)
    return yearless(groups[12], groups[13], groups[14], zone, received_ns)


# A log has many lines of one minute: what needs a calendar and a zone is worked out once a minute.


@lru_cache(maxsize=4096)
def _yearless_minute(minute: str, zone: tzinfo, received_hour: int) -> int | None:
    latest_s = (received_hour + 1) * 3600 + 86_400
    try:
        year = datetime.fromtimestamp(received_hour * 3600, UTC).year
    except (OverflowError, OSError, ValueError):
        return None
    for candidate in range(year + 1, year - 9, -1):  # nine years back there was a 29 February in any case
        time_s = _ctime_minute(minute, str(candidate), zone)
        if time_s is not None and time_s <= latest_s:
            return time_s
    return None


@lru_cache(maxsize=4096)
def _dated_minute(minute: str, offset: str | None, zone: tzinfo) -> int | None:
    year, month, day, hour, minutes = (int(part) for part in _DIGITS.findall(minute))
    return _epoch_s(year, month, day, hour, minutes, _zone(offset, zone))


@lru_cache(maxsize=4096)
def _day_first_minute(minute: str, offset: str | None, zone: tzinfo) -> int | None:
    day, month, year, hour, minutes = _WORDS.findall(minute)
    return _epoch_s(int(year), MONTHS[month.lower()], int(day), int(hour), int(minutes), _zone(offset, zone))


@lru_cache(maxsize=4096)
def _ctime_minute(minute: str, year: str, zone: tzinfo) -> int | None:
    month, day, hour, minutes = _WORDS.findall(minute)
    return _epoch_s(int(year), MONTHS[month.lower()], int(day), int(hour), int(minutes), zone)


_DIGITS = re.compile(r"[0-9]+")
_WORDS = re.compile(r"[0-9A-Za-z]+")


def _epoch_s(year: int, month: int, day: int, hour: int, minute: int, zone: tzinfo) -> int | None:
    try:
        seconds = int(datetime(year, month, day, hour, minute, tzinfo=zone).timestamp())
    except (ValueError, OverflowError):
        return None
    return seconds if 0 <= seconds < _LATEST_S else None


@lru_cache(maxsize=256)
def _zone(offset: str | None, default: tzinfo) -> tzinfo:
    if not offset:
        return default
    if offset[0] not in "+-":
        return UTC
    minutes = int(offset[1:3]) * 60 + int(offset[-2:])
    try:
        return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))
    except ValueError:  # 24 hours and more are no offset
        return default
