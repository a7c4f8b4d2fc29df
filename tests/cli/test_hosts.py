"""What hosts say of themselves, on standard output."""

import json
from pathlib import Path

import pytest

from collectors.host import HostWatch
from soc_agent.cli.build import Builder
from soc_agent.config import load_config
from soc_agent.model import HostFacts
from soc_agent.store import Store
from tests.cli.conftest import Run

SECTIONS = {
    "system": {"name": "Debian 12", "kernel": "6.1"},
    "ports": {"tcp 0.0.0.0:22": "sshd"},
    "packages": {"bash": "5.2", "tzdata": "2024a"},
    "antivirus": {"ClamAV": "running"},
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    text = "store: {path: soc.db}\nsources: [{kind: host, name: may}]\n"
    (tmp_path / "config.yaml").write_text(text)
    with Store.open(tmp_path / "soc.db") as store, store.transaction() as transaction:
        transaction.put_facts(HostFacts("web01", SECTIONS))
    return tmp_path


def test_the_hosts_are_listed(run: Run, site: Path) -> None:
    done = run("hosts")
    assert done.code == 0
    assert "web01" in done.out
    assert "Debian 12" in done.out
    assert json.loads(run("hosts", "--json").out)["sections"]["packages"] == 2


def test_a_host_is_shown_without_its_long_lists_unless_they_are_asked_for(run: Run, site: Path) -> None:
    shown = run("hosts", "web01")
    assert "sshd" in shown.out
    assert "tzdata" not in shown.out
    assert "packages" in shown.err
    assert "tzdata" in run("hosts", "web01", "packages").out
    lines = [json.loads(line) for line in run("hosts", "web01", "--json").out.splitlines()]
    assert {"host": "web01", "section": "packages", "item": "bash", "value": "5.2"}.items() <= lines[1].items() or any(
        line["item"] == "bash" and line["value"] == "5.2" for line in lines
    )


def test_nothing_known_is_said(run: Run, site: Path) -> None:
    assert run("hosts", "nowhere").code == 1


def test_a_source_of_the_configuration_becomes_its_collector(site: Path) -> None:
    config = load_config(site / "config.yaml")
    assert isinstance(Builder(config, site).collector(config.sources[0]), HostWatch)
