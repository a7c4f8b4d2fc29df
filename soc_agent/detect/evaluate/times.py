"""Parts of a time in a field, for Sigma's ``minute`` … ``year`` modifiers."""

from datetime import UTC, datetime

_DIGITS_OF_SECONDS = 11


def part_of_time(text: str, unit: str) -> int | None:
    """Give one part of a time: ISO 8601 in the zone it names, or seconds (milli-, micro-, nano-) since 1970 in UTC.

    ``week`` is the ISO 8601 week. None when the text is no time.
    """
    time = _read(text.strip())
    if time is None:
        return None
    if unit == "week":
        return time.isocalendar().week
    value: int = getattr(time, unit)
    return value


def _read(text: str) -> datetime | None:
    try:
        if text.isascii() and text.replace(".", "", 1).isdigit() and not _looks_like_date(text):
            return datetime.fromtimestamp(_seconds(text), UTC)
        return datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None


def _looks_like_date(text: str) -> bool:
    return len(text) == 8 and text[:2] in ("19", "20")


def _seconds(text: str) -> float:
    """Give seconds of a count whose unit shows in its number of digits."""
    number = float(text)
    whole = len(text.partition(".")[0])
    while whole >= _DIGITS_OF_SECONDS + 1:
        number /= 1000
        whole -= 3
    return number
