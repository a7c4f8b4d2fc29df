"""The lines of a source are a key away, and a line that raised nothing can be asked about."""

import pytest

from soc_agent.model import Problem
from soc_agent.model.judging import LogLine
from soc_agent.text import say
from tests.tui.conftest import Open
from tests.tui.desk import LINES, Desk
from tests.tui.hostile import EVERYTHING, commands
from tests.tui.waiting import screen_lines, screen_text, settled, shows, type_text, until
from tui.screens.judged import JudgedLine
from tui.screens.lines import SourceLines


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_from_the_sources_to_a_line_to_what_rules_make_of_it(open_console: Open, size: tuple[int, int]) -> None:
    desk = Desk()
    async with open_console(size, desk=desk) as (console, pilot):
        await pilot.press("4")
        await settled(console, pilot)
        assert say("tui.key.lines") in screen_lines(console)[-1]
        await pilot.press("enter")
        await shows(pilot, say("lines.menu"))
        await pilot.press("down", "enter")
        await shows(pilot, say("lines.title", source="portal", count=9))
        assert desk.read == ["portal"]
        # the cursor begins at the latest line, which stands below as a whole, with its place
        assert "/var/log/auth.log:9" in screen_text(console)
        await pilot.press("up", "enter")
        await until(pilot, lambda: isinstance(console.front, JudgedLine))
        await until(pilot, lambda: desk.judged == [LINES[-2]])
        await pilot.press("escape", "escape")
        await until(pilot, lambda: not isinstance(console.front, SourceLines | JudgedLine))


async def test_the_list_can_be_narrowed_to_words(open_console: Open) -> None:
    async with open_console((80, 24), desk=Desk()) as (console, pilot):
        await pilot.press("4")
        await settled(console, pilot)
        await pilot.press("enter", "enter")
        await shows(pilot, "sshd[9]")
        await pilot.press("slash")
        await type_text(pilot, "SSHD[3")
        await pilot.press("enter")
        await shows(pilot, say("lines.held", shown=1, count=9, words="SSHD[3"))
        assert "sshd[9]" not in screen_text(console)
        await pilot.press("x")
        await shows(pilot, "sshd[9]")


async def test_what_stands_in_the_way_is_said(open_console: Open) -> None:
    problem = Problem("lines.files_only", values={"source": "auth"})
    async with open_console((80, 24), desk=Desk(lines=problem)) as (console, pilot):
        await pilot.press("4")
        await settled(console, pilot)
        await pilot.press("enter", "enter")
        await shows(pilot, "watches files and has no lines")
        await pilot.press("enter", "slash", "escape")
        await settled(console, pilot)
        assert isinstance(console.front, SourceLines)


async def test_nothing_in_a_line_commands_the_terminal(open_console: Open) -> None:
    lines = tuple(LogLine(data, "auth", EVERYTHING.decode("utf-8", "replace")) for data in (EVERYTHING, b"x" * 100_000))
    async with open_console((80, 24), desk=Desk(lines=lines)) as (console, pilot):
        await pilot.press("4")
        await settled(console, pilot)
        await pilot.press("enter", "enter")
        await until(pilot, lambda: isinstance(console.front, SourceLines))
        for key in ("home", "end"):
            await pilot.press(key)
            await settled(console, pilot)
            assert commands(screen_text(console)) == []
        assert "[@click=app.quit]q[/]" in screen_text(console) or "x" * 70 in screen_text(console)


async def test_without_rules_there_is_no_such_key(open_console: Open) -> None:
    async with open_console((80, 24)) as (console, pilot):
        await pilot.press("4")
        await settled(console, pilot)
        assert say("tui.key.lines") not in screen_lines(console)[-1]
        await pilot.press("enter", "y")
        await settled(console, pilot)
        assert say("lines.menu") not in screen_text(console)
        assert say("lines.paste_question") not in screen_text(console)
