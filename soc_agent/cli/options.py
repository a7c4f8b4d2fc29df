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
