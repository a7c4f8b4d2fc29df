"""The console itself: it watches the store, holds what all screens share, and goes from one to another."""

import asyncio
import getpass
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from rich.style import Style
from textual.app import App
from textual.binding import BindingType
from textual.command import CommandPalette
from textual.dom import DOMNode
from textual.filter import LineFilter
from textual.screen import Screen

from soc_agent.config import Config
from soc_agent.errors import StoreError
from soc_agent.model import Alert, RuleInfo
from soc_agent.model.custody import FileKeeper
from soc_agent.model.judging import LineDesk
from soc_agent.model.portal import PortalSeen
from soc_agent.model.tuning import Tuner
from soc_agent.store import Order, Store
from soc_agent.text import LANGUAGES, SafeText, current_language, use_language
from tui import times
from tui.athand import finder
from tui.dialogs import Menu
from tui.keys import EVERYWHERE, MOVING, Key, bindings
from tui.look import Role, styles
from tui.outside import Neutral, joined, said, told
from tui.reading import Reader
from tui.registry import VIEWS
from tui.themes import DEFAULT, THEMES
from tui.view import View
from tui.waiting import Waiting
from tui.work import start

_AT_THE_DESK = frozenset({"explain", "lines", "try_line", "all_rules", "why"})
"""Keys that need the rules at hand."""
_TICK_S = 1.0
_FRESH_S = 5.0
"""States that depend on the time of day are asked for at this rhythm, also when nothing was committed."""


