"""The sources: how each is doing, what was read of it and what became of it. Nothing is dropped silently."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, NamedTuple

from msgspec import Struct
from textual.widget import Widget

from soc_agent.store import AgentState, CanaryResult, SourceLedger, Store
from soc_agent.text import SafeText
from tui import times
from tui.dialogs import Menu
from tui.drawn import Drawn
from tui.keys import TRYING, Key
from tui.ledgers import recent_lines
from tui.look import Role
from tui.outside import Line, Part, cells, fit, joined, part, safe, said, told
from tui.page import Page
from tui.panels import agent_part, agent_runs, section, source_view
from tui.paper import wrapped
from tui.proofs import own_last, proof_lines
from tui.view import Question, View
from tui.words import HEALTH_GLYPH, HEALTH_TEXT, separator


class Intake(Struct, frozen=True):
    """What is known of sources and agent."""

    ledger: tuple[SourceLedger, ...]
    agent: AgentState | None
    canaries: tuple[CanaryResult, ...] = ()


class _Column(NamedTuple):
    name: str
    rank: int
    """Where there is no room for all, those of the highest rank go first; 0 stays."""
    value: Callable[[SourceLedger, int], SafeText]
    alarms: bool = False
    """Whether anything but zero is a reason to look."""


_COLUMNS = (
    _Column("lines", 0, lambda ledger, _: times.number(ledger.totals.lines)),
    _Column("rate", 0, lambda ledger, _: times.number(ledger.per_minute.lines)),
    _Column("bytes", 2, lambda ledger, _: times.size(ledger.totals.bytes)),
    _Column("candidates", 3, lambda ledger, _: times.number(ledger.totals.candidates)),
    _Column("undecodable", 1, lambda ledger, _: times.number(ledger.totals.undecodable)),
    _Column("late", 5, lambda ledger, _: times.number(ledger.totals.late)),
    _Column("truncated", 4, lambda ledger, _: times.number(ledger.totals.truncated), alarms=True),
    _Column("dropped", 0, lambda ledger, _: times.number(ledger.totals.dropped), alarms=True),
    _Column("last", 0, lambda ledger, now_ns: times.lasting(now_ns - ledger.last_ns) if ledger.last_ns else safe("–")),
)
_GAP = "  "
_NAME_MIN = 10
_NAME_WANTED = 20
"""Columns go before names are cut shorter."""


def ledger_lines(
    ledgers: Sequence[SourceLedger], now_ns: int, silent_s: int, width: int, *, runs: bool = True
) -> list[Line]:
    """Draw the table of the sources; below each what is wrong with it. ``runs``: whether an agent does."""
    views = [source_view(ledger, now_ns, silent_s, runs=runs) for ledger in ledgers]
    states = [joined(HEALTH_GLYPH[view.health], " ", said(f"tui.source.{view.word}")) for view in views]
    state = max(map(cells, states))
    longest = max(cells(safe(ledger.source)) for ledger in ledgers)
    columns, names, values, sizes = _fitting(ledgers, now_ns, width - state - min(longest, _NAME_WANTED))
    taken = state + sum(sizes) + len(_GAP) * (len(sizes) + 1)
    name = max(min(width - taken, longest + 4), _NAME_MIN)
    head = [fit(said("tui.column.source"), name), fit(said("tui.column.state"), state)]
    head += [fit(text, size, right=True) for text, size in zip(names, sizes, strict=True)]
    rows: list[Line] = [(part(_GAP.join(head), "muted"),)]
    for ledger, view, word, texts in zip(ledgers, views, states, values, strict=True):
        parts = [part(fit(safe(ledger.source), name), "strong"), part(_GAP)]
        parts.append(part(fit(word, state), HEALTH_TEXT[view.health]))
        for column, text, size in zip(columns, texts, sizes, strict=True):
            role: Role = "faint" if text == "0" else "attention" if column.alarms else ""
            parts += [part(_GAP), part(fit(text, size, right=True), role)]
        rows.append(tuple(parts))
        if ledger.problem is not None:
            rows += wrapped((part("  → ", "key"), Part(told(ledger.problem))), width, indent=4)
    return rows


def _fitting(
    ledgers: Sequence[SourceLedger], now_ns: int, room: int
) -> tuple[list[_Column], list[SafeText], list[list[SafeText]], list[int]]:
    """Give the columns that there is room for, their names, values and widths."""
    columns = list(_COLUMNS)
    while True:
        names = [said(f"tui.column.{column.name}") for column in columns]
        values = [[column.value(ledger, now_ns) for column in columns] for ledger in ledgers]
        sizes = [max(map(cells, texts)) for texts in zip(names, *values, strict=True)]
        last = max(columns, key=lambda column: column.rank)
        if sum(sizes) + len(_GAP) * (len(sizes) + 1) <= room or not last.rank:
            return columns, names, values, sizes
        columns.remove(last)


class Ledger(Drawn):
    """The table of the sources; below it how what was read ended, and how each proves that it works."""

    DEFAULT_CSS = "Ledger { padding: 0 1; }"

    def draw(self, width: int) -> list[Line]:
        """Give all of it."""
        view: Any = self.screen
        intake: Intake | None = view.intake
        if intake is None:
            return [(Part(said("tui.loading"), "muted"),)]
        console = self.console_app
        now_ns = console.now_ns()
        rows = [*self._agent(intake, now_ns, width), (), section(said("tui.sources.title"), width)]
        ledgers = own_last(intake.ledger, console.config)
        if ledgers:
            runs = agent_runs(intake.agent, now_ns)
            rows += ledger_lines(ledgers, now_ns, console.config.agent.silent_s, width, runs=runs)
        else:
            rows += wrapped((Part(said("tui.sources.none"), "muted"),), width)
        if ledgers:
            rows += [(), section(said("ledger.recent"), width), *recent_lines(ledgers, width)]
        canaries = {one.source: one for one in intake.canaries}
        if proofs := proof_lines(intake.ledger, canaries, console.config, now_ns, width):
            rows += [(), section(said("proofs.title"), width), *proofs]
        return rows

    def _agent(self, intake: Intake, now_ns: int, width: int) -> list[Line]:
        state = intake.agent
        parts: list[Part] = [agent_part(state, now_ns)]
        if state is not None and agent_runs(state, now_ns):
            parts += [separator(), part(f"pid {state.pid}", "muted"), separator()]
            parts.append(
                Part(said("tui.agent.since", time=times.moment(state.started_ns, self.console_app.zone)), "muted")
            )
        rows = [section(said("tui.agent.title"), width), *wrapped(tuple(parts), width)]
        if self.console_app.status is not None:
            rows += wrapped((Part(safe(self.console_app.status()), "muted"),), width)
        return rows


class Sources(View[Intake]):
    """The screen of the sources."""

    KEYS: ClassVar[tuple[Key, ...]] = (Key("lines", "enter", "lines", hint=True), TRYING)
    WATCHES_ALL = True

    def __init__(self) -> None:
        super().__init__()
        self.intake: Intake | None = None

    def body(self) -> Iterable[Widget]:
        """Give the page."""
        yield Page(Ledger())

    def on_mount(self) -> None:
        """Let the page have the keys."""
        self.query_one(Page).focus()

    def question(self) -> Question[Intake]:
        """Ask for sources, agent and canaries."""

        def answer(store: Store) -> Intake:
            return Intake(tuple(store.ledger()), store.agent_state(), tuple(store.canaries()))

        return answer

    def show(self, answer: Intake) -> None:
        """Draw it."""
        self.intake = answer
        self.redraw_part(Ledger)

    def action_lines(self) -> None:
        """Choose a source, and look at its last lines; or paste one."""
        from tui.screens.lines import SourceLines

        console = self.console_app
        if console.desk is None:
            return
        names = [source.name for source in console.config.sources]

        def chosen(number: int | None) -> None:
            if number is not None and number < len(names):
                self.app.push_screen(SourceLines(names[number]))
            elif number is not None:
                console.action_try_line()

        choices = [*((part(name),) for name in names), (Part(said("lines.paste"), "key"),)]
        console.push_screen(Menu(said("lines.menu"), choices), chosen)
