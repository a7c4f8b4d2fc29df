"""Why the rule of an alert matches its line, or does not any more: the condition, clause by clause."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from soc_agent.model import Alert, Explanation, Problem
from tui.drawn import Drawn
from tui.explained import explained_lines
from tui.keys import Key
from tui.outside import Line, Part, said, told
from tui.page import Page
from tui.paper import wrapped
from tui.screens.banner import Banner
from tui.view import Question, View
from tui.work import start


class _Pane(Drawn):
    """The explanation, drawn."""

    DEFAULT_CSS = "_Pane { padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.found: Explanation | Problem | None = None

    def draw(self, width: int) -> list[Line]:
        """Give all of it; while it is worked out, that it is."""
        if self.found is None:
            return [(Part(said("tui.explained.loading"), "muted"),)]
        if isinstance(self.found, Problem):
            return wrapped((Part(told(self.found), "attention"),), width)
        return explained_lines(self.found, width)


class Explained(View[Alert | None]):
    """The explanation of one alert. It is worked out once, in a thread: the rules are read for it."""

    KEYS: ClassVar[tuple[Key, ...]] = (Key("back", "escape,backspace,y", "back", hint=True),)

    def __init__(self, alert: Alert, at_ns: int | None = None) -> None:
        super().__init__()
        self._alert = alert
        self._at_ns = at_ns
        self._pane = _Pane()

    @property
    def at_ns(self) -> int | None:
        """The moment that is shown; None: now."""
        return self._at_ns

    def body(self) -> Iterable[Widget]:
        """Give the page; in replay, under the banner."""
        yield Banner()
        yield Page(self._pane)

    def on_mount(self) -> None:
        """Let the page have the keys, and begin."""
        self.query_one(Page).focus()
        start(self, self._explain)

    async def _explain(self) -> None:
        explain = self.console_app.explain
        assert explain is not None, "the key works only where something explains"
        self._pane.found = await asyncio.to_thread(explain, self._alert)
        self._pane.redraw()

    def question(self) -> Question[Alert | None]:
        """Ask for nothing: what is explained does not change."""
        alert = self._alert
        return lambda _: alert

    def show(self, answer: Alert | None) -> None:
        """Leave what is shown."""

    def alert(self) -> Alert | None:
        """Give the alert."""
        return self._alert

    def action_back(self) -> None:
        """Go back to where it was asked for."""
        self.app.pop_screen()
