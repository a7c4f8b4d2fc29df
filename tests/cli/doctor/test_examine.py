"""All checks together, in order, for one configuration."""

from pathlib import Path

import pytest

from soc_agent.cli.doctor.check import Verdict
from soc_agent.cli.doctor.examine import examine
from soc_agent.cli.workspace import Workspace
from tests import product


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("XDG_CACHE_HOME", str(product.run_before(tmp_path / "cache")))
    (tmp_path / "config.yaml").write_text("sources:\n- {kind: file, name: a, paths: [a.log]}\n")
    return Workspace(tmp_path / "config.yaml", "en")


def verdicts(workspace: Workspace) -> dict[str, Verdict]:
    return {check.name: check.verdict for check in examine(workspace)}


def test_a_good_configuration_has_nothing_wrong(workspace: Workspace) -> None:
    found = verdicts(workspace)
    assert Verdict.ERROR not in found.values()
    assert {"python", "prefilter", "config", "user", "store", "clock", "open_files", "rules", "source"} <= found.keys()


def test_a_wrong_configuration_ends_the_examination(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("sorces: []\n")
    assert verdicts(workspace) == {"python": Verdict.OK, "prefilter": Verdict.OK, "config": Verdict.ERROR}


def test_what_packets_need_is_looked_at_only_where_an_interface_is_read(workspace: Workspace, tmp_path: Path) -> None:
    assert "libpcap" not in verdicts(workspace)
    (tmp_path / "config.yaml").write_text("sources:\n- {kind: packets, name: a, interface: lo}\n")
    workspace.reload()
    assert "libpcap" in verdicts(workspace)


def test_a_source_without_anything_to_read_is_looked_at(workspace: Workspace, tmp_path: Path) -> None:
    assert verdicts(workspace)["source"] is Verdict.WARN
    (tmp_path / "a.log").touch()
    assert verdicts(workspace)["source"] is Verdict.OK
