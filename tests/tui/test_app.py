"""The console as a whole: every key of every screen, both languages, stores that are absent, broken, being written."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from soc_agent.model import Status
from soc_agent.store import Store
from soc_agent.text import say, use_language
from tests.tui.conftest import Open
from tests.tui.hostile import commands
from tests.tui.stage import SECOND, Clock, a_config, a_store, brute
from tests.tui.waiting import screen_lines, screen_text, settled, shows, until
from tui import NOT_A_TERMINAL, run_console
from tui.app import Console
from tui.keys import EVERYWHERE, MOVING
from tui.registry import VIEWS

SIZES = [(80, 24), (120, 40), (160, 50)]
NOT_TRIED = {"quit"}


@pytest.mark.parametrize(("size", "language"), [*zip(SIZES, ("vi", "en", "vi"), strict=True)])
async def test_every_key_of_every_screen_leaves_a_whole_screen(
    open_console: Open, size: tuple[int, int], language: str
) -> None:
    use_language(language)
    async with open_console(size) as (console, pilot):
        for number, entry in enumerate(VIEWS, 1):
            anywhere = (*MOVING, *EVERYWHERE) if size == SIZES[0] else ()
            for key in (*_keys(console, entry.name), *anywhere):
                if key.name in NOT_TRIED:
                    continue
                names = key.keys.split(",")
                for name in names if size == SIZES[0] else names[:1]:
                    await _back_to(console, pilot, number)
                    await pilot.press(name)
                    lines = screen_lines(console)
                    assert commands("".join(lines)) == [], key
                    assert len(lines) == size[1], key
                    use_language(language)


def _keys(console: Console, name: str) -> Any:
    return console._view(name).KEYS


async def _back_to(console: Console, pilot: Any, number: int) -> None:
    while len(console.screen_stack) > 1:
        console.pop_screen()
        await pilot.pause()
    bar = getattr(getattr(console.front, "list", None), "bar", None)
    if bar is not None and bar.typing:
        await pilot.press("escape")
    if console.current_mode != VIEWS[number - 1].name:
        await pilot.press(str(number))
        await until(pilot, lambda: console.current_mode == VIEWS[number - 1].name)


@pytest.mark.parametrize("size", SIZES)
async def test_the_language_changes_at_run_time_and_back(open_console: Open, size: tuple[int, int]) -> None:
    async with open_console(size) as (console, pilot):
        for number, entry in enumerate(VIEWS, 1):
            await pilot.press(str(number))
            await settled(console, pilot)
            before = screen_lines(console)[1:-1]
            await pilot.press("L")
            await shows(pilot, say(f"tui.screen.{entry.name}", language="vi"))
            assert screen_lines(console)[1:-1] != before
            await pilot.press("L")
            await shows(pilot, say(f"tui.screen.{entry.name}", language="en"))
            await settled(console, pilot)


async def test_a_screen_that_was_left_speaks_the_new_language_too(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        await pilot.press("2")
        await settled(console, pilot)
        await pilot.press("1", "L", "2")
        await shows(pilot, say("tui.filter.title", language="vi"))
        assert say("tui.column.host", language="vi") in screen_text(console)


async def test_the_store_may_come_later(open_console: Open, tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "later" / "store.db"
    async with open_console(path=path, wait=False) as (console, pilot):
        await shows(pilot, say("tui.waiting.title"))
        assert "soc-agent run" in screen_text(console)
        path.parent.mkdir()
        a_store(path, clock)
        await shows(pilot, "portal-01")
        assert console.front is not None


async def test_what_is_no_store_is_explained_and_tried_again(open_console: Open, tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"this is no database, and long enough to be looked at " * 40)
    async with open_console(path=path, wait=False) as (_, pilot):
        await shows(pilot, say("tui.waiting.problem"))
        path.unlink()
        a_store(path, clock)
        await shows(pilot, "portal-01")


async def test_what_another_process_writes_appears(open_console: Open, store: Store, clock: Clock) -> None:
    async with open_console() as (console, pilot):
        await pilot.press("2")
        await settled(console, pilot)
        clock.now_ns += SECOND
        with store.transaction() as transaction:
            transaction.add_alert(brute(clock.now_ns, "198.51.100.250", "db-01", 31, 5))
        await shows(pilot, "198.51.100.250" if console.size.width >= 150 else "db-01")


async def test_nothing_is_drawn_again_when_nothing_happened(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        view = await settled(console, pilot)
        version = console._version
        answers = view.answers
        await pilot.pause(5 * console.config.console.refresh_ms / 1000)
        assert console._version == version
        assert view.answers <= answers + 1, "only what depends on the time of day is asked for again"


async def test_read_only_shows_everything_and_changes_nothing(open_console: Open, store: Store) -> None:
    before = store.last_seq()
    async with open_console(read_only=True) as (console, pilot):
        await pilot.press("2")
        await settled(console, pilot)
        assert say("tui.read_only") in screen_text(console)
        assert say("tui.key.acknowledge") not in screen_lines(console)[-1]
        for key in "aoncfu":
            await pilot.press(key)
            await pilot.pause()
        assert len(console.screen_stack) == 1, "no question is asked"
    assert store.last_seq() == before


async def test_an_unknown_theme_is_said(open_console: Open) -> None:
    async with open_console(config=a_config(theme="soc-drak")) as (console, pilot):
        await shows(pilot, "soc-drak")
        assert console.theme == "soc-dark"


@pytest.mark.parametrize("theme", ["soc-light", "textual-dark", "ansi-dark", "nord"])
async def test_themes_of_all_kinds_draw(open_console: Open, theme: str) -> None:
    async with open_console(config=a_config(theme=theme)) as (console, pilot):
        assert console.theme == theme
        await pilot.press("2")
        await settled(console, pilot)
        assert "portal-01" in screen_text(console)


async def test_no_color_still_tells_levels_apart(open_console: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_console() as (console, _):
        assert console.no_color
        text = screen_text(console)
        for level in ("critical", "high", "medium", "low", "informational"):
            assert say(f"tui.level.{level}") in text
        strips = console.screen._compositor.render_strips()
        colours = {segment.style.color for strip in strips for segment in strip if segment.style}
        assert all(c is None or c.triplet is None or len({*c.triplet}) == 1 for c in colours)


async def test_pivot_and_the_way_back(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        await pilot.press("p")
        await shows(pilot, say("tui.pivot.title"))
        await pilot.press("enter")
        await shows(pilot, "file=/srv/portal/uploads/anh-2026.php")
        await until(pilot, lambda: console.current_mode == "alerts")
        await pilot.press("backspace")
        await shows(pilot, "status=open")


async def test_an_alert_leads_to_its_moment(open_console: Open, store: Store) -> None:
    async with open_console() as (console, pilot):
        alert = console.front.alert() if console.front else None
        assert alert is not None
        await pilot.press("w")
        await until(pilot, lambda: console.current_mode == "replay")
        await shows(pilot, say("tui.replay.banner", time="2026-11-21 02:53:01"))


async def test_leaving(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        await pilot.press("q")
        await until(pilot, lambda: console.return_code is not None)
    assert console.return_code == 0
    assert not console.reader.is_open


def test_without_a_terminal_nothing_is_started(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from soc_agent.config import Config; from tui import run_console; "
        f"c = run_console(Path({str(tmp_path / 'x.db')!r}), Config()); print('textual' in sys.modules); sys.exit(c)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        cwd=Path(__file__).parents[2], env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.returncode == NOT_A_TERMINAL == 2
    assert done.stdout == "False\n"
    assert done.stderr.strip() == say("tui.not_a_terminal")
    assert callable(run_console)


async def test_actions_reach_the_store_with_the_name_of_the_person(open_console: Open, store: Store) -> None:
    async with open_console() as (console, pilot):
        alert = console.front.alert() if console.front else None
        assert alert is not None
        await pilot.press("a")
        await shows(pilot, say("tui.act.acknowledge.done", count=1))
    after = store.alert(alert.id)
    assert after is not None
    assert (after.status, after.owner) == (Status.ACKNOWLEDGED, "lan.nt")
    assert store.history(alert.id, 1)[0].actor == "lan.nt"
