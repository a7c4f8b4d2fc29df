"""What a page is, so that two of its pictures can be compared: without what differs each time it is got.

Numbers, dates, tokens and nonces are masked; what is left is cut into blocks of text, each with the place in the page
where it stands. Scripts, frames, forms and links are kept by name.
"""

import re
from itertools import islice
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from collectors.portals.markup import Tag, Text, tokens
from collectors.portals.masks import REMEMBERED, code_key, key_of, name_of, path_of, plain
from collectors.portals.styles import Styles

_BLOCKS_KEPT = 4_000
_NAMES_KEPT = 500
_TOKENS_READ = 200_000
"""A page with more tags and texts is looked at so far; the largest home pages have a tenth of it."""
_PLACES_KEPT = 4_000
_TEXT_KEPT = 200
_SCRIPT_KEPT = 2_000
_DEPTH = 256
_INLINE = frozenset(
    (
        *(
            "a",
            "abbr",
            "b",
            "bdi",
            "bdo",
            "big",
            "cite",
            "code",
            "data",
            "em",
            "font",
            "i",
            "img",
            "ins",
            "kbd",
            "label",
        ),
        *("mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    )
)
_VOID = frozenset(
    (
        *("area", "base", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta", "param", "source"),
        *("track", "wbr"),
    )
)
_CODE = frozenset({"", "text/javascript", "application/javascript", "module", "text/ecmascript", "text/jscript"})
_UNSEEN = frozenset({"noscript", "noembed", "noframes"})
_UNSEEN_READ = 5_000
_STYLE_READ = 500_000
_SKIPPED = frozenset({"script", "style", "xmp", "iframe"}) | _UNSEEN
_REFRESH = re.compile(r"^\s*\d*\s*[;,]?\s*url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)


class Block(Struct, frozen=True):
    """A piece of text that stands together."""

    place: str
    """Hash of the way to it through the page."""
    key: str
    """Hash of its masked text."""
    text: str
    """As a visitor sees it, cut."""
    size: int = 1


class Picture(Struct, frozen=True):
    """What can be compared of a page."""

    title: str = ""
    heading: str = ""
    """Its first ``h1``, or ``h2`` where there is none."""
    blocks: tuple[Block, ...] = ()
    hidden: tuple[Block, ...] = ()
    """Text that a visitor does not see, by its own style."""
    places: tuple[str, ...] = ()
    """Hashes of the ways to all elements, each once: the structure."""
    scripts: tuple[str, ...] = ()
    """External scripts, as host and path."""
    inline: dict[str, str] = {}
    """Hash of the masked code of a script in the page, to its beginning."""
    frames: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    """Method and action; ``+password`` where one is asked for."""
    links: tuple[str, ...] = ()
    """Hosts that links lead to."""
    hidden_links: tuple[str, ...] = ()
    """Links that a visitor does not see: targets outside of the host."""
    refresh: str = ""
    """Where ``<meta http-equiv=refresh>`` leads, if it leads away."""


def picture_of(page: str, url: str) -> Picture:
    """Make a picture of a page that was got from ``url``."""
    reading = _Reading(url)
    for token in islice(tokens(page), _TOKENS_READ):
        if isinstance(token, Text):
            reading.text(token)
        elif token.closing:
            reading.leave(token.name)
        else:
            reading.enter(token)
    return reading.done()


class _Element:
    """An element that is open."""

    __slots__ = ("hidden", "name", "path")

    def __init__(self, name: str, path: str, *, hidden: bool) -> None:
        self.name = name
        self.path = path
        self.hidden = hidden


class _Reading:
    """What was seen of a page so far."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._base = url
        self._host = (urlsplit(url).hostname or "").lower()
        self._open: list[_Element] = []
        self._pending: list[str] = []
        self._pending_size = 0
        self._title = ""
        self._headings: dict[str, str] = {}
        self._blocks: dict[tuple[str, str], Block] = {}
        self._hidden: dict[tuple[str, str], Block] = {}
        self._places: dict[str, None] = {}
        self._sets: dict[str, dict[str, None]] = {name: {} for name in ("scripts", "frames", "links", "hidden_links")}
        self._forms: list[list[str]] = []
        self._inline: dict[str, str] = {}
        self._refresh = ""
        self._is_code = True
        self._styles = Styles()

    def enter(self, tag: Tag) -> None:
        """Take an opening tag."""
        name, attributes = tag.name, tag.attributes
        if name not in _INLINE and name != "br":
            self._flush()
        elif name == "br":
            self._pending.append(" ")
        above = self._open[-1] if self._open else None
        hides = self._styles.hide(tag)
        if hides and name in _INLINE:
            self._flush()
        mark = attributes.get("id", "") + "." + attributes.get("class", "")
        path = path_of(above.path if above else "", name, mark[:REMEMBERED])
        element = _Element(name, path, hidden=hides or (above is not None and above.hidden))
        if len(self._places) < _PLACES_KEPT:
            self._places[path] = None
        self._note(tag, element)
        if name not in _VOID and len(self._open) < _DEPTH:
            self._open.append(element)

    def leave(self, name: str) -> None:
        """Take a closing tag; one that closes nothing is passed over."""
        if name not in _INLINE:
            self._flush()
        for depth in range(len(self._open) - 1, max(-1, len(self._open) - 33), -1):
            if self._open[depth].name == name:
                if self._open[depth].hidden:
                    self._flush()
                del self._open[depth:]
                return

    def text(self, token: Text) -> None:
        """Take text."""
        if token.inside == "title":
            self._title = self._title or plain(token.text)[:_TEXT_KEPT]
        elif token.inside == "script":
            code = token.text.strip()
            if code and self._is_code and len(self._inline) < _NAMES_KEPT:
                self._inline.setdefault(code_key(code), code[:_SCRIPT_KEPT])
        elif token.inside == "style":
            self._styles.add(token.text[:_STYLE_READ])
        elif token.inside in _UNSEEN:
            self._unseen(token.text)
        elif token.inside not in _SKIPPED and self._pending_size < 100_000:
            self._pending.append(token.text)
            self._pending_size += len(token.text)

    def _unseen(self, text: str) -> None:
        """Take what browsers do not show and search engines read."""
        self._flush()
        place = f"{self._open[-1].path if self._open else ''}-"
        for token in islice(tokens(text), _UNSEEN_READ):
            if isinstance(token, Text):
                if token.inside not in _SKIPPED and (shown := plain(token.text)) and len(self._hidden) < _BLOCKS_KEPT:
                    key = key_of(shown)
                    self._hidden.setdefault((place, key), Block(place, key, shown[:_TEXT_KEPT], min(len(shown), 1_000)))
            elif token.name == "a" and token.attributes.get("href"):
                self._link(self._absolute(token.attributes["href"]), hidden=True)

    def done(self) -> Picture:
        """Give the picture."""
        self._flush()
        return Picture(
            title=self._title,
            heading=self._headings.get("h1") or self._headings.get("h2", ""),
            blocks=tuple(self._blocks.values()),
            hidden=tuple(self._hidden.values()),
            places=tuple(self._places),
            scripts=tuple(self._sets["scripts"]),
            inline=self._inline,
            frames=tuple(self._sets["frames"]),
            forms=tuple(dict.fromkeys(" ".join(form) for form in self._forms)),
            links=tuple(self._sets["links"]),
            hidden_links=tuple(self._sets["hidden_links"]),
            refresh=self._refresh,
        )

    def _flush(self) -> None:
        text = plain("".join(self._pending)) if self._pending else ""
        self._pending.clear()
        self._pending_size = 0
        if not text:
            return
        element = self._open[-1] if self._open else None
        if element is not None and element.name in ("h1", "h2"):
            self._headings.setdefault(element.name, text[:_TEXT_KEPT])
        else:
            for outer in reversed(self._open[-4:]):
                if outer.name in ("h1", "h2"):
                    self._headings.setdefault(outer.name, text[:_TEXT_KEPT])
        place, key = element.path if element else "", key_of(text)
        found = self._hidden if element is not None and element.hidden else self._blocks
        if len(found) < _BLOCKS_KEPT:
            found.setdefault((place, key), Block(place, key, text[:_TEXT_KEPT], min(len(text), 1_000)))

    def _note(self, tag: Tag, element: _Element) -> None:
        """Keep what a tag refers to."""
        name, attributes = tag.name, tag.attributes
        if name == "script":
            kind = attributes.get("type", "").partition(";")[0].strip().lower()
            self._is_code = kind in _CODE
        if name == "base" and "href" in attributes:
            self._base = self._absolute(attributes["href"])
        elif name == "script" and attributes.get("src"):
            self._put("scripts", name_of(self._absolute(attributes["src"])))
        elif name in ("iframe", "frame", "embed", "object") and (
            src := attributes.get("src") or attributes.get("data")
        ):
            self._put("frames", name_of(self._absolute(src)))
        elif name in ("a", "area") and attributes.get("href"):
            self._link(self._absolute(attributes["href"]), hidden=element.hidden)
        elif name == "form":
            method = attributes.get("method", "get").lower()[:10]
            if len(self._forms) < _NAMES_KEPT:
                self._forms.append([method, name_of(self._absolute(attributes.get("action", "")))])
        elif name == "input" and attributes.get("type", "").lower() == "password":
            if not self._forms:
                self._forms.append(["", ""])
            if "+password" not in self._forms[-1]:
                self._forms[-1].append("+password")
        elif name == "meta" and attributes.get("http-equiv", "").lower() == "refresh":
            match = _REFRESH.match(attributes.get("content", ""))
            self._refresh = self._refresh or (self._absolute(match[1].strip())[:_TEXT_KEPT] if match else "")

    def _link(self, target: str, *, hidden: bool) -> None:
        parts = urlsplit(target)
        host = (parts.hostname or "").lower()
        if parts.scheme not in ("http", "https") or not host or host == self._host:
            return
        self._put("links", host)
        if hidden:
            self._put("hidden_links", name_of(target))

    def _put(self, kind: str, value: str) -> None:
        if value and len(self._sets[kind]) < _NAMES_KEPT:
            self._sets[kind][value[:_TEXT_KEPT]] = None

    def _absolute(self, reference: str) -> str:
        """Resolve a reference; one that is no URL becomes nothing."""
        try:
            found = urljoin(self._base, reference.strip()[:2_000])
            urlsplit(found).hostname  # noqa: B018 - says whether it can be taken apart
        except ValueError:
            return ""
        return found
