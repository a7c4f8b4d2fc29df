"""Suppressing, lifting and listing without the console."""

import json
from pathlib import Path

import pytest

from soc_agent.store import Store
from tests.cli.conftest import Run
from tests.store.making import detection, put


@pytest.fixture
def store_path(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text("store: {path: soc.db}\nconsole: {user: truc-ban}\n")
    path = tmp_path / "soc.db"
    with Store.open(path) as store:
        put(store, detection(0))
    return path


def test_suppressed_counted_listed_and_lifted(run: Run, store_path: Path) -> None:
    assert run("alerts", "close", "1", "--reason", "ours").code == 0
    assert run("alerts", "suppress", "1", "--for", "8h", "--reason", "our \x1b[2J scanner").code == 0
    with Store.open(store_path) as store:
        put(store, detection(1), detection(2))
    listed = run("alerts", "suppressions")
    assert "scanner" in listed.out
    assert "\x1b" not in listed.out
    assert "1 suppressions hold" in listed.err
    assert "2 suppressed since" in run("alerts", "show", "1").out
    (found,) = json.loads(run("alerts", "show", "1", "--json").out)["suppressions"]
    assert (found["count"], found["state"], found["actor"]) == (2, "active", "truc-ban")
    assert run("alerts", "lift", "1").code == 0
    assert run("alerts", "suppressions", "--json").out == ""
    (found,) = [json.loads(line) for line in run("alerts", "suppressions", "--all", "--json").out.splitlines()]
    assert (found["count"], found["state"]) == (2, "lifted")
    assert "lifted" in run("alerts", "suppressions", "--all").out


@pytest.mark.parametrize("words", [("--for", "soon"), ("--for", "8h more"), ("--for", "60d"), ("--for", "0h")])
def test_a_time_that_is_none_is_refused(run: Run, store_path: Path, words: tuple[str, ...]) -> None:
    done = run("alerts", "suppress", "1", *words, "--reason", "x")
    assert done.code == 2
    assert run("alerts", "suppressions", "--all", "--json").out == ""


def test_there_must_be_a_reason(run: Run, store_path: Path) -> None:
    assert run("alerts", "suppress", "1", "--for", "8h").code == 2
    assert "reason" in run("alerts", "suppress", "1", "--for", "8h", "--reason", " ").err
