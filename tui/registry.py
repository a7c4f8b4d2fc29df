"""The screens of the console, in the order of their number keys. A new screen is a new file and a line here."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from tui.view import View


class Entry(NamedTuple):
    """A screen."""

    name: str
    """Its name: ``tui.screen.<name>`` in the catalogues."""
    module: str
    """The module that has it, imported when the screen is first shown."""
    type_name: str
    """Its class there."""

    def load(self) -> "type[View[Any]]":
        """Import the class of the screen."""
        view: type[View[Any]] = getattr(import_module(self.module), self.type_name)
        return view


VIEWS = (
    Entry("overview", "tui.screens.overview", "Overview"),
    Entry("alerts", "tui.screens.alerts", "Alerts"),
    Entry("replay", "tui.screens.replay", "Replay"),
    Entry("sources", "tui.screens.sources", "Sources"),
    Entry("rules", "tui.screens.rules", "Rules"),
    Entry("history", "tui.screens.history", "History"),
    Entry("assets", "tui.screens.assets", "Assets"),
)
