"""``soc-agent decoders``: which there are, whether they do what their samples say, and a new one from sample lines."""

import re
import sys
import time
from collections import Counter
from pathlib import Path

import click
import yaml

from soc_agent.cli.content import decoder_folders
from soc_agent.cli.inputs import STDIN
from soc_agent.cli.options import TIMEZONE, chosen_zone, input_type
from soc_agent.cli.output import as_text, json_line, narrate, table
from soc_agent.cli.rules.shared import chosen_rules
from soc_agent.cli.workspace import Workspace
from soc_agent.decode import Context, Decoders, check_samples
from soc_agent.decode.definition import NAME, texts
from soc_agent.decode.scaffold import Scaffold, scaffold, trial
from soc_agent.errors import SourceError, describe
from soc_agent.model import Problem, Where
from soc_agent.text import path_text, say

FOLDERS = click.Path(path_type=Path, exists=True)
_LINES_READ = 20_000
_STRANGE_SHOWN = 5


@click.group("decoders", help=say("decoders.help"))
def command() -> None:
    """Group of the commands on decoders."""


@command.command("list", help=say("decoders.list"))
@click.option("--decoders", "folders", multiple=True, type=FOLDERS, help=say("decoding.folders"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.pass_obj
def list_(workspace: Workspace, folders: tuple[Path, ...], *, as_json: bool) -> None:
    """List the decoders of the product, of the configuration and of more folders."""
    problems: list[Problem] = []
    rows = []
    for decoder in _load(workspace, folders, problems).data_driven:
        definition = decoder.definition
        parents = ", ".join(texts(definition.parent))
        sources = sorted({" ".join(filter(None, (s.product, s.category, s.service))) for s in decoder.own_log_sources})
        record = {
            "name": decoder.name,
            "parent": parents,
            "patterns": len(definition.patterns),
            "samples": len(definition.samples),
            "description": definition.description,
            "log_sources": sources,
            "path": decoder.path,
        }
        if as_json:
            json_line(record)
        rows.append([decoder.name, parents, str(len(definition.patterns)), definition.description])
    if not as_json:
        table([say(f"decoders.column.{name}") for name in ("name", "parent", "patterns", "description")], rows, {2})
    for problem in problems:
        narrate(describe(problem))


@command.command("test", help=say("decoders.test"))
@click.option("--decoders", "folders", multiple=True, type=FOLDERS, help=say("decoding.folders"))
@click.pass_obj
def test(workspace: Workspace, folders: tuple[Path, ...]) -> None:
    """Decode the samples of each decoder. Exit code 2 when one does not give what stands beside it."""
    problems: list[Problem] = []
    decoders = _load(workspace, folders, problems)
    problems += check_samples(decoders)
    for decoder in decoders.data_driven:
        if not decoder.definition.samples:
            problems.append(Problem("decoders.no_samples", Where(decoder.path), {"name": decoder.name}))
    for problem in problems:
        click.echo(describe(problem))
    samples = sum(len(decoder.definition.samples) for decoder in decoders.data_driven)
    narrate(say("decoders.tested", samples=samples, decoders=len(decoders.data_driven), bad=len(problems)))
    if problems:
        sys.exit(2)


@command.command("new", help=say("decoders.new"))
@click.argument("name")
@click.argument("path", type=click.Path(path_type=Path, allow_dash=True, readable=False))
@click.option("--type", "type_", metavar="TYPE", callback=input_type, help=say("cli.type"))
@click.option(*TIMEZONE, help=say("cli.timezone"))
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help=say("decoders.output"))
@click.pass_obj
def new(
    workspace: Workspace, name: str, path: Path, type_: str | None, timezone: str | None, output: Path | None
) -> None:
    """Write a decoder to start from, made of the lines of a file or of standard input."""
    if not re.fullmatch(NAME, name):
        raise SourceError(Problem("decoders.bad_name", values={"name": name}))
    lines = _lines(path)
    zone = chosen_zone(timezone)
    context = Context("sample", type_ or "auto", zone, time.time_ns())
    made = scaffold(name, lines, context)
    if not made.samples:
        raise SourceError(Problem("decoders.nothing", Where(path_text(path))))
    text = _as_yaml(made, context)
    if output is None:
        click.echo(text, nl=False)
    else:
        _write(output, text)
        narrate(say("decoders.written", path=path_text(output), samples=path_text(path)))
    for other, count in _taken_already(workspace, made, context).items():
        narrate(say("decoders.taken", count=count, name=other))
    for number in made.strange[:_STRANGE_SHOWN]:
        narrate(say("decoders.strange", path=path_text(path), line=number, type=made.line_type))


def _taken_already(workspace: Workspace, made: Scaffold, context: Context) -> Counter[str]:
    """Give which of the decoders that run take its samples, and how many: of one program, the first to come does."""
    problems: list[Problem] = []
    decoders = _load(workspace, (), problems)
    known = {decoder.name for decoder in decoders.data_driven}
    events = trial(made, context, decoders)
    return Counter(event.type for event in events if event.type in known)


def _load(workspace: Workspace, folders: tuple[Path, ...], problems: list[Problem]) -> Decoders:
    decoders = Decoders.load([*decoder_folders(chosen_rules(workspace, (), problems).paths), *folders])
    problems += decoders.problems
    return decoders


def _lines(path: Path) -> list[str]:
    try:
        data = sys.stdin.buffer.read() if path == STDIN else path.read_bytes()
    except OSError as error:
        raise SourceError(
            Problem("cli.unreadable", Where(str(path)), {"reason": error.strerror or str(error)})
        ) from error
    lines = [as_text(line) for line in data.splitlines()[:_LINES_READ]]
    if not any(line.strip() for line in lines):
        raise SourceError(Problem("decoders.nothing", Where(path_text(path))))
    return lines


def _as_yaml(made: Scaffold, context: Context) -> str:
    """Give the file: what was made, with samples that hold the fields which it gives now."""
    samples = []
    for line, event in zip(made.samples, trial(made, context), strict=True):
        fields = {name: value for name, value in event.fields.items() if name not in ("message", "program", "pid")}
        samples.append({"line": line, "fields": fields})
    tree = {**made.tree, "samples": samples}
    comment = "".join(f"# {line}\n" for line in say("decoders.comment").splitlines())
    return comment + yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=1 << 20)


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise SourceError(Problem("decoders.exists", Where(path_text(path)))) from None
    except OSError as error:
        raise SourceError(
            Problem("cli.unwritable", Where(str(path)), {"reason": error.strerror or str(error)})
        ) from error
