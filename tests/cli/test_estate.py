"""A command that needs no configuration takes from one what it knows of hosts and addresses, and nothing more."""

from pathlib import Path

import pytest

from soc_agent.cli.estate import enricher_of
from soc_agent.cli.workspace import Workspace
from soc_agent.errors import ConfigError
from soc_agent.model import Problem
from tests.enrich.making import event


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOC_AGENT_CONFIG", raising=False)


def network_of(address: str, workspace: Workspace, problems: list[Problem]) -> object:
    return enricher_of(workspace, problems).value(event(src_ip=address), "src_ip.network")


def test_the_configuration_that_is_there_is_taken(tmp_path: Path) -> None:
    Path("config.yaml").write_text("networks: [{name: lan, cidrs: [10.0.0.0/8]}]\n")
    Path("other.yaml").write_text("networks: [{name: other, cidrs: [10.0.0.0/8]}]\n")
    assert network_of("10.1.1.1", Workspace(None, None), []) == "lan"
    assert network_of("10.1.1.1", Workspace(Path("other.yaml"), None), []) == "other"


def test_without_one_the_private_ranges_are_known() -> None:
    problems: list[Problem] = []
    enricher = enricher_of(Workspace(None, None), problems)
    assert enricher.value(event(src_ip="10.1.1.1"), "src_ip.internal") == "true"
    assert problems == []


def test_a_wrong_one_is_an_error_only_where_it_was_named() -> None:
    Path("config.yaml").write_text("network: []\n")
    problems: list[Problem] = []
    assert network_of("10.1.1.1", Workspace(None, None), problems) is None
    assert [problem.code for problem in problems] == ["config.unknown_key"]
    Path("named.yaml").write_text("network: []\n")
    for name in ("named.yaml", "none.yaml"):
        with pytest.raises(ConfigError):
            enricher_of(Workspace(Path(name), None), problems)
