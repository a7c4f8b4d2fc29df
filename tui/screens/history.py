"""The history: everything that happened to alerts and sources, by whom; append-only, and checked on demand."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from msgspec import Struct
from textual import on
from textual.widget import Widget

from soc_agent.errors import StoreError
from soc_agent.store import HistoryCheck, HistoryEntry, Store
from soc_agent.text import current_language
from tui import times
from tui.drawn import Drawn
from tui.entries import entry_line
from tui.keys import OPENING, Key
from tui.outside import Line, Part, part, said
from tui.paper import cut, spread
from tui.rows import Rows
from tui.view import Question, View
from tui.work import start

_ALERT = "alert/"
_AROUND = 120
_ROOMY = 100


class Book(Struct, frozen=True):
    """What the store says of the history."""

    last: int
    entries: dict[int, "Logged"]


Titles = tuple[str, str]
"""The title of an alert in English and in Vietnamese, as far as its rule has one."""
NO_TITLES = ("", "")


class Logged(NamedTuple):
    """An entry, and the title of the alert that it speaks of."""

    entry: HistoryEntry
    titles: Titles


class Proof(Drawn):
    """How many entries there are, and what checking them found."""

    entries: int = 0
    check: HistoryCheck | None = None
    checking: bool = False

    def draw(self, width: int) -> list[Line]:
        """Give the one line."""
        title = (
            part(" "),
            Part(said("tui.history.title", count=times.number(self.entries)), "title"),
        )
        if self.checking:
            found = Part(said("tui.history.checking"), "muted")
        elif self.check is None:
            found = Part(said("tui.history.unchecked"), "muted")
        elif self.check.ok:
            found = Part(
                said("tui.history.whole", count=times.number(self.check.entries), head=self._head(self.check, width)),
                "ok",
            )
        else:
            found = Part(said("tui.history.broken", seq=self.check.first_bad_seq), "bad")
        return [spread(title, (found, part(" ")), width)]

    @staticmethod
    def _head(check: HistoryCheck, width: int) -> str:
        """Give the beginning of the last hash: shorter where the number of entries needs the room."""
        return check.head.hex()[: 12 if width >= _ROOMY else 6]


class History(View[Book]):
    """The screen of the history."""

    KEYS: ClassVar[tuple[Key, ...]] = (OPENING, Key("verify", "v", "verify", hint=True))

    def body(self) -> Iterable[Widget]:
        """Give what was checked, and the entries."""
        yield Proof()
        rows: Rows[Logged] = Rows(self._draw_entry, empty="signs.no_history")
        yield rows

    def on_mount(self) -> None:
        """Let the list have the keys."""
        self.query_one(Rows).focus()

    def _draw_entry(self, logged: Logged, width: int) -> Line:
        console = self.console_app
        roomy = width >= _ROOMY
        line = entry_line(
            logged.entry, console.now_ns(), console.zone, title=titles_in_language(logged.titles), number=roomy
        )
        return cut(line, width)

    def question(self) -> Question[Book]:
        """Ask for the number of the last entry, and those near the cursor."""
        rows: Rows[Logged] = self.query_one(Rows)
        anchor = None if rows.follow else rows.key
        known = _known(rows)

        def answer(store: Store) -> Book:
            last = store.last_seq()
            upper = last + 1 if anchor is None else min(anchor + _AROUND, last + 1)
            entries = store.history(limit=2 * _AROUND, before_seq=upper)
            return Book(last, _logged(store, entries, known))

        return answer

    def show(self, answer: Book) -> None:
        """Show the entries, newest first."""
        last = answer.last
        proof = self.query_one(Proof)
        if proof.entries != last:
            proof.entries = last
            proof.redraw()
        self.query_one(Rows).show(range(last, 0, -1), answer.entries)

    def fetching(self, keys: Sequence[int]) -> Question[Mapping[int, Any]]:
        """Give what to ask for the entries with these numbers."""
        upper, count = max(keys) + 1, max(keys) - min(keys) + 1
        known = _known(self.query_one(Rows))
        return lambda store: _logged(store, store.history(limit=count, before_seq=upper), known)

    def action_verify(self) -> None:
        """Check the chain of the whole history."""
        start(self, self._verify, group="verify", exclusive=True)

    async def _verify(self) -> None:
        proof = self.query_one(Proof)
        proof.checking = True
        proof.redraw()
        try:
            proof.check = await self.console_app.reader.ask(lambda store: store.verify_history())
        except StoreError as error:
            self.console_app.store_failed(error)
        finally:
            proof.checking = False
            proof.redraw()

    @on(Rows.Opened)
    def _opened(self, event: Rows.Opened) -> None:
        rows: Rows[Logged] = self.query_one(Rows)
        logged = rows.values.get(event.key)
        if logged is not None and logged.entry.subject.startswith(_ALERT):
            start(self, self._open, logged.entry.subject.removeprefix(_ALERT))

    async def _open(self, uid: str) -> None:
        try:
            alert = await self.console_app.reader.ask(lambda store: store.alert(uid), quick=True)
        except StoreError as error:
            self.console_app.store_failed(error)
            return
        if alert is not None:
            self.open_alert(alert.id)


def titles_in_language(titles: Titles) -> str:
    """Give the title in the language in use."""
    title, title_vi = titles
    return title_vi if title_vi and current_language() == "vi" else title


def _known(rows: Rows[Logged]) -> dict[str, Titles]:
    return {logged.entry.subject: logged.titles for logged in rows.values.values()}


def _logged(store: Store, entries: Sequence[HistoryEntry], known: Mapping[str, Titles]) -> dict[int, Logged]:
    """Give entries with the titles of their alerts; those that are known are not looked up again."""
    titles = dict(known)
    for subject in {entry.subject for entry in entries if entry.subject.startswith(_ALERT)} - set(known):
        alert = store.alert(subject.removeprefix(_ALERT))
        rule = store.rule_info(alert.rule_id) if alert is not None else None
        titles[subject] = (alert.title if alert is not None else "", rule.title_vi if rule is not None else "")
    return {entry.seq: Logged(entry, titles.get(entry.subject, NO_TITLES)) for entry in entries}
