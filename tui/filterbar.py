"""The filter of a list: always visible, recalled by ``/``, tried while it is typed, with what it hides counted."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from soc_agent.errors import FilterError
from soc_agent.store import AlertFilter
from soc_agent.text import SafeText
from tui import times
from tui.drawn import Drawn
from tui.keys import Key, bindings
from tui.outside import Line, Part, joined, part, safe, said, told
from tui.paper import spread, wrapped

NOTHING = AlertFilter.parse("")
_PAST = 50


class FilterState:
    """The filter in use: its text, whether it is on, and those before it."""

    def __init__(self, text: str = "", parse: Callable[[str], AlertFilter] = AlertFilter.parse) -> None:
        self._parse = parse
        self.text = text
        self.filter = AlertFilter.parse(text)
        self.on = True
        self.past: list[str] = []

    @property
    def active(self) -> AlertFilter:
        """The filter that the list goes by: none while it is off."""
        return self.filter if self.on else NOTHING

    def use(self, text: str) -> None:
        """Use another filter.

        :raises FilterError: when it is not understood; the one before stays.
        """
        self.filter = self._parse(text)
        self.text = text
        self.on = True

    def remember(self, text: str) -> None:
        """Keep a filter among those that can be recalled."""
        if text and (not self.past or self.past[-1] != text):
            self.past = [*self.past[-_PAST:], text]


class FilterLine(Drawn):
    """The filter, what it lets through and hides, and how the list is sorted."""

    def __init__(self, state: FilterState) -> None:
        super().__init__()
        self._state = state
        self.shown: int | None = None
        self.total = 0
        self.signs: tuple[Part, ...] = ()
        """What else there is to say about the list: its order, follow, marks."""

    def draw(self, width: int) -> list[Line]:
        """Give the one line."""
        state = self._state
        left: list[Part] = [Part(joined(" ", said("tui.filter.title"), " "), "title")]
        if not state.text:
            left.append(Part(said("tui.filter.none"), "muted"))
        elif state.on:
            left.append(part(safe(state.text), "strong"))
        else:
            left += [part(safe(state.text), "faint"), Part(joined(" ", said("tui.filter.off")), "attention")]
        right: list[Part] = []
        if self.shown is not None:
            right.append(Part(said("tui.filter.shown", shown=times.number(self.shown)), "strong"))
            if hidden := self.total - self.shown:
                right.append(Part(joined(" ", said("tui.filter.hidden", hidden=times.number(hidden))), "muted"))
        for sign in self.signs:
            right += [part("  "), sign]
        return [spread(tuple(left), tuple(right), width)]


class FilterHelp(Drawn):
    """What is not understood about the filter being typed; else what can be typed."""

    problem: SafeText | None = None

    def draw(self, width: int) -> list[Line]:
        """Give the lines."""
        if self.problem is not None:
            return wrapped((part("✗ ", "attention"), Part(self.problem, "attention")), width, indent=2)
        return wrapped((Part(said("tui.filter.how"), "muted"),), width)


class FilterBar(Vertical):
    """The filter, and the field to change it."""

    DEFAULT_CSS = """
    FilterBar {
        height: auto;
        & Input, & Input:focus { height: 1; border: none; padding: 0 1; display: none; background: $surface; }
        & FilterHelp { padding: 0 1; display: none; }
        &.-typing Input, &.-typing FilterHelp { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            (
                Key("leave", "escape", "leave"),
                Key("up", "up", "recall(-1)"),
                Key("down", "down", "recall(1)"),
            )
        )
    ]

    class Changed(Message):
        """Another filter is in use; ``done`` when it was not only tried."""

        def __init__(self, done: bool) -> None:
            super().__init__()
            self.done = done

    def __init__(self, state: FilterState) -> None:
        super().__init__()
        self.state = state
        self.line = FilterLine(state)
        self._help = FilterHelp()
        self._before = state.text
        self._recalled = 0

    def compose(self) -> ComposeResult:
        """Give the state, the field, and what is wrong with what stands in it."""
        yield self.line
        yield Input(max_length=500, select_on_focus=False)
        yield self._help

    @property
    def typing(self) -> bool:
        """Whether the field is open."""
        return self.has_class("-typing")

    def open(self) -> None:
        """Open the field, with the filter in use in it."""
        self._before = self.state.text
        self._recalled = 0
        field = self.query_one(Input)
        with field.prevent(Input.Changed):
            field.value = self.state.text
        field.cursor_position = len(field.value)
        self._help.problem = None
        self.add_class("-typing")
        # at once, where focus() would wait: what is typed next must not be taken for keys that act on alerts
        self.screen.set_focus(field)

    def action_leave(self) -> None:
        """Close the field; the filter that was in use before is in use again."""
        self._try(self._before)
        self._close(done=False)

    def action_recall(self, step: int) -> None:
        """Put a filter that was used before into the field."""
        past = self.state.past
        if past:
            self._recalled = max(min(self._recalled - step, len(past)), 0)
            field = self.query_one(Input)
            field.value = past[-self._recalled] if self._recalled else self._before
            field.cursor_position = len(field.value)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.typing and self._try(event.value):
            self.post_message(self.Changed(done=False))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._try(event.value):
            self.state.remember(event.value)
            self._close(done=True)

    def _try(self, text: str) -> bool:
        try:
            self.state.use(" ".join(text.split()) if '"' not in text else text.strip())
        except FilterError as error:
            self._help.problem = told(error.problem)
        else:
            self._help.problem = None
        self._help.redraw()
        self.line.redraw()
        return self._help.problem is None

    def _close(self, *, done: bool) -> None:
        self.remove_class("-typing")
        self.post_message(self.Changed(done=done))
