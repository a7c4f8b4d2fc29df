"""``soc-agent rules explain``: why a rule matches a line, or does not."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec import Struct
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from soc_agent.cli.inputs import STDIN, Input, blocks_of, find_inputs
from soc_agent.cli.options import TIMEZONE, chosen_zone, input_type
from soc_agent.cli.output import as_text, json_line, narrate
from soc_agent.cli.rules.shared import FOLDER, Chosen, chosen_rules, find_rule
from soc_agent.cli.workspace import Workspace
from soc_agent.config import Config
from soc_agent.decode import Context, guess_type
from soc_agent.detect import RuleSet
from soc_agent.detect.explain.line import LineExplainer
from soc_agent.detect.indicators import rule_infos
from soc_agent.detect.yara.rules import load_yara
from soc_agent.enrich import Enricher
from soc_agent.errors import SourceError, describe
from soc_agent.model import Explanation, Problem, RuleInfo
from soc_agent.model.explanation import CorrelationExplanation
from soc_agent.text import make_safe, path_text, say
from soc_agent.text.explanation import Row, rows_of, sentence


class Line(Struct, frozen=True):
    """A line to explain."""

    data: bytes
    type: str
    number: int
    received_ns: int
    header: bytes = b""


@click.command("explain", help=say("rules.explain.help"))
@click.argument("rule")
@click.option("--line", help=say("rules.explain.line"))
@click.option("--file", "place", metavar="PATH[:NUMBER]", help=say("rules.explain.file"))
@click.option("--type", "type_", metavar="TYPE", callback=input_type, help=say("cli.type"))
@click.option("--rules", "folders", multiple=True, type=FOLDER, help=say("cli.rules.folders"))
@click.option(*TIMEZONE, help=say("cli.timezone"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.pass_obj
def command(
    workspace: Workspace,
    rule: str,
    line: str | None,
    place: str | None,
    type_: str | None,
    folders: tuple[Path, ...],
    timezone: str | None,
    *,
    as_json: bool,
) -> None:
    """Explain one line in full, or many with a sentence each."""
    if line is not None and place is not None:
        raise click.UsageError(say("rules.explain.both"))
    file = Path(rule) if Path(rule).is_file() else None
    problems: list[Problem] = []
    chosen = chosen_rules(workspace, (*folders, *([file] if file else [])), problems)
    rules = chosen.load()
    rule_id = find_rule(rules, rule, file, _others(chosen))
    enricher = Enricher.of(chosen.config or Config(), chosen.folder)
    explainer = LineExplainer(rules, chosen.decoders(), enricher.value)
    zone = chosen_zone(timezone)
    lines = [_given(line, type_)] if line is not None else list(_lines(place, type_, problems))
    if not lines:
        raise SourceError(*(problems or [Problem("rules.explain.nothing")]))
    for problem in (*problems, *_remarks(rule_id, rules, chosen)):
        narrate(describe(problem))
    matching = 0
    for each in lines:
        context = Context("explain", each.type, zone, each.received_ns, header=each.header)
        explanation = explainer.explain(rule_id, each.data, context)
        assert explanation is not None, "the rule was found among those that run"
        matching += explanation.matches
        _show(explanation, each, as_json=as_json, whole=len(lines) == 1)
    if len(lines) > 1:
        narrate(say("rules.explain.summary", matching=matching, lines=len(lines)))


def _others(chosen: Chosen) -> Iterator[RuleInfo]:
    """Yield the rules that no line is explained for. YARA files are read when they are come to."""
    yield from rule_infos().values()
    yield from load_yara(chosen.paths).infos.values()


def _remarks(rule_id: str, rules: RuleSet, chosen: Chosen) -> Iterator[Problem]:
    """Say what keeps a rule from alerts, whatever the lines are."""
    values = {"title": rules.infos[rule_id].title, "path": path_text(chosen.config_path)}
    if rule_id.lower() in {each.lower() for each in chosen.disabled}:
        yield Problem("rules.explain.disabled", values=values)
    elif rule_id not in chosen.load(as_run=True).infos:
        yield Problem("profile.not_chosen", values=values)
    if rule_id in rules.silent:
        yield Problem("rules.explain.silent", values=values)


def _given(line: str, type_: str | None) -> Line:
    data = line.encode("utf-8", "surrogateescape")
    return Line(data, type_ or guess_type(data), 1, time.time_ns())


def _lines(place: str | None, type_: str | None, problems: list[Problem]) -> Iterator[Line]:
    """Yield the lines of a file, or the one that is asked for, or what comes on standard input."""
    path, number = _split(place) if place is not None else (STDIN, None)
    count = 0
    for item in find_inputs([path], type_, problems):
        for line in _lines_of(item, problems):
            count += 1
            if number in (None, line.number):
                yield line
            if line.number == number:
                return
    if number is not None and not problems:
        raise SourceError(Problem("rules.explain.no_line", values={"number": number, "count": count}))


def _split(place: str) -> tuple[Path, int | None]:
    """Take ``PATH:NUMBER`` apart; a file whose name ends like that is that file."""
    path, _, number = place.rpartition(":")
    if path and number.isascii() and number.isdigit() and not Path(place).exists():
        return Path(path), int(number)
    return Path(place), None


def _lines_of(item: Input, problems: list[Problem]) -> Iterator[Line]:
    for block in blocks_of(item, problems):
        kind = guess_type(block.data) if block.type == "auto" else block.type
        for number, data in enumerate(block.data.split(b"\n"), block.first_line):
            if data.strip():
                received_ns = block.received_ns or time.time_ns()
                yield Line(data.removesuffix(b"\r"), kind, number, received_ns, block.header)


def _show(explanation: Explanation, line: Line, *, as_json: bool, whole: bool) -> None:
    if as_json:
        json_line({"line": line.number, "raw": as_text(line.data), **record(explanation)})
    elif whole:
        print_rows(rows_of(explanation))
    else:
        sign = "✓" if explanation.matches else "✗"
        click.echo(make_safe(f"{line.number}: {sign} {sentence(explanation.conclusion)}"))


def record(explanation: Explanation) -> dict[str, Any]:
    """Give an explanation as the object that ``--json`` prints; the conclusion in the language in use."""
    tree: dict[str, Any] = msgspec.to_builtins(explanation)
    info = explanation.rule
    tree["rule"] = {"id": info.id, "title": info.title, "level": info.level.word, "path": info.path}
    tree["conclusion"] = sentence(explanation.conclusion)
    if isinstance(explanation, CorrelationExplanation):
        for counting, inner in zip(explanation.countings, tree["countings"], strict=True):
            inner["explanation"] = record(counting.explanation)
    return tree


_STYLES = {
    "strong": "bold",
    "muted": "dim",
    "title": "bold",
    "key": "cyan",
    "ok": "green",
    "bad": "red",
    "entity": "yellow",
    "": "",
}


def print_rows(rows: list[Row]) -> None:
    """Print rows on standard output, in colour on a terminal; outside text in them is made safe."""
    console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 200)
    for row in rows:
        if row.heading and row.indent == 0:
            console.print()
        text = Text()
        for piece in row.pieces:
            text.append(make_safe(piece.text), style=_STYLES[piece.role])
        console.print(Padding(text, (0, 0, 0, row.indent), expand=False))
