"""The base of the console's screens: ask the store in a thread, show the answer, ask again when something changed."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widget import Widget

from soc_agent.errors import StoreError
from soc_agent.model import Alert, RuleInfo
from soc_agent.model.custody import AlertFile
from soc_agent.store import Store
from tui.bars import Hints, Top
from tui.drawn import Drawn
from tui.keys import Key, bindings
from tui.rows import Rows
from tui.work import start

if TYPE_CHECKING:
    from tui.app import Console

A = TypeVar("A")
Question = Callable[[Store], A]
_REST = 4
"""Times that a question took which must pass before it is asked again unasked."""


class View(Screen[None], Generic[A]):
    """A screen that shows an answer of the store.

    A subclass lists its :attr:`KEYS`, gives its widgets in :meth:`body`, what to ask in :meth:`question`, and takes the
    answer in :meth:`show`.
    """

    KEYS: ClassVar[tuple[Key, ...]] = ()
    WATCHES_ALL: ClassVar[bool] = False
    """Whether it shows more than the history tells: rates, the heartbeat, what depends on the time of day."""
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init_subclass__(cls, **options: Any) -> None:
        cls.BINDINGS = [*bindings(cls.KEYS)]
        super().__init_subclass__(**options)

    def __init__(self) -> None:
        super().__init__()
        self._stale = False
        self._asking = False
        self.answers = 0
        """How many answers were shown."""
        self._took_s = 0.0
        self._answered = 0.0

    @property
    def console_app(self) -> "Console":
        """The console that this belongs to."""
        return cast("Console", self.app)

    # -- what a subclass says

    def body(self) -> Iterable[Widget]:
        """Give the widgets between the first and the last line."""
        raise NotImplementedError

    def question(self) -> Question[A]:
        """Give what to ask the store. It runs in another thread, and must not touch a widget."""
        raise NotImplementedError

    def show(self, answer: A) -> None:
        """Show an answer."""
        raise NotImplementedError

    def chosen(self) -> list[int]:
        """Give the ids of the alerts that an action is about: the marked ones, else the one under the cursor."""
        return []

    def alert(self) -> Alert | None:
        """Give the alert under the cursor."""
        return None

    def file(self) -> AlertFile | None:
        """Give the file that the alert in front is about."""
        return None

    def rule(self) -> RuleInfo | None:
        """Give the rule under the cursor."""
        return None

    def acted(self) -> None:
        """Do what is to be done after an action on the chosen alerts."""

    @property
    def at_ns(self) -> int | None:
        """The moment that is shown; None: now."""
        return None

    # -- asking

    def compose(self) -> ComposeResult:
        """Give the widgets of the screen."""
        yield Top()
        yield from self.body()
        yield Hints()

    def ask(self) -> None:
        """Ask the store again, as soon as the last answer is there."""
        self._stale = True
        if not self._asking and self.is_current and self.console_app.reader.is_open:
            self._asking = True
            start(self, self._answers, group="answers")

    @property
    def rested(self) -> bool:
        """Whether it may ask of its own accord: over a large store a question takes long, and is not asked always."""
        return time.monotonic() - self._answered >= _REST * self._took_s

    async def _answers(self) -> None:
        try:
            while self._stale and self.is_attached:
                self._stale = False
                began = time.monotonic()
                answer = await self.console_app.reader.ask(self.question())
                self._answered = time.monotonic()
                self._took_s = self._answered - began
                if self.is_attached and self.query(Top):
                    self.show(answer)
                    self.answers += 1
        except StoreError as error:
            self.console_app.store_failed(error)
        finally:
            self._asking = False

    @on(Rows.Wanted)
    def _wanted(self, message: Rows.Wanted) -> None:
        message.stop()
        start(self, self._fetch, message.rows, message.keys, group="rows", exclusive=True)

    async def _fetch(self, rows: Rows[Any], keys: Sequence[int]) -> None:
        try:
            rows.add_values(await self.console_app.reader.ask(self.fetching(keys), quick=True))
        except StoreError as error:
            self.console_app.store_failed(error)

    def fetching(self, keys: Sequence[int]) -> Question[Mapping[int, Any]]:
        """Give what to ask for the rows with these keys."""
        at_ns = self.at_ns
        return lambda store: {alert.id: alert for alert in store.alerts(keys, at_ns)}

    def on_screen_resume(self) -> None:
        """Ask when the screen comes to the front."""
        self.redraw()
        self.ask()

    def open_alert(self, alert_id: int, rows: Rows[Any] | None = None) -> None:
        """Show all that is known of an alert; ``rows`` is the list to step through from there.

        Keys come faster than screens change: what was asked for by a screen that is no longer in front is let go.
        """
        from tui.screens.detail import Detail

        if self.is_current:
            self.app.push_screen(Detail(alert_id, rows, self.at_ns))

    # -- drawing

    def redraw(self) -> None:
        """Draw everything again: the language, the theme or the time has changed."""
        for widget in self.walk_children(Widget):
            if isinstance(widget, Drawn):
                widget.redraw()
            elif isinstance(widget, Rows):
                widget.forget()

    def redraw_part(self, kind: type[Drawn]) -> None:
        """Draw one part again. Timers ask at any moment: a screen just being made, or going, does not have it."""
        for part in self.query(kind):
            part.redraw()

    def tick(self) -> None:
        """Draw what depends on the time of day; once a second."""
        self.redraw_part(Top)

    def hints(self) -> None:
        """Draw the footer again: other keys work now."""
        self.redraw_part(Hints)
