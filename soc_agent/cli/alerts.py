"""``soc-agent alerts``: what the console shows and does, without a terminal user interface."""

import csv
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from soc_agent.cli.chosen import act_on, actor_of, find_alert
from soc_agent.cli.options import LEVELS, level_of
from soc_agent.cli.output import as_text, json_line, rfc3339, table, title_in_language
from soc_agent.cli.suppression import COMMANDS, suppression_record, told
from soc_agent.cli.workspace import Workspace
from soc_agent.model import Alert, RuleInfo
from soc_agent.store import AlertFilter, Order, Store
from soc_agent.store.captures import captures_of
from soc_agent.text import current_language, make_safe, say
from soc_agent.text.context import context_rows

COLUMNS = ("id", "time", "level", "layer", "status", "host", "title", "count", "owner")
PAGE = 500


@click.group("alerts", help=say("cli.alerts.help"))
def command() -> None:
    """Group of the commands on alerts."""


@command.command("list", help=say("cli.alerts.list"))
@click.argument("filter_words", nargs=-1, metavar="[FILTER]...")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help=say("cli.alerts.limit"))
@click.option(
    "--order", type=click.Choice([order.value for order in Order]), default="time", help=say("cli.alerts.order")
)
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.option("--fail-on", type=click.Choice(LEVELS), help=say("cli.fail_on"))
@click.pass_obj
def list_alerts(
    workspace: Workspace, filter_words: tuple[str, ...], limit: int, order: str, fail_on: str | None, *, as_json: bool
) -> None:
    """List alerts."""
    chosen = AlertFilter.parse(" ".join(filter_words))
    with Store.open(workspace.store_path, read_only=True) as store:
        ids = store.alert_ids(chosen, Order(order))
        alerts = store.alerts(ids[:limit])
        rules = {alert.rule_id: store.rule_info(alert.rule_id) for alert in alerts}
    if as_json:
        for alert in alerts:
            json_line(record(alert))
    else:
        table(
            [say(f"cli.alerts.column.{name}") for name in COLUMNS],
            [_row(alert, rules[alert.rule_id]) for alert in alerts],
            numbers={0, 7},
        )
        if len(ids) > limit:
            click.echo(say("cli.alerts.more", shown=limit, total=len(ids)), err=True)
    worst = level_of(fail_on)
    if worst is not None and any(alert.level >= worst for alert in alerts):
        sys.exit(1)


@command.command("show", help=say("cli.alerts.show"))
@click.argument("ident", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.pass_obj
def show(workspace: Workspace, ident: str, *, as_json: bool) -> None:
    """Show one alert: what happened, why the rule matched, its lines, its history."""
    with Store.open(workspace.store_path, read_only=True) as store:
        alert = find_alert(store, ident)
        evidence, history = store.detections_of(alert.id), store.history(alert.id)
        rule = store.rule_info(alert.rule_id)
        suppressions = store.suppressions(alert_id=alert.id, past=True)
    captures = captures_of(workspace.store_path, [(e.source, e.raw) for e in evidence])
    if as_json:
        full = record(alert) | {
            "fields": alert.fields,
            "why": [
                {"item": c.item, "pattern": c.pattern, "field": c.field, "value": c.value, "matched": c.matched}
                for c in alert.why
            ],
            "evidence": [
                {"time": rfc3339(e.time_ns), "path": e.stream, "line": e.line_number, "raw": as_text(e.raw)}
                for e in evidence
            ],
            "captures": [str(path) for path in captures],
            "suppressions": [suppression_record(each) for each in suppressions],
            "history": [
                {"seq": h.seq, "time": rfc3339(h.time_ns), "actor": h.actor, "kind": h.kind, "data": h.data}
                for h in reversed(history)
            ],
        }
        json_line(full)
        return
    vietnamese = current_language() == "vi"
    pairs = [(say(f"cli.alerts.column.{name}"), text) for name, text in zip(COLUMNS, _row(alert, rule), strict=True)]
    pairs += [(kind, ", ".join(values)) for kind, values in alert.entities.items()]
    pairs += [(label, " · ".join(words)) for label, words in context_rows(alert.context)]
    pairs.append(("ATT&CK", ", ".join(alert.tags)))
    pairs += [(say("suppression.word"), told(each)) for each in suppressions]
    if rule is not None:
        pairs.append((say("cli.alerts.description"), (vietnamese and rule.description_vi) or rule.description))
        if because := (vietnamese and rule.level_reason_vi) or rule.level_reason:
            pairs.append((say("cli.alerts.level_reason"), because))
        pairs.append((say("cli.alerts.response"), (vietnamese and rule.response_vi) or rule.response))
    table(("", ""), pairs)
    _section("cli.alerts.why", [f"{c.item}  {c.field} = {c.value}" for c in alert.why if c.matched])
    _section("cli.alerts.lines", [f"{e.stream}:{e.line_number}  {as_text(e.raw)}" for e in evidence])
    _section("packets.kept", [str(path) for path in captures])
    _section("cli.alerts.history", [f"{rfc3339(h.time_ns)}  {h.actor}  {h.kind}  {h.data}" for h in reversed(history)])


@command.command("ack", help=say("cli.alerts.ack"))
@click.argument("idents", nargs=-1, required=True, metavar="ID...")
@click.option("--actor", default="", help=say("cli.alerts.actor"))
@click.pass_obj
def ack(workspace: Workspace, idents: tuple[str, ...], actor: str) -> None:
    """Acknowledge alerts."""
    act_on(workspace, idents, lambda store, ids: store.acknowledge(ids, actor_of(workspace, actor)))


@command.command("close", help=say("cli.alerts.close"))
@click.argument("idents", nargs=-1, required=True, metavar="ID...")
@click.option("--reason", required=True, help=say("cli.alerts.reason"))
@click.option("--false-positive", is_flag=True, help=say("cli.alerts.false_positive"))
@click.option("--actor", default="", help=say("cli.alerts.actor"))
@click.pass_obj
def close(workspace: Workspace, idents: tuple[str, ...], reason: str, actor: str, *, false_positive: bool) -> None:
    """Close alerts, or mark them as false positives."""

    def act(store: Store, ids: Sequence[int]) -> int:
        if false_positive:
            return store.mark_false_positive(ids, reason, actor_of(workspace, actor))
        return store.close_alerts(ids, reason, actor_of(workspace, actor))

    act_on(workspace, idents, act)


@command.command("export", help=say("cli.alerts.export"))
@click.argument("filter_words", nargs=-1, metavar="[FILTER]...")
@click.option("--format", "form", type=click.Choice(["json", "csv"]), default="json", help=say("cli.alerts.format"))
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help=say("cli.alerts.output"))
@click.pass_obj
def export(workspace: Workspace, filter_words: tuple[str, ...], form: str, output: Path | None) -> None:
    """Export alerts as JSON lines or CSV."""
    chosen = AlertFilter.parse(" ".join(filter_words))
    with (
        Store.open(workspace.store_path, read_only=True) as store,
        click.open_file(str(output) if output else "-", "w", encoding="utf-8", atomic=bool(output)) as target,
    ):
        ids = store.alert_ids(chosen, Order.TIME, reverse=True)
        writer = _csv_writer(target) if form == "csv" else None
        for start in range(0, len(ids), PAGE):
            for alert in store.alerts(ids[start : start + PAGE]):
                if writer:
                    writer(record(alert))
                else:
                    json_line(record(alert), target)


