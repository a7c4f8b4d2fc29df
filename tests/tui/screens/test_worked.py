"""What takes long is worked out in a thread: the screen says so at once, can be left, and shows it when it is there."""

from threading import Event

from soc_agent.model import Explanation, Problem
from soc_agent.model.judging import LogLine
from soc_agent.text import say
from tests.text.test_explanation import RULE
from tests.tui.conftest import Open
from tests.tui.desk import LINES, Desk
from tests.tui.waiting import shows, until
from tui.screens.explained import Explained


class Slow(Desk):
    """Answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = Event()
        self.may_answer = Event()

    def explain(self, rule_id: str, line: LogLine, title: str) -> Explanation | Problem:
        self.begun.set()
        self.may_answer.wait(20)
        return super().explain(rule_id, line, title)


async def test_it_is_said_that_it_is_worked_out(open_console: Open) -> None:
    desk = Slow()
    async with open_console((80, 24), desk=desk) as (console, pilot):
        console.push_screen(Explained("id", LINES[0], "A rule"))
        await shows(pilot, say("tui.explained.loading"))
        await until(pilot, desk.begun.is_set)
        desk.may_answer.set()
        await shows(pilot, RULE.rule.title)


async def test_it_can_be_left_before_it_is_there(open_console: Open) -> None:
    desk = Slow()
    async with open_console((80, 24), desk=desk) as (console, pilot):
        console.push_screen(Explained("id", LINES[0], "A rule"))
        await until(pilot, desk.begun.is_set)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(console.front, Explained))
        desk.may_answer.set()
        await until(pilot, lambda: desk.explained)
        await pilot.pause()
        assert console.is_running


class Broken(Desk):
    """Fails as a rule of somebody else's may."""

    def explain(self, rule_id: str, line: LogLine, title: str) -> Explanation | Problem:
        raise RuntimeError("nobody thought of this")


async def test_what_fails_is_told_and_the_console_goes_on(open_console: Open) -> None:
    async with open_console((80, 24), desk=Broken()) as (console, pilot):
        console.push_screen(Explained("id", LINES[0], "A rule"))
        await shows(pilot, "nobody thought of this")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(console.screen, Explained))
