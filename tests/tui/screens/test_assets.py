"""The assets on the screen: pages and hosts in one list, all that is known of one a key away, and the way to act."""

from collections.abc import Sequence

import pytest

from soc_agent.model import HostFacts
from soc_agent.model.portal import PortalSeen
from soc_agent.store import Store
from soc_agent.text import say, use_language
from tests.tui.conftest import Open
from tests.tui.stage import MINUTE, NOW, Clock
from tests.tui.waiting import screen_lines, screen_text, settled, shows, type_text, until
from tui.screens.alerts import Alerts
from tui.screens.assets import AssetPage, Assets, Estate, estate_of

CHANGED = PortalSeen(
    "cong", "trang-chu", "https://cong.example/", "changed", "200", NOW - MINUTE, NOW - 4 * MINUTE,
    changes=("title",), changed_ns=NOW - MINUTE, subject="portal/cong/trang-chu", change="abc",
)  # fmt: skip


def pages(store: Store) -> Sequence[PortalSeen]:
    return [] if store.approved(CHANGED.subject) else [CHANGED]


@pytest.fixture
def told(store: Store) -> Store:
    facts = {"ports": {"tcp 0.0.0.0:22": "sshd"}, "packages": {"nginx": "1.22"}, "clock": {"kept": "no"}}
    with store.transaction() as transaction:
        transaction.put_facts(HostFacts("portal-01", facts))
    return store


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
@pytest.mark.parametrize("language", ["en", "vi"])
async def test_pages_and_hosts_say_how_they_stand(
    open_console: Open, told: Store, size: tuple[int, int], language: str
) -> None:
    use_language(language)
    assert told.hosts()
    async with open_console(size, portals=pages) as (console, pilot):
        await pilot.press("7")
        await settled(console, pilot)
        lines = screen_lines(console)
        page = next(line for line in lines if "trang-chu" in line)
        assert say("portals.state.changed") in page
        host = next(line for line in lines if "portal-01" in line)
        assert f"! {say('assets.lacks.antivirus')}" in host
        assert say("assets.title.portals", count=1) in screen_text(console)


async def test_enter_opens_a_host_and_enter_again_its_alerts(open_console: Open, told: Store) -> None:
    assert told.hosts()
    async with open_console() as (console, pilot):
        await pilot.press("7")
        view = await settled(console, pilot)
        assert isinstance(view, Assets)
        assert view.estate is not None
        row = next(n for n, item in enumerate(view.estate.items) if item.known.name == "portal-01")  # type: ignore[union-attr]
        await pilot.press(*["down"] * row, "enter")
        await shows(pilot, say("assets.title.health"))
        text = screen_text(console)
        assert "cong-tttdt" in text
        assert say("assets.clock.free") in text
        assert "tcp 0.0.0.0:22" in text
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(console.front, Alerts))
        await shows(pilot, "host=portal-01")
        await pilot.press("7")
        await until(pilot, lambda: isinstance(console.front, AssetPage))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(console.front, Assets))


async def test_a_change_of_a_page_is_approved_for_a_reason(open_console: Open, store: Store) -> None:
    async with open_console(portals=pages) as (console, pilot):
        await pilot.press("7")
        await settled(console, pilot)
        await pilot.press("enter")
        await shows(pilot, say("assets.portal.next.approve"))
        await pilot.press("A")
        await shows(pilot, say("assets.portal.question"))
        await pilot.press("enter")
        await shows(pilot, say("tui.ask.required"))
        await type_text(pilot, "new design")
        await pilot.press("enter")
        await shows(pilot, say("assets.portal.approved", page="trang-chu"))
    assert store.approved(CHANGED.subject) == "abc"
    entry = store.history(limit=1)[0]
    assert (entry.actor, entry.data["reason"]) == ("lan.nt", "new design")


async def test_nothing_is_approved_where_nothing_can_be(open_console: Open) -> None:
    async with open_console(portals=pages, read_only=True) as (console, pilot):
        await pilot.press("7")
        await settled(console, pilot)
        await pilot.press("enter")
        await shows(pilot, "https://cong.example/")
        await pilot.press("A")
        await settled(console, pilot)
        assert say("assets.portal.question") not in screen_text(console)
        assert say("assets.portal.next.approve") not in screen_text(console)


async def test_an_empty_store_says_what_to_do(open_console: Open, tmp_path: object, clock: Clock) -> None:
    from soc_agent.config import Config

    path = tmp_path / "empty.db"  # type: ignore[operator]
    Store.open(path, clock=clock).close()
    async with open_console((80, 24), path=path, config=Config()) as (_, pilot):
        await pilot.press("7")
        await shows(pilot, say("assets.none")[:30])


def test_what_needs_somebody_stands_first(told: Store) -> None:
    from tests.tui.stage import a_config

    found = estate_of(told, a_config(), None)
    assert isinstance(found, Estate)
    counts = [bool(asset.open_alerts) for asset in found.assets]
    assert counts == sorted(counts, reverse=True)
    assert {asset.known.name for asset in found.assets} >= {"portal-01", "db-01", "mail-01"}
