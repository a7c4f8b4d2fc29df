"""``soc-agent selftest``: a marked line through every source, now; stage by stage what works."""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click
import msgspec
from msgspec.structs import replace

from soc_agent.agent.canary import REQUEST, canary_folder, way_of
from soc_agent.agent.canary.ways import Impossible, kind_of
from soc_agent.cli.output import narrate, table
from soc_agent.cli.run import make_agent
from soc_agent.cli.status import ALIVE_NS
from soc_agent.cli.workspace import Workspace
from soc_agent.config import CanaryOptions, Config, FileSource, StoreOptions
from soc_agent.errors import SocAgentError, StoreError
from soc_agent.model import Problem
from soc_agent.store import CanaryResult, SourceStatus, Store
from soc_agent.text import say

GRACE_S = 15.0
"""What an agent may need besides: to look for the request, to open its sources, to write the results."""
WAIT_S = 20
"""How long an agent that is run for the test waits for a canary."""
_POLL_S = 0.2


@click.command("selftest", help=say("cli.selftest.help"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.pass_obj
def command(workspace: Workspace, *, as_json: bool) -> None:
    """Send canaries, wait for them, and print how far each came; exit code 1 when one was lost."""
    results = _of_running(workspace) if _is_running(workspace.store_path) else _of_own(workspace)
    if as_json:
        for result in results:
            tree = msgspec.structs.asdict(result) | {"broken_stage": result.broken_stage}
            click.echo(msgspec.json.encode(tree).decode())
    else:
        columns = ("source", "kind", "send", "read", "detect", "store")
        table([*(say(f"canary.{name}") for name in columns), ""], [_row(result) for result in results])
    possible = [result for result in results if result.is_possible]
    good = sum(1 for result in possible if not result.broken_stage)
    narrate(say("canary.fine", good=good, all=len(results), impossible=len(results) - len(possible)))
    if good < len(possible):
        sys.exit(1)


def _row(result: CanaryResult) -> list[str]:
    stages = (not result.problem, result.read_ns, result.detected_ns, result.stored_ns)
    marks = ["✓" if came else "✗" for came in stages] if result.is_possible else ["–"] * len(stages)
    return [result.source, result.kind, *marks, result.problem]


def _is_running(store_path: Path) -> bool:
    try:
        with Store.open(store_path, read_only=True) as store:
            state = store.agent_state()
    except StoreError:
        return False
    return state is not None and not state.stopped_ns and time.time_ns() - state.heartbeat_ns < ALIVE_NS


def _of_running(workspace: Workspace) -> list[CanaryResult]:
    """Ask the agent that runs.

    :raises StoreError: when it does not answer.
    """
    narrate(say("canary.agent_asked"))
    folder = canary_folder(workspace.store_path)
    asked_ns = time.time_ns()
    wait_s = workspace.config.canary.wait_s + GRACE_S
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / REQUEST).touch()
    except OSError as error:
        values = {"path": folder, "reason": error.strerror or str(error)}
        raise SocAgentError(Problem("canary.not_asked", values=values)) from error
    with Store.open(workspace.store_path, read_only=True) as store:
        results = _wait(workspace.config, store, asked_ns, wait_s, lambda: time.sleep(_POLL_S))
    if results is None:
        raise SocAgentError(Problem("canary.no_answer", values={"seconds": round(wait_s)}))
    return results


def _of_own(workspace: Workspace) -> list[CanaryResult]:
    """Run an agent for this, on a store of its own, with those sources through which a canary can be sent."""
    narrate(say("canary.own_agent"))
    config = workspace.config
    with tempfile.TemporaryDirectory(prefix="soc-agent-selftest-") as folder:
        store_path = Path(folder) / "soc-agent.db"
        # what lies in logs is nothing to read now: only what is new
        sources = tuple(
            replace(source, start="end") if isinstance(source, FileSource) else source
            for source in config.sources
            if not isinstance(way_of(source, Path(folder)), Impossible)
        )
        tested = replace(
            config,
            sources=sources,
            store=StoreOptions(path=str(store_path)),
            canary=CanaryOptions(every_s=0, wait_s=WAIT_S),
        )
        impossible = [
            CanaryResult(source.name, kind_of(source), 0, problem=say(way.key))
            for source in config.sources
            if isinstance(way := way_of(source, Path(folder)), Impossible)
        ]
        agent = make_agent(workspace, tested, store_path)
        try:
            agent.start()
            request = canary_folder(store_path) / REQUEST
            request.parent.mkdir(mode=0o700, exist_ok=True)

            def turn() -> None:
                agent.tick()
                time.sleep(_POLL_S)

            with Store.open(store_path, read_only=True) as store:
                _wait_for_sources(tested, store, turn)
                asked_ns = time.time_ns()
                request.touch()
                results = _wait(tested, store, asked_ns, WAIT_S + GRACE_S, turn)
        finally:
            agent.stop()
    if results is None:
        raise SocAgentError(Problem("canary.no_answer", values={"seconds": round(WAIT_S + GRACE_S)}))
    return sorted([*results, *impossible], key=lambda result: result.source)


def _wait_for_sources(config: Config, store: Store, turn: Callable[[], None]) -> None:
    """Wait until each source runs, or for so long that what does not run then is to be found by its canary."""
    names = {source.name for source in config.sources}
    deadline = time.monotonic() + GRACE_S
    while time.monotonic() < deadline:
        turn()
        if names <= {one.source for one in store.ledger() if one.state is SourceStatus.RUNNING}:
            return


def _wait(
    config: Config, store: Store, asked_ns: int, wait_s: float, turn: Callable[[], None]
) -> list[CanaryResult] | None:
    """Wait until there is a result of each source that is newer than the question; None when that took too long."""
    names = {source.name for source in config.sources}
    deadline = time.monotonic() + wait_s
    while time.monotonic() < deadline:
        turn()
        results = [one for one in store.canaries() if one.source in names]
        if len(results) == len(names) and all(one.sent_ns >= asked_ns or not one.is_possible for one in results):
            return results
    return None
