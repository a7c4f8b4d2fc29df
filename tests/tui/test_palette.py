"""The palette: everything that can be done, found by name whatever the diacritics."""

from soc_agent.text import say
from tests.tui.conftest import Open
from tests.tui.waiting import screen_text, settled, shows, type_text, until


async def test_a_screen_is_found_and_gone_to(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        await pilot.press("ctrl+p")
        await type_text(pilot, "go to replay")
        await shows(pilot, say("tui.palette.view", name=say("tui.screen.replay")))
        await pilot.press("enter")
        await until(pilot, lambda: console.current_mode == "replay")


async def test_vietnamese_commands_are_found_without_diacritics(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        await pilot.press("L", "ctrl+p")
        await type_text(pilot, "nhat ky")
        await shows(pilot, "Đến màn hình: Nhật ký")
        await pilot.press("enter")
        await until(pilot, lambda: console.current_mode == "history")


async def test_a_filter_a_theme_and_a_language_are_commands(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        await pilot.press("ctrl+p")
        await type_text(pilot, "status=new")
        await shows(pilot, say("tui.palette.filter", filter="status=new"))
        await pilot.press("enter")
        await until(pilot, lambda: console.current_mode == "alerts")
        await shows(pilot, "status=new")
        await pilot.press("ctrl+p")
        await type_text(pilot, "soc-light")
        await shows(pilot, say("tui.palette.theme", name="soc-light"))
        await pilot.press("enter")
        await until(pilot, lambda: console.theme == "soc-light")
        await pilot.press("ctrl+p")
        await type_text(pilot, "tieng viet")
        await shows(pilot, "Tiếng Việt")
        await pilot.press("enter")
        await shows(pilot, "Tổng quan")


async def test_a_key_of_the_screen_is_a_command(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        await pilot.press("2")
        await settled(console, pilot)
        await pilot.press("ctrl+p")
        await type_text(pilot, "note")
        await shows(pilot, say("tui.key.note"))
        await pilot.press("enter")
        await shows(pilot, say("tui.act.note.question", count=1))


async def test_what_nobody_knows_is_not_found(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        await pilot.press("ctrl+p")
        await type_text(pilot, "[/foo]")
        await pilot.pause()
        await pilot.press("escape")
        await until(pilot, lambda: len(console.screen_stack) == 1)
        assert "[/foo]" not in screen_text(console)
