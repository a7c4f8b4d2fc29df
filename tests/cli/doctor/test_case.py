"""What several checks need is looked at once: paths, the user, the agent that runs."""

import os
import time
from pathlib import Path

from soc_agent.store import AgentState, Store
from tests.cli.doctor.making import make_case


def test_paths_begin_at_the_folder_of_the_configuration(tmp_path: Path) -> None:
    case = make_case(tmp_path, "sources:\n- {kind: file, name: a, paths: [a.log, /b.log]}\n")
    assert case.patterns(case.config.sources[0]) == [str(tmp_path / "a.log"), "/b.log"]
    assert case.who.is_self


def test_an_agent_runs_while_its_heart_beats(tmp_path: Path) -> None:
    assert make_case(tmp_path, "sources: []").running is None
    now = time.time_ns()
    with Store.open(tmp_path / "store" / "soc.db") as store:
        store.heartbeat(AgentState(os.getpid(), now, now, 0.0, 0))
    running = make_case(tmp_path, "sources: []").running
    assert running is not None
    assert running.pid == os.getpid()
    with Store.open(tmp_path / "store" / "soc.db") as store:
        store.heartbeat(AgentState(os.getpid(), now, now, 0.0, now))
    assert make_case(tmp_path, "sources: []").running is None
