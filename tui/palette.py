"""The command palette: all keys of the screen in front, all screens, languages, themes and usual filters, by name."""

from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from soc_agent.text import LANGUAGES, fold
from tui.keys import EVERYWHERE, shown
from tui.outside import Line, joined, part, safe, said, shown_text
from tui.registry import VIEWS
from tui.view import View

if TYPE_CHECKING:
    from tui.app import Console

_FILTERS = ("status=open level>=high", "status=new", "status=open owner=none", "since=24h", "status=false_positive", "")


class Command(NamedTuple):
    """One thing that can be done."""

    name: str
    key: str
    run: Callable[[], Any]


class Commands(Provider):
    """Gives the commands to Textual's palette. Case and diacritics do not matter in the search."""

    def _all(self) -> Iterator[Command]:
        console = cast("Console", self.app)
        view = self.screen if isinstance(self.screen, View) else None
        for key in (*console.keys_of(view), *EVERYWHERE):
            if key.name != "palette":
                run = partial(console.run_key, key.action, self.focused or self.screen)
                yield Command(said(f"tui.key.{key.name}"), shown(key), run)
        for number, entry in enumerate(VIEWS, 1):
            name = said("tui.palette.view", name=said(f"tui.screen.{entry.name}"))
            yield Command(name, str(number), partial(console.action_view, entry.name))
        for text in _FILTERS:
            name = said("tui.palette.filter", filter=text) if text else said("tui.palette.no_filter")
            yield Command(name, "", partial(console.find, text))
        for language in LANGUAGES:
            yield Command(said(f"tui.language.{language}"), "", partial(console.action_language, language))
        yield Command(said("tui.palette.picture"), "", console.action_picture)
        for theme in sorted(console.available_themes):
            yield Command(said("tui.palette.theme", name=theme), "", partial(console.action_theme, theme))

    async def discover(self) -> Hits:
        """Give all commands, as long as nothing is typed."""
        for command in self._all():
            yield DiscoveryHit(shown_text(_line(command)), command.run, text=safe(command.name))

    async def search(self, query: str) -> AsyncIterator[Hit]:
        """Give the commands that have all words that were typed."""
        words = fold(query).split()
        for command in self._all():
            name = fold(command.name)
            if all(word in name for word in words):
                score = 1.0 if name.startswith(words[0] if words else "") else 0.5
                yield Hit(score, shown_text(_line(command)), command.run, text=safe(command.name))


def _line(command: Command) -> Line:
    key = (part(joined("  ", command.key), "key"),) if command.key else ()
    return (part(command.name), *key)
