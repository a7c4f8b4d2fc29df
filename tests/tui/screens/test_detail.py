"""One alert: all that is known of it, the way to the next one, and acting on it."""

from soc_agent.model import Status
from soc_agent.store import Store
from soc_agent.text import say
from tests.tui.conftest import Open
from tests.tui.waiting import screen_lines, screen_text, settled, shows, until
from tui.page import Page
from tui.screens.detail import Detail, dossier


async def test_enter_opens_the_alert_and_escape_goes_back(open_console: Open) -> None:
    async with open_console((80, 24)) as (console, pilot):
        await pilot.press("enter")
        await shows(pilot, say("tui.detail.first"))
        assert "Webshell dropped in the web root" in screen_text(console)
        assert isinstance(console.front, Detail)
        await pilot.press("escape")
        await until(pilot, lambda: len(console.screen_stack) == 1)


async def test_the_whole_dossier_can_be_scrolled_through(open_console: Open) -> None:
    async with open_console((80, 24)) as (console, pilot):
        await pilot.press("enter")
        view = await settled(console, pilot)
        await pilot.press("end")
        await shows(pilot, say("tui.detail.history"))
        await pilot.press("g")
        await until(pilot, lambda: view.query_one(Page).scroll_offset.y == 0)
        await pilot.press("j", "pagedown")
        await until(pilot, lambda: view.query_one(Page).scroll_offset.y > 1)


async def test_the_next_alert_is_a_key_away(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        await pilot.press("enter")
        await shows(pilot, "Webshell")
        await pilot.press("right")
        await shows(pilot, "Regular connections")
        await pilot.press("left")
        await shows(pilot, "Webshell")
        await pilot.press("left")
        await settled(console, pilot)
        assert "Webshell" in screen_text(console), "there is none before the first"


async def test_an_action_shows_in_the_dossier_at_once(open_console: Open, store: Store) -> None:
    async with open_console() as (console, pilot):
        await pilot.press("enter")
        await shows(pilot, "Webshell")
        await pilot.press("a")
        await shows(pilot, say("tui.status.acknowledged"))
        assert "lan.nt" in "".join(screen_lines(console))
        (key,) = console.front.chosen() if console.front else []
    alert = store.alert(key)
    assert alert is not None
    assert alert.status is Status.ACKNOWLEDGED


async def test_an_alert_that_is_not_there_is_said(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        console.push_screen(Detail(999_999))
        await shows(pilot, say("tui.detail.gone"))
        await pilot.press("p", "w")
        assert isinstance(console.front, Detail), "nothing to pivot from"


def test_a_dossier_of_a_moment_is_what_was_known_then(store: Store) -> None:
    key = store.alert_ids()[3]
    now = dossier(store, key)
    assert now is not None
    assert now.rule is not None
    assert len(now.evidence) >= 1
    then = dossier(store, key, now.alert.recorded_ns)
    assert then is not None
    assert len(then.history) == 1
    assert dossier(store, key, now.alert.recorded_ns - 1) is None
