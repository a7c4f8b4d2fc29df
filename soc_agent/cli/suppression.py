"""``soc-agent alerts suppress``, ``lift`` and ``suppressions``: what needs nobody's attention for a time."""

import time
from typing import Any

import click

from soc_agent.cli.chosen import act_on, actor_of
from soc_agent.cli.output import json_line, rfc3339, table
from soc_agent.cli.workspace import Workspace
from soc_agent.errors import StoreError
from soc_agent.store import Store, Suppression, read_time
from soc_agent.text import say

COLUMNS = ("alert", "rule", "entity", "count", "since", "until", "actor", "reason", "state")


def _seconds(context: click.Context, parameter: click.Parameter, value: str) -> int:
    del context, parameter
    try:
        seconds, words = read_time(value)
    except StoreError as error:
        raise click.BadParameter(str(error)) from error
    if words:
        raise click.BadParameter(say("suppression.bad_words", text=value))
    return seconds


@click.command("suppress", help=say("suppression.cli.suppress"))
@click.argument("idents", nargs=-1, required=True, metavar="ID...")
@click.option("--for", "for_s", required=True, callback=_seconds, metavar="8h", help=say("suppression.cli.for"))
@click.option("--reason", required=True, help=say("suppression.cli.reason"))
@click.option("--actor", default="", help=say("cli.alerts.actor"))
@click.pass_obj
def suppress(workspace: Workspace, idents: tuple[str, ...], for_s: int, reason: str, actor: str) -> None:
    """Let what the rules of alerts find of their entities count on the alerts, for a time."""
    act_on(workspace, idents, lambda store, ids: store.suppress(ids, for_s, reason, actor_of(workspace, actor)))


@click.command("lift", help=say("suppression.cli.lift"))
@click.argument("idents", nargs=-1, required=True, metavar="ID...")
@click.option("--reason", default="", help=say("suppression.cli.reason"))
@click.option("--actor", default="", help=say("cli.alerts.actor"))
@click.pass_obj
def lift(workspace: Workspace, idents: tuple[str, ...], reason: str, actor: str) -> None:
    """End suppressions before their time."""
    act_on(workspace, idents, lambda store, ids: store.lift(ids, reason, actor_of(workspace, actor)))


@click.command("suppressions", help=say("suppression.cli.suppressions"))
@click.option("--all", "past", is_flag=True, help=say("suppression.cli.all"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.pass_obj
def suppressions(workspace: Workspace, *, past: bool, as_json: bool) -> None:
    """List what is suppressed now, and how much came under it."""
    with Store.open(workspace.store_path, read_only=True) as store:
        found = store.suppressions(past=past)
        rules = {each.rule_id: store.rule_info(each.rule_id) for each in found}
    if as_json:
        for each in found:
            json_line(suppression_record(each))
        return
    rows = []
    for each in found:
        rule = rules[each.rule_id]
        times = [rfc3339(ns)[:16].replace("T", " ") for ns in (each.since_ns, each.until_ns)]
        head = [str(each.alert_id), rule.title if rule else each.rule_id, each.entity_key, str(each.count)]
        rows.append([*head, *times, each.actor, each.reason, say(f"suppression.state.{state_of(each)}")])
    table([say(f"suppression.column.{name}") for name in COLUMNS], rows, numbers={0, 3})
    click.echo(say("suppression.listed", count=sum(state_of(each) == "active" for each in found)), err=True)


def state_of(found: Suppression) -> str:
    """Give ``active``, ``lifted`` or ``over``."""
    if found.ended_ns:
        return "lifted"
    return "active" if found.until_ns > time.time_ns() else "over"


def told(found: Suppression) -> str:
    """Give a suppression in one line: how much came under it, since when, until when, by whom and why."""
    since, until = (rfc3339(ns)[:16].replace("T", " ") for ns in (found.since_ns, found.ended_ns or found.until_ns))
    return say("suppression.told", count=found.count, since=since, until=until, actor=found.actor, reason=found.reason)


def suppression_record(found: Suppression) -> dict[str, Any]:
    """Give a suppression as the object that ``--json`` prints."""
    return {
        "alert": found.alert_id,
        "rule_id": found.rule_id,
        "entity_key": found.entity_key,
        "count": found.count,
        "since": rfc3339(found.since_ns),
        "until": rfc3339(found.until_ns),
        "lifted": rfc3339(found.ended_ns) if found.ended_ns else None,
        "state": state_of(found),
        "actor": found.actor,
        "reason": found.reason,
    }


COMMANDS = (suppress, lift, suppressions)
"""The commands, for the group of those on alerts."""
