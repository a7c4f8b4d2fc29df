"""``soc-agent rules test``: whether each rule does with its samples what it should."""

import sys
from pathlib import Path

import click

from soc_agent.cli.rules.shared import FOLDER
from soc_agent.cli.workspace import rule_folders
from soc_agent.detect import load_rules
from soc_agent.detect.samples.check import check_samples
from soc_agent.detect.yara.rules import load_yara
from soc_agent.errors import describe
from soc_agent.text import say


@click.command("test", help=say("cli.rules.test"))
@click.option("--rules", "folders", multiple=True, type=FOLDER, help=say("cli.rules.folders"))
def command(folders: tuple[Path, ...]) -> None:
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
