"""The agent that runs is asked how its sources are doing."""

import os
import time
from pathlib import Path

import pytest

from soc_agent.cli.doctor import running
from soc_agent.model import Counters, Problem
from soc_agent.store import AgentState, SourceStatus, Store
from tests.cli.doctor.making import codes, make_case

CONFIG = "sources:\n- {kind: file, name: auth, paths: [auth.log]}\n"


def test_nothing_is_said_where_no_agent_runs(tmp_path: Path) -> None:
    assert list(running.running(make_case(tmp_path, CONFIG))) == []


def test_trouble_and_drops_of_its_sources_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = make_case(tmp_path, CONFIG)
    now = time.time_ns()
    with Store.open(case.workspace.store_path) as store:
        store.heartbeat(AgentState(os.getpid(), now, now, 0.0, 0))
        with store.transaction() as transaction:
            gone = Problem("tail.nothing_there", values={"path": "x", "source": "auth"})
            transaction.set_source_state("auth", SourceStatus.RUNNING, gone)
            transaction.add_counters("auth", Counters(lines=5, dropped=3))
            transaction.add_counters("of-before", Counters(lines=5, dropped=3))
    found = list(running.running(case))
    assert codes(found) == ["tail.nothing_there", "doctor.dropping"]
    assert str(os.getpid()) in found[0].detail
    monkeypatch.setattr(running, "limit_of", lambda pid: 3)
    assert "doctor.files_nearly_out" in codes(list(running.running(case)))