class Console(App[int]):
    """The console. ``clock`` gives the time in nanoseconds since 1970; tests give one that stands still."""

    CSS_PATH = "console.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[Any]] = set()
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(EVERYWHERE),
        *bindings(
            Key(f"view.{view.name}", str(number), f"view('{view.name}')") for number, view in enumerate(VIEWS, 1)
        ),
    ]

    def __init__(
        self,
        store_path: Path,
        config: Config,
        *,
        read_only: bool = False,
        status: Callable[[], str] | None = None,
        desk: LineDesk | None = None,
        tuner: Tuner | None = None,
        files: FileKeeper | None = None,
        portals: Callable[[Store], Sequence[PortalSeen]] | None = None,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        super().__init__()
        self.config = config
        self.zone = ZoneInfo(config.timezone)
        self.reader = Reader(store_path, read_only=read_only, clock=clock)
        self.status = status
        self.desk = desk
        """Reads lines and says what rules make of them; may take long. None: the rules are not at hand here."""
        self.tuner = tuner
        """Proposes filters from false positives; None: the rules are not at hand here."""
        self.files = files
        """Moves files of alerts into quarantine and back; None: it cannot be done here."""
        self.portals = portals
        """Gives how the watched web pages were last seen; None: that is not known here. Runs in a thread."""
        self.find_at_hand = finder(store_path, config, files)
        """Looks for what is at hand of an alert beside its lines; may take long."""
        self.now_ns = clock
        self.rules: dict[str, RuleInfo | None] = {}
        """Rules of alerts that were shown, by id."""
        self.views: dict[str, View[Any]] = {}
        self._roles: dict[Role, Style] | None = None
        self._neutral = Neutral()
        self._version: tuple[int, int] | None = None
        """Version of the store and number of its last history entry, when the screen in front last asked."""
        self._asked = 0.0
        self._failed = ""
        self._notices: list[SafeText] = []
        """What is to be said as soon as there is a screen to say it on."""
        self.animation_level = "none"

    # -- beginning and end

    def on_mount(self) -> None:
        """Go to the first screen and begin to watch the store."""
        self.theme_changed_signal.subscribe(self, lambda _: self._theme_changed())
        for theme in THEMES:
            self.register_theme(theme)
        wanted = self.config.console.theme
        self.theme = wanted if wanted in self.available_themes else DEFAULT
        if self.theme != wanted:
            self._notices.append(said("tui.no_theme", name=wanted, used=DEFAULT))
        for view in VIEWS:
            self.add_mode(view.name, partial(self._view, view.name))
        self.switch_mode(VIEWS[0].name)
        self.set_interval(_TICK_S, self._tick)
        start(self, self._watch, group="watch")

    def on_unmount(self) -> None:
        """Close the store."""
        self.reader.close()

    def _view(self, name: str) -> View[Any]:
        entry = next(view for view in VIEWS if view.name == name)
        if name not in self.views:
            self.views[name] = entry.load()()
        return self.views[name]

    # -- the store

    async def _watch(self) -> None:
        """Open the store once it is there; then ask the screen in front to ask again whenever something changed."""
        refresh_s = self.config.console.refresh_ms / 1000
        while True:
            try:
                if not self.reader.is_open and not await self.reader.open():
                    self._wait_for_store()
                elif self.reader.is_open:
                    version = await self.reader.ask(lambda store: (store.version(), store.last_seq()), quick=True)
                    self._look(version)
            except StoreError as error:
                self.store_failed(error)
            await asyncio.sleep(refresh_s)

    def _look(self, version: tuple[int, int]) -> None:
        """Let the screen in front ask again, when what it shows may have changed and it has rested."""
        if self._version is None or self.front is None or self._is_due(self.front, version, self._version):
            self._found_store()
            self._version, self._asked = version, time.monotonic()

    def _is_due(self, view: View[Any], version: tuple[int, int], before: tuple[int, int]) -> bool:
        if not view.rested:
            return False
        late = time.monotonic() - self._asked >= _FRESH_S
        return version[1] != before[1] or (view.WATCHES_ALL and (late or version != before))

    def _wait_for_store(self) -> None:
        if self._top is not None and not isinstance(self._top, Waiting):
            self.push_screen(Waiting(self.reader.path))

    def _found_store(self) -> None:
        self._failed = ""
        if isinstance(self._top, Waiting):
            self._top.dismiss(None)
        view = self.front
        if view is not None:
            view.ask()
            while self._notices:
                self.tell(self._notices.pop(), severity="warning")

    def store_failed(self, error: StoreError) -> None:
        """Say that the store cannot be read: on a screen of its own while it cannot be opened, else in a corner."""
        text = str(error)
        if not self.reader.is_open:
            top = self._top
            if not isinstance(top, Waiting):
                self._wait_for_store()
            elif text != self._failed:
                self._failed = text
                top.explain([told(problem) for problem in error.problems])
        elif text != self._failed:
            self._failed = text
            self.tell(told(error.problem), severity="error")

    def changed(self) -> None:
        """Ask again at once: something was done here."""
        if self.front is not None:
            self.front.ask()

    # -- what screens share

    @property
    def front(self) -> View[Any] | None:
        """The screen in front, when it is not a dialog."""
        return self._top if isinstance(self._top, View) else None

    @property
    def _top(self) -> Screen[Any] | None:
        """The screen or dialog in front; None while the console ends."""
        return self._screen_stack[-1] if self._screen_stack else None

    @property
    def roles(self) -> dict[Role, Style]:
        """The look of every role in the theme in use."""
        if self._roles is None:
            self._roles = styles(self.theme_variables)
        return self._roles

    def keys_of(self, view: View[Any] | None) -> list[Key]:
        """Give the keys of a screen that work now."""
        keys: Iterable[Key] = view.KEYS if view is not None else ()
        return [key for key in keys if self._works(key, view)]

    def _works(self, key: Key, view: View[Any] | None) -> bool:
        if key.name in _AT_THE_DESK:
            return self.desk is not None
        if key.name == "quarantine":
            return self.files is not None and not self.is_past_or_read_only(view)
        if key.name == "tune":
            return self.tuner is not None and not self.is_past_or_read_only(view)
        return not (key.acts and self.is_past_or_read_only(view))

    def is_past_or_read_only(self, view: View[Any] | None) -> bool:
        """Whether nothing can be changed on a screen: in read-only mode, and in replay."""
        return self.reader.read_only or (view is not None and view.at_ns is not None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Say whether an action works now."""
        return not (action == "act" and self.is_past_or_read_only(self.front))

    def get_line_filters(self) -> list[LineFilter]:
        """Give what looks at all that is drawn: the wall against escapes stands first."""
        return [self._neutral, *super().get_line_filters()]

    def tell(self, text: str, *, severity: Literal["information", "warning", "error"] = "information") -> None:
        """Say something in a corner, for some seconds."""
        self.notify(joined(text), severity=severity, markup=False)

    def _theme_changed(self) -> None:
        self._roles = None
        self.redraw()

    def redraw(self) -> None:
        """Draw the screen in front again; the others do it when they come to the front."""
        if self.front is not None:
            self.front.redraw()

    def _tick(self) -> None:
        if self.front is not None:
            self.front.tick()

    # -- going

    async def run_key(self, action: str, start: DOMNode) -> None:
        """Do what a key does, as if it had been pressed on ``start``: on it, on what holds it, or on the console."""
        name = action.partition("(")[0]
        holder = next((node for node in start.ancestors_with_self if hasattr(node, f"action_{name}")), self)
        await self.run_action(action, holder)

    def action_view(self, name: str) -> None:
        """Go to a screen."""
        self.switch_mode(name)

    def action_help(self) -> None:
        """Show the keys of the screen in front."""
        from tui.help import Help

        if self.front is not None:
            self.push_screen(Help(self.keys_of(self.front), MOVING))

    def action_command_palette(self) -> None:
        """Show all that can be done, to be searched."""
        from tui.palette import Commands

        if not any(isinstance(screen, CommandPalette) for screen in self.screen_stack):
            self.push_screen(CommandPalette([Commands], placeholder=said("tui.palette.placeholder")))

    def action_help_quit(self) -> None:
        """Say how to leave: what ctrl+c does."""
        self.tell(said("tui.quit_how"))

    def action_language(self, language: str | None = None) -> None:
        """Speak the other language, or this one."""
        use_language(language or next(other for other in LANGUAGES if other != current_language()))
        self.redraw()
        self.tell(said("tui.language.now"))

    def action_theme(self, name: str) -> None:
        """Use another theme."""
        self.theme = name

    def action_picture(self) -> None:
        """Save what is on the screen as SVG, in the current folder."""
        stamp = datetime.fromtimestamp(self.now_ns() / times.SECOND, self.zone).strftime("%Y%m%d-%H%M%S")
        path = self.save_screenshot(f"soc-agent-{stamp}.svg", path=str(Path.cwd()))
        self.tell(said("tui.picture.saved", path=path))

    async def find(self, text: str, order: Order = Order.TIME) -> None:
        """Show the alerts that a filter lets through, sorted."""
        from tui.screens.alerts import Alerts

        await self.switch_mode("alerts")
        while len(self.screen_stack) > 1:
            self.pop_screen()
        view = self.views["alerts"]
        assert isinstance(view, Alerts)
        view.go(text, order)

    def action_pivot(self) -> None:
        """Choose an entity of the alert under the cursor, and show all alerts that speak of it."""
        from tui.pivot import pivots

        alert = self.front.alert() if self.front is not None else None
        if alert is None:
            return
        choices = pivots(alert)

        def chosen(number: int | None) -> None:
            if number is not None:
                start(self, self.find, choices[number].filter)

        self.push_screen(Menu(said("tui.pivot.title"), [choice.line for choice in choices]), chosen)

    def action_explain(self) -> None:
        """Say why the rule of the alert under the cursor matches its line."""
        from tui.deskwork import explain

        explain(self)

    def action_try_line(self) -> None:
        """Ask for a line, and say what rules make of it."""
        from tui.deskwork import try_line

        try_line(self)

    def action_tune(self) -> None:
        """Propose a filter from the chosen alerts, once it is said why they may be hidden."""
        from tui.deskwork import tune

        tune(self)

    def action_travel(self) -> None:
        """Go to the moment when the alert under the cursor was recorded."""
        alert = self.front.alert() if self.front is not None else None
        if alert is not None:
            start(self, self._travel, alert)

    async def _travel(self, alert: Alert) -> None:
        from tui.screens.replay import Replay

        await self.switch_mode("replay")
        view = self.views["replay"]
        assert isinstance(view, Replay)
        view.go(alert.recorded_ns)

    # -- acting

    @property
    def actor(self) -> str:
        """The name that the history gets."""
        return self.config.console.user or _login_name()

    def action_act(self, name: str) -> None:
        """Do something to the chosen alerts, asking first for what has to be known."""
        from tui.doing import act

        act(self, name)

    def action_quarantine(self) -> None:
        """Move the file of the alert in front into quarantine, or back."""
        from tui.doing import move_file

        move_file(self)


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a uid without a name, as in a container
        return "console"
