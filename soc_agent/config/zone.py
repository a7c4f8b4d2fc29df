"""Time zones: that of this host, and those named."""

import os
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_LOCALTIME = Path("/etc/localtime")


def zone_of(name: str) -> ZoneInfo:
    """Give the zone with this name of the tz database; that of this host when the name is empty.

    :raises ZoneInfoNotFoundError: when there is none of this name.
    """
    return ZoneInfo(name) if name else host_zone()


@cache
def host_zone(localtime: Path = _LOCALTIME) -> ZoneInfo:
    """Give the zone in which this host writes its logs: ``TZ``, else ``/etc/localtime`` (tzset(3)), else UTC."""
    name = os.environ.get("TZ", "").lstrip(":")
    for candidate in (name, _linked(localtime)):
        if candidate:
            try:
                return ZoneInfo(candidate)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                continue
    try:
        with localtime.open("rb") as file:
            return ZoneInfo.from_file(file, key="localtime")
    except (OSError, ValueError):
        return ZoneInfo("UTC")


def _linked(localtime: Path) -> str:
    """Give the name of the zone that the file links to."""
    _, found, name = str(localtime.resolve()).partition("/zoneinfo/")
    return name if found else ""
