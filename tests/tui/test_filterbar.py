"""The filter's state: one owner, survives what is not understood, remembers."""

import pytest

from soc_agent.errors import FilterError
from soc_agent.store import AlertFilter
from tests.tui.small import Small
from tests.tui.waiting import screen_text, type_text, until
from tui.filterbar import NOTHING, FilterBar, FilterState


def test_a_filter_that_is_not_understood_leaves_the_one_before() -> None:
    state = FilterState("level=high")
    with pytest.raises(FilterError):
        state.use("levl=high")
    assert state.text == "level=high"
    assert state.active == AlertFilter.parse("level=high")


def test_off_lets_everything_through_and_keeps_the_text() -> None:
    state = FilterState("level=high")
    state.on = False
    assert state.active == NOTHING
    assert state.text == "level=high"
    state.use("level=low")
    assert state.on


def test_filters_are_remembered_once_and_not_without_end() -> None:
    state = FilterState()
    for number in range(200):
        state.remember(f"word{number}")
        state.remember(f"word{number}")
    state.remember("")
    assert state.past[-1] == "word199"
    assert len(state.past) == len(set(state.past)) <= 51


async def test_earlier_filters_come_with_the_arrows() -> None:
    state = FilterState("now")
    state.past = ["first", "second"]
    bar = FilterBar(state)
    app = Small(bar)
    async with app.run_test(size=(80, 10)) as pilot:
        bar.open()
        for key, text in (("up", "second"), ("up", "first"), ("up", "first"), ("down", "second"), ("down", "now")):
            await pilot.press(key)
            await until(pilot, lambda text=text: state.text == text)  # type: ignore[misc]


async def test_what_is_shown_says_whether_it_is_on_and_what_it_hides() -> None:
    state = FilterState("status=open")
    bar = FilterBar(state)
    app = Small(bar)
    async with app.run_test(size=(80, 10)) as pilot:
        bar.line.shown, bar.line.total = 12, 1_012
        bar.line.redraw()
        await until(pilot, lambda: "12 shown · 1,000 hidden" in screen_text(app))
        state.on = False
        bar.line.redraw()
        await until(pilot, lambda: "status=open off" in screen_text(app))
        bar.open()
        await pilot.press("ctrl+u", "enter")
        await until(pilot, lambda: "none: all alerts" in screen_text(app))
        assert not bar.typing


async def test_spaces_are_tidied_but_not_inside_quotes() -> None:
    state = FilterState()
    bar = FilterBar(state)
    app = Small(bar)
    async with app.run_test(size=(80, 10)) as pilot:
        bar.open()
        await type_text(pilot, '  a   b  "c  d"')
        await pilot.press("enter")
        assert state.text == 'a   b  "c  d"'
        bar.open()
        await pilot.press("ctrl+u")
        await type_text(pilot, "  a   b ")
        await pilot.press("enter")
        assert state.text == "a b"
