"""The help is made from the registry: every key that works stands in it."""

import pytest

from soc_agent.text import LANGUAGES, say, use_language
from tests.tui.conftest import Open
from tests.tui.waiting import screen_text, shows, until
from tui.help import Help, help_lines
from tui.keys import EVERYWHERE, MOVING, all_shown
from tui.paper import width_of
from tui.registry import VIEWS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [40, 76, 92, 116])
@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_every_key_stands_in_it_with_what_it_does(language: str, width: int, view: object) -> None:
    use_language(language)
    keys = view.load().KEYS  # type: ignore[attr-defined]
    rows = help_lines(keys, MOVING, width)
    text = "\n".join("".join(part.text for part in row) for row in rows)
    assert all(width_of(row) <= width for row in rows)
    flat = " ".join(text.split())
    for key in (*keys, *EVERYWHERE, *MOVING):
        assert all_shown(key) in text
        assert say(f"tui.key.{key.name}").split()[0] in flat
    for glyph in "◆▲●○·*»✓≠!✗–":
        assert glyph in text


async def test_it_opens_scrolls_and_closes(open_console: Open) -> None:
    async with open_console((80, 24)) as (console, pilot):
        await pilot.press("question_mark")
        await shows(pilot, say("tui.help.here"))
        assert isinstance(console.screen, Help)
        await pilot.press("end")
        await shows(pilot, say("tui.help.filter_meaning.5"))
        await pilot.press("question_mark")
        await until(pilot, lambda: len(console.screen_stack) == 1)


async def test_keys_that_do_not_work_now_are_not_in_it(open_console: Open) -> None:
    async with open_console(read_only=True) as (console, pilot):
        await pilot.press("question_mark")
        await shows(pilot, say("tui.help.here"))
        assert say("tui.key.acknowledge") not in screen_text(console)
