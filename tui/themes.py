"""The console's own themes, a dark and a light one: calm grounds, and colour only where something has to be seen."""

from textual.theme import Theme

DARK = Theme(
    name="soc-dark",
    dark=True,
    primary="#6cb2eb",
    secondary="#4a6a8a",
    accent="#7fd1c7",
    warning="#e9b44c",
    error="#ff6b6b",
    success="#62c58c",
    foreground="#d5dbe3",
    background="#10151b",
    surface="#171e26",
    panel="#1d2630",
    variables={
        "text-primary": "#7cbcf0",
        "text-accent": "#7fd1c7",
        "text-warning": "#e9b44c",
        "text-error": "#ff7b72",
        "text-success": "#62c58c",
        "primary-muted": "#264258",
    },
)
LIGHT = Theme(
    name="soc-light",
    dark=False,
    primary="#1f6fb2",
    secondary="#5b7d9c",
    accent="#0f766e",
    warning="#8f5c0f",
    error="#c62828",
    success="#2e7d4f",
    foreground="#1f2933",
    background="#f7f8fa",
    surface="#eef1f4",
    panel="#e3e8ed",
    variables={
        "text-primary": "#1b5f99",
        "text-accent": "#0f6b64",
        "text-warning": "#8a5a10",
        "text-error": "#b71c1c",
        "text-success": "#256b42",
        "primary-muted": "#c9dff1",
    },
)
THEMES = (DARK, LIGHT)
"""Both."""
DEFAULT = DARK.name
