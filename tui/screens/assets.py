"""The assets: web pages and hosts, each with how it stands; and a page with all that is known of one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from msgspec import Struct
from textual import on
from textual.widget import Widget

from soc_agent.config import Config
from soc_agent.errors import StoreError
from soc_agent.layers import Health, known_assets
from soc_agent.model.portal import PortalSeen
from soc_agent.store import AlertFilter, Store
from tui import times
from tui.dialogs import Ask
from tui.drawn import Drawn
from tui.estate import FIRST, Asset, asset_line, asset_page, facts_of, standing
from tui.keys import OPENING, Key
from tui.outside import Line, Part, part, said, told
from tui.page import Page
from tui.paper import cut, wrapped
from tui.pivot import term
from tui.rows import Rows
from tui.view import Question, View
from tui.webpages import portal_line, portal_page, portal_state
from tui.words import separator
from tui.work import start

Item = Asset | PortalSeen
Portals = Callable[[Store], Sequence[PortalSeen]]


class Estate(Struct, frozen=True):
    """All that is watched over."""

    portals: tuple[PortalSeen, ...] = ()
    assets: tuple[Asset, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """Pages, then assets: what is not as it should be first."""
        return (*self.portals, *self.assets)


def estate_of(store: Store, config: Config, portals: Portals | None) -> Estate:
    """Ask the store for all of it."""
    hosts = store.hosts()
    found = [
        Asset(
            known,
            facts_of(store.host_facts(known.name, FIRST)) if known.name in hosts else {},
            hosts.get(known.name, {}),
            len(store.alert_ids(AlertFilter.parse(_alerts_of(known.name)))),
        )
        for known in known_assets(config.assets, store.assets())
    ]
    found.sort(key=lambda asset: (not asset.open_alerts, standing(asset)[1] is Health.OK, asset.known.name))
    return Estate(tuple(portals(store)) if portals is not None else (), tuple(found))


def _alerts_of(host: str) -> str:
    return f"status=open {term('host', host)}"


class Standing(Drawn):
    """How many there are, and how many are not as they should be."""

    DEFAULT_CSS = "Standing { height: auto; padding: 0 1; }"

    def draw(self, width: int) -> list[Line]:
        """Give a line on pages and one on assets; where there is nothing, what to do."""
        view: Any = self.screen
        estate: Estate | None = view.estate
        if estate is None:
            return [(Part(said("tui.loading"), "muted"),)]
        rows: list[Line] = []
        if estate.portals:
            now_ns = self.console_app.now_ns()
            bad = sum(portal_state(each, now_ns)[1] in (Health.CRITICAL, Health.ATTENTION) for each in estate.portals)
            line = [Part(said("assets.title.portals", count=times.number(len(estate.portals))), "title")]
            if bad:
                line += [separator(), Part(said("assets.title.portals_bad", count=bad), "attention")]
            rows.append(cut(tuple(line), width))
        words = [standing(asset)[0] for asset in estate.assets]
        strangers, unseen = words.count("stranger"), words.count("unseen")
        line = [Part(said("assets.title.assets", count=times.number(len(words))), "title")]
        if strangers or unseen:
            bad_words = said("assets.title.assets_bad", strangers=strangers, unseen=unseen)
            line += [separator(), Part(bad_words, "attention")]
        rows.append(cut(tuple(line), width))
        if not estate.items:
            rows += wrapped((Part(said("assets.none"), "muted"),), width)
        return rows


class Assets(View[Estate]):
    """The screen of web pages and assets."""

    KEYS: ClassVar[tuple[Key, ...]] = (OPENING,)
    WATCHES_ALL = True

    def __init__(self) -> None:
        super().__init__()
        self.estate: Estate | None = None

    def body(self) -> Iterable[Widget]:
        """Give the counts, and the rows."""
        yield Standing()
        rows: Rows[Item] = Rows(self._draw_item)
        yield rows

    def on_mount(self) -> None:
        """Let the list have the keys."""
        self.query_one(Rows).focus()

    def _draw_item(self, item: Item, width: int) -> Line:
        now_ns = self.console_app.now_ns()
        return portal_line(item, width, now_ns) if isinstance(item, PortalSeen) else asset_line(item, width, now_ns)

    def question(self) -> Question[Estate]:
        """Ask for all of it."""
        config, portals = self.console_app.config, self.console_app.portals
        return lambda store: estate_of(store, config, portals)

    def show(self, answer: Estate) -> None:
        """Show it."""
        if answer != self.estate:
            self.estate = answer
            self.query_one(Rows).show(range(len(answer.items)), dict(enumerate(answer.items)))
        self.redraw_part(Standing)

    def fetching(self, keys: Sequence[int]) -> Question[Mapping[int, Any]]:
        """Give what is here already: there are few enough to hold all."""
        items = self.estate.items if self.estate is not None else ()
        found = {key: items[key] for key in keys if key < len(items)}
        return lambda _: found

    @on(Rows.Opened)
    def _opened(self, event: Rows.Opened) -> None:
        item = self.estate.items[event.key] if self.estate is not None and event.key < len(self.estate.items) else None
        if self.is_current and item is not None:
            self.app.push_screen(AssetPage(item))


class Sheet(Drawn):
    """All that is known of one page or asset, drawn."""

    DEFAULT_CSS = "Sheet { padding: 0 1; }"

    def draw(self, width: int) -> list[Line]:
        """Give all of it."""
        view: Any = self.screen
        console = self.console_app
        item: Item = view.item
        if isinstance(item, PortalSeen):
            can_approve = not console.is_past_or_read_only(view)
            return portal_page(item, width, console.now_ns(), console.zone, can_approve=can_approve)
        return asset_page(item, console.config.systems, width, console.now_ns(), console.zone)


class AssetPage(View[Item]):
    """One page or asset."""

    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("its_alerts", "enter", "its_alerts", hint=True),
        Key("approve_change", "A", "approve_change", acts=True),
        Key("back", "escape,backspace", "back", hint=True),
    )
    WATCHES_ALL = True

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item

    def body(self) -> Iterable[Widget]:
        """Give the page."""
        yield Page(Sheet())

    def on_mount(self) -> None:
        """Let the page have the keys."""
        self.query_one(Page).focus()

    def question(self) -> Question[Item]:
        """Ask for it again, with all that it says of itself."""
        item, portals, config = self.item, self.console_app.portals, self.console_app.config

        def answer(store: Store) -> Item:
            if isinstance(item, PortalSeen):
                pages = portals(store) if portals is not None else ()
                return next((each for each in pages if each.subject == item.subject), item)
            name = item.known.name
            known = next(
                (each for each in known_assets(config.assets, store.assets()) if each.name == name), item.known
            )
            open_alerts = len(store.alert_ids(AlertFilter.parse(_alerts_of(name))))
            return Asset(known, facts_of(store.host_facts(name)), store.hosts().get(name, {}), open_alerts)

        return answer

    def show(self, answer: Item) -> None:
        """Draw it."""
        self.item = answer
        self.redraw_part(Sheet)

    def action_its_alerts(self) -> None:
        """Show the open alerts of the host, or of the source that watches the page."""
        item = self.item
        wanted = (
            f"status=open {term('source', item.source)}"
            if isinstance(item, PortalSeen)
            else _alerts_of(item.known.name)
        )
        start(self.console_app, self.console_app.find, wanted)

    def action_back(self) -> None:
        """Go back to the list."""
        self.app.pop_screen()

    def action_approve_change(self) -> None:
        """Take over the change of a page, once it is said why."""
        item, console = self.item, self.console_app
        if not isinstance(item, PortalSeen) or not item.change or console.is_past_or_read_only(self):
            return

        def answered(reason: str | None) -> None:
            if reason is not None:
                start(console, self._approve, item, reason)

        lines = [(Part(said("assets.portal.question"), "strong"),), (part(item.url, "entity"),)]
        console.push_screen(Ask(lines, required=True), answered)

    async def _approve(self, page: PortalSeen, reason: str) -> None:
        console = self.console_app
        actor = console.actor
        try:
            await console.reader.ask(lambda store: store.approve(page.subject, page.change, reason, actor), quick=True)
        except StoreError as error:
            console.tell(told(error.problem), severity="error")
            return
        console.tell(said("assets.portal.approved", page=page.page))
        console.changed()
