"""The heart of the lists: places to go back to, marks, and what replay takes away."""

from soc_agent.store import Order
from soc_agent.text import say
from tests.tui.conftest import Open
from tests.tui.waiting import settled, shows, until
from tui.alertlist import AlertList
from tui.screens.alerts import STANDARD, Alerts


async def test_the_way_back_leads_through_every_place(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        for text in ("host=portal-01", "user=root", "tag=t1110"):
            await console.find(text)
            await settled(console, pilot)
        view = console.front
        assert isinstance(view, Alerts)
        for text in ("user=root", "host=portal-01", STANDARD, STANDARD):
            await pilot.press("backspace")
            await until(pilot, lambda text=text: view.list.filter.text == text)  # type: ignore[misc]


async def test_escape_takes_marks_away_before_it_goes_back(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        await console.find("host=portal-01")
        await settled(console, pilot)
        view = console.front
        assert isinstance(view, Alerts)
        await pilot.press("space", "escape")
        assert view.list.rows.marks == set()
        assert view.list.filter.text == "host=portal-01"
        await pilot.press("escape")
        await until(pilot, lambda: view.list.filter.text == STANDARD)


async def test_a_place_keeps_its_order(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        await console.find(STANDARD, Order.LEVEL)
        await settled(console, pilot)
        view = console.front
        assert isinstance(view, Alerts)
        assert view.list.order == "level"
        await pilot.press("backspace")
        assert view.list.order == "time"


async def test_a_filter_from_elsewhere_that_is_not_understood_is_said(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        await console.find("levl=high")
        await shows(pilot, "levl")
        view = console.front
        assert isinstance(view, Alerts)
        assert view.list.filter.text == STANDARD


def test_in_replay_nothing_is_followed_or_marked() -> None:
    live, past = AlertList("x", live=True), AlertList("x", live=False)
    for action in ("follow", "mark", "mark_all"):
        assert live.check_action(action, ())
        assert not past.check_action(action, ())
    assert past.check_action("sort", ())


async def test_marking_all_and_none(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        await pilot.press("2")
        view = await settled(console, pilot)
        assert isinstance(view, Alerts)
        await pilot.press("asterisk")
        await shows(pilot, say("tui.marked", count=len(view.list.rows.keys)))
        await pilot.press("asterisk")
        assert view.list.chosen() == [view.list.rows.key]


async def test_a_filter_that_lets_nothing_through_says_how_to_go_on(open_console: Open) -> None:
    async with open_console((80, 24)) as (console, pilot):
        await console.find("host=nobody-is-called-so")
        await shows(pilot, say("signs.none_listed")[:40])
