"""``soc-agent rules profiles``: kinds of host, and how many rules each needs."""

import click

from soc_agent.cli.output import json_line, narrate, table
from soc_agent.cli.rules.shared import chosen_rules
from soc_agent.cli.workspace import Workspace, cache_folder, rule_folders
from soc_agent.detect import load_rules
from soc_agent.detect.load.profiles import read_profiles, selection_of
from soc_agent.detect.yara.rules import load_yara
from soc_agent.errors import describe
from soc_agent.model import Problem
from soc_agent.resources import resource
from soc_agent.text import current_language, path_text, say


@click.command("profiles", help=say("profile.help"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.pass_obj
def command(workspace: Workspace, *, as_json: bool) -> None:
    """List the profiles, and say which of them the configuration names."""
    problems: list[Problem] = []
    chosen = chosen_rules(workspace, (), problems)
    root, folders = resource("rules"), rule_folders()
    records = []
    for name, profile in read_profiles(root).items():
        selection = selection_of([name], root)
        rules = load_rules(folders, selection=selection, cache_dir=cache_folder())
        yara = load_yara(folders, selection=selection)
        title = profile.title_vi if current_language() == "vi" else profile.title
        records.append({"name": name, "title": title, "rules": len(rules.infos) + len(yara.infos)})
    if as_json:
        for record in records:
            json_line(record)
    else:
        columns = ("name", "rules", "title")
        rows = [[str(record[name]) for name in columns] for record in records]
        table([say(f"profile.column.{name}") for name in columns], rows, numbers={1})
    for problem in problems:
        narrate(describe(problem))
    if chosen.config is not None and chosen.config.rules.profiles:
        names = ", ".join(chosen.config.rules.profiles)
        narrate(say("profile.chosen", path=path_text(chosen.config_path), names=names))
