"""Lines on a page: what each has, and the words that rules look for."""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from collectors.portals.picture import Block, Picture
from soc_agent.config import PortalPage, PortalSource
from soc_agent.text import fold

_NS = 1_000_000_000
_TEXT_BYTES = 24_000
LISTED = 50
"""So many hosts, scripts … of one kind are named in a line."""
VALUE = 300
"""Characters of one value."""


class Lines(Struct):
    """Lines of the two streams of a page."""

    life: list[bytes] = []
    page: list[bytes] = []
    page_changed: bool = False
    """Whether what is known of the page is to be committed, lines or not."""


class About(Struct, frozen=True):
    """The page that lines are about."""

    source: PortalSource
    page: PortalPage

    @property
    def host(self) -> str:
        """Its host, in lower case."""
        return (urlsplit(self.page.url).hostname or "").lower()

    def line(self, event: str, now_ns: int) -> dict[str, Any]:
        """Begin a line."""
        return {
            "type": "portal",
            "event": event,
            "time": time_text(now_ns),
            "page": self.page.name,
            "url": self.page.url,
            "server_name": self.host,
        }

    def is_own(self, host: str) -> bool:
        """Say whether a host belongs to the page: itself, above or below it, or named in the configuration."""
        own = self.host.removeprefix("www.")
        plain = host.removeprefix("www.")
        if plain == own or plain.endswith(f".{own}") or (own.endswith(f".{plain}") and plain.count(".") > 1):
            return True
        named = (name.lower().removeprefix("*.").lstrip(".") for name in (*self.page.hosts, *self.source.hosts))
        return any(plain == name or plain.endswith(f".{name}") for name in named)


def plain_words(text: str) -> str:
    """Give text to look for words in: no case, no diacritics, no invisible characters, one space between words."""
    shown = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return " ".join(fold(shown).split())


def texts_of(visible: list[Block], hidden: list[Block], picture: Picture) -> dict[str, Any]:
    """Give the new texts as they are, and folded for rules that look for words; title and heading stand among these."""
    shown = bounded(block.text for block in visible)
    unseen = bounded(block.text for block in hidden)
    told: dict[str, Any] = {"text_new": shown, "text_plain": plain_words(" | ".join((picture.title, *shown)))}
    if unseen:
        told |= {"hidden_new": unseen, "hidden_plain": plain_words(" | ".join(unseen))}
    return told


def bounded(texts: Iterable[str]) -> list[str]:
    """Give as many of the texts as a line has room for."""
    kept, size = [], 0
    for text in texts:
        size += len(text.encode("utf-8", "surrogatepass"))
        if size > _TEXT_BYTES:
            break
        kept.append(text)
    return kept


def encode(line: dict[str, Any]) -> bytes:
    """Give a line as bytes; half surrogate pairs, which UTF-8 has no form for, become question marks."""
    text = msgspec.json.encode({key: _sound(value) for key, value in line.items()})
    return text + b"\n"


def _sound(value: Any) -> Any:
    """Give a value without half surrogate pairs, which UTF-8 has no form for."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list | tuple):
        return [_sound(each) for each in value]
    return value


def time_text(time_ns: int) -> str:
    """Give RFC 3339 in UTC with microseconds; a time that no calendar has becomes the nearest that one has."""
    seconds, rest = divmod(time_ns, _NS)
    seconds = min(max(seconds, -62_135_596_800), 253_402_300_799)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest // 1000:06d}Z"
