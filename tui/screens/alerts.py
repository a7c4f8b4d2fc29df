"""The alert list, live; where there is room, all that is known of the alert under the cursor beside it."""

from collections.abc import Iterable
from typing import ClassVar

from textual import events, on
from textual.containers import Horizontal
from textual.widget import Widget

from soc_agent.errors import StoreError
from soc_agent.model import Alert
from soc_agent.store import Order
from tui.alertlist import AlertList
from tui.keys import ACTING, LISTING, OPENING, PIVOTING, Key
from tui.listing import Listing, listing
from tui.page import Page
from tui.rows import Rows
from tui.screens.detail import Pane, dossier
from tui.view import Question, View
from tui.work import start

STANDARD = "status=open"
_BESIDE_FROM = 150
"""From this width on there is room for the alert under the cursor beside the list."""


class Alerts(View[Listing]):
    """The alert list."""

    KEYS: ClassVar[tuple[Key, ...]] = (OPENING, *ACTING, *LISTING, *PIVOTING)
    DEFAULT_CSS = """
    Alerts Page { width: 42%; border-left: solid $panel-lighten-2; display: none; }
    Alerts.-beside Page { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.list = AlertList(STANDARD)
        self._pane = Pane()
        self._pane.empty = "tui.alerts.none"

    def body(self) -> Iterable[Widget]:
        """Give the list, and the page beside it."""
        yield Horizontal(self.list, Page(self._pane))

    def question(self) -> Question[Listing]:
        """Ask for the list."""
        wish = self.list.wish()
        return lambda store: listing(store, wish)

    def show(self, answer: Listing) -> None:
        """Show the list, and look again at the alert beside it."""
        self.list.show(answer)
        self._look()

    def chosen(self) -> list[int]:
        """Give the marked alerts, else the one under the cursor."""
        return self.list.chosen()

    def alert(self) -> Alert | None:
        """Give the alert under the cursor."""
        return self.list.rows.value

    def acted(self) -> None:
        """Take the marks away: what they were for is done."""
        self.list.rows.unmark()

    def go(self, text: str, order: Order = Order.TIME) -> None:
        """List what a filter lets through, sorted."""
        self.list.go(text, order)

    def on_resize(self, event: events.Resize) -> None:
        """Show the page beside the list where there is room."""
        self.set_class(event.size.width >= _BESIDE_FROM, "-beside")
        self._look()

    @on(AlertList.Changed)
    def _changed(self) -> None:
        self.ask()

    @on(Rows.Moved)
    def _look(self) -> None:
        key = self.list.rows.key
        if self.has_class("-beside") and self.console_app.reader.is_open:
            start(self, self._look_at, key, group="beside", exclusive=True)

    async def _look_at(self, key: int | None) -> None:
        try:
            found = None
            if key is not None:
                find = self.console_app.find_at_hand
                found = await self.console_app.reader.ask(lambda store: dossier(store, key, find=find), quick=True)
        except StoreError as error:
            self.console_app.store_failed(error)
            return
        if found != self._pane.dossier:
            self._pane.dossier = found
            self._pane.redraw()

    @on(Rows.Opened)
    def _opened(self, event: Rows.Opened) -> None:
        self.open_alert(event.key, event.rows)
