"""``soc-agent status``: the loss ledger, without a terminal user interface."""

import time
from collections.abc import Iterator, Sequence

import click
import msgspec

from soc_agent.cli.output import rfc3339, table
from soc_agent.cli.workspace import Workspace
from soc_agent.errors import describe
from soc_agent.store import SourceLedger, Store
from soc_agent.text import make_safe, say

ALIVE_NS = 5_000_000_000
_COLUMNS = (
    *("source", "state", "span"),
    *("read", "decoded", "skipped", "undecodable", "dropped", "late", "duplicate", "truncated", "bytes"),
)


@click.command("status", help=say("cli.status.help"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.pass_obj
def command(workspace: Workspace, *, as_json: bool) -> None:
    """Print whether the agent lives, and for each source what was read and what became of it."""
    with Store.open(workspace.store_path, read_only=True) as store:
        agent, ledger, rules = store.agent_state(), store.ledger(), store.rules_state()
        canaries, wrong = store.canaries(), store.open_health()
    now_ns = time.time_ns()
    alive = agent is not None and not agent.stopped_ns and now_ns - agent.heartbeat_ns < ALIVE_NS
    if as_json:
        tree = {
            "alive": alive,
            "agent": agent,
            "sources": ledger,
            "rules": rules,
            "canaries": canaries,
            "not_well": wrong,
        }
        click.echo(msgspec.json.encode(tree).decode())
        return
    if agent is None:
        click.echo(say("cli.status.never"))
    else:
        key = "cli.status.alive" if alive else "cli.status.dead"
        click.echo(say(key, pid=agent.pid, seconds=(now_ns - agent.heartbeat_ns) // 1_000_000_000))
    table([say(f"ledger.{name}") for name in _COLUMNS], _rows(ledger), numbers=range(3, len(_COLUMNS)))
    if ledger:
        click.echo(say("ledger.explained"))
    for entry in ledger:
        if entry.totals.missing:
            told = say("ledger.missing", source=entry.source, read=entry.totals.read, missing=entry.totals.missing)
            click.echo(make_safe(told))
    for entry in ledger:
        if entry.problem is not None:
            click.echo(f"{entry.source}: {describe(entry.problem)}")
    for one in wrong:
        told = say("trust.not_well", source=one.source, kind=one.kind, since=rfc3339(one.since_ns))
        click.echo(make_safe(told))
    if rules is not None and rules.refused:
        click.echo(say("reload.wrong", count=rules.refused, loaded=rules.loaded))
        for problem in rules.problems:
            click.echo(make_safe(describe(problem)))


def _rows(ledger: Sequence[SourceLedger]) -> Iterator[list[str]]:
    """Yield three rows a source: the last hour, the last day, and all there ever was."""
    for entry in ledger:
        names = [entry.source, entry.state.value if entry.state else ""]
        for span, counters in (("hour", entry.hour), ("day", entry.day), ("total", entry.totals)):
            figures = (getattr(counters, field) for field in _COLUMNS[3:])
            yield [*names, say(f"ledger.{span}"), *(f"{figure:,}" for figure in figures)]
            names = ["", ""]
