"""``soc-agent rules tune``: from false positives to a filter, tried on what is stored before it is written."""

from collections.abc import Iterator, Sequence

import click
from msgspec import structs

from soc_agent.cli.chosen import actor_of, find_alert
from soc_agent.cli.output import json_line, narrate, table
from soc_agent.cli.rules.shared import find_rule
from soc_agent.cli.tuner import DAYS, AlertTuner, alerts_of
from soc_agent.cli.workspace import Workspace
from soc_agent.errors import RuleError, describe
from soc_agent.model import Problem
from soc_agent.model.tuning import TunedAlert, TunedFilter
from soc_agent.store import Store
from soc_agent.text import make_safe, say

_SHOWN = 5
"""So many alerts that are alike are listed; ``--json`` gives each."""
STATUSES = ("false_positive", "closed", "acknowledged", "new")


@click.command("tune", help=say("tuning.cli.help"))
@click.argument("rule")
@click.option("--alerts", "idents", metavar="ID,ID…", default="", help=say("tuning.cli.alerts"))
@click.option("--status", type=click.Choice(STATUSES), help=say("tuning.cli.status"))
@click.option("--reason", default="", help=say("tuning.cli.reason"))
@click.option("--author", default="", help=say("tuning.cli.author"))
@click.option("--days", type=click.IntRange(1, 3650), default=DAYS, show_default=True, help=say("tuning.cli.days"))
@click.option("--write", "write_it", is_flag=True, help=say("tuning.cli.write"))
@click.option("--even-so", is_flag=True, help=say("tuning.cli.even_so"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.pass_obj
def command(
    workspace: Workspace,
    rule: str,
    idents: str,
    status: str | None,
    reason: str,
    author: str,
    days: int,
    *,
    write_it: bool,
    even_so: bool,
    as_json: bool,
) -> None:
    """Propose a filter, show what it would have done, and with ``--write`` write it."""
    if bool(idents) == bool(status):
        raise click.UsageError(say("tuning.cli.which"))
    tuner = AlertTuner(workspace.config, workspace.config_path.resolve().parent, workspace.store_path)
    rules = tuner.rules()
    rule_id = find_rule(rules, rule)
    with Store.open(workspace.store_path, read_only=True) as store:
        if status is not None:
            chosen = frozenset(alert.id for alert in alerts_of(store, rule_id) if alert.status.value == status)
        else:
            chosen = frozenset(find_alert(store, each.strip()).id for each in idents.split(",") if each.strip())
        found = tuner.proposed(store, rules, rule_id, chosen, reason, actor_of(workspace, author), days)
    if as_json:
        alerts = [structs.asdict(each) for each in found.alerts]
        json_line({"filter": found.text, "spares": not found.lost, "alerts": alerts})
    else:
        _show(found)
    if write_it:
        path = tuner.write(found, even_so=even_so)
        if isinstance(path, Problem):
            raise RuleError(path)
        narrate(say("tuning.cli.written", path=path, expires=found.expires))


def _show(found: TunedFilter) -> None:
    for line in found.text.splitlines():
        click.echo(make_safe(line))
    click.echo()
    columns = ("alert", "verdict", "lines", "hidden", "outcome", "entity")
    table([say(f"tuning.column.{name}") for name in columns], _rows(found.alerts), numbers={0, 2, 3})
    if found.lost:
        narrate(describe(Problem("tuning.not_spared", values={"count": found.lost})))
    else:
        false, undecided = found.removed("false"), found.removed("open")
        word = "sum" if found.kept else "sum_none_true"
        narrate(say(f"tuning.cli.{word}", false=false, open=undecided, kept=found.kept))


def _rows(alerts: Sequence[TunedAlert]) -> Iterator[list[str]]:
    """Yield the alerts, what became of true ones first; of many that are alike the latest, and how many more."""
    alike: dict[tuple[str, str], list[TunedAlert]] = {}
    for each in sorted(alerts, key=_worst_first):
        alike.setdefault((each.verdict, each.outcome), []).append(each)
    for of_one in alike.values():
        yield from (_row(str(each.alert_id), [each], each.entity_key) for each in of_one[:_SHOWN])
        if left := of_one[_SHOWN:]:
            yield _row(f"+{len(left)}", left, "…")


def _worst_first(each: TunedAlert) -> tuple[bool, bool, int]:
    return each.verdict != "true", not each.hidden, -each.alert_id


def _row(name: str, alike: Sequence[TunedAlert], entity: str) -> list[str]:
    verdict, outcome = say(f"tuning.verdict.{alike[0].verdict}"), say(f"tuning.outcome.{alike[0].outcome}")
    lines, hidden = sum(each.lines for each in alike), sum(each.hidden for each in alike)
    return [name, verdict, str(lines), str(hidden), outcome, entity]
