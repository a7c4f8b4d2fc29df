"""``soc-agent rules check``: what is wrong with rule files."""

import sys
from pathlib import Path

import click

from soc_agent.cli.rules.shared import FOLDER
from soc_agent.detect import load_rules
from soc_agent.detect.yara_rules import load_yara
from soc_agent.errors import describe
from soc_agent.text import say


@click.command("check", help=say("cli.rules.check"))
@click.argument("paths", nargs=-1, required=True, type=FOLDER)
def command(paths: tuple[Path, ...]) -> None:
    """Say what is wrong, where, in every file. Exit code 2 when a rule must be changed."""
    rules, yara = load_rules(paths), load_yara(paths)
    for problem in (*rules.problems, *yara.problems):
        click.echo(describe(problem))
    click.echo(say("cli.rules.checked", count=len(rules.infos) + len(yara.infos)), err=True)
    if rules.problems or yara.problems:
        sys.exit(2)
