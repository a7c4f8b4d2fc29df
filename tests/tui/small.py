"""Small applications that show one widget, with what a console gives to its widgets."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from textual.app import App, ComposeResult
from textual.widget import Widget

from tests.tui.stage import NOW
from tui.look import styles


class Small(App[None]):
    """An application with one widget and the looks of the console."""

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self._widgets = widgets
        self.zone = ZoneInfo("Asia/Ho_Chi_Minh")
        self.rules: dict[str, Any] = {}
        self.heard: list[Any] = []

    def compose(self) -> ComposeResult:
        yield from self._widgets

    @property
    def roles(self) -> Any:
        return styles(self.theme_variables)

    def now_ns(self) -> int:
        return NOW

    def messages(self, kind: type) -> Iterable[Any]:
        return [message for message in self.heard if isinstance(message, kind)]
