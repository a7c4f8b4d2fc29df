"""Without a store: where it should be, what to do, what is wrong; and a way out."""

from pathlib import Path

from soc_agent.text import say
from tests.tui.conftest import Open
from tests.tui.waiting import screen_text, shows, until


async def test_it_names_the_place_and_the_command(open_console: Open, tmp_path: Path) -> None:
    async with open_console((80, 24), path=tmp_path / "none.db", wait=False) as (console, pilot):
        await shows(pilot, "none.db")
        assert say("tui.waiting.start").split(":")[0] in " ".join(screen_text(console).split())
        assert not (tmp_path / "none.db").exists()
        await pilot.press("q")
        await until(pilot, lambda: console.return_code == 0)


async def test_a_hostile_path_is_text(open_console: Open, tmp_path: Path) -> None:
    async with open_console((80, 24), path=tmp_path / "\x1b]0;PWNED\x07[b].db", wait=False) as (console, pilot):
        await shows(pilot, "[b].db")
        assert "\x1b" not in screen_text(console)
