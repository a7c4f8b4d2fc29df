"""What is kept of a page over restarts: two streams of positions a page.

``life`` changes with each look and is small; ``page`` holds what the page is known to be, and changes seldom.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import TypeVar

import msgspec
from msgspec import Struct

from collectors.portals.compare import Baseline
from collectors.portals.parts import Known
from collectors.portals.picture import Picture

VERSION = 1


class Life(Struct):
    """How a page answers, and until when its certificate holds."""

    version: int = VERSION
    offset: int = 0
    lines: int = 0
    """Bytes and lines of the stream so far: they name its lines."""
    failures: int = 0
    """Looks in a row that failed."""
    down_since_ns: int = 0
    slow: int = 0
    """Looks in a row that took too long."""
    checked_ns: int = 0
    content_ns: int = 0
    """When its content was last compared."""
    status: int = 0
    reason: str = ""
    key_sha256: str = ""
    issuer: str = ""
    not_after_s: int = 0
    told_days: int = -1
    """The smallest limit of days before expiry that was told of this certificate; -1: none yet."""


class Pending(Struct):
    """A change that nobody has approved yet."""

    id: str
    since_ns: int
    told_ns: int
    kinds: list[str]
    text_percent: int
    baseline: Baseline
    """What the page will be known as, once it is approved."""
    title: str = ""


class Page(Struct):
    """What a page is known to be."""

    version: int = VERSION
    offset: int = 0
    lines: int = 0
    learning: list[Picture] = []
    """Pictures so far, while it is learnt."""
    baseline: Baseline | None = None
    learnt_ns: int = 0
    """When its baseline was learnt, or last approved."""
    pending: Pending | None = None
    seen: list[str] = []
    """Hashes of texts that were told of and are no news, the latest last."""
    redirects: list[str] = []
    """Foreign hosts in the way to it, told and not yet approved."""
    known_hosts: list[str] = []
    """Foreign hosts that it was sent on to when it was learnt, or that were approved."""
    parts: dict[str, Known] = {}
    """What the page loads from its own hosts, by name."""
    approved_id: str = ""
    """The change that was approved last."""


SEEN_KEPT = 4_000
_T = TypeVar("_T", Life, Page)


class Memory:
    """Both of one page."""

    def __init__(self, source: str, name: str, url: str, positions: Mapping[str, bytes]) -> None:
        """:param url: another one under the same name is another page, and learnt anew."""
        digest = digest_of(name, url)
        self.source = source
        self.life_id = life_id(digest)
        self.page_id = page_id(digest)
        self.damaged = False
        self.life = self._restore(positions.get(self.life_id), Life)
        self.page = self._restore(positions.get(self.page_id), Page)

    def _restore(self, data: bytes | None, kind: type[_T]) -> _T:
        if data is None:
            return kind()
        try:
            found = msgspec.json.decode(data, type=kind)
        except msgspec.DecodeError:
            self.damaged = True
            return kind()
        return found if found.version == VERSION else kind()


def digest_of(name: str, url: str) -> str:
    """Give what names the streams of a page."""
    return blake2b(f"{name}\n{url}".encode(), digest_size=8).hexdigest()


def life_id(digest: str) -> str:
    """Give the stream id of how a page answers."""
    return f"portal:{digest}:life"


def page_id(digest: str) -> str:
    """Give the stream id of what a page is."""
    return f"portal:{digest}:page"
