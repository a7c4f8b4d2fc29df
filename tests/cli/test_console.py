"""The console command: where there is no terminal, and the agent that belongs to a console."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from soc_agent.cli.console import agent_process
from soc_agent.store import Store
from tests.agent.test_runner import eventually
from tests.cli.conftest import Run

CONFIG = "store: {path: soc.db}\n"


def alive(store_path: Path) -> bool:
    if not store_path.exists():
        return False
    with Store.open(store_path) as store:
        state = store.agent_state()
    return state is not None and not state.stopped_ns


def test_without_a_terminal_it_names_what_works_without_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG)
    done = run("console")
    assert done.code == 2
    assert "soc-agent alerts list" in done.err


def test_the_agent_lives_as_long_as_the_console(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG)
    with agent_process(tmp_path / "config.yaml", tmp_path / "agent.log") as agent:
        eventually(lambda: alive(tmp_path / "soc.db"))
        assert agent.poll() is None
    assert agent.returncode == 0
    assert not alive(tmp_path / "soc.db")


def test_an_agent_that_fails_is_told_with_its_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "agent.log").write_text("said by the one before\n")
    (tmp_path / "config.yaml").write_text("sorces: []\n")
    with agent_process(tmp_path / "config.yaml", tmp_path / "agent.log") as agent:
        eventually(lambda: agent.poll() is not None)
    assert "sorces" in (tmp_path / "agent.log").read_text("utf-8")
    said = capsys.readouterr().err
    assert "agent.log" in said
    assert "sorces" in said
    assert "the one before" not in said


def test_a_console_that_is_killed_leaves_no_agent_behind(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG)
    code = (
        "import sys, time; from pathlib import Path; from soc_agent.cli.console import agent_process\n"
        f"with agent_process(Path({str(tmp_path / 'config.yaml')!r}), Path({str(tmp_path / 'agent.log')!r})):\n"
        "    time.sleep(600)\n"
    )
    console = subprocess.Popen([sys.executable, "-c", code])
    try:
        eventually(lambda: alive(tmp_path / "soc.db"))
    finally:
        console.send_signal(signal.SIGKILL)
        console.wait(10)
    eventually(lambda: not alive(tmp_path / "soc.db"))
