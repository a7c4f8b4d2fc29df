"""``soc-agent indicators``: what lists of indicators hold, what is wrong with them, and what is known of a value."""

import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import click

from soc_agent.cli.output import json_line, narrate, rfc3339, table
from soc_agent.cli.workspace import Workspace, cache_folder
from soc_agent.detect.indicators import Indicator, Indicators, Kind, load_indicators
from soc_agent.detect.indicators.table import Table, split_scheme
from soc_agent.detect.indicators.values import Refused, canonical, parse_ip
from soc_agent.errors import ConfigError, describe
from soc_agent.model import Problem
from soc_agent.text import make_safe, say

PATHS = click.Path(path_type=Path)
_SHOWN = 1000
_NAMED = 10
_NS = 1_000_000_000


@click.group("indicators", help=say("cli.indicators.help"))
def command() -> None:
    """Group of the commands on indicators."""


@command.command("check", help=say("indicator.check"))
@click.argument("paths", nargs=-1, type=PATHS)
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.pass_obj
def check(workspace: Workspace, paths: tuple[Path, ...], *, as_json: bool) -> None:
    """Read lists as the agent would, and say what becomes of each. Exit code 2 when something must be changed."""
    listed = _load(workspace, paths)
    counts = _counts(listed)
    names = ("file", "format", "taken", "refused", "expired", "skipped")
    if as_json:
        json_line(counts | {"files": [_file(report) for report in listed.reports], "problems": _told(listed)})
    else:
        columns = [say(f"indicator.column.{name}") for name in names]
        table(columns, ([str(value) for value in _file(report).values()] for report in listed.reports), {2, 3, 4, 5})
        for problem in listed.problems:
            click.echo(make_safe(describe(problem)))
    total = Counter[str]()
    for report in listed.reports:
        total.update({name: getattr(report, name) for name in names[2:]})
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in listed.table.notes.counts.items()) or "0"
    numbers = {name: f"{total[name]:,}" for name in names[3:]}
    narrate(say("indicator.checked", count=f"{len(listed):,}", files=len(listed.reports), kinds=kinds, **numbers))
    if len(listed):
        marks = {f"TLP:{mark.upper()}": count for mark, count in counts["tlp"].items()}
        narrate(say("indicator.by", sources=_listing(counts["sources"]), marks=_listing(marks)))
    if listed.problems:
        sys.exit(2)


@command.command("list", help=say("indicator.list"))
@click.argument("paths", nargs=-1, type=PATHS)
@click.option("--expired", is_flag=True, help=say("indicator.expired"))
@click.option("--limit", type=click.IntRange(min=1), default=_SHOWN, show_default=True, help=say("indicator.limit"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.pass_obj
def list_indicators(workspace: Workspace, paths: tuple[Path, ...], limit: int, *, expired: bool, as_json: bool) -> None:
    """List indicators, those that still count unless others are asked for too."""
    now_s = time.time()
    entries = (entry for entry in _load(workspace, paths).table if expired or not entry.expired(now_s))
    _show(islice(entries, limit), as_json=as_json)
    if more := sum(1 for _ in entries):
        narrate(say("indicator.more_shown", count=f"{more:,}"))


@command.command("search", help=say("indicator.search"))
@click.argument("value")
@click.argument("paths", nargs=-1, type=PATHS)
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.pass_obj
def search(workspace: Workspace, value: str, paths: tuple[Path, ...], *, as_json: bool) -> None:
    """Say what is known of a value. Exit code 1 when nothing is."""
    if not _show(_known(_load(workspace, paths), value), as_json=as_json):
        narrate(say("indicator.nothing", value=value))
        sys.exit(1)


def _load(workspace: Workspace, paths: tuple[Path, ...]) -> Indicators:
    """Load the lists that are named, or else those of the configuration."""
    if paths:
        return load_indicators(paths)
    options = workspace.config.indicators
    if not options.paths:
        raise ConfigError(Problem("indicator.none"))
    folder = workspace.config_path.resolve().parent
    return load_indicators(
        [folder / path for path in options.paths],
        default_tlp=options.default_tlp,
        default_days=options.default_days,
        cache_dir=cache_folder(),
        keep=True,
    )


def _known(listed: Indicators, value: str) -> Iterator[Indicator]:
    """Yield what the lists know of a value; where that is nothing, all indicators that hold the text."""
    held = listed.table
    rows = _rows_of(held, value)
    yield from map(held.entry, rows) if rows else islice(held.search(value), _SHOWN)


def _rows_of(held: Table, value: str) -> list[int]:
    try:
        kind, plain = canonical(value)
    except Refused:
        return []
    packed = parse_ip(plain)
    if packed is not None:
        return held.of_address(packed)
    if kind is Kind.DOMAIN:
        return held.of_domain(plain)
    if kind is Kind.URL:
        return held.of_url(*split_scheme(plain))
    return held.rows(kind, plain)


def _show(entries: Iterable[Indicator], *, as_json: bool) -> int:
    """Print indicators, and give how many there were."""
    shown = list(entries)
    if as_json:
        for entry in shown:
            json_line(_record(entry))
    elif shown:
        names = ("type", "value", "tlp", "source", "expires", "level", "comment")
        table([say(f"indicator.column.{name}") for name in names], map(_row, shown))
    if shown:
        narrate(say("indicator.counted", count=f"{len(shown):,}"))
    return len(shown)


def _row(entry: Indicator) -> list[str]:
    meta = entry.meta
    expires = rfc3339(entry.expires_s * _NS)[:10] if entry.expires_s else say("indicator.never")
    level = say(f"cli.level.{meta.level}") if meta.level else ""
    return [entry.kind.value, entry.value, f"TLP:{meta.tlp.upper()}", meta.source, expires, level, meta.comment]


def _record(entry: Indicator) -> dict[str, Any]:
    meta = entry.meta
    return {
        "type": entry.kind.value,
        "value": entry.value,
        "source": meta.source,
        "tlp": meta.tlp,
        "expires": rfc3339(entry.expires_s * _NS) if entry.expires_s else None,
        "expired": entry.expired(time.time()),
        "level": meta.level or None,
        "confidence": meta.confidence if meta.confidence >= 0 else None,
        "comment": meta.comment,
    }


def _file(report: Any) -> dict[str, Any]:
    names = ("path", "format", "taken", "refused", "expired", "skipped")
    return {name: getattr(report, name) for name in names}


def _counts(listed: Indicators) -> dict[str, Any]:
    """Count entries by what a person asks for: kind, source and mark."""
    sources, marks = Counter[str](), Counter[str]()
    expired, now_s = 0, time.time()
    for entry in listed.table:
        sources[entry.meta.source] += 1
        marks[entry.meta.tlp] += 1
        expired += entry.expired(now_s)
    return {
        "indicators": len(listed),
        "types": listed.table.notes.counts,
        "sources": dict(sources.most_common(_SHOWN)),
        "tlp": dict(marks),
        "expired": expired,
    }


def _listing(counts: dict[str, int]) -> str:
    named = [f"{name} {count:,}" for name, count in list(counts.items())[:_NAMED]]
    return ", ".join(named + ["…"] * (len(counts) > _NAMED))


def _told(listed: Indicators) -> list[dict[str, Any]]:
    return [
        {"file": problem.where.file, "line": problem.where.line, "code": problem.code, "text": describe(problem)}
        for problem in listed.problems
    ]
