"""The first screen: how the four layers stand, what is wrong right now, and what to do next."""

from collections.abc import Iterable
from typing import Any, ClassVar

from msgspec import Struct
from msgspec.structs import replace
from textual import on
from textual.widget import Widget

from soc_agent.layers import LayerState, configured, layer_states
from soc_agent.model import Alert
from soc_agent.store import AgentState, AlertFilter, Order, SourceLedger, Store
from tui import times
from tui.columns import alert_line
from tui.drawn import Drawn
from tui.histogram import axis, bars
from tui.keys import ACTING, OPENING, PIVOTING, Key
from tui.listing import Listing, Wish, listing
from tui.outside import Line, Part, cells, part, said
from tui.panels import agent_part, agent_runs, layer_box, open_alerts, section, sources_line
from tui.paper import beside, spread
from tui.rows import Rows
from tui.view import Question, View
from tui.work import start

OPEN = "status=open"
_DAY_NS = 24 * times.HOUR
_FRESH_NS = 5 * times.SECOND
"""What depends on the time of day is judged anew at this rhythm, also when nothing happened."""
_TALL = 30
_ROOMY = 100


class Glance(Struct, frozen=True):
    """All that the first screen shows."""

    now_ns: int
    """When it was looked at as a whole."""
    seq: int
    """The last entry of the history then."""
    layers: tuple[LayerState, ...]
    worst: Listing
    ledger: tuple[SourceLedger, ...]
    agent: AgentState | None
    timeline: list[list[int]]


class Summary(Drawn):
    """Open alerts by level; the agent."""

    def draw(self, width: int) -> list[Line]:
        """Give the one line."""
        glance = _glance(self)
        if glance is None:
            return [(Part(said("tui.loading"), "muted"),)]
        agent = agent_part(glance.agent, self.console_app.now_ns(), short=width < _ROOMY)
        return [spread(open_alerts(glance.worst.counts, width - cells(agent.text) - 2), (agent, part(" ")), width)]


