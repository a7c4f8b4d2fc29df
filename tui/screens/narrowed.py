"""The base of screens whose list is worked out once, and can be narrowed to what holds some words."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from textual.widget import Widget

from soc_agent.model import Problem
from soc_agent.text import fold
from tui import times
from tui.dialogs import Ask
from tui.keys import Key
from tui.outside import Line, Part, clip, said
from tui.rows import Rows
from tui.screens.worked import Worked
from tui.view import Question

F = TypeVar("F")
T = TypeVar("T")

NARROWING = (
    Key("with_words", "slash", "with_words", hint=True),
    Key("all_again", "x", "all_again"),
    Key("back", "escape,backspace", "back", hint=True),
)
"""Keys of every such list."""


class Narrowed(Worked[F], Generic[F, T]):
    """What is said of it stands above the list.

    A subclass gives the list in :meth:`items`, the text of an item that is searched in :meth:`text_of`, and draws it in
    :meth:`draw_item`.
    """

    ABOUT: ClassVar[str] = ""
    """The question for the words."""

    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        self.shown: Sequence[T] = ()
        """The items that hold the words."""

    @abstractmethod
    def items(self, found: F) -> Sequence[T]:
        """Give the whole list."""

    @abstractmethod
    def text_of(self, item: T) -> str:
        """Give what is searched for the words."""

    @abstractmethod
    def draw_item(self, item: T, width: int) -> Line:
        """Draw one item."""

    def body(self) -> Iterable[Widget]:
        """Give what is said, and the list."""
        yield self.pane
        rows: Rows[T] = Rows(self.draw_item)
        yield rows

    def on_mount(self) -> None:
        """Let the list have the keys. Textual calls the handlers of the classes above by itself."""
        self.query_one(Rows).focus()

    def arrived(self) -> None:
        """Show the items that hold the words."""
        if self.found is not None and not isinstance(self.found, Problem):
            wanted = fold(self.words)
            self.shown = [item for item in self.items(self.found) if wanted in fold(self.text_of(item))]
            self.query_one(Rows).show(range(len(self.shown)), dict(enumerate(self.shown)))
        super().arrived()

    def narrowed_lines(self, count: int, width: int) -> list[Line]:
        """Say what the list is narrowed to; nothing when it is whole."""
        if not self.words:
            return []
        numbers = {"shown": times.number(len(self.shown)), "count": times.number(count)}
        return [(Part(clip(said("lines.held", words=self.words, **numbers), width), "attention"),)]

    def fetching(self, keys: Sequence[int]) -> Question[Mapping[int, Any]]:
        """Give what is here already."""
        found = {key: self.shown[key] for key in keys if key < len(self.shown)}
        return lambda _: found

    def action_with_words(self) -> None:
        """Ask for words, and show what holds them; case and diacritics do not matter."""

        def answered(words: str | None) -> None:
            if words is not None:
                self._narrow(words)

        self.app.push_screen(Ask([(Part(said(self.ABOUT), "strong"),)], text=self.words), answered)

    def action_all_again(self) -> None:
        """Show the whole list again."""
        self._narrow("")

    def _narrow(self, words: str) -> None:
        self.words = words
        self.arrived()
