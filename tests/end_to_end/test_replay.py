"""Recorded files are fed through a live agent, and the same file twice adds nothing."""

import json
import time
from pathlib import Path

import pytest

from soc_agent.store import Store
from tests.end_to_end.running import GROUP_RULE, LINE_RULE, Site, eventually


@pytest.fixture
def site(tmp_path: Path) -> Site:
    lines = (
        f"Mar  2 06:00:{second:02d} h sshd[1]: Invalid user user-{second} from 192.0.2.{second // 5} port 1\n"
        for second in range(20)
    )
    (tmp_path / "old.log").write_text("".join(lines))
    return Site(tmp_path, {}, [LINE_RULE, GROUP_RULE])


def counted(site: Site) -> list[tuple[str, int]]:
    with Store.open(site.store_path, read_only=True) as store:
        return sorted((alert.entity_key, alert.count) for alert in store.alerts(store.alert_ids()))


def test_through_an_agent_of_its_own(site: Site) -> None:
    done = site.command("replay", site.folder / "old.log", "--speed", "1000")
    assert done.returncode == 0, done.stderr
    assert "20 lines" in done.stderr
    assert len(counted(site)) == 24


def test_the_same_file_again_changes_nothing(site: Site) -> None:
    site.command("replay", site.folder / "old.log", "--speed", "1000")
    before = counted(site)
    (site.folder / "old.log").rename(site.folder / "same.log")
    assert site.command("replay", site.folder / "same.log", "--speed", "500").returncode == 0
    assert counted(site) == before


def test_through_the_agent_that_runs(site: Site) -> None:
    site.start("--quiet")
    try:
        eventually(lambda: site.store_path.with_suffix(".sock").exists(), "the agent's door")
        done = site.command("replay", site.folder / "old.log", "--speed", "1000")
        assert done.returncode == 0, done.stderr
        assert len(counted(site)) == 24
    finally:
        assert site.stop() == 0
    ledger = json.loads(site.command("status", "--json").stdout)["sources"]
    assert {entry["source"]: entry["totals"]["lines"] for entry in ledger}["replay"] == 20


def test_the_pace_is_that_of_the_record(site: Site) -> None:
    """Nineteen seconds of log at ten times their pace take no less than 1.9 seconds."""
    begin = time.monotonic()
    assert site.command("replay", site.folder / "old.log", "--speed", "10").returncode == 0
    assert time.monotonic() - begin >= 1.9


def test_nothing_to_replay_is_bad_use(site: Site) -> None:
    done = site.command("replay", site.folder / "none.log")
    assert done.returncode == 2
    assert "none.log" in done.stderr


COLUMNS_RULE: dict[str, object] = {
    "title": "A bad name",
    "id": "00000000-0000-4000-8000-0000000000e1",
    "logsource": {"product": "zeek", "service": "dns"},
    "detection": {"s": {"query|endswith": ".bad.example"}, "condition": "s"},
    "level": "high",
}


def test_lines_of_columns_keep_their_header(tmp_path: Path) -> None:
    """Each the one that it stands under: of two in a file, and of two files whose lines alternate."""
    site = Site(tmp_path, {}, [COLUMNS_RULE])
    for number, fields in enumerate([("query", "rcode_name"), ("rcode_name", "query")]):
        lines = []
        for part in range(2):
            names = fields[:: 1 if part == 0 else -1]
            lines += ["#separator \\x09", "#unset_field\t-", "#path\tdns", "\t".join(["#fields", "ts", *names])]
            lines.append("\t".join(["#types", "time", "string", "string"]))
            for second in range(3):
                values = {"query": f"{number}{part}{second}.bad.example", "rcode_name": "NOERROR"}
                lines.append("\t".join([f"{1763600000 + part * 10 + second}.{number}", *(values[n] for n in names)]))
        (tmp_path / f"dns{number}.log").write_text("".join(line + "\n" for line in lines))
    done = site.command("replay", tmp_path / "dns0.log", tmp_path / "dns1.log", "--speed", "1000")
    assert done.returncode == 0, done.stderr
    with Store.open(site.store_path, read_only=True) as store:
        assert sum(alert.count for alert in store.alerts(store.alert_ids())) == 12
