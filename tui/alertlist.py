"""A list of alerts with its filter, order, marks, and the way back: the heart of the live list and of replay."""

from collections.abc import Iterable
from typing import ClassVar

from msgspec import Struct
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message

from soc_agent.errors import FilterError
from soc_agent.model import Alert
from soc_agent.store import AlertFilter, Order
from tui import times
from tui.columns import alert_line, heading
from tui.drawn import Drawn, console_of
from tui.filterbar import FilterBar, FilterState
from tui.keys import LISTING, bindings
from tui.listing import Listing, Wish
from tui.outside import Line, Part, joined, part, said, told
from tui.rows import Rows

_ORDERS = tuple(Order)
_PLACES = 100


class Place(Struct, frozen=True):
    """Where somebody was: what the way back leads to."""

    text: str
    order: Order
    reverse: bool
    follow: bool
    key: int | None


class Heading(Drawn):
    """The names of the columns."""

    def draw(self, width: int) -> list[Line]:
        """Give the one line."""
        return [(part(" "), *heading(width - 2))]


class AlertList(Vertical):
    """Alerts, filtered and sorted. ``follow`` says whether it can be told to stay on what comes in."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(LISTING)]
    DEFAULT_CSS = "AlertList { width: 1fr; height: 1fr; }"

    class Changed(Message):
        """Something else is to be listed."""

    def __init__(self, text: str, *, live: bool = True) -> None:
        super().__init__()
        self.filter = FilterState(text, lambda text: AlertFilter.parse(text, timezone=console_of(self).zone))
        self.order = Order.TIME
        self.reverse = False
        self.places: list[Place] = []
        self.live = live
        self.bar = FilterBar(self.filter)
        self.rows: Rows[Alert] = Rows(self._draw, empty="signs.none_listed" if live else "signs.none_then")
        self._new = 0

    def compose(self) -> ComposeResult:
        """Give the filter, the heading and the rows."""
        yield self.bar
        yield Heading()
        yield self.rows

    def on_mount(self) -> None:
        """Let the rows have the keys."""
        self.rows.focus()

    def _draw(self, alert: Alert, width: int) -> Line:
        console = console_of(self)
        return alert_line(alert, console.rules.get(alert.rule_id), width, console.now_ns(), console.zone)

    # -- asking and showing

    def wish(self, at_ns: int | None = None) -> Wish:
        """Give what to ask the store."""
        return Wish(
            self.filter.active,
            self.order,
            self.reverse,
            at_ns,
            None if self.rows.follow else self.rows.key,
            self.rows.cursor,
            frozenset(console_of(self).rules),
        )

    def show(self, listing: Listing) -> None:
        """Show what the store answered."""
        before = len(self.rows.keys)
        if self.rows.follow or not before:
            self._new = 0
        else:
            self._new = max(self._new + len(listing.ids) - before, 0)
        console_of(self).rules |= listing.rules
        self.bar.line.shown = len(listing.ids)
        self.bar.line.total = listing.counts.total
        self.rows.show(listing.ids, listing.alerts)
        self.signs()

    def signs(self) -> None:
        """Draw order, follow and marks again."""
        arrow = "↑" if self.reverse else "↓"
        signs = [Part(joined(said(f"tui.order.{self.order.value}"), " ", arrow), "muted")]
        if self.live:
            signs.append(
                Part(said("tui.follow.on"), "ok")
                if self.rows.follow
                else Part(said("tui.follow.more", new=times.number(self._new)), "attention")
                if self._new
                else Part(said("tui.follow.off"), "muted")
            )
        if self.rows.marks:
            signs.append(Part(said("tui.marked", count=len(self.rows.marks)), "mark"))
        self.bar.line.signs = tuple(signs)
        self.bar.line.redraw()

    def chosen(self) -> list[int]:
        """Give the marked alerts, else the one under the cursor."""
        if self.rows.marks:
            return sorted(self.rows.marks)
        return [] if self.rows.key is None else [self.rows.key]

    # -- going

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Say whether an action works: in replay nothing comes in to follow, and nothing is done to marked alerts."""
        if action == "filter":
            return not self.bar.typing
        return self.live or action not in ("follow", "mark", "mark_all")

    def go(self, text: str, order: Order = Order.TIME) -> None:
        """List what another filter lets through, sorted; the way back leads here."""
        here = Place(self.filter.text, self.order, self.reverse, self.rows.follow, self.rows.key)
        try:
            self.filter.use(text)
        except FilterError as error:
            console_of(self).tell(told(error.problem), severity="warning")
            return
        self.order, self.reverse = order, False
        if (here.text, here.order) != (text, order):
            self.places = [*self.places[-_PLACES:], here]
        self.filter.remember(text)
        self._anew()

    def _anew(self) -> None:
        self.rows.unmark()
        self.rows.follow = True
        self._new = 0
        self.bar.line.redraw()
        self.post_message(self.Changed())

    def action_back(self) -> None:
        """Take marks away, else go back to where we came from."""
        if self.rows.marks:
            self.rows.unmark()
            self.signs()
        elif self.places:
            *self.places, place = self.places
            self.filter.use(place.text)
            self.order, self.reverse = place.order, place.reverse
            self._anew()

    def action_filter(self) -> None:
        """Open the field of the filter."""
        self.bar.open()

    def action_filter_off(self) -> None:
        """Take the filter off, or put it on again."""
        self.filter.on = not self.filter.on
        self._anew()

    def action_sort(self) -> None:
        """Sort by the next key."""
        self.order = _ORDERS[(_ORDERS.index(self.order) + 1) % len(_ORDERS)]
        self.reverse = False
        self._anew()

    def action_reverse(self) -> None:
        """Turn the order around."""
        self.reverse = not self.reverse
        self._anew()

    def action_follow(self) -> None:
        """Stay on what comes in, or no longer."""
        self.rows.follow = not self.rows.follow
        self._new = 0
        self.signs()
        self.post_message(self.Changed())

    def action_mark(self) -> None:
        """Mark the alert under the cursor."""
        self.rows.mark()
        self.signs()

    def action_mark_all(self) -> None:
        """Mark all that is listed, or take all marks away."""
        marks: Iterable[int] = () if self.rows.marks else self.rows.keys
        self.rows.marks = set(marks)
        self.rows.refresh()
        self.signs()

    # -- hearing

    @on(FilterBar.Changed)
    def _filtered(self, event: FilterBar.Changed) -> None:
        event.stop()
        if not self.bar.typing:
            self.screen.set_focus(self.rows)
        self._anew()

    @on(Rows.Moved)
    def _moved(self, event: Rows.Moved) -> None:
        if event.by_hand:
            self.signs()
