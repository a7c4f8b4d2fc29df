"""The base of screens that show what is worked out once: in a thread, since rules and files are read for it."""

import asyncio
import logging
from abc import abstractmethod
from collections.abc import Iterable
from typing import ClassVar, Generic, TypeVar

from textual.widget import Widget

from soc_agent.model import Problem
from tui.drawn import Drawn
from tui.outside import Line, Part, said, told
from tui.page import Page
from tui.paper import wrapped
from tui.screens.banner import Banner
from tui.view import Question, View
from tui.work import start

F = TypeVar("F")
_log = logging.getLogger(__name__)


class Worked(View[None], Generic[F]):
    """A screen of something that is worked out when it opens, and that the store does not change.

    A subclass works it out in :meth:`work`, and draws it in :meth:`found_lines`.
    """

    WAITING: ClassVar[str] = "tui.loading"
    """What is said meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.found: F | Problem | None = None
        """What was worked out; None: not yet."""
        self.pane = Pane(self)

    @abstractmethod
    def work(self) -> F | Problem:
        """Work it out. It runs in another thread, and must not touch a widget."""

    @abstractmethod
    def found_lines(self, found: F, width: int) -> list[Line]:
        """Draw it in a width."""

    def body(self) -> Iterable[Widget]:
        """Give the page; in replay, under the banner."""
        yield Banner()
        yield Page(self.pane)

    def on_mount(self) -> None:
        """Let the page have the keys, and begin."""
        for page in self.query(Page):
            page.focus()
        start(self, self._work)

    async def _work(self) -> None:
        try:
            self.found = await asyncio.to_thread(self.work)
        except Exception as error:  # noqa: BLE001 - made of rules and lines of others; the console goes on
            _log.exception("what a screen shows could not be worked out")
            self.found = Problem("lines.not_worked_out", values={"reason": f"{type(error).__name__}: {error}"})
        if self.is_attached:
            self.arrived()

    def arrived(self) -> None:
        """Show what was worked out."""
        self.pane.redraw()

    def lines(self, width: int) -> list[Line]:
        """Give all of it; while it is worked out, that it is; when nothing came of it, why."""
        if self.found is None:
            return [(Part(said(self.WAITING), "muted"),)]
        if isinstance(self.found, Problem):
            return wrapped((Part(told(self.found), "attention"),), width)
        return self.found_lines(self.found, width)

    def question(self) -> Question[None]:
        """Ask the store for nothing: what is shown does not change."""
        return lambda _: None

    def show(self, answer: None) -> None:
        """Leave what is shown."""

    def action_back(self) -> None:
        """Go back to where it was asked for."""
        self.app.pop_screen()


class Pane(Drawn):
    """What was worked out, drawn."""

    DEFAULT_CSS = "Pane { padding: 0 1; }"

    def __init__(self, worked: "Worked[F]") -> None:
        super().__init__()
        self._worked = worked

    def draw(self, width: int) -> list[Line]:
        """Give all of it."""
        return self._worked.lines(width)
