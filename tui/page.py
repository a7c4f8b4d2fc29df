"""A text that is longer than the screen."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll

from tui.drawn import Drawn
from tui.keys import SCROLLING, bindings


class Page(VerticalScroll, can_focus=True):
    """Scrolls what it was given."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(SCROLLING)]
    DEFAULT_CSS = "Page { height: 1fr; scrollbar-size-vertical: 1; }"

    def __init__(self, inner: Drawn, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self._inner = inner

    def compose(self) -> ComposeResult:
        """Give what is scrolled."""
        yield self._inner
