"""``soc-agent rules test``: whether each rule does with its samples what it should."""

import sys
from pathlib import Path

import click

from soc_agent.cli.output import narrate
from soc_agent.cli.rules.shared import FOLDER, chosen_rules
from soc_agent.cli.workspace import Workspace
from soc_agent.detect import load_rules
from soc_agent.detect.samples.check import check_samples
from soc_agent.detect.yara.rules import load_yara
from soc_agent.errors import describe
from soc_agent.model import Problem
from soc_agent.text import say


@click.command("test", help=say("cli.rules.test"))
@click.option("--rules", "folders", multiple=True, type=FOLDER, help=say("cli.rules.folders"))
@click.pass_obj
def command(workspace: Workspace, folders: tuple[Path, ...]) -> None:
    """Run each rule against its own samples. Exit code 2 when one does not hold.

    Without folders, the rules are those of the configuration, or where there is none, of the product.
    """
    problems: list[Problem] = []
    paths = list(folders) or chosen_rules(workspace, (), problems).paths
    for problem in problems:
        narrate(describe(problem))
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
