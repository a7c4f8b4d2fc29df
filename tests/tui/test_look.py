"""How things look: every role in every theme, readable; every scale with glyphs of its own, one cell wide."""

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from soc_agent.model import Level, Status
from tui.look import EIGHTHS, LEVEL_GLYPH, ROLES, STATUS_GLYPH, styles
from tui.outside import cells
from tui.themes import DARK, LIGHT, THEMES
from tui.words import HEALTH_GLYPH

OURS = {theme.name: theme for theme in THEMES}
ALL = {**BUILTIN_THEMES, **OURS}


def variables(name: str) -> dict[str, str]:
    return {**ALL[name].to_color_system().generate(), **ALL[name].variables}


def luminance(colour: Color) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(colour.r) + 0.7152 * linear(colour.g) + 0.0722 * linear(colour.b)


def contrast(one: Color, other: Color) -> float:
    """Give the contrast ratio (WCAG 2.1, 1.4.3)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", ALL)
def test_every_role_has_a_style_in_every_theme(name: str) -> None:
    assert set(styles(variables(name))) == set(ROLES)


@pytest.mark.parametrize("name", OURS)
def test_text_can_be_read_in_our_themes(name: str) -> None:
    found = styles(variables(name))
    ground = Color.parse(str(OURS[name].background))
    for role, style in found.items():
        if style.color is None or role in ("rule", "faint"):
            continue
        behind = Color.from_rich_color(style.bgcolor) if style.bgcolor else ground
        assert contrast(Color.from_rich_color(style.color), behind) >= 4.5, role
    assert contrast(Color.from_rich_color(found["faint"].color), ground) >= 3
    panel = Color.parse(str(OURS[name].panel))
    for role in ("muted", "key", "strong"):
        assert contrast(Color.from_rich_color(found[role].color), panel) >= 4.5, f"{role} in the first and last line"


def test_the_dark_and_the_light_theme_are_what_they_say() -> None:
    assert DARK.dark
    assert not LIGHT.dark


@pytest.mark.parametrize("glyphs", [LEVEL_GLYPH, STATUS_GLYPH, HEALTH_GLYPH], ids=["level", "status", "health"])
def test_glyphs_differ_and_are_one_cell_wide(glyphs: dict[object, str]) -> None:
    assert len(set(glyphs.values())) == len(glyphs)
    assert all(cells(glyph) == 1 for glyph in glyphs.values())


def test_every_level_and_status_has_its_glyph() -> None:
    assert set(LEVEL_GLYPH) == set(Level)
    assert set(STATUS_GLYPH) == set(Status)
    assert len(EIGHTHS) == 9
