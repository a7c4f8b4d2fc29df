"""The commands on web pages, on what a collector left in the store."""

import json
from pathlib import Path

import pytest
import yaml

from collectors.portals.compare import learn
from collectors.portals.memory import Life, Memory, Page, Pending
from collectors.portals.picture import picture_of
from soc_agent.cli.build import Builder
from soc_agent.cli.portals import Approvals, portals_seen
from soc_agent.config import load_config
from soc_agent.model import Position
from soc_agent.store import Store
from tests.cli.conftest import Run
from tests.collectors.portals.pages import URL, home

PAGES = [{"name": name, "url": f"{URL}{name}"} for name in ("well", "changed", "down", "new")]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    config = {"store": {"path": "soc.db"}, "sources": [{"kind": "portals", "name": "cong", "pages": PAGES}]}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config), "utf-8")
    known = learn([picture_of(home(look), URL) for look in range(3)])
    pending = Pending("abc", 1, 1, ["title", "scripts"], 80, known)
    states = {
        "well": (Life(checked_ns=1, status=200, not_after_s=1), Page(baseline=known)),
        "changed": (Life(checked_ns=1, status=200), Page(baseline=known, pending=pending, redirects=["x.example"])),
        "down": (Life(checked_ns=1, failures=3, down_since_ns=1, reason="timeout"), Page(baseline=known)),
    }
    import msgspec

    with Store.open(tmp_path / "soc.db") as store, store.transaction() as transaction:
        for name, (life, page) in states.items():
            memory = Memory("cong", name, f"{URL}{name}", {})
            transaction.save_position(Position("cong", memory.life_id, msgspec.json.encode(life)))
            transaction.save_position(Position("cong", memory.page_id, msgspec.json.encode(page)))
    return tmp_path


def test_status_says_how_each_page_is(run: Run, site: Path) -> None:
    done = run("portals", "status", "--json")
    found = {record["page"]: record for record in map(json.loads, done.out.splitlines())}
    assert {name: record["state"] for name, record in found.items()} == {
        "well": "well", "changed": "changed", "down": "down", "new": "never",
    }  # fmt: skip
    assert found["changed"]["changes"] == ["title", "scripts"]
    assert found["down"]["reason"] == "timeout"
    assert done.code == 1
    shown = run("portals", "status").out
    assert "title, scripts" in shown
    assert "x.example" in shown


def test_approving_is_written_to_the_history_and_read_by_the_collector(run: Run, site: Path) -> None:
    done = run("portals", "approve", "changed", "--reason", "new design", "--actor", "an")
    assert done.code == 0
    assert "changed" in done.err
    approvals = Approvals(site / "soc.db", "cong")
    assert approvals.of("changed").startswith("abc-")
    assert approvals.of("well") == ""
    with Store.open(site / "soc.db", read_only=True) as store:
        (entry,) = store.history(limit=1)
    assert (entry.actor, entry.data["reason"]) == ("an", "new design")


def test_there_must_be_something_to_approve(run: Run, site: Path) -> None:
    done = run("portals", "approve", "well")
    assert (done.code, "Nothing" in done.err) == (2, True)
    assert run("portals", "approve", "nowhere").code == 2


def test_a_store_that_is_not_there_approves_nothing(tmp_path: Path) -> None:
    assert Approvals(tmp_path / "none.db", "cong").of("a") == ""


def test_a_source_of_the_configuration_becomes_its_collector(site: Path) -> None:
    config = load_config(site / "config.yaml")
    collector = Builder(config, site).collector(config.sources[0])
    assert (collector.name, type(collector).__name__) == ("cong", "PortalWatch")


def test_the_console_is_given_the_same_and_what_to_approve(site: Path) -> None:
    """What is not well stands first; only what waits to be approved has a change."""
    config = load_config(site / "config.yaml")
    with Store.open(site / "soc.db", read_only=True) as store:
        found = portals_seen(config, store)
    assert [(page.page, page.state) for page in found] == [
        ("changed", "changed"), ("down", "down"), ("well", "well"), ("new", "never"),
    ]  # fmt: skip
    changed, down, well, new = found
    assert (changed.changes, changed.redirects) == (("title", "scripts"), ("x.example",))
    assert [bool(page.change) for page in found] == [True, False, False, False]
    assert changed.subject == "portal/cong/changed"
    assert (down.answer, down.down_since_ns) == ("timeout", 1)
    assert (well.answer, well.expires_ns) == ("200", 10**9)
    assert new.checked_ns == 0
