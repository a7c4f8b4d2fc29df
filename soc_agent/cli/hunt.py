"""``soc-agent hunt``: detection over files and folders, without a store."""

import gc
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from msgspec import Struct
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from soc_agent.cli.content import decoder_folders
from soc_agent.cli.estate import enricher_of
from soc_agent.cli.inputs import STDIN, Input, blocks_of, find_inputs
from soc_agent.cli.options import LEVELS, TIMEZONE, chosen_zone, input_type, level_of, worker_count
from soc_agent.cli.output import as_text, json_line, narrate, rfc3339, table, title_in_language
from soc_agent.cli.workspace import Workspace, cache_folder, rule_folders
from soc_agent.decode import Context, Decoders, guess_type
from soc_agent.detect import Engine, Matches, Result, load_rules
from soc_agent.detect.indicators import Indicators, load_indicators, told_of
from soc_agent.detect.suppress import FoldedAlert, Folder
from soc_agent.detect.workers import Workers, workers_of
from soc_agent.enrich import Enricher
from soc_agent.errors import RuleError, SourceError, describe
from soc_agent.model import Block, Level, Problem
from soc_agent.text import say

SCANNED_TYPES = ("binary", "plain")
"""What is no log: such files are scanned with YARA as well."""
_GARBAGE_THRESHOLD = 50_000
"""Objects between two looks for garbage: hardly anything here refers to itself."""


class Tally(Struct):
    """What a hunt went through."""

    files: int = 0
    lines: int = 0
    detections: int = 0


