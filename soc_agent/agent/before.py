"""The agent that worked on the store before: whether it still does, and whether it ended as it should have."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from soc_agent.agent.health import HealthLog
from soc_agent.errors import StoreError
from soc_agent.model import Problem
from soc_agent.store import Store
from soc_agent.text import say

KILLED = "killed"
DEAD_S = 5.0
"""An agent whose last heartbeat is older than this is taken for dead."""


def look_at_the_one_before(store: Store, path: Path, health: HealthLog) -> None:
    """Say that the agent before was killed, when it did not stop in order.

    :raises StoreError: when it lives.
    """
    state = store.agent_state()
    if state is None or state.stopped_ns:
        return
    age_s = max((time.time_ns() - state.heartbeat_ns) / 1e9, 0.0)
    if age_s < DEAD_S and state.pid != os.getpid() and _is_alive(state.pid):
        raise StoreError(Problem("agent.already_running", values={"pid": state.pid, "path": path}))
    began, last = _moment(state.started_ns), _moment(state.heartbeat_ns)
    detail = say("faults.killed", began=began, last=last, seconds=round(age_s))
    health.write(KILLED, "agent", detail, since_ns=state.heartbeat_ns)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _moment(time_ns: int) -> str:
    return datetime.fromtimestamp(time_ns / 1e9, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
