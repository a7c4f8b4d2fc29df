"""``soc-agent rules coverage``: which rules can fire here, which never can and why, and what they cover of ATT&CK."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from soc_agent.cli.output import json_line, narrate, table
from soc_agent.cli.rules.shared import FOLDER, Chosen, chosen_rules
from soc_agent.cli.rules.sources import collected_types
from soc_agent.cli.workspace import Workspace
from soc_agent.config import WatchSource
from soc_agent.detect.coverage.attack import Tactic, navigator_layer, tactic_table
from soc_agent.detect.coverage.report import Coverage, Standing, coverage_of
from soc_agent.detect.load.profiles import EVERYTHING
from soc_agent.detect.ruleset import RuleSet
from soc_agent.detect.yara.rules import YaraRules, load_yara
from soc_agent.errors import SourceError, describe
from soc_agent.model import Problem, Where
from soc_agent.text import path_text, say
from soc_agent.text.catalog import has

_DETAILS = 8
_NEVER = tuple(standing for standing in Standing if standing is not Standing.RUNS)


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
    problems: list[Problem] = []
    chosen = chosen_rules(workspace, folders, problems, builtin=not no_builtin)
    coverage = look(chosen)
    tactics = tactic_table(coverage.rules)
    if as_json:
        _print_json(coverage, tactics)
    else:
        _print_standings(coverage, whole=whole)
        click.echo()
        _print_tactics(tactics, whole=whole)
    for problem in problems:
        narrate(describe(problem))
    by_config = chosen.config is not None
    place = path_text(chosen.config_path)
    narrate(say("rules.coverage.by_config", path=place) if by_config else say("rules.coverage.no_config"))
    if navigator is not None:
        _write_layer(coverage, navigator)
        narrate(say("rules.coverage.written", path=path_text(navigator)))


def look(chosen: Chosen) -> Coverage:
    """Load the rules that are meant, and look which of them can fire."""
    rules, yara = chosen.load(), load_yara(chosen.paths)
    decoders = chosen.decoders()
    types = decoders.types()
    config = chosen.config
    collected = None
    if config is not None:
        taken = collected_types(config, chosen.folder, types)
        collected = frozenset().union(*map(decoders.log_sources, taken))
    return coverage_of(
        rules,
        known=frozenset().union(*map(decoders.log_sources, types)),
        collected=collected,
        places=config is None or bool(config.enrichment.city_mmdb or config.enrichment.asn_mmdb),
        disabled=chosen.disabled,
        unchosen=_unchosen(chosen, rules, yara),
        yara=list(yara.infos.values()),
        yara_runs=config is None or any(isinstance(each, WatchSource) for each in config.sources),
        yara_problems=yara.problems,
        made=chosen.made,
    )


def _unchosen(chosen: Chosen, rules: RuleSet, yara: YaraRules) -> list[str]:
    """Give the ids, in lower case, of the rules that no profile of the configuration takes."""
    if (selection := chosen.selection) is EVERYTHING:
        return []
    running = {*chosen.load(as_run=True).infos, *load_yara(chosen.paths, selection=selection).infos}
    return [rule_id.lower() for rule_id in (*rules.infos, *yara.infos) if rule_id not in running]


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
