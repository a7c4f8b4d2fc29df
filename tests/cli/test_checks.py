"""Each check of the doctor says how a thing is and what to do."""

import time
from pathlib import Path

import pytest

from soc_agent.cli.checks import Verdict, check_all
from soc_agent.cli.workspace import Workspace
from tests.enrich.making import MAXMIND_CITY, write_database


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "config.yaml").write_text("sources:\n- {kind: file, name: a, paths: [a.log]}\n")
    return Workspace(tmp_path / "config.yaml", "en")


def verdicts(workspace: Workspace) -> dict[str, Verdict]:
    return {check.name: check.verdict for check in check_all(workspace)}


def test_a_good_configuration_has_nothing_missing(workspace: Workspace) -> None:
    found = verdicts(workspace)
    assert Verdict.MISSING not in found.values()
    assert {"python", "prefilter", "config", "store", "clock", "rules", "source"} <= found.keys()


def test_a_bad_rule_needs_attention(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "bad.yml").write_text("title: Bad\n")
    (tmp_path / "config.yaml").write_text("rules: {paths: [bad.yml]}\n")
    problems = [check.problem for check in check_all(workspace) if check.name == "rules" and check.problem]
    assert problems
    assert all("bad.yml" in problem.where.file for problem in problems)


def test_a_slower_prefilter_is_told(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("soc_agent.cli.checks.find_spec", lambda name: None)
    assert verdicts(workspace)["prefilter"] is Verdict.ATTENTION


def test_what_packets_need_is_looked_at_only_where_an_interface_is_read(workspace: Workspace, tmp_path: Path) -> None:
    assert "libpcap" not in verdicts(workspace)
    (tmp_path / "config.yaml").write_text("sources:\n- {kind: packets, name: a, interface: lo}\n")
    workspace.reload()
    assert "libpcap" in verdicts(workspace)


def test_networks_and_address_databases_are_looked_over(workspace: Workspace, tmp_path: Path) -> None:
    assert {"networks", "databases"}.isdisjoint(verdicts(workspace))
    now_s = int(time.time())
    write_database(tmp_path / "new.mmdb", {"1.52.0.0/14": MAXMIND_CITY}, built_s=now_s)
    write_database(tmp_path / "old.mmdb", {"1.52.0.0/14": MAXMIND_CITY}, built_s=now_s - 91 * 86_400)
    (tmp_path / "config.yaml").write_text(
        "networks:\n- {name: lan, cidrs: [10.0.0.0/8]}\n- {name: dmz, cidrs: [10.1.0.0/16, 203.0.113.0/24]}\n"
        "- {name: all, cidrs: [0.0.0.0/0]}\nenrichment: {city_mmdb: new.mmdb, asn_mmdb: old.mmdb}\n"
    )
    workspace.reload()
    found = [check for check in check_all(workspace) if check.name in ("networks", "databases")]
    assert [check.verdict for check in found] == [Verdict.OK, Verdict.ATTENTION, Verdict.OK, Verdict.ATTENTION]
    assert "203.0.113.0/24" in found[0].detail
    assert "dmz lies in lan" in found[0].detail
    assert "GeoLite2-City" in found[2].detail
    (tmp_path / "old.mmdb").unlink()
    assert verdicts(workspace)["databases"] is Verdict.MISSING


def test_a_source_without_anything_to_read_needs_attention(workspace: Workspace, tmp_path: Path) -> None:
    assert verdicts(workspace)["source"] is Verdict.ATTENTION
    (tmp_path / "a.log").touch()
    assert verdicts(workspace)["source"] is Verdict.OK
