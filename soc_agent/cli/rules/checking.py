"""``soc-agent rules check``: what is wrong with rule files."""

import sys
from pathlib import Path

import click

from soc_agent.cli.rules.shared import FOLDER, chosen_rules
from soc_agent.cli.workspace import Workspace
from soc_agent.detect.yara.rules import load_yara
from soc_agent.errors import describe
from soc_agent.model import Problem
from soc_agent.text import say


@click.command("check", help=say("cli.rules.check"))
@click.argument("paths", nargs=-1, required=True, type=FOLDER)
@click.pass_obj
def command(workspace: Workspace, paths: tuple[Path, ...]) -> None:
    """Say what is wrong, where, in every file. Exit code 2 when a rule must be changed.

    Filters and correlations may name rules of the product and of the configuration.
    """
    found: list[Problem] = []
    rules = chosen_rules(workspace, paths, found).load()
    yara = load_yara(paths)
    asked = _Asked(paths)
    problems = [*found, *(each for each in rules.problems if asked.holds(each.where.file)), *yara.problems]
    for problem in (*problems, *(each for each in rules.notices if asked.holds(each.where.file))):
        click.echo(describe(problem))
    checked = sum(asked.holds(info.path) for info in rules.infos.values())
    click.echo(say("cli.rules.checked", count=checked + len(yara.infos)), err=True)
    if problems:
        sys.exit(2)


class _Asked:
    """The files that are to be checked, among all that are loaded beside them."""

    def __init__(self, paths: tuple[Path, ...]) -> None:
        self._roots = [path.resolve() for path in paths]
        self._known: dict[str, bool] = {}

    def holds(self, file: str) -> bool:
        """Whether a file is one of them."""
        if file not in self._known:
            path = Path(file).resolve()
            self._known[file] = any(path.is_relative_to(root) for root in self._roots)
        return self._known[file]
