"""The loss ledger on standard output."""

import json
import os
import time
from pathlib import Path

from msgspec.structs import replace

from soc_agent.model import Counters, Problem
from soc_agent.store import AgentState, CanaryResult, SourceStatus, Store
from tests.cli.conftest import Run
from tests.store.making import detection


def store(tmp_path: Path, heartbeat_age_s: float) -> None:
    (tmp_path / "config.yaml").write_text("store: {path: soc.db}\n")
    now = time.time_ns()
    with Store.open(tmp_path / "soc.db") as made:
        with made.transaction() as transaction:
            transaction.add_counters("auth", Counters(bytes=1234567, lines=9876, dropped=3, read=9879, skipped=9876))
            problem = Problem("cli.unreadable", values={"reason": "closed"})
            transaction.set_source_state("auth", SourceStatus.FAILED, problem)
        made.heartbeat(AgentState(os.getpid(), now, now - int(heartbeat_age_s * 1e9)))


def test_figures_and_problems_are_shown(run: Run, tmp_path: Path) -> None:
    store(tmp_path, 0)
    done = run("status")
    assert done.code == 0
    assert "The agent runs" in done.out
    assert "9,876" in done.out
    assert "closed" in done.out


def test_an_agent_that_fell_silent_does_not_run(run: Run, tmp_path: Path) -> None:
    store(tmp_path, 60)
    assert "does not run" in run("status").out
    tree = json.loads(run("status", "--json").out)
    assert tree["alive"] is False
    assert tree["canaries"] == tree["not_well"] == []
    (source,) = tree["sources"]
    assert [source[span]["dropped"] for span in ("hour", "day", "totals")] == [3, 3, 3]


def test_the_last_hour_and_day_stand_beside_all_there_was(run: Run, tmp_path: Path) -> None:
    store(tmp_path, 0)
    rows = [line.split() for line in run("status").out.splitlines() if "9,879" in line]
    assert len(rows) == 3
    assert {row[-9] for row in rows} == {"9,879"}


def test_a_ledger_that_does_not_add_up_is_told(run: Run, tmp_path: Path) -> None:
    store(tmp_path, 0)
    assert "ended in no known way" not in run("status").out
    with Store.open(tmp_path / "soc.db") as made, made.transaction() as transaction:
        transaction.add_counters("auth", Counters(read=7))
    assert "7 ended in no known way" in run("status").out


def test_no_store_yet(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("store: {path: none.db}\n")
    done = run("status")
    assert done.code == 2
    assert "none.db" in done.err


def test_what_is_not_well_is_named_with_its_beginning(run: Run, tmp_path: Path) -> None:
    store(tmp_path, 0)
    raw = b'{"type":"health","kind":"source_silent","source":"auth"}'
    with Store.open(tmp_path / "soc.db") as made, made.transaction() as transaction:
        transaction.add_alert(replace(detection(1), source="agent", raw=raw, evidence=()))
    assert "auth: source_silent since 20" in run("status").out
    (found,) = json.loads(run("status", "--json").out)["not_well"]
    assert (found["kind"], found["source"]) == ("source_silent", "auth")


def test_the_ledger_of_a_source_by_the_minute(run: Run, tmp_path: Path) -> None:
    store(tmp_path, 0)
    (minute,) = map(json.loads, run("status", "--minutes", "auth", "--json").out.splitlines())
    assert minute["read"] == minute["skipped"] + minute["dropped"] == 9879
    assert "9,879" in run("status", "--minutes", "auth").out
    wrong = run("status", "--minutes", "auht")
    assert wrong.code != 0
    assert "auth" in wrong.err


def test_what_canaries_said_of_each_source_or_why_there_is_none(run: Run, tmp_path: Path) -> None:
    store(tmp_path, 0)
    results = [
        CanaryResult("auth", "file", 10**18, 1, 1, 1),
        CanaryResult("net", "listener", 10**18),
        CanaryResult("pages", "portals", 0, problem="A page of others cannot be marked."),
    ]
    with Store.open(tmp_path / "soc.db") as made, made.transaction() as transaction:
        transaction.put_canaries(results)
    said = run("status").out
    assert "auth: its canary came all the way at 2001-09-09" in said
    assert "net: its canary of 2001-09-09" in said
    assert "broken stage: read" in said
    assert "pages: no canary. A page of others" in said