for _more in COMMANDS:
    command.add_command(_more)


def record(alert: Alert) -> dict[str, Any]:
    """Give an alert as the object that ``--json`` and the export print."""
    return {
        "id": alert.id,
        "uid": alert.uid.hex(),
        "rule_id": alert.rule_id,
        "title": alert.title,
        "level": alert.level.word,
        "layer": int(alert.layer),
        "tier": alert.tier.value,
        "status": alert.status.value,
        "owner": alert.owner,
        "time": rfc3339(alert.first_ns),
        "last_time": rfc3339(alert.last_ns),
        "recorded": rfc3339(alert.recorded_ns),
        "count": alert.count,
        "host": alert.host,
        "entities": alert.entities,
        "context": alert.context,
        "tags": alert.tags,
        "source": alert.source,
        "path": alert.stream,
        "line": alert.line_number,
        "raw": as_text(alert.raw),
    }


def _csv_writer(target: Any) -> Callable[[dict[str, Any]], None]:
    """Give a function that writes records as CSV (RFC 4180). Cells that a spreadsheet would run are quoted away."""
    writer = csv.writer(target, lineterminator="\r\n")
    named = False

    def cell(value: Any) -> str:
        if isinstance(value, dict):
            value = "; ".join(f"{kind}={item}" for kind, items in value.items() for item in items)
        elif isinstance(value, (list, tuple)):
            value = " ".join(value)
        text = make_safe(str(value))
        return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text

    def write(row: dict[str, Any]) -> None:
        nonlocal named
        told = context_rows(row["context"])
        row = row | {"context": "; ".join(f"{label}: {' · '.join(words)}" for label, words in told)}
        if not named:
            writer.writerow(row)
            named = True
        writer.writerow([cell(value) for value in row.values()])

    return write


def _row(alert: Alert, rule: RuleInfo | None) -> list[str]:
    return [
        str(alert.id),
        rfc3339(alert.last_ns)[:19].replace("T", " "),
        say(f"cli.level.{alert.level.word}"),
        str(int(alert.layer)),
        say(f"cli.alert_status.{alert.status.value}"),
        alert.host,
        title_in_language(alert.title, rule),
        str(alert.count),
        alert.owner,
    ]


def _section(key: str, lines: list[str]) -> None:
    if lines:
        click.echo(f"\n{say(key)}")
        for line in lines:
            click.echo(f"  {make_safe(line)}")
