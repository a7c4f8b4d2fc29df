"""The first and the last line: where we are, what time it is, which keys matter; clickable."""

import pytest

from soc_agent.text import LANGUAGES, say, use_language
from tests.tui.conftest import Open
from tests.tui.waiting import screen_lines, settled, until
from tui.registry import VIEWS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [80, 120, 200])
async def test_tabs_clock_and_help_are_whole_at_every_width(open_console: Open, language: str, width: int) -> None:
    use_language(language)
    async with open_console((width, 24)) as (console, pilot):
        for number, entry in enumerate(VIEWS, 1):
            await pilot.press(str(number))
            await settled(console, pilot)
            lines = screen_lines(console)
            for other, view in enumerate(VIEWS, 1):
                assert f" {other} {say(f'tui.screen.{view.name}')} " in lines[0]
            assert lines[0].endswith("03:12:00 ")
            assert lines[-1].endswith(f"? {say('tui.key.help')} ")
            assert console.current_mode == entry.name


@pytest.mark.parametrize("width", [40, 60])
async def test_tabs_without_room_are_numbers_but_for_the_one_in_front(open_console: Open, width: int) -> None:
    async with open_console((width, 24)) as (console, pilot):
        await pilot.press("3")
        await settled(console, pilot)
        line = screen_lines(console)[0]
        assert "3 Replay" in line
        assert "Alerts" not in line
        assert all(f" {number} " in line for number in range(1, len(VIEWS) + 1))
        await pilot.click(offset=(line.index(" 2 ") + 1, 0))
        await until(pilot, lambda: console.current_mode == "alerts")


async def test_the_unit_is_named_where_there_is_room(open_console: Open) -> None:
    async with open_console((120, 24)) as (console, _):
        assert "Trung tâm dữ liệu tỉnh" in screen_lines(console)[0]


async def test_tabs_and_hints_can_be_clicked(open_console: Open) -> None:
    async with open_console((120, 30)) as (console, pilot):
        await pilot.click(offset=(screen_lines(console)[0].index("Replay") + 1, 0))
        await until(pilot, lambda: console.current_mode == "replay")
        await pilot.click(offset=(screen_lines(console)[0].index("Alerts") + 1, 0))
        await until(pilot, lambda: console.current_mode == "alerts")
        await settled(console, pilot)
        await pilot.click(offset=(screen_lines(console)[-1].index("Filter"), 29))
        await until(pilot, lambda: console.front.list.bar.typing)  # type: ignore[union-attr]
        await pilot.press("escape")
        await pilot.click(offset=(screen_lines(console)[-1].index("Close"), 29))
        await until(pilot, lambda: len(console.screen_stack) == 2)


async def test_hints_change_with_the_screen(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        assert say("tui.key.acknowledge") in screen_lines(console)[-1]
        await pilot.press("6")
        await settled(console, pilot)
        assert say("tui.key.acknowledge") not in screen_lines(console)[-1]
        assert say("tui.key.verify") in screen_lines(console)[-1]
