"""``soc-agent rules list``: which rules there are."""

from pathlib import Path

import click

from soc_agent.cli.output import json_line, narrate, table
from soc_agent.cli.rules.shared import FOLDER, chosen_rules
from soc_agent.cli.workspace import Workspace
from soc_agent.detect.yara.rules import load_yara
from soc_agent.errors import describe
from soc_agent.model import Problem, RuleInfo
from soc_agent.text import current_language, say


@click.command("list", help=say("cli.rules.list"))
@click.option("--rules", "folders", multiple=True, type=FOLDER, help=say("cli.rules.folders"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.pass_obj
def command(workspace: Workspace, folders: tuple[Path, ...], *, as_json: bool) -> None:
    """List the rules of the configuration, or where there is none, of the product; and those of more folders."""
    problems: list[Problem] = []
    chosen = chosen_rules(workspace, folders, problems)
    rules, yara = chosen.load(), load_yara(chosen.paths)
    infos = sorted(
        [*rules.infos.values(), *yara.infos.values(), *chosen.made],
        key=lambda info: (info.kind, -info.level, info.title),
    )
    if as_json:
        for info in infos:
            json_line(_record(info))
    else:
        columns = ("kind", "level", "layer", "tier", "title", "attack", "id")
        table([say(f"cli.rules.column.{name}") for name in columns], map(_row, infos))
        click.echo(say("cli.rules.count", count=len(infos)), err=True)
    for problem in (*problems, *rules.problems, *yara.problems):
        narrate(describe(problem))


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
