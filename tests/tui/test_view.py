"""The base of screens: one question at a time, none lost, none asked by a screen that nobody sees."""

import asyncio
from typing import Any

from soc_agent.errors import StoreError
from soc_agent.model import Problem
from tests.tui.conftest import Open
from tests.tui.waiting import settled, shows, until


async def test_questions_that_pile_up_are_asked_once_more(open_console: Open, monkeypatch: Any) -> None:
    async with open_console() as (console, pilot):
        view = await settled(console, pilot)
        gate = asyncio.Event()
        asked = 0
        real = console.reader.ask

        async def slow(job: Any, *, quick: bool = False) -> Any:
            nonlocal asked
            if not quick:
                asked += 1
                await gate.wait()
            return await real(job, quick=quick)

        monkeypatch.setattr(console.reader, "ask", slow)
        for _ in range(20):
            view.ask()
            await pilot.pause()
        assert asked == 1
        before = view.answers
        gate.set()
        await until(pilot, lambda: view.answers >= before + 2)
        assert asked <= 3, "once for what was asked meanwhile"


async def test_a_screen_in_the_background_does_not_ask(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        first = await settled(console, pilot)
        await pilot.press("2")
        await settled(console, pilot)
        answers = first.answers
        first.ask()
        await settled(console, pilot)
        assert first.answers == answers
        await pilot.press("1")
        await until(pilot, lambda: first.answers > answers)


async def test_a_store_that_fails_is_said_and_asked_again(open_console: Open, monkeypatch: Any) -> None:
    async with open_console() as (console, pilot):
        view = await settled(console, pilot)
        answers = view.answers
        broken = True

        def question() -> Any:
            def fail(_: Any) -> Any:
                raise StoreError(Problem("store.no_name"))

            return fail if broken else real()

        real = view.question
        monkeypatch.setattr(view, "question", question)
        view.ask()
        await shows(pilot, str(StoreError(Problem("store.no_name")))[:30])
        assert view.answers == answers
        broken = False
        view.ask()
        await until(pilot, lambda: view.answers > answers)


async def test_only_the_screen_in_front_opens_an_alert(open_console: Open) -> None:
    async with open_console() as (console, pilot):
        first = await settled(console, pilot)
        await pilot.press("2")
        await settled(console, pilot)
        first.open_alert(1)
        await pilot.pause()
        assert len(console.screen_stack) == 1


async def test_a_tick_finds_a_screen_that_is_only_just_made(open_console: Open) -> None:
    """The clock ticks whenever it likes: a screen without its parts yet, or no more, is let be."""
    async with open_console() as (console, pilot):
        view = await settled(console, pilot)
        unmade = type(view)()
        unmade.tick()
        unmade.hints()
        unmade.redraw()
        await pilot.pause()
