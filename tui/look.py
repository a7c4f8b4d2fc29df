"""How things look: the roles that text can play, their colours from the theme, and the glyphs of every scale.

Nothing is told by hue alone: a level, status or health is always a glyph and a word, colour comes on top. The glyphs
are one cell wide and stand in the fonts that terminals come with.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from rich.style import Style
from textual.color import Color

from soc_agent.model import Level, Status

Role = Literal[
    "",
    "strong",
    "muted",
    "faint",
    "title",
    "key",
    "entity",
    "rule",
    "tab-on",
    "cursor",
    "cursor-idle",
    "mark",
    "matched",
    "banner",
    "critical",
    "high",
    "medium",
    "low",
    "informational",
    "ok",
    "attention",
    "bad",
    "off",
]
"""What a piece of text is. The look of each follows from the theme."""

ROLES: tuple[Role, ...] = get_args(Role)

LEVEL_GLYPH: dict[Level, str] = {
    Level.CRITICAL: "◆",
    Level.HIGH: "▲",
    Level.MEDIUM: "●",
    Level.LOW: "○",
    Level.INFORMATIONAL: "·",
}
LEVEL_ROLE: dict[Level, Role] = {
    Level.CRITICAL: "critical",
    Level.HIGH: "high",
    Level.MEDIUM: "medium",
    Level.LOW: "low",
    Level.INFORMATIONAL: "informational",
}
STATUS_GLYPH: dict[Status, str] = {
    Status.NEW: "*",
    Status.ACKNOWLEDGED: "»",
    Status.CLOSED: "✓",
    Status.FALSE_POSITIVE: "≠",
}
ENDED_GLYPH = "↺"
"""Of an alert that the agent closed because what it told of was over."""
SUPPRESSED_GLYPH = "⊘"
"""Of an alert on which a suppression counts what comes."""
STATUS_ROLE: dict[Status, Role] = {
    Status.NEW: "strong",
    Status.ACKNOWLEDGED: "",
    Status.CLOSED: "faint",
    Status.FALSE_POSITIVE: "faint",
}
EIGHTHS = " ▁▂▃▄▅▆▇█"
"""Bars by eighths of a cell, from nothing to full."""


class _Look(NamedTuple):
    """Names of theme variables for text and ground, and attributes of :class:`rich.style.Style`."""

    text: str = ""
    ground: str = ""
    attributes: tuple[str, ...] = ()


_LOOKS: dict[Role, _Look] = {
    "": _Look(),
    "strong": _Look("foreground", attributes=("bold",)),
    "muted": _Look("foreground-muted"),
    "faint": _Look("foreground-faint"),
    "title": _Look("text-primary", attributes=("bold",)),
    "key": _Look("text-primary", attributes=("bold",)),
    "entity": _Look("text-accent"),
    "rule": _Look("foreground-line"),
    "tab-on": _Look("foreground", "primary-muted", ("bold",)),
    "cursor": _Look("", "primary-muted", ("bold",)),
    "cursor-idle": _Look("", "panel"),
    "mark": _Look("text-accent", attributes=("bold",)),
    "matched": _Look("background", "warning", ("bold",)),
    "banner": _Look("background", "warning", ("bold",)),
    "critical": _Look("text-error", attributes=("bold", "reverse")),
    "high": _Look("text-error", attributes=("bold",)),
    "medium": _Look("text-warning"),
    "low": _Look("text-primary"),
    "informational": _Look("foreground-muted"),
    "ok": _Look("text-success"),
    "attention": _Look("text-warning", attributes=("bold",)),
    "bad": _Look("text-error", attributes=("bold", "reverse")),
    "off": _Look("foreground-muted"),
}
_SHARES = {"foreground-muted": 0.74, "foreground-faint": 0.5, "foreground-line": 0.22}
"""Greys that the console mixes itself, so that every theme has them: the share of the foreground."""


def styles(variables: Mapping[str, str]) -> dict[Role, Style]:
    """Give the style of every role, from the variables of a Textual theme."""
    return dict(_styles(tuple((name, variables.get(name, "")) for name in _names())))


@lru_cache(maxsize=8)
def _styles(values: tuple[tuple[str, str], ...]) -> dict[Role, Style]:
    variables = dict(values)
    return {role: _style(_LOOKS[role], variables) for role in ROLES}


def _style(look: _Look, variables: Mapping[str, str]) -> Style:
    text = _colour(look.text, variables)
    ground = _colour(look.ground, variables)
    return Style(
        color=text.rich_color if text else None,
        bgcolor=ground.rich_color if ground else None,
        **dict.fromkeys(look.attributes, True),  # type: ignore[arg-type]  # names of attributes, each a bool
    )


def _colour(name: str, variables: Mapping[str, str]) -> Color | None:
    if not name:
        return None
    share = _SHARES.get(name)
    if share is None:
        return Color.parse(variables[name].split()[0])
    foreground, background = (Color.parse(variables[n].split()[0]) for n in ("foreground", "background"))
    if foreground.ansi is not None or background.ansi is not None:
        return Color.parse("ansi_bright_black") if share < 1 else foreground
    return background.blend(foreground, share)


def _names() -> tuple[str, ...]:
    named = {name for look in _LOOKS.values() for name in (look.text, look.ground) if name and name not in _SHARES}
    return tuple(sorted({*named, "foreground", "background"}))
