"""The border: what comes from outside enters the console here, and nowhere else.

Textual and Rich neither remove terminal escapes nor leave ``[markup]`` alone, and every byte of a log is an attacker's.
So widgets take :data:`Line`, whose text is :class:`~soc_agent.text.SafeText`, and never a ``str``. The catalogue's
sentences come this way too, because their placeholders hold data.

:class:`Neutral` is the second wall: it looks at everything that any widget draws, Textual's own widgets among them.
"""

from typing import Any, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.text import Text
from textual.color import Color
from textual.filter import LineFilter

from soc_agent.errors import describe
from soc_agent.model import Problem
from soc_agent.text import SafeText, make_safe, say
from soc_agent.text.catalog import has
from tui.look import Role

EMPTY = make_safe("")


class Part(NamedTuple):
    """A piece of a line of the screen: text that is safe, and the role that decides how it looks."""

    text: SafeText
    role: Role = ""


Line = tuple[Part, ...]
"""One line of the screen."""


def safe(data: object, limit: int | None = None) -> SafeText:
    """Give anything as safe text; ``limit`` is in characters."""
    return make_safe(data if isinstance(data, (bytes, str)) else str(data), limit)


def said(key: str, /, **values: Any) -> SafeText:
    """Give a sentence of the catalogue, safe whatever its values hold."""
    return make_safe(say(key, **values))


def told(problem: Problem) -> SafeText:
    """Give a problem, what to do about it included, as one safe line.

    A problem that was stored by a later version may have no sentence here: then its code and values are given.
    """
    if not has(problem.code):
        return make_safe(" ".join([problem.code, str(problem.where), *map(str, problem.values.values())]))
    return make_safe(describe(problem))


def part(data: object, role: Role = "") -> Part:
    """Give a piece of a line from anything."""
    return Part(safe(data), role)


def joined(*texts: str) -> SafeText:
    """Put texts together."""
    return make_safe("".join(texts))


def cells(text: str) -> int:
    """Give the width of a text on the screen, in cells."""
    return len(text) if text.isascii() else cell_len(text)


def clip(text: str, width: int) -> SafeText:
    """Cut a text to at most ``width`` cells; what was cut ends with ``…``."""
    text = make_safe(text)
    if cells(text) <= width:
        return text
    if width <= 1:
        return make_safe("…"[:width])
    return make_safe(set_cell_size(text, width - 1).rstrip() + "…")


def fit(text: str, width: int, *, right: bool = False) -> SafeText:
    """Cut or pad a text to exactly ``width`` cells."""
    cut = clip(text, width)
    space = " " * (width - cells(cut))
    return make_safe(space + cut if right else cut + space)


class Neutral(LineFilter):
    """Lets no control character through to the terminal, whichever widget drew it."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Give the segments with what could command a terminal made visible."""
        if all(text.isprintable() for text, _, _ in segments):
            return segments
        return [
            segment
            if segment.control or segment.text.isprintable()
            else Segment(make_safe(segment.text), segment.style)
            for segment in segments
        ]


def shown_text(line: Line) -> Text:
    """Give a line to one of Textual's own widgets, which know no :data:`Line`: as text that is never parsed."""
    return Text("".join(text for text, _ in line))