@click.command("hunt", help=say("cli.hunt.help"))
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True, readable=False))
@click.option("--type", "type_", metavar="TYPE", callback=input_type, help=say("cli.type"))
@click.option("--rules", "folders", multiple=True, type=click.Path(path_type=Path), help=say("cli.hunt.rules"))
@click.option("--no-builtin", is_flag=True, help=say("cli.hunt.no_builtin"))
@click.option("--min-level", type=click.Choice(LEVELS), help=say("cli.hunt.min_level"))
@click.option(*TIMEZONE, help=say("cli.timezone"))
@click.option("--indicators", "lists", multiple=True, type=click.Path(path_type=Path), help=say("indicator.option"))
@click.option("--expired-indicators", is_flag=True, help=say("indicator.option_expired"))
@click.option("--workers", metavar="N|auto", default="1", callback=worker_count, help=say("workers.help"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.option("--fail-on", type=click.Choice(LEVELS), help=say("cli.fail_on"))
@click.pass_obj
def command(
    workspace: Workspace,
    paths: tuple[Path, ...],
    type_: str | None,
    folders: tuple[Path, ...],
    lists: tuple[Path, ...],
    min_level: str | None,
    timezone: str | None,
    workers: int,
    fail_on: str | None,
    *,
    no_builtin: bool,
    expired_indicators: bool,
    as_json: bool,
) -> None:
    """Read everything, print the alerts in the order of their times."""
    begin = time.monotonic()
    problems: list[Problem] = []
    enricher = enricher_of(workspace, problems)
    listed = indicators_of(lists, problems, include_expired=expired_indicators)
    rules = rule_folders(*folders, builtin=not no_builtin)
    hunt = Hunt(rules, chosen_zone(timezone), enricher, problems, listed)
    hunt.run(paths, type_, workers)
    least = level_of(min_level) or Level.INFORMATIONAL
    alerts = [alert for alert in hunt.alerts() if alert.level >= least]
    if as_json:
        for alert in alerts:
            json_line(record(alert) | {"context": enricher.context(alert.detection, alert.entities)})
    else:
        columns = ("time", "level", "layer", "host", "title", "count")
        table([say(f"cli.alerts.column.{name}") for name in columns] + [""], map(_row, alerts), numbers={5})
    hunt.narrate(len(alerts), time.monotonic() - begin)
    worst = level_of(fail_on)
    if worst is not None and any(alert.level >= worst for alert in alerts):
        sys.exit(1)


class Hunt:
    """One search: an engine, what it found, and what was wrong on the way."""

    def __init__(
        self,
        rules: Sequence[Path],
        zone: ZoneInfo,
        enricher: Enricher,
        problems: list[Problem],
        indicators: Indicators | None = None,
    ) -> None:
        """:param problems: what was wrong before it began."""
        self._folders = rules
        with _bar() as progress:
            task = progress.add_task(say("cli.hunt.loading"), total=None)
            self._rules = load_rules(
                rules,
                cache_dir=cache_folder(),
                progress=lambda done, total: progress.update(task, completed=done, total=total),
            )
        if not self._rules.infos and indicators is None:
            values = {"folders": ", ".join(map(str, rules))}
            raise RuleError(Problem("cli.no_rules", values=values), *self._rules.problems)
        self._decoders = Decoders.load(decoder_folders(rules))
        self._enricher = enricher
        self._engine = Engine(self._rules, self._decoders, enricher=enricher, indicators=indicators)
        self._zone = zone
        self._folder = Folder()
        self._tally = Tally()
        self._problems = problems

    def run(self, paths: Sequence[Path], type_: str | None, workers: int = 1) -> None:
        """Read the files under ``paths``.

        :param workers: how many processes match lines; 0 for one on each processor. The result is the same.
        :raises SourceError: when there is nothing to read.
        """
        inputs = list(find_inputs(paths, type_, self._problems))
        if not inputs and not self._problems:
            raise SourceError(Problem("cli.hunt.nothing", values={"paths": " ".join(map(str, paths))}))
        if not inputs:
            raise SourceError(*self._problems)
        inputs.sort(key=self._begin)
        # what was loaded stays to the end: no use in looking through it for garbage
        gc.collect()
        gc.freeze()
        gc.set_threshold(_GARBAGE_THRESHOLD)
        if (count := workers_of(workers)) == 1:
            with _bar() as progress:
                for block, context in self._work(inputs, type_, progress):
                    self._conclude(self._engine.match(block, context))
            self._add(self._engine.advance())
            return
        for kind in {item.line_type for item in inputs}:
            # what the workers need is made once, before there are any
            self._engine.match(*self._in_context(Block("hunt", "", "", kind, b"")))
        with Workers(self._engine, count) as pool, _bar() as progress:
            for matches in pool.match(self._work(inputs, type_, progress)):
                self._conclude(matches)
        self._add(self._engine.advance())

    def alerts(self) -> list[FoldedAlert]:
        """Give what was found, by the time of the first event."""
        return sorted(self._folder.alerts(), key=lambda alert: alert.first_ns)

    def narrate(self, alerts: int, seconds: float) -> None:
        """Tell what was gone through, and what was wrong."""
        for problem in (*self._problems, *self._engine.problems()):
            narrate(describe(problem))
        for problem in (*self._decoders.problems, *self._enricher.problems()):
            narrate(describe(problem))
        if self._rules.problems:
            for problem in self._rules.problems:
                narrate(describe(problem))
            narrate(say("cli.hunt.problems", count=len(self._rules.problems)))
        narrate(
            say(
                "cli.hunt.done",
                alerts=alerts,
                detections=self._tally.detections,
                lines=f"{self._tally.lines:,}",
                files=self._tally.files,
                rules=len(self._rules.infos),
                seconds=f"{seconds:.1f}",
            )
        )

    def _work(self, inputs: Sequence[Input], type_: str | None, progress: Progress) -> Iterator[tuple[Block, Context]]:
        """Yield the blocks of all inputs, each with what its lines do not say."""
        task = progress.add_task(say("cli.hunt.progress"), total=sum(item.size_bytes for item in inputs))
        for item in inputs:
            self._tally.files += 1
            for block in blocks_of(item, self._problems):
                yield self._in_context(block)
            if item.path != STDIN and item.type in SCANNED_TYPES and type_ is None:
                for block in self._scan(item):
                    yield self._in_context(block)
            progress.advance(task, item.size_bytes)

    def _in_context(self, block: Block) -> tuple[Block, Context]:
        kind = guess_type(block.data) if block.type == "auto" else block.type
        received_ns = block.received_ns or time.time_ns()
        return block, Context(block.source, kind, self._zone, received_ns, header=block.header)

    def _conclude(self, matches: Matches) -> None:
        self._add(self._engine.conclude(matches))

    def _add(self, result: Result) -> None:
        self._tally.lines += result.counters.lines
        self._tally.detections += len(result.detections)
        for detection in result.detections:
            self._folder.add(detection)

    def _scan(self, item: Input) -> Iterator[Block]:
        """Scan a file that is no log with YARA."""
        from collectors.file_watch import scan_paths

        yield from scan_paths([item.path], self._scanner, trouble=self._problems.append)

    @cached_property
    def _scanner(self) -> Any:
        from soc_agent.detect.yara.process import ProcessScanner
        from soc_agent.detect.yara.rules import load_yara

        rules = load_yara(self._folders)
        self._problems.extend(rules.problems)
        return ProcessScanner(rules)

    def _begin(self, item: Input) -> int:
        """Give the time of an input's first line, so that what was rotated is read in the order it was written."""
        if item.type in ("capture", *SCANNED_TYPES) or not item.head:
            return 0
        kind = guess_type(item.head) if item.type == "auto" else item.line_type
        context = Context("hunt", kind, self._zone, time.time_ns())
        return self._decoders.decode(item.head.split(b"\n", 1)[0], context).time_ns


def indicators_of(paths: Sequence[Path], problems: list[Problem], *, include_expired: bool) -> Indicators | None:
    """Load lists of indicators; None where there are none to look for. What is wrong with them goes to ``problems``."""
    if not paths:
        return None
    listed = load_indicators(paths, cache_dir=cache_folder(), include_expired=include_expired)
    problems.extend(listed.problems)
    return listed


def record(alert: FoldedAlert) -> dict[str, Any]:
    """Give an alert as the object that ``--json`` prints."""
    first = alert.detection
    return {
        "rule_id": first.rule.id,
        "title": first.rule.title,
        "level": first.rule.level.word,
        "time": rfc3339(alert.first_ns),
        "last_time": rfc3339(alert.last_ns),
        "layer": int(first.rule.layer),
        "tier": first.rule.tier.value,
        "tags": first.rule.tags,
        "host": first.host,
        "entities": alert.entities,
        "count": alert.count,
        "path": first.stream,
        "line": first.line_number,
        "raw": as_text(first.raw),
    } | ({"indicator": told} if (told := told_of(first)) else {})


def _row(alert: FoldedAlert) -> list[str]:
    first = alert.detection
    entities = " ".join(f"{kind}={','.join(values[:3])}" for kind, values in alert.entities.items())
    if told := told_of(first):
        entities = f"{told['value']} (TLP:{told['tlp'].upper()}, {told['source']}) {entities}"
    level = say(f"cli.level.{first.rule.level.word}")
    when = rfc3339(alert.first_ns)[:19].replace("T", " ")
    return [
        when,
        level,
        str(int(first.rule.layer)),
        first.host,
        title_in_language(first.rule.title, first.rule),
        str(alert.count),
        entities,
    ]


@contextmanager
def _bar() -> Iterator[Progress]:
    """Show a progress bar on standard error, where that is a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as progress:
        yield progress
