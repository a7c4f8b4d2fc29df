"""The rules that run, in both languages, and the way to what each found."""

import pytest
from msgspec.structs import replace

from soc_agent.model import Level, Problem, Where
from soc_agent.store import AlertFilter, Store
from soc_agent.text import LANGUAGES, say, use_language
from tests.tui.conftest import Open
from tests.tui.hostile import EVERYTHING, commands
from tests.tui.stage import BRUTE, RULES, WEBSHELL, Clock
from tests.tui.waiting import screen_lines, screen_text, settled, shows, until
from tui.paper import width_of
from tui.screens.alerts import Alerts
from tui.screens.rules import rule_line


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [60, 79, 119, 199])
def test_every_rule_is_a_line_of_the_same_width(language: str, width: int) -> None:
    use_language(language)
    assert {width_of(rule_line(rule, width)) for rule in RULES} == {width}
    text = EVERYTHING.decode("utf-8", "replace")
    hostile = rule_line(replace(BRUTE, title=text, title_vi=text, tags=(f"attack.t1{text}",)), width)
    assert width_of(hostile) == width
    assert commands("".join(part.text for part in hostile)) == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_worst_come_first_in_the_language_in_use(open_console: Open, language: str) -> None:
    use_language(language)
    async with open_console((80, 24)) as (console, pilot):
        await pilot.press("5")
        await settled(console, pilot)
        lines = screen_lines(console)
        assert say("tui.rules.title", count=len(RULES)) in lines[1]
        assert (WEBSHELL.title_vi if language == "vi" else WEBSHELL.title) in lines[2]
        assert say(f"tui.level_short.{Level.INFORMATIONAL.word}") in lines[1 + len(RULES)]


async def test_enter_shows_what_a_rule_found(open_console: Open, store: Store) -> None:
    async with open_console() as (console, pilot):
        await pilot.press("5")
        await settled(console, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(console.front, Alerts))
        await shows(pilot, f"rule={WEBSHELL.id}")
        view = console.front
        assert isinstance(view, Alerts)
        found = store.alert_ids(AlertFilter.parse(f"rule={WEBSHELL.id}"))
        await until(pilot, lambda: list(view.list.rows.keys) == list(found))


async def test_the_cursor_stays_where_it_was_while_nothing_changes(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        await pilot.press("5")
        await settled(console, pilot)
        await pilot.press("down", "down")
        view = await settled(console, pilot)
        assert view.query_one("Rows").cursor == 2  # type: ignore[attr-defined]


async def test_without_rules_there_are_none(open_console: Open, tmp_path: object, clock: Clock) -> None:
    path = tmp_path / "empty.db"  # type: ignore[operator]
    Store.open(path, clock=clock).close()
    async with open_console(path=path) as (console, pilot):
        await pilot.press("5", "enter")
        await shows(pilot, say("tui.rules.title", count=0))
        assert "◆" not in screen_text(console)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_is_wrong_with_others_stands_above_them(open_console: Open, store: Store, language: str) -> None:
    use_language(language)
    hostile = EVERYTHING.decode("utf-8", "replace")
    with store.transaction() as transaction:
        transaction.put_rules(RULES, [Problem("rule.not_a_rule", Where(f"/rules/x12.yml {hostile}", 7))] * 5)
    async with open_console((80, 24)) as (console, pilot):
        await pilot.press("5")
        await settled(console, pilot)
        lines = screen_lines(console)
        assert say("reload.wrong", count=5, loaded=len(RULES)) in lines[2]
        assert "x12.yml" in lines[3]
        assert (WEBSHELL.title_vi if language == "vi" else WEBSHELL.title) in lines[6]
        assert commands("".join(lines)) == []
