"""A line can be pasted: for the rule under the cursor, or for all; and from an explanation to all other rules."""

from soc_agent.text import say
from tests.tui.conftest import Open
from tests.tui.desk import Desk
from tests.tui.waiting import paste_text, screen_text, settled, shows, type_text, until
from tui.screens.explained import Explained
from tui.screens.judged import JudgedLine


async def test_a_pasted_line_is_given_to_all_rules(open_console: Open) -> None:
    desk = Desk()
    async with open_console((80, 24), desk=desk) as (console, pilot):
        await pilot.press("4")
        await settled(console, pilot)
        await pilot.press("y")
        await shows(pilot, say("lines.paste_question"))
        await type_text(pilot, "[red]x[/red]")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(console.front, JudgedLine))
        await until(pilot, lambda: [line.raw for line in desk.judged] == [b"[red]x[/red]"])
        await shows(pilot, "[red]x[/red]")


async def test_on_the_rules_it_is_given_to_the_rule_under_the_cursor(open_console: Open) -> None:
    desk = Desk()
    async with open_console((120, 40), desk=desk) as (console, pilot):
        await pilot.press("5")
        await settled(console, pilot)
        await pilot.press("down", "y")
        await shows(pilot, say("lines.paste_for"))
        rule = console.front
        await paste_text(pilot, "a" * 600)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(console.front, Explained))
        await until(pilot, lambda: len(desk.explained) == 1)
        ((rule_id, line),) = desk.explained
        assert line.raw == b"a" * 600
        assert rule is None
        assert rule_id in {info.id for info in console.views["rules"]._rules}  # type: ignore[attr-defined]
        # the explanation leads on to what all the others make of the same line
        await pilot.press("enter")
        await until(pilot, lambda: desk.judged == [line])


async def test_an_empty_line_and_escape_ask_nothing(open_console: Open) -> None:
    desk = Desk()
    async with open_console((80, 24), desk=desk) as (console, pilot):
        await pilot.press("4")
        await settled(console, pilot)
        await pilot.press("y", "enter")
        await shows(pilot, say("tui.ask.required"))
        await pilot.press("escape")
        await settled(console, pilot)
        assert desk.judged == []
        assert say("lines.paste_question") not in screen_text(console)


async def test_the_menu_of_sources_ends_with_a_line_of_ones_own(open_console: Open) -> None:
    async with open_console((80, 24), desk=Desk()) as (console, pilot):
        await pilot.press("4")
        await settled(console, pilot)
        await pilot.press("enter", "end", "enter")
        await shows(pilot, say("lines.paste_question"))
