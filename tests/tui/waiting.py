"""Waiting for a condition instead of a time, and reading the screen as a person does."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from textual.events import Paste
from textual.pilot import Pilot

from tui.app import Console
from tui.view import View

_DEADLINE_S = 20.0


async def until(pilot: Pilot[Any], condition: Callable[[], object], what: str = "") -> None:
    """Wait until a condition holds; fail after a deadline that only a hang can reach."""
    deadline = time.monotonic() + _DEADLINE_S
    while True:
        await pilot.pause()
        if condition():
            return
        assert time.monotonic() < deadline, f"waited in vain for {what or condition}\n" + screen_text(pilot.app)
        await asyncio.sleep(0.01)


async def settled(console: Console, pilot: Pilot[Any]) -> View[Any]:
    """Wait until the screen in front shows an answer that came after now; give the screen."""
    await until(pilot, lambda: console.front is not None and console.reader.is_open, "a screen")
    view = console.front
    assert view is not None
    seen = view.answers
    view.ask()
    await until(pilot, lambda: view.answers > seen or not view.is_current, "an answer")
    await pilot.pause()
    return view


async def shows(pilot: Pilot[Any], text: str) -> None:
    """Wait until the screen shows a text."""
    await until(pilot, lambda: text in screen_text(pilot.app), repr(text))


def screen_lines(app: Any) -> list[str]:
    """Give what is on the screen, line by line."""
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


def screen_text(app: Any) -> str:
    """Give what is on the screen."""
    return "\n".join(screen_lines(app))


async def type_text(pilot: Pilot[Any], text: str) -> None:
    """Type a text as a keyboard would."""
    for character in text:
        await pilot.press(KEY_NAMES.get(character, character))


async def paste_text(pilot: Pilot[Any], text: str) -> None:
    """Paste a text as a terminal hands it over."""
    pilot.app.post_message(Paste(text))
    await pilot.pause()


KEY_NAMES = {
    " ": "space",
    "=": "equals_sign",
    ">": "greater_than_sign",
    ".": "full_stop",
    "-": "minus",
    ":": "colon",
    "*": "asterisk",
    '"': "quotation_mark",
    "/": "slash",
    ",": "comma",
}
