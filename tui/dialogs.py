"""The questions that the console asks: one line of text, or one of several."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from soc_agent.text import SafeText
from tui.drawn import Drawn
from tui.keys import Key, bindings
from tui.outside import Line, Part, part, said
from tui.paper import cut, wrapped
from tui.rows import Rows

_LEAVING = (Key("back", "escape", "leave"),)
_BOX = """
    align: center middle;
    & > Vertical {
        width: 76; max-width: 96%; height: auto; max-height: 80%;
        background: $surface; border: round $primary; padding: 0 1;
    }
"""


class Says(Drawn):
    """Lines that were given."""

    def __init__(self, lines: Sequence[Line], *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self._given = tuple(lines)

    def draw(self, width: int) -> list[Line]:
        """Give the lines, wrapped."""
        return [row for line in self._given for row in wrapped(line, width)]

    def say(self, lines: Sequence[Line]) -> None:
        """Say something else."""
        self._given = tuple(lines)
        self.redraw()


class Ask(ModalScreen[str | None]):
    """Asks for one line of text. Up and down offer what is often said."""

    DEFAULT_CSS = f"Ask {{ {_BOX} }} Ask Input, Ask Input:focus {{ border: none; height: 1; padding: 0; margin: 1 0; }}"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings((*_LEAVING, Key("up", "up", "offer(-1)"), Key("down", "down", "offer(1)")))
    ]

    def __init__(
        self,
        question: Sequence[Line],
        *,
        text: str = "",
        offers: Sequence[str] = (),
        required: bool = False,
        limit: int = 500,
    ) -> None:
        """:param limit: characters that an answer may have."""
        super().__init__()
        self._limit = limit
        self._question = question
        self._text = text
        self._offers = ("", *offers) if offers else ()
        self._offered = 0
        self._required = required

    def compose(self) -> ComposeResult:
        """Give the question, the field, and how to answer."""
        with Vertical():
            yield Says(self._question)
            yield Input(self._text, max_length=self._limit)
            yield Says([self._how()], id="how")

    def _how(self) -> Line:
        keys = ["tui.ask.enter", "tui.ask.escape", *(["tui.ask.offers"] if self._offers else [])]
        return tuple(Part(said(key), "muted") if not gap else part("   ") for key in keys for gap in (False, True))

    def action_offer(self, step: int) -> None:
        """Put another of the usual answers into the field."""
        if self._offers:
            self._offered = (self._offered + step) % len(self._offers)
            field = self.query_one(Input)
            field.value = self._offers[self._offered]
            field.cursor_position = len(field.value)

    @on(Input.Submitted)
    def _answered(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        if self._required and not text:
            self.query_one("#how", Says).say([(Part(said("tui.ask.required"), "attention"),)])
            return
        self.dismiss(text)

    def action_leave(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)


class Menu(ModalScreen[int | None]):
    """Asks for one of several; gives its number."""

    DEFAULT_CSS = f"Menu {{ {_BOX} }} Menu Rows {{ height: auto; max-height: 16; margin: 1 0 0 0; }}"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings((*_LEAVING, Key("back", "backspace,p", "leave")))]

    def __init__(self, title: SafeText, choices: Sequence[Line]) -> None:
        super().__init__()
        self._title_text = title
        self._choices = choices

    def compose(self) -> ComposeResult:
        """Give the title and the choices."""
        with Vertical():
            yield Says([(Part(self._title_text, "strong"),)])
            rows: Rows[Line] = Rows(cut)
            yield rows
            yield Says([(Part(said("signs.choose"), "muted"),)])

    def on_mount(self) -> None:
        """Fill in the choices."""
        rows = self.query_one(Rows)
        # the box takes 80 % of the screen at most: borders, title and the last line need their part of it
        rows.styles.height = min(len(self._choices), 16, max(self.app.size.height * 8 // 10 - 5, 1))
        rows.show(range(len(self._choices)), dict(enumerate(self._choices)))
        rows.focus()

    @on(Rows.Opened)
    def _answered(self, event: Rows.Opened) -> None:
        self.dismiss(event.key)

    def action_leave(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)
