"""The picture of the documents is what the console draws: regenerate it when this fails (tests/tui/picture.py)."""

import re
from pathlib import Path

from soc_agent.model import Layer
from soc_agent.text import say
from tests.tui.hostile import commands
from tests.tui.picture import picture
from tui.registry import VIEWS
from tui.screens.overview import Overview

PICTURE = Path(__file__).parents[2] / "docs" / "console.svg"


def words(svg: str) -> str:
    return " ".join(re.findall(r"<text [^>]*>([^<]*)</text>", svg)).replace("&#160;", " ")


async def test_the_picture_shows_the_console_as_it_is() -> None:
    shown, drawn = words(PICTURE.read_text("utf-8")), words(await picture())
    said = [say(f"tui.screen.{view.name}") for view in VIEWS] + [say(f"layers.short.{layer.value}") for layer in Layer]
    said += [say(f"tui.key.{key.name}") for key in Overview.KEYS if key.hint]
    said += [say("tui.activity.title"), say("tui.overview.worst", count=38), say("tui.key.help")]
    assert [text for text in said if text not in shown] == [], "python -m tests.tui.picture docs/console.svg"
    assert [text for text in said if text not in drawn] == []


def test_the_picture_is_small_and_fetches_nothing() -> None:
    svg = PICTURE.read_text("utf-8")
    assert len(svg) < 80_000
    assert "@font-face" not in svg
    assert re.findall(r"(?:href|src|url)\s*[=(]\s*[\"']?http", svg) == []
    assert commands(svg) == []
