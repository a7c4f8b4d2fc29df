"""The keys: one registry that makes bindings, footer hints, help and palette.

A key has a name; ``tui.key.<name>`` in the catalogues is what it does, in two or three words. Screens list theirs.
"""

from collections.abc import Iterable
from typing import NamedTuple

from textual.binding import Binding


class Key(NamedTuple):
    """What a key does."""

    name: str
    """Its name in the catalogues and in a keymap."""
    keys: str
    """The keys, in Textual's names, separated by commas. The first is the one that is shown."""
    action: str
    """The Textual action."""
    hint: bool = False
    """Whether it stands in the footer; at most seven do."""
    acts: bool = False
    """Whether it changes something: it is gone in read-only mode and in replay."""
    at_once: bool = False
    """Whether it works before the next key is looked at: that one may be text already."""


_SHOWN = {
    "question_mark": "?",
    "slash": "/",
    "enter": "Enter",
    "escape": "Esc",
    "space": "Space",
    "asterisk": "*",
    "backspace": "Bksp",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "shift+left": "Shift←",
    "shift+right": "Shift→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "comma": ",",
    "full_stop": ".",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "tab": "Tab",
}


def bindings(keys: Iterable[Key]) -> list[Binding]:
    """Give the Textual bindings of keys; the console draws hints and help itself."""
    return [Binding(key.keys, key.action, key.name, show=False, id=key.name, priority=key.at_once) for key in keys]


def shown(key: Key) -> str:
    """Give a key as a person reads it on the keyboard."""
    return spelled(key.keys.split(",")[0])


def all_shown(key: Key) -> str:
    """Give all the ways to press a key, for the help."""
    return " ".join(spelled(name) for name in key.keys.split(","))


def spelled(name: str) -> str:
    """Give one of Textual's names of keys as it is printed on a keyboard."""
    if name.startswith("ctrl+"):
        return f"^{name[-1].upper()}"
    return _SHOWN.get(name, name.upper() if name[0] == "f" and name[1:].isdigit() else name)


MOVING = (
    Key("up", "up,k", "up"),
    Key("down", "down,j", "down"),
    Key("page_up", "pageup,ctrl+b", "page_up"),
    Key("page_down", "pagedown,ctrl+f", "page_down"),
    Key("top", "home,g", "top"),
    Key("bottom", "end,G", "bottom"),
)
"""Keys of every list."""

SCROLLING = (
    Key("up", "up,k", "scroll_up"),
    Key("down", "down,j", "scroll_down"),
    Key("page_up", "pageup,ctrl+b", "page_up"),
    Key("page_down", "pagedown,ctrl+f,space", "page_down"),
    Key("top", "home,g", "scroll_home"),
    Key("bottom", "end,G", "scroll_end"),
)
"""Keys of every text that is longer than the screen."""

OPENING = Key("open", "enter", "open", hint=True)

ACTING = (
    Key("acknowledge", "a", "app.act('acknowledge')", hint=True, acts=True),
    Key("assign", "o", "app.act('assign')", acts=True),
    Key("note", "n", "app.act('note')", acts=True),
    Key("close", "c", "app.act('close')", hint=True, acts=True),
    Key("false_positive", "f", "app.act('false_positive')", hint=True, acts=True),
    Key("reopen", "u", "app.act('reopen')", acts=True),
    Key("suppress", "m", "app.act('suppress')", acts=True),
    Key("lift", "M", "app.act('lift')", acts=True),
)
"""Keys that act on the alerts that are chosen, wherever alerts are shown."""

PIVOTING = (
    Key("pivot", "p", "app.pivot", hint=True),
    Key("travel", "w", "app.travel"),
    Key("explain", "y", "app.explain"),
    Key("tune", "T", "app.tune"),
)
"""Keys that go elsewhere from an alert: to all about one of its entities, to its moment, to why, to a filter."""

QUARANTINING = Key("quarantine", "Q", "app.quarantine", acts=True)
"""Moves the file of an alert away, or back."""

TRYING = Key("try_line", "y", "app.try_line", hint=True)
"""Asks for a line, and says what rules make of it."""

LISTING = (
    Key("filter", "slash", "filter", hint=True, at_once=True),
    Key("filter_off", "x", "filter_off"),
    Key("sort", "s", "sort"),
    Key("reverse", "S", "reverse"),
    Key("follow", "t", "follow"),
    Key("mark", "space", "mark"),
    Key("mark_all", "asterisk", "mark_all"),
    Key("back", "escape,backspace", "back"),
)
"""Keys of a list of alerts."""

EVERYWHERE = (
    Key("palette", "ctrl+p", "command_palette"),
    Key("language", "L", "language"),
    Key("help", "question_mark,f1", "help", hint=True),
    Key("quit", "q,ctrl+q", "quit"),
)
"""Keys of the whole console, beside the numbers of the screens."""
