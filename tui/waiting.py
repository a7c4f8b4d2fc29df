"""What is shown while there is no store: where it should be, what to do, and what is wrong with it."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from soc_agent.text import SafeText
from tui.dialogs import Says
from tui.keys import Key, bindings
from tui.outside import Line, Part, safe, said


class Waiting(ModalScreen[None]):
    """Waits for the store to appear; the console takes it away then."""

    DEFAULT_CSS = """
    Waiting {
        align: center middle;
        & > Vertical {
            width: 76; max-width: 96%; height: auto;
            background: $surface; border: round $warning; padding: 1 2;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings((Key("quit", "q,escape", "app.quit"),))]

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def compose(self) -> ComposeResult:
        """Give what there is to say."""
        with Vertical():
            yield Says(self._lines(()), id="why")

    def _lines(self, problems: Sequence[SafeText]) -> list[Line]:
        return [
            (Part(said("tui.waiting.problem" if problems else "tui.waiting.title"), "strong"),),
            (Part(safe(self._path), "entity"),),
            (),
            *((Part(problem, "attention"),) for problem in problems),
            (Part(said("tui.waiting.again" if problems else "tui.waiting.start")),),
            (),
            (Part(said("tui.waiting.quit"), "muted"),),
        ]

    def explain(self, problems: Sequence[SafeText]) -> None:
        """Say why the store cannot be opened."""
        self.query_one("#why", Says).say(self._lines(problems))
