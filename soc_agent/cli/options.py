"""Options that several commands take, checked in one place."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from soc_agent.config import zone_of
from soc_agent.model import Level
from soc_agent.text import say

TIMEZONE = ("--timezone",)
LEVELS = [level.word for level in Level]


def input_type(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Check a decoder type against those there are."""
    del context, parameter
    if value is None:
        return None
    from soc_agent.decode import Decoders

    known = [*Decoders.load().types(), "capture"]
    if value not in known:
        raise click.BadParameter(say("cli.unknown_type", type=value, known=", ".join(sorted(known))))
    return value


def chosen_zone(named: str | None) -> ZoneInfo:
    """Give the zone of times that name none: the one asked for, or that of this host."""
    try:
        return zone_of(named or "")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise click.BadParameter(say("config.unknown_timezone", zone=named), param_hint="--timezone") from error


def level_of(word: str | None) -> Level | None:
    """Give the level that an option names."""
    return Level.parse(word) if word else None


WORKERS_MOST = 256


def worker_count(context: click.Context, parameter: click.Parameter, value: str) -> int:
    """Read how many workers are asked for: a number, or ``auto`` (or 0) for one on each processor."""
    del context, parameter
    if value == "auto":
        return 0
    if value.isdecimal() and value.isascii() and int(value) <= WORKERS_MOST:
        return int(value)
    raise click.BadParameter(say("workers.not_a_number", value=value, most=WORKERS_MOST))
