"""A list that was worked out is narrowed to words, keeps them for the next time, and is whole again with one key."""

from soc_agent.text import say
from tests.tui.conftest import Open
from tests.tui.desk import LINES, Desk
from tests.tui.waiting import screen_text, shows, type_text
from tui.screens.judged import JudgedLine
from tui.screens.lines import SourceLines


async def test_words_are_recalled_and_taken_off(open_console: Open) -> None:
    async with open_console((80, 24), desk=Desk()) as (console, pilot):
        console.push_screen(SourceLines("auth"))
        await shows(pilot, "sshd[9]")
        await pilot.press("slash")
        await type_text(pilot, "[4]")
        await pilot.press("enter")
        await shows(pilot, say("lines.held", shown=1, count=9, words="[4]"))
        await pilot.press("slash")
        await shows(pilot, say("lines.question"))
        await pilot.press("backspace", "backspace", "backspace", "enter")
        await shows(pilot, "sshd[8]")


async def test_nothing_left_is_said_and_opens_nothing(open_console: Open) -> None:
    desk = Desk()
    async with open_console((80, 24), desk=desk) as (console, pilot):
        console.push_screen(JudgedLine(LINES[0]))
        await shows(pilot, say("lines.rules", matching=1, all=3))
        await pilot.press("slash")
        await type_text(pilot, "zzz")
        await pilot.press("enter")
        await shows(pilot, say("lines.held", shown=0, count=4, words="zzz"))
        await pilot.press("enter")
        await pilot.pause()
        assert desk.explained == []
        assert isinstance(console.front, JudgedLine)
        await pilot.press("x")
        await shows(pilot, say("lines.matches"))
        assert "zzz" not in screen_text(console)
