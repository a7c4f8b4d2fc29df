"""``soc-agent rules tune``: from false positives to a filter, tried on what is stored before it is written."""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import click

from soc_agent.cli.alert_lines import CaseReader, rules_behind
from soc_agent.cli.build import Builder
from soc_agent.cli.chosen import actor_of, find_alert
from soc_agent.cli.output import json_line, narrate, table
from soc_agent.cli.rules.shared import Chosen, find_rule
from soc_agent.cli.workspace import Workspace, filter_folder
from soc_agent.detect import ir
from soc_agent.detect.tune import Case, Verdict, propose
from soc_agent.detect.tune_filter import Origin, Outcome, file_name, filter_text, try_filter
from soc_agent.errors import RuleError, describe
from soc_agent.model import Alert, Problem, Where
from soc_agent.store import AlertFilter, Store
from soc_agent.text import make_safe, say

ALERTS_CAP = 5_000
"""So many alerts of the rule are tried, the latest."""
STATUSES = ("false_positive", "closed", "acknowledged", "new")


@click.command("tune", help=say("tuning.cli.help"))
@click.argument("rule")
@click.option("--alerts", "idents", metavar="ID,ID…", default="", help=say("tuning.cli.alerts"))
@click.option("--status", type=click.Choice(STATUSES), help=say("tuning.cli.status"))
@click.option("--reason", default="", help=say("tuning.cli.reason"))
@click.option("--author", default="", help=say("tuning.cli.author"))
@click.option("--days", type=click.IntRange(1, 3650), default=90, show_default=True, help=say("tuning.cli.days"))
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
    rules = Chosen(
        Builder(workspace.config, workspace.config_path.resolve().parent).rule_folders(),
        workspace.config,
        workspace.config_path,
    ).load(as_run=True)
    rule_id = find_rule(rules, rule)
    tuned = rules_behind(rules, rule_id)
    with Store.open(workspace.store_path, read_only=True) as store:
        alerts = _alerts_of(store, rule_id)
        chosen = _chosen(store, alerts, idents, status)
        reader = CaseReader(tuned, workspace.config)
        cases = [reader.case(alert, store.detections_of(alert.id), chosen) for alert in alerts]
        reason = reason or _reasons(store, chosen)
    now = datetime.fromtimestamp(time.time(), ZoneInfo(workspace.config.timezone))
    who = actor_of(workspace, author)
    origin = Origin(str(uuid4()), who, reason, now.date(), now.date() + timedelta(days=days))
    text, outcomes, spares = proposed(tuned, cases, origin, rules.infos[rule_id].title)
    if as_json:
        json_line({"filter": text, "spares": spares, "alerts": [_record(outcome) for outcome in outcomes]})
    else:
        _show(text, outcomes, alerts)
    if write_it:
        if not reason:
            raise RuleError(Problem("tuning.reason_needed"))
        if not spares and not even_so:
            raise RuleError(Problem("tuning.not_spared", values={"count": len(_lost(outcomes))}))
        path = _write(workspace, file_name(tuned, origin), text)
        narrate(say("tuning.cli.written", path=path, expires=origin.expires))


def proposed(
    rules: Sequence[ir.Rule], cases: Sequence[Case], origin: Origin, title: str
) -> tuple[str, list[Outcome], bool]:
    """Give the text of a filter, what it does to each alert, and whether every true one stays whole.

    :raises RuleError: when the false positives share nothing to go by.
    """
    readable = sum(bool(case.events) for case in cases if case.verdict is Verdict.FALSE)
    if not rules or not readable:
        raise RuleError(Problem("tuning.nothing_read", values={"title": title}))
    found = propose(rules, cases)
    if found is None:
        raise RuleError(Problem("tuning.nothing_shared", values={"title": title, "count": readable}))
    text = filter_text(found, rules, origin)
    outcomes = try_filter(text, rules, cases)
    return text, outcomes, not _lost(outcomes)