class Layers(Drawn):
    """The four layers, in a row or in a square."""

    def draw(self, width: int) -> list[Line]:
        """Give the boxes."""
        glance = _glance(self)
        if glance is None:
            return []
        tall = self.screen.size.height >= _TALL
        per_row = 4 if width >= 150 else 2
        height = 9 if tall and per_row == 4 else 7 if tall else 6
        each = [(width - per_row + 1) // per_row + (1 if n < (width - per_row + 1) % per_row else 0) for n in range(4)]
        rows: list[Line] = []
        for first in range(0, len(glance.layers), per_row):
            states = glance.layers[first : first + per_row]
            boxes = [layer_box(state, each[n], height) for n, state in enumerate(states)]
            rows += beside(boxes, each[: len(boxes)])
        return rows


class Activity(Drawn):
    """Alerts of the last day, by time."""

    DEFAULT_CSS = "Activity { padding: 0 1; }"

    def draw(self, width: int) -> list[Line]:
        """Give the title, the bars and the axis."""
        glance = _glance(self)
        if glance is None:
            return []
        console = self.console_app
        total = sum(map(sum, glance.timeline))
        peak = max((sum(bucket) for bucket in glance.timeline), default=0)
        figures = (Part(said("tui.activity.figures", total=times.number(total), peak=times.number(peak)), "muted"),)
        head = section(said("tui.activity.title"), width - sum(cells(text) for text, _ in figures) - 1)
        height = 3 if self.screen.size.height >= _TALL else 1
        from_ns = glance.now_ns - _DAY_NS
        return [
            (*head, part(" "), *figures),
            *bars(glance.timeline, height),
            axis(glance.timeline, from_ns, glance.now_ns, console.zone),
        ]


class Below(Drawn):
    """How the sources are doing, and the heading of the list below."""

    DEFAULT_CSS = "Below { padding: 0 1; }"

    def draw(self, width: int) -> list[Line]:
        """Give two lines."""
        glance = _glance(self)
        if glance is None:
            return []
        console = self.console_app
        silent_s = console.config.agent.silent_s
        label = said("tui.sources.title")
        now_ns, runs = console.now_ns(), agent_runs(glance.agent, console.now_ns())
        line = sources_line(
            configured(glance.ledger, console.config), now_ns, silent_s, width - cells(label) - 2, runs=runs
        )
        count = len(glance.worst.ids)
        title = said("tui.overview.worst", count=times.number(count)) if count else said("tui.overview.none_open")
        return [(Part(label, "title"), part("  "), *line), section(title, width)]


class Overview(View[Glance]):
    """The first screen."""

    KEYS: ClassVar[tuple[Key, ...]] = (OPENING, *ACTING, *PIVOTING, Key("in_list", "s", "in_list"))
    WATCHES_ALL = True

    def __init__(self) -> None:
        super().__init__()
        self.glance: Glance | None = None

    def body(self) -> Iterable[Widget]:
        """Give the parts of the screen, the most urgent at the top."""
        yield Summary()
        yield Layers()
        yield Activity()
        yield Below()
        rows: Rows[Alert] = Rows(self._draw_alert)
        yield rows

    def on_mount(self) -> None:
        """Let the list have the keys."""
        self.query_one(Rows).focus()

    def _draw_alert(self, alert: Alert, width: int) -> Line:
        console = self.console_app
        return alert_line(alert, console.rules.get(alert.rule_id), width, console.now_ns(), console.zone)

    def question(self) -> Question[Glance]:
        """Ask for all of it at once."""
        console = self.console_app
        rows: Rows[Alert] = self.query_one(Rows)
        now_ns = console.now_ns()
        wish = Wish(
            AlertFilter.parse(OPEN),
            Order.LEVEL,
            anchor=None if rows.follow else rows.key,
            near=rows.cursor,
            known=frozenset(console.rules),
        )
        buckets = max(self.size.width - 2, 1)
        last = self.glance

        def answer(store: Store) -> Glance:
            seq = store.last_seq()
            if last and last.seq == seq and now_ns - last.now_ns < _FRESH_NS and len(last.timeline) == buckets:
                return replace(last, ledger=tuple(store.ledger()), agent=store.agent_state())
            return Glance(
                now_ns,
                seq,
                layer_states(store, console.config, now_ns),
                listing(store, wish),
                tuple(store.ledger()),
                store.agent_state(),
                store.timeline(now_ns - _DAY_NS, now_ns, buckets),
            )

        return answer

    def show(self, answer: Glance) -> None:
        """Draw what changed."""
        self.glance = answer
        self.console_app.rules |= answer.worst.rules
        for part_of_it in self.query(Drawn):
            part_of_it.redraw()
        self.query_one(Rows).show(answer.worst.ids, answer.worst.alerts)

    def chosen(self) -> list[int]:
        """Give the alert under the cursor."""
        key = self.query_one(Rows).key
        return [] if key is None else [key]

    def alert(self) -> Alert | None:
        """Give the alert under the cursor."""
        value: Alert | None = self.query_one(Rows).value
        return value

    def tick(self) -> None:
        """Draw the clock, and how long ago the agent spoke."""
        super().tick()
        self.redraw_part(Summary)

    def on_resize(self) -> None:
        """Ask for as many buckets as fit now."""
        self.redraw()
        self.ask()

    def action_in_list(self) -> None:
        """Show the same alerts in the list, to be filtered and marked."""
        start(self, self.console_app.find, OPEN, Order.LEVEL)

    @on(Rows.Opened)
    def _opened(self, event: Rows.Opened) -> None:
        self.open_alert(event.key, event.rows)


def _glance(widget: Drawn) -> Glance | None:
    screen: Any = widget.screen
    return screen.glance if isinstance(screen, Overview) else None
