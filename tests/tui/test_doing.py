"""Moving the file of an alert from its page: asked why, done by the keeper of files, said how it went."""

from collections.abc import Sequence

from soc_agent.model import Problem
from soc_agent.model.custody import AlertFile
from soc_agent.text import say
from tests.tui.conftest import Open
from tests.tui.waiting import screen_text, settled, shows, type_text, until


class Keeper:
    """Keeps one file, and remembers what it was told."""

    def __init__(self, problem: Problem | None = None) -> None:
        self.told: list[tuple[str, int, str, str]] = []
        self._problem = problem
        self._held = False

    def file_of(self, uid: bytes, lines: Sequence[bytes]) -> AlertFile | None:
        assert len(uid) == 16
        return AlertFile("/srv/a.php", self._held) if any(b"yara" in line for line in lines) else None

    def move_away(self, alert_id: int, reason: str, actor: str) -> str | Problem:
        self.told.append(("away", alert_id, reason, actor))
        self._held = self._problem is None
        return self._problem or "/srv/a.php"

    def put_back(self, alert_id: int, reason: str, actor: str) -> str | Problem:
        self.told.append(("back", alert_id, reason, actor))
        self._held = False
        return "/srv/a.php"


async def test_the_file_goes_and_comes_back_for_a_reason(open_console: Open) -> None:
    keeper = Keeper()
    async with open_console(files=keeper) as (console, pilot):
        await pilot.press("enter")
        await shows(pilot, say("evidence.title_file"))
        await pilot.press("Q")
        await shows(pilot, say("evidence.move_away.question"))
        await pilot.press("enter")
        await shows(pilot, say("tui.ask.required"))
        await type_text(pilot, "web shell")
        await pilot.press("enter")
        await until(pilot, lambda: keeper.told)
        await shows(pilot, say("evidence.move_away.done", path="/srv/a.php"))
        await settled(console, pilot)
        await pilot.press("Q")
        await shows(pilot, say("evidence.put_back.question"))
        await type_text(pilot, "mine")
        await pilot.press("enter")
        await until(pilot, lambda: len(keeper.told) == 2)
        assert [(what, reason, actor) for what, _, reason, actor in keeper.told] == [
            ("away", "web shell", "lan.nt"),
            ("back", "mine", "lan.nt"),
        ]


async def test_why_it_was_not_moved_is_said(open_console: Open) -> None:
    keeper = Keeper(Problem("quarantine.changed", values={"path": "/srv/a.php"}))
    async with open_console(files=keeper) as (_, pilot):
        await pilot.press("enter")
        await shows(pilot, say("evidence.title_file"))
        await pilot.press("Q")
        await shows(pilot, say("evidence.move_away.question"))
        await type_text(pilot, "x")
        await pilot.press("enter")
        await shows(pilot, "is not the file that was found")


async def test_the_key_is_there_only_where_it_does_something(open_console: Open) -> None:
    for options in ({}, {"files": Keeper(), "read_only": True}):
        async with open_console(**options) as (console, pilot):
            await pilot.press("enter")
            await shows(pilot, say("tui.detail.first"))
            assert "quarantine" not in [key.name for key in console.keys_of(console.front)]
            await pilot.press("Q")
            await settled(console, pilot)
            assert say("evidence.move_away.question") not in screen_text(console)


async def test_an_alert_without_a_file_says_so(open_console: Open) -> None:
    async with open_console(files=Keeper()) as (_, pilot):
        await pilot.press("enter")
        await shows(pilot, "Webshell")
        await pilot.press("right")
        await shows(pilot, "Regular connections")
        await pilot.press("Q")
        await shows(pilot, say("evidence.no_file"))
