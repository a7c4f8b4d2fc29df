"""``soc-agent rules profile``: which rules cost most on one's own log."""

import sys
import time
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from soc_agent.cli.inputs import blocks_of, find_inputs
from soc_agent.cli.options import TIMEZONE, chosen_zone, input_type
from soc_agent.cli.output import json_line, narrate, table, title_in_language
from soc_agent.cli.rules.shared import chosen_rules
from soc_agent.cli.workspace import Workspace
from soc_agent.decode import Context, guess_type
from soc_agent.detect.profile import Cost, Profile, Profiler
from soc_agent.errors import RuleError, SourceError, describe
from soc_agent.model import Problem
from soc_agent.text import say

_MS = 1_000_000


@click.command("profile", help=say("rules.profile.help"))
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True, readable=False))
@click.option("--type", "type_", metavar="TYPE", callback=input_type, help=say("cli.type"))
@click.option("--rules", "folders", multiple=True, type=click.Path(path_type=Path), help=say("cli.hunt.rules"))
@click.option("--no-builtin", is_flag=True, help=say("cli.hunt.no_builtin"))
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True, help=say("rules.profile.top"))
@click.option(*TIMEZONE, help=say("cli.timezone"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.pass_obj
def command(
    workspace: Workspace,
    paths: tuple[Path, ...],
    type_: str | None,
    folders: tuple[Path, ...],
    top: int,
    timezone: str | None,
    *,
    no_builtin: bool,
    as_json: bool,
) -> None:
    """Match every line, then print the rules that cost most."""
    problems: list[Problem] = []
    chosen = chosen_rules(workspace, folders, problems, builtin=not no_builtin)
    rules = chosen.load(as_run=True)
    if not rules.rules:
        values = {"folders": ", ".join(map(str, chosen.paths))}
        raise RuleError(Problem("cli.no_rules", values=values), *rules.problems)
    profiler = Profiler(rules, chosen.decoders())
    _read(paths, type_, timezone, profiler, problems)
    profile = profiler.profile()
    if not profile.lines:
        raise SourceError(*(problems or [Problem("cli.hunt.nothing", values={"paths": " ".join(map(str, paths))})]))
    if as_json:
        for cost in profile.costs[:top]:
            json_line(_record(cost))
    else:
        _print(profile, top)
    for problem in problems:
        narrate(describe(problem))
    narrate(_summary(profile, len(rules.rules)))


def _read(
    paths: tuple[Path, ...], type_: str | None, timezone: str | None, profiler: Profiler, problems: list[Problem]
) -> None:
    zone = chosen_zone(timezone)
    inputs = list(find_inputs(paths, type_, problems))
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as progress:
        task = progress.add_task(say("cli.hunt.progress"), total=sum(item.size_bytes for item in inputs))
        for item in inputs:
            for block in blocks_of(item, problems):
                kind = guess_type(block.data) if block.type == "auto" else block.type
                received_ns = block.received_ns or time.time_ns()
                profiler.take(block, Context(block.source, kind, zone, received_ns, header=block.header))
            progress.advance(task, item.size_bytes)


def _print(profile: Profile, top: int) -> None:
    columns = ("cost", "share", "tries", "matched", "decoded_for", "title", "literal", "hint")
    rows = [_row(cost, profile) for cost in profile.costs[:top]]
    table([say(f"rules.profile.column.{name}") for name in columns], rows, numbers={0, 1, 2, 3, 4})
    if len(profile.costs) > top:
        click.echo(say("rules.profile.more", count=f"{len(profile.costs) - top:,}"))


def _row(cost: Cost, profile: Profile) -> list[str]:
    most = next((found for found in cost.literals if found.count), None)
    literal = f"“{most.literal}” ×{most.count:,}" if most is not None else "–"
    all_ns = sum(each.total_ns for each in profile.costs)
    return [
        f"{cost.total_ns / _MS:,.1f}",
        f"{100 * cost.total_ns / max(all_ns, 1):.1f} %",
        f"{cost.tries:,}",
        f"{cost.matches:,}",
        f"{cost.named:,}",
        title_in_language(cost.rule.title, cost.rule),
        literal,
        say(f"rules.profile.hint.{cost.hint}") if cost.hint else "",
    ]


def _record(cost: Cost) -> dict[str, Any]:
    return {
        "id": cost.rule.id,
        "title": cost.rule.title,
        "path": cost.rule.path,
        "cost_ms": round(cost.total_ns / _MS, 3),
        "tries": cost.tries,
        "tries_ms": round(cost.tries_ns / _MS, 3),
        "matches": cost.matches,
        "named": cost.named,
        "for_nothing": cost.for_nothing,
        "alone": cost.alone,
        "decode_ms": round(cost.decode_ns / _MS, 3),
        "always": cost.always,
        "literals": [{"literal": found.literal, "count": found.count} for found in cost.literals],
        "hint": cost.hint,
    }


def _summary(profile: Profile, rules: int) -> str:
    return say(
        "rules.profile.done",
        lines=f"{profile.lines:,}",
        candidates=f"{profile.candidates:,}",
        rules=f"{rules:,}",
        costing=f"{len(profile.costs):,}",
        seconds=f"{profile.total_ns / 1e9:.2f}",
        decode=f"{100 * profile.decode_ns / max(profile.total_ns, 1):.0f}",
        tries=f"{100 * profile.tries_ns / max(profile.total_ns, 1):.0f}",
    )
