"""What the agent before left behind: nothing, a clean end, a sudden one, or itself."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from soc_agent.agent.before import DEAD_S, look_at_the_one_before
from soc_agent.agent.health import HealthLog
from soc_agent.errors import StoreError
from soc_agent.store import AgentState, Store
from tests.agent.trust.test_conditions import said

GONE = 2**22 - 3
"""A process number that is hardly ever given."""


def look(folder: Path, state: AgentState | None) -> list[dict[str, object]]:
    health = HealthLog("boot")
    with Store.open(folder / "soc.db") as store:
        if state is not None:
            store.heartbeat(state)
        look_at_the_one_before(store, folder / "soc.db", health)
    return said(health)


def test_none_and_one_that_stopped_in_order_leave_nothing_to_say(tmp_path: Path) -> None:
    now = time.time_ns()
    assert look(tmp_path, None) == []
    assert look(tmp_path, AgentState(GONE, now, now, 0.0, now)) == []


@pytest.mark.parametrize("pid", [GONE, os.getpid(), os.getppid()], ids=["gone", "our own number", "somebody else now"])
def test_one_that_did_not_is_said_with_the_time_nothing_was_watched(tmp_path: Path, pid: int) -> None:
    last = time.time_ns() - int((DEAD_S + 90) * 1e9)
    (line,) = look(tmp_path, AgentState(pid, last - 10**12, last))
    assert (line["kind"], line["source"]) == ("killed", "agent")
    assert "for 95 s" in str(line["detail"]) or "for 96 s" in str(line["detail"])


def test_one_that_lives_is_not_disturbed(tmp_path: Path) -> None:
    living = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        with pytest.raises(StoreError, match=str(living.pid)):
            look(tmp_path, AgentState(living.pid, time.time_ns(), time.time_ns()))
    finally:
        living.communicate(b"\n")
