"""``soc-agent rules coverage``: which rules can fire here, which never can and why, and what they cover of ATT&CK."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from soc_agent.cli.output import json_line, narrate, table
from soc_agent.cli.rules.shared import FOLDER
from soc_agent.cli.rules.sources import collected_types
from soc_agent.cli.workspace import Workspace, cache_folder, rule_folders
from soc_agent.config import Config, WatchSource
from soc_agent.decode import Decoders
from soc_agent.detect import load_rules
from soc_agent.detect.attack import Tactic, navigator_layer, tactic_table
from soc_agent.detect.coverage import Coverage, Standing, coverage_of
from soc_agent.detect.yara_rules import load_yara
from soc_agent.errors import ConfigError, SourceError, describe
from soc_agent.model import Problem, Where
from soc_agent.text import path_text, say
from soc_agent.text.catalog import has

_DETAILS = 8
_NEVER = tuple(standing for standing in Standing if standing is not Standing.RUNS)


class _Asked(Struct, frozen=True):
    """What is to be looked at."""

    config: Config | None
    folder: Path
    more: tuple[Path, ...]
    builtin: bool


@click.command("coverage", help=say("rules.coverage.help"))
@click.option("--rules", "folders", multiple=True, type=FOLDER, help=say("cli.rules.folders"))
@click.option("--no-builtin", is_flag=True, help=say("cli.hunt.no_builtin"))
@click.option("--all", "whole", is_flag=True, help=say("rules.coverage.all"))
@click.option("--navigator", type=click.Path(path_type=Path, dir_okay=False), help=say("rules.coverage.navigator"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.pass_obj
def command(
    workspace: Workspace,
    folders: tuple[Path, ...],
    navigator: Path | None,
    *,
    no_builtin: bool,
    whole: bool,
    as_json: bool,
) -> None:
    """Print what runs, what cannot and why, and the tactics; write a Navigator layer where asked."""
    config = _config(workspace)
    folder = workspace.config_path.resolve().parent if config is not None else Path()
    coverage = look(_Asked(config, folder, folders, not no_builtin))
    tactics = tactic_table(coverage.rules)
    if as_json:
        _print_json(coverage, tactics)
    else:
        _print_standings(coverage, whole=whole)
        click.echo()
        _print_tactics(tactics, whole=whole)
    narrate(
        say("rules.coverage.by_config", path=path_text(workspace.config_path))
        if config
        else say("rules.coverage.no_config")
    )
    if navigator is not None:
        _write_layer(coverage, navigator)
        narrate(say("rules.coverage.written", path=path_text(navigator)))


def _config(workspace: Workspace) -> Config | None:
    """Give the configuration; None when none was named and none is found."""
    try:
        return workspace.config
    except ConfigError as error:
        if error.problem.code != "cli.no_config":
            raise
        return None


def look(asked: _Asked) -> Coverage:
    """Load the rules that are asked for, and look which of them can fire."""
    options = asked.config.rules if asked.config is not None else None
    own = [asked.folder / path for path in options.paths] if options else []
    builtin = asked.builtin and (options is None or options.builtin)
    paths = rule_folders(*own, *asked.more, builtin=builtin)
    lists = [asked.folder / path for path in options.lists] if options else []
    rules, yara = load_rules(paths, cache_dir=cache_folder(), lists=lists), load_yara(paths)
    decoders = Decoders.load()
    types = decoders.types()
    collected = None
    if asked.config is not None:
        taken = collected_types(asked.config, asked.folder, types)
        collected = frozenset().union(*map(decoders.log_sources, taken))
    return coverage_of(
        rules,
        known=frozenset().union(*map(decoders.log_sources, types)),
        collected=collected,
        disabled=options.disabled if options else (),
        yara=list(yara.infos.values()),
        yara_runs=asked.config is None or any(isinstance(each, WatchSource) for each in asked.config.sources),
        yara_problems=yara.problems,
    )


def _print_standings(coverage: Coverage, *, whole: bool) -> None:
    counts = coverage.counts()
    rows: list[Sequence[str]] = []
    for standing, count in counts.items():
        if count or standing is Standing.RUNS:
            rows.append((say(f"rules.standing.{standing.value}"), f"{count:,}", ""))
            rows += _details(coverage, standing, whole=whole)
    rows.append((say("rules.coverage.total"), f"{len(coverage.rules):,}", ""))
    table([say(f"rules.column.{name}") for name in ("standing", "rules", "detail")], rows, numbers={1})


def _details(coverage: Coverage, standing: Standing, *, whole: bool) -> list[Sequence[str]]:
    """Give the rows under one standing: what keeps the rules from firing; with ``whole``, each of them."""
    if standing is Standing.RUNS:
        return []
    if whole:
        rules = [rule for rule in coverage.rules if rule.standing is standing]
        rules.sort(key=lambda rule: (rule.detail, rule.title))
        return [("", "", " · ".join(filter(None, (_word(rule.detail), rule.title or rule.path)))) for rule in rules]
    details = [(detail, count) for detail, count in coverage.details(standing) if detail]
    rows: list[Sequence[str]] = [("", f"{count:,}", _word(detail)) for detail, count in details[:_DETAILS]]
    if len(details) > _DETAILS:
        rows.append(("", "", say("rules.coverage.more", count=len(details) - _DETAILS)))
    return rows


def _word(detail: str) -> str:
    """Give what keeps a rule from firing; the code of a problem in words."""
    return say(f"rules.code.{detail}") if has(f"rules.code.{detail}") else detail


def _print_tactics(tactics: Sequence[Tactic], *, whole: bool) -> None:
    columns = ["tactic", "rules", "techniques", *(["named"] if whole else [])]
    rows = [
        [
            tactic_word(each.name),
            f"{each.rules:,}",
            str(len(each.techniques)),
            *([" ".join(each.techniques)] if whole else []),
        ]
        for each in tactics
    ]
    every = {technique for each in tactics for technique in each.techniques}
    rows.append([say("rules.coverage.distinct"), "", str(len(every)), *([""] if whole else [])])
    table([say(f"rules.column.{name}") for name in columns], rows, numbers={1, 2})


def tactic_word(name: str) -> str:
    """Give a tactic as people know it."""
    key = f"rules.tactic.{name}"
    return say(key) if has(key) else name.replace("-", " ").title()


def _print_json(coverage: Coverage, tactics: Sequence[Tactic]) -> None:
    json_line(
        {
            "total": len(coverage.rules),
            "counts": {standing.value: count for standing, count in coverage.counts().items()},
            "never": [_record(rule) for rule in coverage.rules if rule.standing in _NEVER],
            "tactics": [
                {"name": each.name, "rules": each.rules, "techniques": list(each.techniques)} for each in tactics
            ],
        }
    )


def _record(rule: Any) -> dict[str, Any]:
    return {
        "standing": rule.standing.value,
        "detail": rule.detail,
        "id": rule.id,
        "title": rule.title,
        "kind": rule.kind.value,
        "path": rule.path,
        "line": rule.line,
        "reason": describe(rule.problem) if rule.problem is not None else "",
    }


def _write_layer(coverage: Coverage, path: Path) -> None:
    words = {name: say(f"rules.layer.{name}") for name in ("description", "one", "off")}
    # these two are filled where the numbers are known
    words |= {name: say(f"rules.layer.{name}", count="{count}") for name in ("most", "more")}
    layer = navigator_layer(coverage.rules, name="soc-agent", words=words)
    try:
        path.write_text(json.dumps(layer, ensure_ascii=False, indent=1) + "\n", "utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise SourceError(Problem("cli.unwritable", Where(str(path)), {"reason": reason})) from error
