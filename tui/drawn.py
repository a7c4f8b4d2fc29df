"""The base of the console's widgets: lines in, strips out.

A widget here gives lines for a width, as a pure function of what it was handed, and the base draws them. There is no
other way from text to the terminal: no markup, no renderables, no strings.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from tui.look import Role
from tui.outside import Line

if TYPE_CHECKING:
    from tui.app import Console


def strip(line: Line, width: int, roles: Mapping[Role, Style], base: Style) -> Strip:
    """Draw a line, cut or padded to ``width`` cells."""
    segments = [Segment(text, base + roles[role] if role else base) for text, role in line if text]
    return Strip(segments).adjust_cell_length(width, base)


def console_of(widget: Widget) -> "Console":
    """Give the console that a widget belongs to."""
    return cast("Console", widget.app)


class Drawn(Widget):
    """A widget that is lines. Subclasses give them in :meth:`draw`."""

    DEFAULT_CSS = "Drawn { height: auto; width: 1fr; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id, classes=classes)
        self._drawn: tuple[int, Sequence[Line]] | None = None

    @property
    def console_app(self) -> "Console":
        """The console that this belongs to."""
        return console_of(self)

    def draw(self, width: int) -> Sequence[Line]:
        """Give the lines for a width in cells."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Draw again: what is shown has changed, and perhaps its height."""
        height = len(self._drawn[1]) if self._drawn else -1
        self._drawn = None
        width = self.content_size.width
        grows = self.styles.is_auto_height and width > 0 and len(self.lines(width)) != height
        self.refresh(layout=grows)

    def lines(self, width: int) -> Sequence[Line]:
        """Give the lines for a width, drawn once."""
        if self._drawn is None or self._drawn[0] != width:
            self._drawn = (width, self.draw(width))
        return self._drawn[1]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Give how many lines there are."""
        return len(self.lines(width))

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width = self.content_size.width
        lines = self.lines(width)
        return strip(lines[y] if y < len(lines) else (), width, self.console_app.roles, self.rich_style)
