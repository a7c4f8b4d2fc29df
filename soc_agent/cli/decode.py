"""``soc-agent decode``: what the decoders make of lines, and how."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from soc_agent.cli.content import decoder_folders
from soc_agent.cli.inputs import Input, blocks_of, find_inputs
from soc_agent.cli.options import TIMEZONE, chosen_zone, input_type
from soc_agent.cli.output import as_text, json_line, narrate, rfc3339
from soc_agent.cli.rules.shared import chosen_rules
from soc_agent.cli.workspace import Workspace
from soc_agent.decode import Context, Decoders, guess_type
from soc_agent.decode.story import Asked, Story, tell
from soc_agent.errors import describe
from soc_agent.model import Event, LogSource, Problem
from soc_agent.text import make_safe, path_text, say

_TEXT_SHOWN = 200


@click.command("decode", help=say("cli.decode.help"))
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True, readable=False))
@click.option("--type", "type_", metavar="TYPE", callback=input_type, help=say("cli.type"))
@click.option(*TIMEZONE, help=say("cli.timezone"))
@click.option("--decoders", "folders", multiple=True, type=click.Path(path_type=Path), help=say("decoding.folders"))
@click.option("--explain", is_flag=True, help=say("decoding.explain"))
@click.pass_obj
def command(
    workspace: Workspace,
    paths: tuple[Path, ...],
    type_: str | None,
    timezone: str | None,
    folders: tuple[Path, ...],
    *,
    explain: bool,
) -> None:
    """Print one JSON object a decoded line; undecodable lines go to standard error with their number."""
    problems: list[Problem] = []
    chosen = chosen_rules(workspace, (), problems)
    decoders = Decoders.load([*decoder_folders(chosen.paths), *folders])
    problems += decoders.problems
    zone = chosen_zone(timezone)
    taken: Counter[str] = Counter()
    for item in find_inputs(paths, type_, problems):
        if item.type == "binary":
            narrate(say("cli.decode.binary", path=item.path))
            continue
        for number, line, context in _lines_of(item, zone, problems):
            if explain:
                story = tell(decoders, line, context)
                taken[story.event.type if story.event.decoded else ""] += 1
                _show(item, number, story, is_guessed=type_ is None)
            elif (event := decoders.decode(line, context)).decoded:
                json_line(_record(item, number, event))
            else:
                narrate(
                    say("cli.decode.undecodable", path=item.path, line=number, text=as_text(event.raw)[:_TEXT_SHOWN])
                )
    for problem in problems:
        narrate(describe(problem))
    if explain:
        lost = taken.pop("", 0)
        narrate(say("decoding.sum", lines=taken.total() + lost, taken=taken.total(), lost=lost))
        for name, count in taken.most_common():
            narrate(f"  {count:>8,}  {name}")


def events_of(item: Input, decoders: Decoders, zone: ZoneInfo, problems: list[Problem]) -> Iterator[tuple[int, Event]]:
    """Yield the lines of an input as events, with their numbers."""
    for number, line, context in _lines_of(item, zone, problems):
        yield number, decoders.decode(line, context)


def _lines_of(item: Input, zone: ZoneInfo, problems: list[Problem]) -> Iterator[tuple[int, bytes, Context]]:
    for block in blocks_of(item, problems):
        kind = guess_type(block.data) if block.type == "auto" else block.type
        context = Context(block.source, kind, zone, block.received_ns, header=block.header)
        for number, line in enumerate(block.data.splitlines(), block.first_line):
            if line.strip():
                yield number, line, context


def _show(item: Input, number: int, story: Story, *, is_guessed: bool) -> None:
    """Print how a line was decoded, for people."""
    event = story.event
    rows = [("line", as_text(event.raw)[:_TEXT_SHOWN])]
    how = "guessed" if is_guessed else "of_type"
    rows.append(("type", say(f"decoding.{how if story.is_of_type else 'not_of_type'}", type=story.line_type)))
    if story.program:
        rows.append(("program", story.program))
    rows += [("asked", _asked(asked)) for asked in story.asked]
    if story.is_of_type and not story.asked:
        rows.append(("asked", say("decoding.nobody")))
    rows.append(("result", say("decoding.taken", name=event.type) if event.decoded else say("decoding.kept")))
    rows.append(("time", rfc3339(event.time_ns)))
    rows.append(("host", event.host))
    rows.append(("sources", " · ".join(filter(None, map(_words, event.log_sources)))))
    click.echo(f"{make_safe(path_text(item.path))}:{number}")
    width = max(len(say(f"decoding.label.{label}")) for label, _ in rows)
    for label, text in rows:
        if text:
            click.echo(f"  {say(f'decoding.label.{label}'):<{width}}  {make_safe(text)}")
    for name, value in event.fields.items():
        click.echo(f"    {make_safe(name)} = {make_safe(str(value))}")


def _asked(asked: Asked) -> str:
    values = {"name": asked.name, "path": path_text(Path(asked.path)), "because": asked.because}
    if asked.taken_by is None:
        return say("decoding.refused", **values)
    if isinstance(asked.taken_by, str):
        return say("decoding.payload", type=asked.taken_by, **values)
    return say("decoding.pattern", number=asked.taken_by, match=asked.match, **values)


def _words(source: LogSource) -> str:
    named = zip(("category", "product", "service"), (source.category, source.product, source.service), strict=True)
    return " ".join(f"{name}={value}" for name, value in named if value)


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
