"""The banner stands on screens of the past only."""

from soc_agent.text import say, use_language
from tests.tui.conftest import Open
from tests.tui.waiting import screen_text, settled
from tui.screens.banner import Banner
from tui.screens.detail import Detail


async def test_there_is_no_banner_on_what_is_now(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        await pilot.press("enter")
        view = await settled(console, pilot)
        assert isinstance(view, Detail)
        assert view.query_one(Banner).size.height == 0


async def test_the_way_back_is_always_whole(open_console: Open) -> None:
    use_language("vi")
    async with open_console((60, 20)) as (console, pilot):
        await pilot.press("3")
        await settled(console, pilot)
        assert say("tui.replay.back") in screen_text(console)
