"""One alert, and all that is known of it."""

from collections.abc import Iterable
from typing import Any, ClassVar, cast

from textual.widget import Widget

from soc_agent.model import Alert
from soc_agent.model.custody import AlertFile
from soc_agent.store import Store
from tui.athand import AtHand, Finder
from tui.dossier import Dossier, dossier_lines
from tui.drawn import Drawn
from tui.keys import ACTING, PIVOTING, QUARANTINING, Key
from tui.outside import Line, Part, said
from tui.page import Page
from tui.rows import Rows
from tui.screens.banner import Banner
from tui.view import Question, View

_EVIDENCE = 200
_HISTORY = 200


def dossier(
    store: Store, alert_id: int, at_ns: int | None = None, find: Finder = lambda *_: AtHand()
) -> Dossier | None:
    """Ask the store for all that is known of an alert; ``find`` looks for what is at hand of it now."""
    alert = store.alert(alert_id, at_ns)
    if alert is None:
        return None
    evidence = store.detections_of(alert_id, _EVIDENCE, at_ns)
    return Dossier(
        alert,
        store.rule_info(alert.rule_id),
        tuple(evidence),
        tuple(store.history(alert_id, _HISTORY, at_ns=at_ns)),
        tuple(store.suppressions(at_ns, alert_id=alert_id)),
        find(alert, evidence),
    )


class Pane(Drawn):
    """A dossier, drawn."""

    DEFAULT_CSS = "Pane { padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.dossier: Dossier | None = None
        self.empty = "tui.loading"

    def draw(self, width: int) -> list[Line]:
        """Give all of it, or what there is to say when there is none."""
        if self.dossier is None:
            return [(Part(said(self.empty), "muted"),)]
        console = self.console_app
        view: View[Any] = cast("View[Any]", self.screen)
        can_move = isinstance(view, Detail) and console.files is not None and not console.is_past_or_read_only(view)
        return dossier_lines(self.dossier, width, console.now_ns(), console.zone, can_move=can_move)


class Detail(View[Dossier | None]):
    """One alert."""

    KEYS: ClassVar[tuple[Key, ...]] = (
        *ACTING,
        QUARANTINING,
        *(key._replace(hint=key.hint or key.name == "explain") for key in PIVOTING),
        Key("back", "escape,backspace,enter", "back", hint=True),
        Key("before", "left,h", "step(-1)"),
        Key("after", "right,l", "step(1)"),
    )

    def __init__(self, alert_id: int, rows: Rows[Any] | None = None, at_ns: int | None = None) -> None:
        super().__init__()
        self._alert_id = alert_id
        self._rows = rows
        self._at_ns = at_ns
        self._pane = Pane()

    @property
    def at_ns(self) -> int | None:
        """The moment that is shown; None: now."""
        return self._at_ns

    def body(self) -> Iterable[Widget]:
        """Give the page; in replay, under the banner."""
        yield Banner()
        yield Page(self._pane)

    def on_mount(self) -> None:
        """Let the page have the keys."""
        self.query_one(Page).focus()

    def question(self) -> Question[Dossier | None]:
        """Ask for the dossier."""
        alert_id, at_ns = self._alert_id, self._at_ns
        find = self.console_app.find_at_hand
        return lambda store: dossier(store, alert_id, at_ns, find)

    def show(self, answer: Dossier | None) -> None:
        """Draw it, if it is another than before."""
        if answer != self._pane.dossier or answer is None:
            self._pane.dossier = answer
            self._pane.empty = "tui.detail.gone"
            self._pane.redraw()

    def chosen(self) -> list[int]:
        """Give this alert."""
        return [self._alert_id]

    def alert(self) -> Alert | None:
        """Give this alert."""
        return self._pane.dossier.alert if self._pane.dossier else None

    def file(self) -> AlertFile | None:
        """Give the file of this alert."""
        return self._pane.dossier.at_hand.file if self._pane.dossier else None

    def action_back(self) -> None:
        """Go back to the list."""
        self.app.pop_screen()

    def action_step(self, step: int) -> None:
        """Go to the alert before or after, in the list that this one was opened from."""
        if self._rows is None:
            return
        self._rows.move(self._rows.cursor + step)
        key = self._rows.key
        if key is not None and key != self._alert_id:
            self._alert_id = key
            self.query_one(Page).scroll_home(animate=False)
            self.ask()
