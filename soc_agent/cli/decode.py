"""``soc-agent decode``: what the decoders make of lines."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from soc_agent.cli.inputs import Input, blocks_of, find_inputs
from soc_agent.cli.options import TIMEZONE, chosen_zone, input_type
from soc_agent.cli.output import as_text, json_line, narrate, rfc3339
from soc_agent.decode import Context, Decoders, guess_type
from soc_agent.errors import describe
from soc_agent.model import Event, LogSource, Problem
from soc_agent.text import path_text, say


@click.command("decode", help=say("cli.decode.help"))
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True, readable=False))
@click.option("--type", "type_", metavar="TYPE", callback=input_type, help=say("cli.type"))
@click.option(*TIMEZONE, help=say("cli.timezone"))
def command(paths: tuple[Path, ...], type_: str | None, timezone: str | None) -> None:
    """Print one JSON object a decoded line; undecodable lines go to standard error with their number."""
    decoders = Decoders.load()
    problems: list[Problem] = list(decoders.problems)
    zone = chosen_zone(timezone)
    for item in find_inputs(paths, type_, problems):
        if item.type == "binary":
            narrate(say("cli.decode.binary", path=item.path))
            continue
        for number, event in events_of(item, decoders, zone, problems):
            if event.decoded:
                json_line(_record(item, number, event))
            else:
                narrate(say("cli.decode.undecodable", path=item.path, line=number, text=as_text(event.raw)[:200]))
    for problem in problems:
        narrate(describe(problem))


def events_of(item: Input, decoders: Decoders, zone: ZoneInfo, problems: list[Problem]) -> Iterator[tuple[int, Event]]:
    """Yield the lines of an input as events, with their numbers."""
    for block in blocks_of(item, problems):
        kind = guess_type(block.data) if block.type == "auto" else block.type
        context = Context(block.source, kind, zone, block.received_ns, header=block.header)
        for number, line in enumerate(block.data.splitlines(), block.first_line):
            if line.strip():
                yield number, decoders.decode(line, context)


def _record(item: Input, number: int, event: Event) -> dict[str, Any]:
    return {
        "path": path_text(item.path),
        "line": number,
        "type": event.type,
        "time": rfc3339(event.time_ns),
        "host": event.host,
        "log_source": _log_source(event.log_sources),
        "fields": event.fields,
    }


def _log_source(sources: tuple[LogSource, ...]) -> dict[str, str]:
    first = sources[0] if sources else LogSource()
    return {"category": first.category, "product": first.product, "service": first.service}
