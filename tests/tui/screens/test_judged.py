"""What all rules make of one line: those that match first, then the nearest, each with a sign and a word."""

import pytest
from msgspec.structs import replace

from soc_agent.model import Level, Problem
from soc_agent.model.judging import Judgement, LogLine
from soc_agent.text import LANGUAGES, say, use_language
from tests.tui.conftest import Open
from tests.tui.desk import JUDGED, LINES, Desk, rule_named
from tests.tui.hostile import EVERYTHING, commands
from tests.tui.stage import INJECTION, SUDO
from tests.tui.waiting import screen_text, settled, shows, type_text, until
from tui.paper import width_of
from tui.screens.explained import Explained
from tui.screens.judged import JudgedLine, judgement_line


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [40, 78, 198])
def test_a_row_fits_and_tells_by_more_than_colour(language: str, width: int) -> None:
    use_language(language)
    rows = [judgement_line(each, width) for each in JUDGED.rules]
    assert all(width_of(row) <= width for row in rows)
    texts = ["".join(text for text, _ in row) for row in rows]
    assert [text[0] for text in texts] == ["✓", "✗", "✗", "–"]
    assert say("lines.near", held=2, all=3) in texts[1]


def test_a_line_that_nothing_can_read_is_not_said_to_lack_clauses() -> None:
    row = judgement_line(Judgement(rule_named("r"), matches=False, applies=True), 80)
    assert say("lines.unread") in row[0].text


async def test_the_line_is_above_and_a_rule_leads_to_why(open_console: Open) -> None:
    desk = Desk()
    async with open_console((80, 24), desk=desk) as (console, pilot):
        console.push_screen(JudgedLine(LINES[0]))
        await shows(pilot, say("lines.rules", matching=1, all=3))
        text = screen_text(console)
        assert LINES[0].raw.decode() in text
        assert "/var/log/auth.log:1" in text
        assert say("explain.read_as", decoder="sshd") in text
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(console.front, Explained))
        await until(pilot, lambda: desk.explained == [(SUDO.id, LINES[0])])


async def test_the_rule_that_was_expected_is_found_by_its_name(open_console: Open) -> None:
    desk = Desk()
    async with open_console((80, 24), desk=desk) as (console, pilot):
        console.push_screen(JudgedLine(LINES[0]))
        await shows(pilot, say("lines.not_applying"))
        await pilot.press("slash")
        await type_text(pilot, "chen ma sql")
        await pilot.press("enter")
        await shows(pilot, say("lines.held", shown=1, count=4, words="chen ma sql"))
        await pilot.press("enter")
        await until(pilot, lambda: desk.explained == [(INJECTION.id, LINES[0])])


async def test_where_nothing_matches_that_is_said(open_console: Open) -> None:
    nothing = replace(JUDGED, rules=JUDGED.rules[1:], decoded=False)
    async with open_console((80, 24), desk=Desk(judged=nothing)) as (console, pilot):
        console.push_screen(JudgedLine(LogLine(b"whatever")))
        await shows(pilot, say("lines.rules_none", all=2))
        assert say("lines.pasted") in screen_text(console)
        assert say("explain.not_read") in screen_text(console)


async def test_where_no_rule_looks_at_such_lines_that_is_said(open_console: Open) -> None:
    nothing = replace(JUDGED, rules=JUDGED.rules[3:])
    async with open_console((80, 24), desk=Desk(judged=nothing)) as (console, pilot):
        console.push_screen(JudgedLine(LogLine(b"whatever")))
        await shows(pilot, say("lines.rules_elsewhere"))


async def test_a_problem_is_said(open_console: Open) -> None:
    problem = Problem("lines.not_configured", values={"source": "x"})
    async with open_console((80, 24), desk=Desk(judged=problem)) as (console, pilot):
        console.push_screen(JudgedLine(LogLine(b"whatever")))
        await shows(pilot, "is not in the configuration")
        await pilot.press("enter")
        await settled(console, pilot)
        assert isinstance(console.front, JudgedLine)


async def test_nothing_in_it_commands_the_terminal(open_console: Open) -> None:
    text = EVERYTHING.decode("utf-8", "replace")
    hostile = replace(rule_named(text), level=Level.CRITICAL)
    judged = replace(JUDGED, decoder=text, rules=(Judgement(hostile, matches=True, applies=True, held=1),))
    async with open_console((80, 24), desk=Desk(judged=judged)) as (console, pilot):
        console.push_screen(JudgedLine(LogLine(EVERYTHING * 9, text, text)))
        await shows(pilot, say("lines.rules", matching=1, all=1))
        assert commands(screen_text(console)) == []
