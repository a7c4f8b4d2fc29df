"""Our themes: registered, usable, and calm where nothing is wrong."""

import pytest
from textual.color import Color

from soc_agent.config import ConsoleOptions
from tui.themes import DEFAULT, THEMES


def test_the_default_is_one_of_ours() -> None:
    assert DEFAULT in {theme.name for theme in THEMES}


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_themes_make_a_whole_set_of_colours(theme: object) -> None:
    made = theme.to_color_system().generate()  # type: ignore[attr-defined]
    for name in ("text-error", "text-warning", "text-success", "panel", "surface", "primary-muted"):
        Color.parse(made[name].split()[0])


def test_the_configuration_asks_for_our_theme_unless_it_says_otherwise() -> None:
    assert ConsoleOptions().theme == DEFAULT
