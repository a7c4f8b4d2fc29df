"""``soc-agent rules``: which rules there are, what is wrong with a rule, and whether each does what its samples say."""

import sys
from pathlib import Path

import click

from soc_agent.cli.output import json_line, narrate, table
from soc_agent.cli.workspace import cache_folder, rule_folders
from soc_agent.detect import load_rules
from soc_agent.detect.samples import check_samples
from soc_agent.detect.yara_rules import load_yara
from soc_agent.errors import describe
from soc_agent.model import RuleInfo
from soc_agent.text import current_language, say

FOLDER = click.Path(path_type=Path, exists=True)


@click.group("rules", help=say("cli.rules.help"))
def command() -> None:
    """Group of the commands on rules."""


@command.command("list", help=say("cli.rules.list"))
@click.option("--rules", "folders", multiple=True, type=FOLDER, help=say("cli.rules.folders"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
def list_rules(folders: tuple[Path, ...], *, as_json: bool) -> None:
    """List the rules that come with the product and those of more folders."""
    paths = rule_folders(*folders)
    rules, yara = load_rules(paths, cache_dir=cache_folder()), load_yara(paths)
    infos = sorted([*rules.infos.values(), *yara.infos.values()], key=lambda info: (info.kind, -info.level, info.title))
    if as_json:
        for info in infos:
            json_line(_record(info))
    else:
        columns = ("kind", "level", "layer", "tier", "title", "attack", "id")
        table([say(f"cli.rules.column.{name}") for name in columns], map(_row, infos))
        click.echo(say("cli.rules.count", count=len(infos)), err=True)
    for problem in (*rules.problems, *yara.problems):
        narrate(describe(problem))


@command.command("check", help=say("cli.rules.check"))
@click.argument("paths", nargs=-1, required=True, type=FOLDER)
def check(paths: tuple[Path, ...]) -> None:
    """Say what is wrong, where, in every file. Exit code 2 when a rule must be changed."""
    rules, yara = load_rules(paths), load_yara(paths)
    for problem in (*rules.problems, *yara.problems):
        click.echo(describe(problem))
    click.echo(say("cli.rules.checked", count=len(rules.infos) + len(yara.infos)), err=True)
    if rules.problems or yara.problems:
        sys.exit(2)


@command.command("test", help=say("cli.rules.test"))
@click.option("--rules", "folders", multiple=True, type=FOLDER, help=say("cli.rules.folders"))
def test(folders: tuple[Path, ...]) -> None:
    """Run each rule against its own samples. Exit code 2 when one does not hold."""
    paths = list(folders) or rule_folders()
    results = list(check_samples(paths))
    bad = [result for result in results if result.problem is not None]
    for result in bad:
        if result.problem is not None:
            click.echo(describe(result.problem))
    tested = {result.rule_id for result in results}
    untested = {*load_rules(paths).infos, *load_yara(paths).infos} - tested
    narration = say("cli.rules.tested", samples=len(results), rules=len(tested), bad=len(bad))
    click.echo(narration + (" " + say("cli.rules.untested", count=len(untested)) if untested else ""), err=True)
    if bad:
        sys.exit(2)


def _row(info: RuleInfo) -> list[str]:
    attack = " ".join(tag.removeprefix("attack.") for tag in info.tags if tag.startswith("attack.t"))
    title = (current_language() == "vi" and info.title_vi) or info.title
    level = say(f"cli.level.{info.level.word}")
    return [info.kind.value, level, str(int(info.layer)), info.tier.value, title, attack.upper(), info.id]


def _record(info: RuleInfo) -> dict[str, object]:
    return {
        "id": info.id,
        "title": info.title,
        "title_vi": info.title_vi,
        "kind": info.kind.value,
        "level": info.level.word,
        "layer": int(info.layer),
        "tier": info.tier.value,
        "tags": info.tags,
        "path": info.path,
    }
