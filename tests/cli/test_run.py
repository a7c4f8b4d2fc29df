"""Putting an agent together from a configuration; the running process is tried in ``tests/end_to_end``."""

from pathlib import Path

import pytest

from soc_agent.cli.run import make_agent
from soc_agent.cli.workspace import Workspace
from soc_agent.store import SourceStatus, Store
from tests import product
from tests.agent.test_runner import eventually
from tests.cli.conftest import Run


def test_the_agent_reads_what_the_configuration_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative paths begin at the folder of the file, and the store lies there too."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(product.run_before(tmp_path / "cache")))
    (tmp_path / "config.yaml").write_text(
        "store: {path: soc.db}\nsources:\n- {kind: file, name: auth, paths: [auth.log], start: beginning}\n"
    )
    line = "Mar  2 06:00:00 h useradd[7]: new user: name=x, UID=0, GID=0, home=/home/x, shell=/bin/bash\n"
    (tmp_path / "auth.log").write_text(line)
    workspace = Workspace(tmp_path / "config.yaml", "en")
    agent = make_agent(workspace, workspace.config)
    agent.start()
    try:
        with Store.open(tmp_path / "soc.db", read_only=True) as store:
            eventually(lambda: any(alert.source == "auth" for alert in store.alerts(store.alert_ids())))
            agent.tick()
            assert {entry.state for entry in store.ledger() if entry.source == "auth"} == {SourceStatus.RUNNING}
            assert store.rules()
    finally:
        assert agent.stop()


def test_a_configuration_that_is_wrong_starts_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("store: {path: 7}\n")
    done = run("run")
    assert done.code == 2
    assert "config.yaml:1: store.path" in done.err
