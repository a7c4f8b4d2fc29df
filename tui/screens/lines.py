"""The last lines of a source, with a cursor: so that lines which raised no alert can be asked about."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.widget import Widget

from soc_agent.model import Problem
from soc_agent.model.judging import LogLine
from tui import times
from tui.drawn import Drawn
from tui.keys import OPENING, Key
from tui.outside import Line, clip, part, safe, said
from tui.panels import section
from tui.paper import wrapped
from tui.rows import Rows
from tui.screens.judged import JudgedLine
from tui.screens.narrowed import NARROWING, Narrowed

_ROW_LIMIT = 1024
_WHOLE_LIMIT = 2048
_WHOLE_ROWS = 4
Lines = tuple[LogLine, ...]


class Whole(Drawn):
    """The line under the cursor, and where it stands."""

    DEFAULT_CSS = f"Whole {{ height: {_WHOLE_ROWS + 1}; padding: 0 1; }}"
    line: LogLine | None = None

    def draw(self, width: int) -> list[Line]:
        """Give as much of it as there is room for."""
        if self.line is None:
            return []
        place = ":".join(str(each) for each in (self.line.place, self.line.number) if each)
        rows = wrapped((part(safe(self.line.raw, _WHOLE_LIMIT)),), width, words=False)
        return [section(clip(safe(place), max(width - 1, 1)), width), *rows[:_WHOLE_ROWS]]


class SourceLines(Narrowed[Lines, LogLine]):
    """The last lines of one source, the latest at the bottom, where the cursor begins."""

    KEYS: ClassVar[tuple[Key, ...]] = (OPENING._replace(name="all_rules"), *NARROWING)
    WAITING = "lines.loading"
    ABOUT = "lines.question"

    def __init__(self, source: str) -> None:
        super().__init__()
        self._source = source
        self._whole = Whole()

    def work(self) -> Lines | Problem:
        """Read them."""
        desk = self.console_app.desk
        assert desk is not None, "the key works only where something reads"
        return desk.lines(self._source)

    def items(self, found: Lines) -> Sequence[LogLine]:
        """Give the lines."""
        return found

    def text_of(self, item: LogLine) -> str:
        """Give the line as text."""
        return safe(item.raw)

    def draw_item(self, item: LogLine, width: int) -> Line:
        """Draw the beginning of a line."""
        return (part(clip(safe(item.raw, _ROW_LIMIT), width)),)

    def body(self) -> Iterable[Widget]:
        """Give the heading, the lines, and the one under the cursor as a whole."""
        yield from super().body()
        yield self._whole

    def arrived(self) -> None:
        """Show the lines, the latest under the cursor."""
        super().arrived()
        self.query_one(Rows).move(len(self.shown) - 1)
        self._look()

    def found_lines(self, found: Lines, width: int) -> list[Line]:
        """Draw the heading: whose lines, how many of them, and what they are narrowed to."""
        title = said("lines.title", source=self._source, count=times.number(len(found)))
        return [section(clip(title, width - 1), width), *self.narrowed_lines(len(found), width)]

    @on(Rows.Moved)
    def _look(self) -> None:
        self._whole.line = self.query_one(Rows).value
        self._whole.redraw()

    @on(Rows.Opened)
    def _opened(self, event: Rows.Opened) -> None:
        if self.is_current and event.key < len(self.shown):
            self.app.push_screen(JudgedLine(self.shown[event.key]))
