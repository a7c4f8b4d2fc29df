"""The list of the console: a million rows at the speed of the screen.

It holds the keys of all rows (row ids of the store) and the values of those near the window; what is missing it asks
for with :class:`Rows.Wanted` and draws blank until it comes. Nothing here grows with the number of rows.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.drawn import console_of, strip
from tui.keys import MOVING, OPENING, bindings
from tui.outside import Line, Part, part, said
from tui.paper import wrapped

T = TypeVar("T")
Draw = Callable[[T, int], Line]
"""Draws the value of a row in a width."""

_NEAR = 4096
"""How far from where it was a row is looked for first."""


class Rows(ScrollView, Generic[T], can_focus=True):
    """A list with a cursor and marks."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings((*MOVING, OPENING))]
    DEFAULT_CSS = """
    Rows { height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; }
    """

    class Wanted(Message):
        """Values of rows are missing."""

        def __init__(self, rows: "Rows[T]", keys: Sequence[int]) -> None:
            super().__init__()
            self.rows = rows
            self.keys = keys

    class Moved(Message):
        """The cursor is on another row; ``by_hand`` when a person moved it."""

        def __init__(self, rows: "Rows[T]", by_hand: bool) -> None:
            super().__init__()
            self.rows = rows
            self.by_hand = by_hand

    class Opened(Message):
        """A row is to be opened."""

        def __init__(self, rows: "Rows[T]", key: int) -> None:
            super().__init__()
            self.rows = rows
            self.key = key

    def __init__(self, draw: Draw[T], *, empty: str = "", id: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self._draw = draw
        self.keys: Sequence[int] = ()
        self.values: dict[int, T] = {}
        self.marks: set[int] = set()
        self.cursor = 0
        self.empty = empty
        """What is said where there is nothing: a key of the catalogues; empty: nothing is."""
        self._shown = False
        self.follow = True
        """Whether the cursor stays on the first row, whatever comes in above."""
        self._asked: Sequence[int] = ()

    # -- what is shown

    @property
    def key(self) -> int | None:
        """The key of the row that the cursor is on."""
        return self.keys[self.cursor] if self.cursor < len(self.keys) else None

    @property
    def value(self) -> T | None:
        """The value of the row that the cursor is on, if it is here already."""
        return self.values.get(self.key) if self.key is not None else None

    def window(self, margin: int = 1) -> tuple[int, int]:
        """Give which rows are on the screen, with so many screens more on both sides: from, to (exclusive)."""
        height = max(self.size.height, 1)
        first = max(self.scroll_offset.y - margin * height, 0)
        return first, min(first + (2 * margin + 1) * height, len(self.keys))

    def show(self, keys: Sequence[int], values: Mapping[int, T]) -> None:
        """Show these rows. The cursor stays on its row, on the screen too; when following, on the first."""
        was = self.key
        was_at = self.cursor
        self._shown = True
        self.keys = keys
        self.values = dict(values)
        self._asked = ()
        if self.follow or was is None:
            self.cursor = 0
            top = 0
        else:
            found = self._find(was, was_at)
            self.cursor = min(was_at, max(len(keys) - 1, 0)) if found is None else found
            top = max(self.scroll_offset.y + self.cursor - was_at, 0)
        self.virtual_size = Size(self.size.width, len(keys))
        self.scroll_to(y=top, animate=False, immediate=True)
        self._keep_cursor_on_screen()
        self.refresh()
        if self.key != was:
            self.post_message(self.Moved(self, by_hand=False))

    def add_values(self, values: Mapping[int, T]) -> None:
        """Take values that were asked for."""
        near = set(self.keys[slice(*self.window(margin=3))])
        self.values = {key: value for key, value in self.values.items() if key in near} | dict(values)
        self._asked = ()
        self.refresh()
        if self.key in values:
            self.post_message(self.Moved(self, by_hand=False))

    def forget(self) -> None:
        """Draw everything again, the width of columns too."""
        self.refresh()

    def _find(self, key: int, near: int) -> int | None:
        low = max(near - _NEAR, 0)
        for start, stop in ((low, near + _NEAR), (0, len(self.keys))):
            try:
                return start + self.keys[start:stop].index(key)
            except ValueError:
                continue
        return None

    # -- drawing

    def render_line(self, y: int) -> Strip:
        """Draw one line of the window."""
        row = y + self.scroll_offset.y
        console = console_of(self)
        width = self.scrollable_content_region.width
        base = self.rich_style
        if row >= len(self.keys):
            return self._nothing(y, width)
        key = self.keys[row]
        value = self.values.get(key)
        if value is None:
            self._ask()
            line: Line = (part("  …", "faint"),)
        else:
            line = (part("+" if key in self.marks else " ", "mark"), *self._draw(value, width - 1))
        if row == self.cursor:
            base += console.roles["cursor" if self.has_focus else "cursor-idle"]
        return strip(line, width, console.roles, base)

    def _nothing(self, y: int, width: int) -> Strip:
        """Draw where no row is: in a list without any, what to do about it."""
        lines = wrapped((part(" "), Part(said(self.empty), "muted")), width, indent=1) if self.says_empty else []
        return strip(lines[y] if y < len(lines) else (), width, console_of(self).roles, self.rich_style)

    @property
    def says_empty(self) -> bool:
        """Whether it has a word for being empty, and is: not only still waiting for its first answer."""
        return bool(self.empty) and self._shown and not self.keys

    def _ask(self) -> None:
        first, last = self.window()
        missing = [key for key in self.keys[first:last] if key not in self.values]
        if missing and missing != self._asked:
            self._asked = missing
            # a message that is made while the widget is being drawn would count as sent by the screen
            self.call_next(lambda: self.post_message(self.Wanted(self, missing)))

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.virtual_size = Size(self.size.width, len(self.keys))
        self._keep_cursor_on_screen()

    # -- moving

    def move(self, row: int) -> None:
        """Put the cursor on a row."""
        row = max(min(row, len(self.keys) - 1), 0)
        self.follow = False
        if row == self.cursor:
            return
        self.cursor = row
        self._keep_cursor_on_screen()
        self.refresh()
        self.post_message(self.Moved(self, by_hand=True))

    def _keep_cursor_on_screen(self) -> None:
        height = self.scrollable_content_region.height
        if height:
            self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, immediate=True, force=True)

    def action_up(self) -> None:
        """Go up a row."""
        self.move(self.cursor - 1)

    def action_down(self) -> None:
        """Go down a row."""
        self.move(self.cursor + 1)

    def action_page_up(self) -> None:
        """Go up a screen."""
        self.move(self.cursor - max(self.size.height - 1, 1))

    def action_page_down(self) -> None:
        """Go down a screen."""
        self.move(self.cursor + max(self.size.height - 1, 1))

    def action_top(self) -> None:
        """Go to the first row."""
        self.move(0)

    def action_bottom(self) -> None:
        """Go to the last row."""
        self.move(len(self.keys) - 1)

    def action_open(self) -> None:
        """Open the row that the cursor is on."""
        if self.key is not None:
            self.post_message(self.Opened(self, self.key))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is; twice opens."""
        row = event.y + self.scroll_offset.y
        if row < len(self.keys):
            self.move(row)
            if event.chain == 2:
                self.action_open()

    # -- marks

    def mark(self) -> None:
        """Mark the row or take its mark away, and go on to the next."""
        if self.key is not None:
            self.marks ^= {self.key}
            self.move(self.cursor + 1)
            self.refresh()

    def unmark(self, keys: Iterable[int] | None = None) -> None:
        """Take marks away: all, or those of ``keys``."""
        self.marks = set() if keys is None else self.marks - set(keys)
        self.refresh()
