"""Why an alert's rule matches its line: a key away, also when there is nothing to say."""

from pathlib import Path

from soc_agent.model import Problem
from soc_agent.text import say
from tests.text.test_explanation import CORRELATION, RULE
from tests.tui.conftest import Open
from tests.tui.desk import Desk
from tests.tui.waiting import screen_text, settled, shows, until
from tui.screens.explained import Explained


async def test_a_key_explains_the_alert_under_the_cursor(open_console: Open) -> None:
    desk = Desk(RULE)
    async with open_console((80, 24), desk=desk) as (console, pilot):
        await pilot.press("enter", "y")
        await shows(pilot, "Does not match")
        assert isinstance(console.front, Explained)
        alert = console.front.alert()
        assert alert is not None
        ((rule_id, line),) = desk.explained
        assert (rule_id, line.raw, line.source) == (alert.rule_id, alert.raw, alert.source)
        assert "✗ false" in screen_text(console)
        await pilot.press("end")
        await shows(pilot, say("explain.section.prefilter"))
        await pilot.press("y")
        await until(pilot, lambda: not isinstance(console.front, Explained))
        assert len(desk.explained) == 1


async def test_it_works_from_the_list_too_and_stands_in_the_footer_of_the_alert(open_console: Open) -> None:
    async with open_console((120, 40), desk=Desk(CORRELATION)) as (console, pilot):
        await pilot.press("enter")
        await settled(console, pilot)
        assert say("tui.key.explain") in screen_text(console).splitlines()[-1]
        await pilot.press("escape", "2")
        await settled(console, pilot)
        await pilot.press("y")
        await shows(pilot, "event_count")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(console.front, Explained))


async def test_the_key_is_in_the_help(open_console: Open) -> None:
    async with open_console((120, 40), desk=Desk(RULE)) as (console, pilot):
        await pilot.press("enter")
        await settled(console, pilot)
        await pilot.press("f1")
        await shows(pilot, say("tui.key.explain"))


async def test_what_stands_in_the_way_is_said(open_console: Open) -> None:
    problem = Problem("explain.not_running", values={"title": "Old rule", "id": "id-1"})
    async with open_console((80, 24), desk=Desk(problem)) as (console, pilot):
        await pilot.press("y")
        await shows(pilot, "does not run here any more")
        assert "Old rule" in screen_text(console)


async def test_without_rules_there_is_no_such_key(open_console: Open) -> None:
    async with open_console((120, 40)) as (console, pilot):
        await pilot.press("enter")
        await settled(console, pilot)
        assert say("tui.key.explain") not in screen_text(console).splitlines()[-1]
        await pilot.press("y")
        await settled(console, pilot)
        assert not isinstance(console.front, Explained)


async def test_the_language_can_be_changed_while_it_shows(open_console: Open, tmp_path: Path) -> None:
    del tmp_path
    async with open_console((120, 40), desk=Desk(RULE)) as (_, pilot):
        await pilot.press("y")
        await shows(pilot, "Does not match")
        await pilot.press("L")
        await shows(pilot, "Không khớp")
