"""``soc-agent rules test``: whether each rule does with its samples what it should."""

import sys
from pathlib import Path

import click

from soc_agent.cli.content import decoder_folders
from soc_agent.cli.output import narrate
from soc_agent.cli.rules.shared import FOLDER, chosen_rules
from soc_agent.cli.workspace import Workspace
from soc_agent.decode import Decoders
from soc_agent.detect import load_rules
from soc_agent.detect.samples.check import check_samples
from soc_agent.detect.yara.rules import load_yara
from soc_agent.errors import describe
from soc_agent.model import Problem, Where
from soc_agent.text import say


@click.command("test", help=say("cli.rules.test"))
@click.option("--rules", "folders", multiple=True, type=FOLDER, help=say("cli.rules.folders"))
@click.option("--skip-untested", is_flag=True, help=say("cli.rules.skip_untested"))
@click.pass_obj
def command(workspace: Workspace, folders: tuple[Path, ...], *, skip_untested: bool) -> None:
    """Run each rule against its own samples. Exit code 2 when one does not hold, or has none of a kind.

    Without folders, the rules are those of the configuration, or where there is none, of the product.
    """
    problems: list[Problem] = []
    paths = list(folders) or chosen_rules(workspace, (), problems).paths
    for problem in problems:
        narrate(describe(problem))
    results = list(check_samples(paths, Decoders.load(decoder_folders(paths))))
    bad = [result for result in results if result.problem is not None]
    for result in bad:
        if result.problem is not None:
            click.echo(describe(result.problem))
    tested = {result.rule_id for result in results}
    kinds = {(result.rule_id, result.wanted) for result in results}
    infos = {**load_rules(paths).infos, **load_yara(paths).infos}
    lacking = [info for rule_id, info in infos.items() if not {(rule_id, True), (rule_id, False)} <= kinds]
    for info in lacking if not skip_untested else ():
        click.echo(describe(Problem("sample.lacking", Where(info.path), {"title": info.title})))
    narration = say("cli.rules.tested", samples=len(results), rules=len(tested), bad=len(bad))
    narrate(narration + (" " + say("cli.rules.untested", count=len(lacking)) if lacking else ""))
    if bad or (lacking and not skip_untested):
        sys.exit(2)
