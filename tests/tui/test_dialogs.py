"""The questions: answered, left, offered usual answers, and never asked twice."""

from typing import Any

from soc_agent.text import say
from tests.tui.small import Small
from tests.tui.waiting import screen_text, shows, type_text, until
from tui.dialogs import Ask, Menu
from tui.outside import part, safe


async def answered(screen: Any, *steps: Any) -> list[Any]:
    app = Small()
    given: list[Any] = []
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(screen, given.append)
        await until(pilot, lambda: app.screen is screen)
        for step in steps:
            if isinstance(step, str):
                await pilot.press(step)
            else:
                await step(pilot)
        await pilot.pause()
    return given


async def test_a_text_is_given() -> None:
    async def typing(pilot: Any) -> None:
        await type_text(pilot, "  called the owner ")

    assert await answered(Ask([(part("Note"),)]), typing, "enter") == ["called the owner"]


async def test_nothing_is_an_answer_unless_it_is_required() -> None:
    assert await answered(Ask([(part("Close"),)]), "enter") == [""]

    async def refused(pilot: Any) -> None:
        await shows(pilot, "few words")

    assert await answered(Ask([(part("Why"),)], required=True), "enter", refused, "x", "enter") == ["x"]


async def test_escape_gives_none() -> None:
    assert await answered(Ask([(part("Close"),)]), "x", "escape") == [None]
    assert await answered(Menu(safe("Which"), [(part("one"),)]), "escape") == [None]


async def test_usual_answers_come_with_the_arrows() -> None:
    offers = ["done", "blocked"]
    assert await answered(Ask([], offers=offers), "down", "down", "enter") == ["blocked"]
    assert await answered(Ask([], offers=offers), "up", "enter") == ["blocked"]
    assert await answered(Ask([], offers=offers), "down", "up", "enter") == [""]
    assert await answered(Ask([], text="me"), "down", "enter") == ["me"]


async def test_one_of_several_is_chosen_by_number() -> None:
    choices = [(part(f"choice {number}"),) for number in range(30)]
    assert await answered(Menu(safe("Which"), choices), "down", "down", "enter") == [2]
    assert await answered(Menu(safe("Which"), choices), "end", "enter") == [29]


async def test_a_question_may_be_long_and_hostile() -> None:
    async def drawn(pilot: Any) -> None:
        assert "[/foo]" in screen_text(pilot.app)
        assert "\x1b" not in screen_text(pilot.app)

    assert await answered(Ask([(part("[/foo] \x1b[2J " * 40),)]), drawn, "escape") == [None]


async def test_how_to_choose_is_on_the_screen_however_many_there_are() -> None:
    async def drawn(pilot: Any) -> None:
        await shows(pilot, say("signs.choose"))

    choices = [(part(f"choice {number}"),) for number in range(30)]
    assert await answered(Menu(safe("Which"), choices), drawn, "escape") == [None]
