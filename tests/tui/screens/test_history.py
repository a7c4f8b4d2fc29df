"""The history: who did what, newest first, and whether it is whole."""

import sqlite3
from pathlib import Path

import pytest

from soc_agent.store import Store
from soc_agent.text import say, use_language
from tests.tui.conftest import Open
from tests.tui.stage import SECOND, Clock, brute
from tests.tui.waiting import screen_lines, screen_text, settled, shows, until
from tui.rows import Rows
from tui.screens.detail import Detail
from tui.screens.history import History


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 50)])
@pytest.mark.parametrize("language", ["en", "vi"])
async def test_entries_say_when_who_and_what(open_console: Open, size: tuple[int, int], language: str) -> None:
    use_language(language)
    async with open_console(size) as (console, pilot):
        await pilot.press("6")
        await settled(console, pilot)
        lines = screen_lines(console)
        assert any("binh.tv" in line and say("tui.entry.false_positive") in line for line in lines)
        title = "Login" if language == "en" else "Đăng nhập"
        assert any("lan.nt" in line and say("tui.entry.close") in line and title in line for line in lines)


async def test_the_chain_is_checked_on_demand(open_console: Open, store: Store) -> None:
    async with open_console() as (_, pilot):
        await pilot.press("6", "v")
        head = store.verify_history().head.hex()[:12]
        await shows(pilot, say("tui.history.whole", count=store.last_seq(), head=head))


async def test_an_altered_entry_is_named(open_console: Open, store_path: Path) -> None:
    with sqlite3.connect(store_path) as connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("UPDATE history SET actor = 'nobody' WHERE seq = 40")
    connection.close()
    async with open_console() as (_, pilot):
        await pilot.press("6", "v")
        await shows(pilot, say("tui.history.broken", seq=40))


async def test_an_entry_of_an_alert_opens_it(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        await pilot.press("6")
        view = await settled(console, pilot)
        assert isinstance(view, History)
        await pilot.press("enter")
        await pilot.pause()
        assert console.front is view, "the first entry is the agent's"
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: isinstance(console.front, Detail))
        await shows(pilot, "Port scan")


async def test_entries_far_down_come_when_they_are_needed(open_console: Open, store: Store, clock: Clock) -> None:
    with store.transaction() as transaction:
        for number in range(600):
            transaction.add_alert(brute(clock.now_ns - number * SECOND, f"198.51.100.{number % 250}", "h", 10, number))
    async with open_console() as (console, pilot):
        await pilot.press("6")
        view = await settled(console, pilot)
        rows = view.query_one(Rows)
        await pilot.press("end")
        await until(pilot, lambda: rows.value is not None)
        assert rows.key == 1
        assert "  …" not in screen_text(console)
        await pilot.press("pageup", "pageup", "home")
        await until(pilot, lambda: rows.value is not None and rows.key == store.last_seq())


async def test_on_a_narrow_screen_the_number_of_entries_is_still_there(open_console: Open, store: Store) -> None:
    use_language("vi")
    async with open_console((80, 24)) as (console, pilot):
        await pilot.press("6", "v")
        await shows(pilot, store.verify_history().head.hex()[:6])
        assert say("tui.history.title", count=store.last_seq()) in screen_lines(console)[1]
