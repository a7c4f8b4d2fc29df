"""``soc-agent rules score``: how well the rules do on recorded cases."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from soc_agent.cli.estate import enricher_of
from soc_agent.cli.inputs import blocks_of, find_inputs
from soc_agent.cli.options import TIMEZONE, chosen_zone
from soc_agent.cli.output import json_line, narrate, table
from soc_agent.cli.rules.shared import FOLDER, Chosen, chosen_rules
from soc_agent.cli.workspace import Workspace
from soc_agent.decode import Context, guess_type
from soc_agent.detect import Engine
from soc_agent.detect.score import Case, Score, Total, read_cases, score_of, total_of
from soc_agent.detect.suppress import FoldedAlert, Folder
from soc_agent.enrich import Enricher
from soc_agent.errors import SourceError, describe
from soc_agent.model import Problem
from soc_agent.text import say

PERCENT = click.FloatRange(0, 100)


@click.command("score", help=say("score.help"))
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--rules", "folders", multiple=True, type=FOLDER, help=say("cli.rules.folders"))
@click.option("--no-builtin", is_flag=True, help=say("cli.hunt.no_builtin"))
@click.option(*TIMEZONE, help=say("cli.timezone"))
@click.option("--all", "whole", is_flag=True, help=say("score.all"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.option("--fail-under", type=PERCENT, metavar="PERCENT", help=say("score.fail_under"))
@click.pass_obj
def command(
    workspace: Workspace,
    folder: Path,
    folders: tuple[Path, ...],
    timezone: str | None,
    fail_under: float | None,
    *,
    no_builtin: bool,
    whole: bool,
    as_json: bool,
) -> None:
    """Print each case that does not hold, or all; then how many hold."""
    problems: list[Problem] = []
    chosen = chosen_rules(workspace, folders, problems, builtin=not no_builtin)
    cases = list(read_cases(folder, problems))
    if not cases:
        raise SourceError(Problem("score.nothing", values={"path": str(folder)}), *problems)
    search = Search(chosen, enricher_of(workspace, problems), chosen_zone(timezone), problems)
    scores = [score_of(case, search.alerts(case)) for case in cases]
    total = total_of(scores)
    if as_json:
        for score in scores:
            json_line(_record(score))
    else:
        columns = [say(f"score.column.{name}") for name in ("case", "verdict", "level", "missing", "rules")]
        table(columns, [_row(score) for score in scores if whole or not score.holds])
    for problem in problems:
        narrate(describe(problem))
    narrate(_sum(total))
    if fail_under is not None and total.percent < fail_under:
        sys.exit(1)


class Search:
    """Finds the alerts of a case, each with windows of its own: cases know nothing of each other."""

    def __init__(self, chosen: Chosen, enricher: Enricher, zone: ZoneInfo, problems: list[Problem]) -> None:
        """:param problems: what cannot be read goes here."""
        self._rules = chosen.load(as_run=True)
        self._decoders = chosen.decoders()
        self._enricher = enricher
        self._zone = zone
        self._problems = problems
        self._matcher = Engine(self._rules, self._decoders, enricher=enricher)
        """Looks at the lines of every case: matching keeps nothing, so that what it got ready serves them all."""

    def alerts(self, case: Case) -> Iterator[FoldedAlert]:
        """Yield what the rules find in a case's log."""
        engine = Engine(self._rules, self._decoders, enricher=self._enricher)
        folder = Folder()
        for item in find_inputs([case.log], None, self._problems):
            for block in blocks_of(item, self._problems):
                kind = guess_type(block.data) if block.type == "auto" else block.type
                context = Context(block.source, kind, self._zone, block.received_ns, header=block.header)
                for detection in engine.conclude(self._matcher.match(block, context)).detections:
                    folder.add(detection)
        for detection in engine.advance().detections:
            folder.add(detection)
        return iter(folder.alerts())


def _row(score: Score) -> list[str]:
    word = ("loud", "quiet") if score.is_quiet_case else ("missed", "named")
    level = say(f"cli.level.{score.level.word}") if score.level is not None else ""
    return [
        score.case.name,
        say(f"score.verdict.{word[score.holds]}"),
        level,
        ", ".join(score.missing),
        " · ".join(score.titles),
    ]


def _record(score: Score) -> dict[str, Any]:
    return {
        "case": score.case.name,
        "holds": score.holds,
        "quiet_case": score.is_quiet_case,
        "level": score.level.word if score.level is not None else None,
        "sources": score.case.sources,
        "missing": score.missing,
        "rules": score.titles,
    }


def _sum(total: Total) -> str:
    return say(
        "score.total",
        named=total.named,
        attacks=total.attacks,
        percent=f"{total.percent:.1f}",
        quiet=total.quiet,
        quiet_cases=total.quiet_cases,
    )
