"""``soc-agent rules filters``: what is tuned out, by whom, why, and until when."""

from pathlib import Path

import click

from soc_agent.cli.output import json_line, narrate, table
from soc_agent.cli.rules.shared import FOLDER, chosen_rules
from soc_agent.cli.workspace import Workspace
from soc_agent.detect import RuleSet
from soc_agent.detect.indicators import rule_infos
from soc_agent.detect.load.filters import FilterInfo
from soc_agent.errors import describe
from soc_agent.model import Problem
from soc_agent.text import current_language, say

COLUMNS = ("state", "expires", "title", "rules", "author", "reason", "file")
_RULES_SHOWN = 3


@click.command("filters", help=say("tuning.cli.filters"))
@click.option("--rules", "folders", multiple=True, type=FOLDER, help=say("cli.rules.folders"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.pass_obj
def command(workspace: Workspace, folders: tuple[Path, ...], *, as_json: bool) -> None:
    """List the filters of the configuration, or where there is none, of the product; and those of more folders."""
    problems: list[Problem] = []
    rules = chosen_rules(workspace, folders, problems).load(as_run=True)
    found = sorted(rules.filters, key=lambda each: (each.expires is None, each.expires, each.title))
    if as_json:
        for each in found:
            json_line(_record(each, rules))
    else:
        table([say(f"tuning.filters.{name}") for name in COLUMNS], [_row(each, rules) for each in found])
    files = {each.path for each in found}
    for problem in (*problems, *(each for each in (*rules.problems, *rules.notices) if each.where.file in files)):
        narrate(describe(problem))


def _title(rules: RuleSet, rule_id: str) -> str:
    return (rules.infos.get(rule_id) or rule_infos()[rule_id]).title


def _row(found: FilterInfo, rules: RuleSet) -> list[str]:
    titles = [_title(rules, rule_id) for rule_id in found.applies_to] or list(found.rules)
    more = [f"+{len(titles) - _RULES_SHOWN}"] if len(titles) > _RULES_SHOWN else []
    reason = (current_language() == "vi" and found.reason_vi) or found.reason
    return [
        say(f"tuning.state.{found.state.value}"),
        found.expires.isoformat() if found.expires else "–",
        found.title,
        ", ".join([*titles[:_RULES_SHOWN], *more]),
        found.author,
        reason,
        f"{Path(found.path).name}:{found.line}",
    ]


def _record(found: FilterInfo, rules: RuleSet) -> dict[str, object]:
    return {
        "id": found.id,
        "title": found.title,
        "state": found.state.value,
        "rules": found.rules,
        "applies_to": {rule_id: _title(rules, rule_id) for rule_id in found.applies_to},
        "author": found.author,
        "reason": found.reason,
        "reason_vi": found.reason_vi,
        "expires": found.expires.isoformat() if found.expires else None,
        "path": found.path,
        "line": found.line,
    }
