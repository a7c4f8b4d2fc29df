"""What a page is, so that two of its pictures can be compared: without what differs each time it is got.

Numbers, dates, tokens and nonces are masked; what is left is cut into blocks of text, each with the place in the page
where it stands. Scripts, frames, forms and links are kept by name.
"""

from itertools import islice

from msgspec import Struct

from collectors.portals.code import excerpt, texts_of_code
from collectors.portals.markup import Tag, Text, tokens
from collectors.portals.masks import REMEMBERED, code_key, key_of, path_of, plain
from collectors.portals.references import Ref, References, image_name
from collectors.portals.styles import Styles, names_hide

_BLOCKS_KEPT = 4_000
_NAMES_KEPT = 500
_TOKENS_READ = 200_000
"""A page with more tags and texts is looked at so far; the largest home pages have a tenth of it."""
_PLACES_KEPT = 4_000
_TEXT_KEPT = 200
_SCRIPT_KEPT = 280
_SPOKEN_KEPT = 300
_BARE = 200
"""Characters of text; a page with less, and with scripts, is built by these."""
_DATA = frozenset({"application/json", "application/ld+json"})
"""Scripts that hold what a page will show, where it is built by its scripts."""
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
    """Hash of the masked code of a script in the page, to an excerpt of it."""
    spoken: tuple[Block, ...] = ()
    """Texts for people that stand in the code of scripts in the page."""
    images: dict[str, str] = {}
    """Place to name of the pictures of its frame: alone at their place, and no links to news or to other hosts."""
    refs: tuple[Ref, ...] = ()
    """Scripts, style sheets and pictures of the frame, with their whole addresses."""
    frames: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    """Method and action; ``+password`` where one is asked for."""
    links: tuple[str, ...] = ()
    """Hosts that links lead to."""
    hidden_links: tuple[str, ...] = ()
    """Links that a visitor does not see: targets outside of the host."""
    refresh: str = ""
    """Where ``<meta http-equiv=refresh>`` leads, if it leads away."""

    @property
    def texts(self) -> tuple[Block, ...]:
        """Texts that a visitor may see: those of the page, and those in the code of its scripts."""
        return self.blocks + self.spoken

    @property
    def is_built_by_script(self) -> bool:
        """Whether next to nothing stands in the page itself: what a visitor sees is made by its scripts."""
        return bool(self.scripts or self.inline) and sum(block.size for block in self.blocks) < _BARE


def picture_of(page: str, url: str, hidden: frozenset[str] = frozenset()) -> Picture:
    """Make a picture of a page that was got from ``url``.

    :param hidden: classes and ids (``.class``, ``#id``) that its style sheets hide. What these hide is compared as
        if it were seen, since scripts show it in menus; it counts among the hidden texts besides.
    """
    reading = _Reading(url, hidden)
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

    __slots__ = ("covered", "hidden", "leads", "name", "path")

    def __init__(self, name: str, path: str, above: "_Element | None") -> None:
        self.name = name
        self.path = path
        self.hidden: bool = above is not None and above.hidden
        self.covered: bool = above is not None and above.covered
        """Hidden by a style sheet in a file of its own."""
        self.leads: bool = above is not None and above.leads
        """In a link to another page than the home page of this host."""


class _Reading:
    """What was seen of a page so far."""

    def __init__(self, url: str, covering: frozenset[str]) -> None:
        self._covering = covering
        self._references = References(url)
        self._open: list[_Element] = []
        self._pending: list[str] = []
        self._pending_size = 0
        self._title = ""
        self._headings: dict[str, str] = {}
        self._blocks: dict[tuple[str, str], Block] = {}
        self._hidden: dict[tuple[str, str], Block] = {}
        self._places: dict[str, None] = {}
        self._inline: dict[str, str] = {}
        self._spoken: dict[str, Block] = {}
        self._is_code = True
        self._is_data = False
        self._styles = Styles()

    def enter(self, tag: Tag) -> None:
        """Take an opening tag."""
        name, attributes = tag.name, tag.attributes
        if name not in _INLINE and name != "br":
            self._flush()
        elif name == "br":
            self._pending.append(" ")
        above = self._open[-1] if self._open else None
        hides, covers = self._styles.hide(tag), names_hide(tag, self._covering)
        if (hides or covers) and name in _INLINE:
            self._flush()
        mark = attributes.get("id", "") + "." + attributes.get("class", "")
        path = path_of(above.path if above else "", name, mark[:REMEMBERED])
        element = _Element(name, path, above)
        element.hidden |= hides
        element.covered |= covers
        if len(self._places) < _PLACES_KEPT:
            self._places[path] = None
        element.leads = self._references.note(tag, path, hidden=element.hidden, leads=element.leads)
        if name == "script":
            kind = attributes.get("type", "").partition(";")[0].strip().lower()
            self._is_code, self._is_data = kind in _CODE, kind in _DATA
        if name not in _VOID and len(self._open) < _DEPTH:
            self._open.append(element)

    def leave(self, name: str) -> None:
        """Take a closing tag; one that closes nothing is passed over."""
        if name not in _INLINE:
            self._flush()
        for depth in range(len(self._open) - 1, max(-1, len(self._open) - 33), -1):
            if self._open[depth].name == name:
                if self._open[depth].hidden or self._open[depth].covered:
                    self._flush()
                del self._open[depth:]
                return

    def text(self, token: Text) -> None:
        """Take text."""
        if token.inside == "title":
            self._title = self._title or plain(token.text)[:_TEXT_KEPT]
        elif token.inside == "script":
            self._script(token.text.strip())
        elif token.inside == "style":
            self._styles.add(token.text[:_STYLE_READ])
        elif token.inside in _UNSEEN:
            self._unseen(token.text)
        elif token.inside not in _SKIPPED and self._pending_size < 100_000:
            self._pending.append(token.text)
            self._pending_size += len(token.text)

    def _script(self, code: str) -> None:
        """Take the code of a script, and what it says."""
        if not code or not (self._is_code or self._is_data):
            return
        if self._is_code and len(self._inline) < _NAMES_KEPT:
            self._inline.setdefault(code_key(code), excerpt(code, _SCRIPT_KEPT))
        for text in texts_of_code(code):
            if len(self._spoken) >= _SPOKEN_KEPT:
                return
            key = key_of(text)
            self._spoken.setdefault(key, Block("script", key, text[:_TEXT_KEPT], min(len(text), 1_000)))

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
                self._references.link(self._references.absolute(token.attributes["href"]), hidden=True)

    def done(self) -> Picture:
        """Give the picture."""
        self._flush()
        known = self._references
        return Picture(
            title=self._title,
            heading=self._headings.get("h1") or self._headings.get("h2", ""),
            blocks=tuple(self._blocks.values()),
            hidden=tuple(self._hidden.values()),
            places=tuple(self._places),
            scripts=known.names("scripts"),
            inline=self._inline,
            spoken=tuple(self._spoken.values()),
            images={place: image_name(url) for place, url in known.images().items()},
            refs=known.refs(),
            frames=known.names("frames"),
            forms=known.forms,
            links=known.names("links"),
            hidden_links=known.names("hidden_links"),
            refresh=known.refresh,
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
        block = Block(place, key, text[:_TEXT_KEPT], min(len(text), 1_000))
        if len(found) < _BLOCKS_KEPT:
            found.setdefault((place, key), block)
        if element is not None and element.covered and len(self._hidden) < _BLOCKS_KEPT:
            self._hidden.setdefault((place, key), block)
