"""``soc-agent status``: the loss ledger, without a terminal user interface."""

import time
from collections.abc import Iterator, Sequence

import click
import msgspec

from soc_agent.cli.output import rfc3339, table
from soc_agent.cli.workspace import Workspace
from soc_agent.errors import StoreError, describe
from soc_agent.model import Problem
from soc_agent.store import CanaryResult, SourceLedger, Store
from soc_agent.text import make_safe, say

ALIVE_NS = 5_000_000_000
_MINUTES_NS = 86_400_000_000_000
_COLUMNS = (
    *("source", "state", "span"),
    *("read", "decoded", "skipped", "undecodable", "dropped", "late", "duplicate", "truncated", "bytes"),
)


@click.command("status", help=say("cli.status.help"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.option("--minutes", metavar="SOURCE", help=say("minutes.help"))
@click.pass_obj
def command(workspace: Workspace, minutes: str | None, *, as_json: bool) -> None:
    """Print whether the agent lives, and for each source what was read and what became of it."""
    if minutes is not None:
        _print_minutes(workspace, minutes, as_json=as_json)
        return
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
    for canary in canaries:
        click.echo(make_safe(_told(canary)))
    if rules is not None and rules.refused:
        click.echo(say("reload.wrong", count=rules.refused, loaded=rules.loaded))
        for problem in rules.problems:
            click.echo(make_safe(describe(problem)))


def _told(canary: CanaryResult) -> str:
    if not canary.is_possible:
        return say("minutes.canary_none", source=canary.source, reason=canary.problem)
    at = rfc3339(canary.sent_ns)
    if not canary.broken_stage:
        return say("minutes.canary_came", source=canary.source, at=at)
    stage = say(f"canary.stage_{canary.broken_stage}")
    return say("minutes.canary_lost", source=canary.source, at=at, stage=stage)


def _print_minutes(workspace: Workspace, source: str, *, as_json: bool) -> None:
    """Print the ledger of one source by the minute.

    :raises StoreError: when nothing was ever counted of it.
    """
    now_ns = time.time_ns()
    with Store.open(workspace.store_path, read_only=True) as store:
        known = [entry.source for entry in store.ledger()]
        found = store.ledger_minutes(source, now_ns - _MINUTES_NS, now_ns)
    if source not in known:
        raise StoreError(Problem("minutes.no_source", values={"name": source, "known": ", ".join(known)}))
    if as_json:
        for minute_ns, counters in found:
            click.echo(msgspec.json.encode({"minute": rfc3339(minute_ns)} | msgspec.structs.asdict(counters)).decode())
        return
    names = _COLUMNS[3:]
    rows = [[rfc3339(minute_ns), *(f"{getattr(counters, name):,}" for name in names)] for minute_ns, counters in found]
    table([say("minutes.minute"), *(say(f"ledger.{name}") for name in names)], rows, numbers=range(1, len(names) + 1))
    click.echo(say("ledger.explained"))


def _rows(ledger: Sequence[SourceLedger]) -> Iterator[list[str]]:
    """Yield three rows a source: the last hour, the last day, and all there ever was."""
    for entry in ledger:
        names = [entry.source, entry.state.value if entry.state else ""]
        for span, counters in (("hour", entry.hour), ("day", entry.day), ("total", entry.totals)):
            figures = (getattr(counters, field) for field in _COLUMNS[3:])
            yield [*names, say(f"ledger.{span}"), *(f"{figure:,}" for figure in figures)]
            names = ["", ""]
