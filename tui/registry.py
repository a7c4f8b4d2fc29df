"""The screens of the console, in the order of their number keys. A new screen is a new file and a line here."""

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tui.view import View


class Entry(NamedTuple):
    """A screen."""

    name: str
    """Its name: ``tui.screen.<name>`` in the catalogues."""
    module: str
    """The module that has it, imported when the screen is first shown."""
    type: str
    """The class."""

    def make(self) -> "View[object]":
        """Make the screen."""
        view: View[object] = getattr(import_module(self.module), self.type)()
        return view


VIEWS = (
    Entry("overview", "tui.screens.overview", "Overview"),
    Entry("alerts", "tui.screens.alerts", "Alerts"),
    Entry("replay", "tui.screens.replay", "Replay"),
    Entry("sources", "tui.screens.sources", "Sources"),
    Entry("history", "tui.screens.history", "History"),
)