def _lost(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.verdict is Verdict.TRUE and outcome.touched]


def _alerts_of(store: Store, rule_id: str) -> list[Alert]:
    ids = store.alert_ids(AlertFilter.parse(f'rule="{rule_id}"'))[:ALERTS_CAP]
    return [alert for alert in store.alerts(ids) if alert.rule_id == rule_id]


def _chosen(store: Store, alerts: Sequence[Alert], idents: str, status: str | None) -> frozenset[int]:
    """Give the ids of the alerts that are to be tuned out.

    :raises RuleError: when there is none, or one is of another rule.
    """
    if status is not None:
        chosen = frozenset(alert.id for alert in alerts if alert.status.value == status)
    else:
        own = {alert.id for alert in alerts}
        chosen = frozenset(find_alert(store, ident.strip()).id for ident in idents.split(",") if ident.strip())
        if others := sorted(chosen - own):
            raise RuleError(Problem("tuning.other_rule", values={"id": others[0]}))
    if not chosen:
        raise RuleError(Problem("tuning.none_chosen"))
    return chosen


def _reasons(store: Store, chosen: frozenset[int]) -> str:
    """Give what people said when they marked the alerts as false positives."""
    said: dict[str, None] = {}
    for alert_id in sorted(chosen)[:100]:
        for entry in store.history(alert_id):
            if entry.kind == "false_positive" and entry.data.get("reason"):
                said[str(entry.data["reason"])] = None
    return "; ".join(list(said)[:3])


def _show(text: str, outcomes: Sequence[Outcome], alerts: Sequence[Alert]) -> None:
    for line in text.splitlines():
        click.echo(make_safe(line))
    keys = {alert.id: alert.entity_key for alert in alerts}
    rows = [
        [
            str(each.alert_id),
            say(f"tuning.verdict.{each.verdict.value}"),
            str(each.lines),
            str(each.hidden),
            say(f"tuning.outcome.{_fate(each)}"),
            keys.get(each.alert_id, ""),
        ]
        for each in sorted(
            outcomes, key=lambda each: (each.verdict is not Verdict.TRUE, not each.touched, each.alert_id)
        )
    ]
    click.echo()
    columns = ("alert", "verdict", "lines", "hidden", "outcome", "entity")
    table([say(f"tuning.column.{name}") for name in columns], rows, numbers={0, 2, 3})
    removed = {verdict: sum(each.removed for each in outcomes if each.verdict is verdict) for verdict in Verdict}
    kept = sum(each.verdict is Verdict.TRUE and not each.touched for each in outcomes)
    narrate(
        say("tuning.cli.sum", false=removed[Verdict.FALSE], open=removed[Verdict.OPEN], kept=kept)
        if not _lost(outcomes)
        else describe(Problem("tuning.not_spared", values={"count": len(_lost(outcomes))}))
    )


def _fate(outcome: Outcome) -> str:
    if not outcome.lines:
        return "unread"
    return "removed" if outcome.removed else "partly" if outcome.touched else "stays"


def _record(outcome: Outcome) -> dict[str, object]:
    return {
        "id": outcome.alert_id,
        "verdict": outcome.verdict.value,
        "lines": outcome.lines,
        "hidden": outcome.hidden,
        "outcome": _fate(outcome),
    }


def _write(workspace: Workspace, name: str, text: str) -> Path:
    """Write the filter whole or not at all; never among the rules of the product.

    :raises RuleError: when it cannot be written.
    """
    beside = workspace.config_path.resolve().parent
    given = [beside / path for path in workspace.config.rules.paths]
    folder = next((path for path in given if path.is_dir()), filter_folder(beside))
    path = folder / name
    unfinished = folder / f".{name}.new"
    try:
        folder.mkdir(exist_ok=True)
        with unfinished.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        raise RuleError(Problem("cli.unwritable", Where(str(path)), {"reason": error.strerror})) from error
    return path
