"""The agent that runs now: how its sources are doing, what was dropped, how many files it holds."""

from collections.abc import Iterator
from pathlib import Path

from soc_agent.cli.doctor.case import Case
from soc_agent.cli.doctor.check import Check, Verdict, ok, warn
from soc_agent.cli.doctor.program import limit_of
from soc_agent.errors import SocAgentError
from soc_agent.store import Store
from soc_agent.text import say

_FULL_SHARE = 0.8


def running(case: Case) -> Iterator[Check]:
    """Look at what the agent says of itself. Nothing where none runs: it need not."""
    state = case.running
    if state is None:
        return
    yield ok("agent", say("doctor.running", pid=state.pid))
    held, limit = _held(state.pid), limit_of(state.pid)
    if held is not None and limit and held > limit * _FULL_SHARE:
        yield warn("agent", "doctor.files_nearly_out", held=held, limit=limit)
    try:
        with Store.open(case.workspace.store_path, read_only=True) as store:
            ledger = store.ledger()
    except SocAgentError as failure:
        yield Check("agent", Verdict.ERROR, problem=failure.problem)
        return
    configured = {source.name for source in case.config.sources}
    for entry in ledger:
        if entry.source not in configured:
            continue
        if entry.problem is not None:
            yield Check("agent", Verdict.WARN, problem=entry.problem)
        if entry.per_minute.dropped:
            yield warn("agent", "doctor.dropping", source=entry.source, count=entry.per_minute.dropped)


def _held(pid: int) -> int | None:
    """Count the descriptors that a process holds; None where that may not be looked at."""
    try:
        return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return None
