"""The first and the last line of every screen: where we are and what time it is; the keys that matter now."""

from collections.abc import Sequence

from textual import events

from soc_agent.text.catalog import has
from tui import times
from tui.drawn import Drawn
from tui.keys import EVERYWHERE, Key, shown
from tui.outside import Line, Part, joined, part, said
from tui.paper import cut, spread, width_of
from tui.registry import VIEWS
from tui.work import start

_HINTS = 7
_ROOMY = 120


class Top(Drawn):
    """Tabs of the screens, the unit, the clock."""

    DEFAULT_CSS = "Top { height: 1; background: $panel; }"
    _tabs: Sequence[Line] = ()

    def draw(self, width: int) -> list[Line]:
        """Give the one line."""
        console = self.console_app
        right: list[Part] = []
        if console.reader.read_only:
            right.append(Part(joined(said("tui.read_only"), "  "), "attention"))
        organisation = console.config.organisation.unit or console.config.organisation.name
        if organisation and width >= _ROOMY:
            right.append(part(f"{organisation}  ", "muted"))
        right.append(Part(joined(times.clock(console.now_ns(), console.zone), " "), "strong"))
        self._tabs = self._tabs_in(width - width_of(tuple(right)) - 1)
        return [spread(tuple(item for tab in self._tabs for item in tab), tuple(right), width)]

    def _tabs_in(self, room: int) -> list[Line]:
        """Give the tabs: with their names, or (but for the one in front) numbers only where there is no room."""
        for space in (" ", ""):
            named = [self._tab(number, view.name, named=True, space=space) for number, view in enumerate(VIEWS, 1)]
            if sum(map(width_of, named)) <= room:
                return named
        mode = self.console_app.current_mode
        return [self._tab(number, view.name, named=view.name == mode) for number, view in enumerate(VIEWS, 1)]

    def _tab(self, number: int, name: str, *, named: bool, space: str = " ") -> Line:
        here = name == self.console_app.current_mode
        tab = part(f" {number} ", "tab-on" if here else "key")
        word = Part(joined(said(f"tui.screen.{name}"), space), "tab-on" if here else "muted")
        return (tab, word) if named else (tab,)

    def on_click(self, event: events.Click) -> None:
        """Go to the screen whose tab was clicked."""
        at = 0
        for tab, view in zip(self._tabs, VIEWS, strict=False):
            at += width_of(tab)
            if event.x < at:
                self.console_app.action_view(view.name)
                return


class Hints(Drawn):
    """The keys that matter on this screen, at most seven; all others stand in the help."""

    DEFAULT_CSS = "Hints { height: 1; background: $panel; }"

    def keys(self) -> list[Key]:
        """Give the keys that are hinted at, those that are always there last."""
        here = [key for key in self.console_app.keys_of(self.console_app.front) if key.hint]
        always = [key for key in EVERYWHERE if key.hint]
        return [*here[: _HINTS - len(always)], *always]

    def draw(self, width: int) -> list[Line]:
        """Give the one line; the last hint, help, is always whole."""
        *rest, last = [self._hint(key) for key in self.keys()]
        left: Line = ()
        for hint in rest:
            if width_of(left) + width_of(hint) + width_of(last) > width:
                break
            left += hint
        return [spread(left, last, width)] if width_of(last) <= width else [cut(last, width)]

    def _hint(self, key: Key) -> Line:
        name = f"tui.hint.{key.name}" if has(f"tui.hint.{key.name}") else f"tui.key.{key.name}"
        return (part(f" {shown(key)} ", "key"), Part(joined(said(name), " "), "muted"))

    def on_click(self, event: events.Click) -> None:
        """Do what was clicked."""
        at = 0
        for key in self.keys():
            at += width_of(self._hint(key))
            if event.x < at:
                start(self, self.console_app.run_key, key.action, self.screen.focused or self.screen)
                return
