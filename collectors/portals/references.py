"""What a page refers to: scripts, frames, forms, links, the pictures of its frame; by name, and where they lie."""

import re
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from collectors.portals.markup import Tag
from collectors.portals.masks import name_of, short_hash

_REFS_KEPT = 60
_IMAGES_KEPT = 60
_BACKGROUND = re.compile(r"url\(\s{0,10}['\"]?([^'\")]{1,2000})", re.IGNORECASE)
_REFRESH = re.compile(r"^\s*\d*\s*[;,]?\s*url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)
_HOME_PATH = 12
"""``/``, ``/vi``, ``/home``, ``/index.html``: where the logo of a page leads."""
_NAMES_KEPT = 500
_NAME_KEPT = 200
_FRAMES = frozenset({"iframe", "frame", "embed", "object", "audio", "bgsound"})


class Ref(Struct, frozen=True):
    """Something that a page loads beside itself."""

    kind: str
    """``script``, ``style`` or ``image``."""
    url: str

    @property
    def name(self) -> str:
        """What it is known by: host and path, without query and versions."""
        return name_of(self.url)


class References:
    """What was referred to so far."""

    def __init__(self, url: str) -> None:
        self._base = url
        self._host = (urlsplit(url).hostname or "").lower()
        self._sets: dict[str, dict[str, None]] = {name: {} for name in ("scripts", "frames", "links", "hidden_links")}
        self._forms: list[list[str]] = []
        self._images: list[tuple[str, str]] = []
        self._refs: dict[Ref, None] = {}
        self.refresh = ""
        """Where ``<meta http-equiv=refresh>`` leads, if it leads away."""

    def names(self, kind: str) -> tuple[str, ...]:
        """Give the names of one kind: ``scripts``, ``frames``, ``links`` or ``hidden_links``."""
        return tuple(self._sets[kind])

    @property
    def forms(self) -> tuple[str, ...]:
        """Method and action of each form, ``+password`` where one is asked for."""
        return tuple(dict.fromkeys(" ".join(form) for form in self._forms))

    def images(self) -> dict[str, str]:
        """Give place to address of the pictures that stand alone at their place."""
        places: dict[str, list[str]] = {}
        for place, url in self._images:
            places.setdefault(place, []).append(url)
        return {place: urls[0] for place, urls in places.items() if len(urls) == 1}

    def refs(self) -> tuple[Ref, ...]:
        """Give what the page loads: scripts and style sheets, and the pictures that stand alone."""
        for url in self.images().values():
            self._refer("image", url)
        return tuple(self._refs)

    def note(self, tag: Tag, path: str, *, hidden: bool, leads: bool) -> bool:
        """Keep what a tag refers to.

        :param path: hash of the way to its element.
        :param leads: whether it stands in a link to another page.
        :returns: whether it is such a link itself.
        """
        name, attributes = tag.name, tag.attributes
        self._note_loaded(name, attributes)
        if name == "base" and "href" in attributes:
            self._base = self.absolute(attributes["href"])
        elif name in ("a", "area") and attributes.get("href"):
            target = self.absolute(attributes["href"])
            self.link(target, hidden=hidden)
            leads = leads or not self._is_home(target)
        elif name == "form":
            method = attributes.get("method", "get").lower()[:10]
            if len(self._forms) < _NAMES_KEPT:
                self._forms.append([method, name_of(self.absolute(attributes.get("action", "")))])
        elif name == "input" and attributes.get("type", "").lower() == "password":
            if not self._forms:
                self._forms.append(["", ""])
            if "+password" not in self._forms[-1]:
                self._forms[-1].append("+password")
        elif name == "meta" and attributes.get("http-equiv", "").lower() == "refresh":
            match = _REFRESH.match(attributes.get("content", ""))
            self.refresh = self.refresh or (self.absolute(match[1].strip())[:_NAME_KEPT] if match else "")
        # those in links lead to news, partners and campaigns, and change with them
        if not hidden and not leads and len(self._images) < _IMAGES_KEPT and (image := self._image(name, attributes)):
            self._images.append((path, image))
        return leads

    def _note_loaded(self, name: str, attributes: dict[str, str]) -> None:
        if name == "script" and attributes.get("src"):
            source = self.absolute(attributes["src"])
            self._put("scripts", name_of(source))
            self._refer("script", source)
        elif name == "link" and "stylesheet" in attributes.get("rel", "").lower().split() and attributes.get("href"):
            self._refer("style", self.absolute(attributes["href"]))
        elif name in _FRAMES and (source := attributes.get("src") or attributes.get("data", "")):
            self._put("frames", name_of(self.absolute(source)))

    def _image(self, name: str, attributes: dict[str, str]) -> str:
        """Give the address of a picture; of one that is loaded late, the one that is to come."""
        shown = _BACKGROUND.search(attributes.get("style", "")[:4_000])
        source = shown[1] if shown else attributes.get("background", "")
        if name == "img":
            late = (attributes.get(key) for key in ("data-src", "data-original", "data-lazy-src", "src"))
            source = next(filter(None, late), source)
        return self.absolute(source) if source else ""

    def link(self, target: str, *, hidden: bool) -> None:
        """Keep a link that leads to another host."""
        parts = urlsplit(target)
        host = (parts.hostname or "").lower()
        if parts.scheme not in ("http", "https") or not host or host == self._host:
            return
        self._put("links", host)
        if hidden:
            self._put("hidden_links", name_of(target))

    def absolute(self, reference: str) -> str:
        """Resolve a reference; one that is no URL becomes nothing."""
        try:
            found = urljoin(self._base, reference.strip()[:2_000])
            urlsplit(found).hostname  # noqa: B018 - says whether it can be taken apart
        except ValueError:
            return ""
        return found

    def _is_home(self, target: str) -> bool:
        parts = urlsplit(target)
        own = (parts.hostname or self._host).lower() == self._host
        return own and "/" not in parts.path.strip("/") and len(parts.path) <= _HOME_PATH and not parts.query

    def _refer(self, kind: str, url: str) -> None:
        if url.startswith(("http://", "https://")) and len(self._refs) < _REFS_KEPT:
            self._refs[Ref(kind, url)] = None

    def _put(self, kind: str, value: str) -> None:
        if value and len(self._sets[kind]) < _NAMES_KEPT:
            self._sets[kind][value[:_NAME_KEPT]] = None


def image_name(url: str) -> str:
    """Give what a picture is known by; one that stands in the page itself, by its hash."""
    return f"data:{short_hash(url)}" if url.startswith("data:") else name_of(url)
