"""What a page says, against what it is known to be: one look becomes lines, and what is known goes on."""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import msgspec

from collectors.portals.compare import Difference, after, compare, learn, new_blocks
from collectors.portals.fetch import Fetch
from collectors.portals.lines import LISTED, VALUE, About, Lines, encode, texts_of
from collectors.portals.markup import decode_page
from collectors.portals.masks import short_hash
from collectors.portals.memory import SEEN_KEPT, Memory, Pending
from collectors.portals.picture import Block, Picture, picture_of
from collectors.portals.references import Ref

_AGAIN_NS = 3_600 * 1_000_000_000
"""A change that nobody approved is told again after so long."""


class Content:
    """Compares the content of one page, and keeps what is known of it."""

    def __init__(self, about: About, memory: Memory) -> None:
        self._about = about
        self._memory = memory
        self._unchanged = b""
        """Hash of the last answer, where nothing was new in it: byte for byte the same says the same."""
        self.refs: tuple[Ref, ...] = ()
        """What the page loaded when it was last looked at."""

    def look(self, fetch: Fetch, now_ns: int, lines: Lines) -> None:
        """Take a fetch of the whole page; what it gives goes to ``lines``."""
        page = self._memory.page
        self._memory.life.content_ns = now_ns
        why = self._why_not(fetch)
        digest = blake2b(fetch.body + fetch.url.encode("utf-8", "replace"), digest_size=16).digest()
        if not why and digest == self._unchanged and page.pending is None:
            same = self._same(fetch, Difference())
            lines.life.append(encode(self._about.line("content", now_ns) | same))
            return
        self._unchanged = b""
        text, wrong_charset = decode_page(fetch.body, fetch.content_type)
        picture = picture_of(text, fetch.url, self._hidden())
        if why:
            self._not_compared(fetch, picture, why, now_ns, lines)
            return
        self.refs = picture.refs
        if page.baseline is None:
            self._learn(fetch, picture, now_ns, lines)
            return
        difference = compare(page.baseline, picture, self._about.source.similarity_percent, self._about.page.ignore)
        pending = page.pending
        if not difference.is_hard:
            self._routine(fetch, picture, difference, digest, now_ns, lines)
            return
        known = pending is not None and not self._differs(pending, picture, difference)
        if not known:
            becomes = after(page.baseline, picture, approved=True)
            kinds = list(difference.kinds)
            percent = difference.text_percent
            title = picture.title
            ident = short_hash(msgspec.json.encode(becomes).decode())
            page.pending = pending = Pending(ident, now_ns, now_ns, kinds, percent, becomes, title)
            lines.page_changed = True
        else:
            assert pending is not None
            if now_ns - pending.told_ns < _AGAIN_NS:
                return
            pending.told_ns = now_ns
            lines.page_changed = True
        lines.page.append(
            self._change(fetch, picture, difference, now_ns, known=known, pending=pending, wrong_charset=wrong_charset)
        )

    def _hidden(self) -> frozenset[str]:
        """Give what the style sheets of the page hide, as far as they are watched."""
        return frozenset(name for known in self._memory.page.parts.values() for name in known.hides)

    def _differs(self, pending: Pending, picture: Picture, difference: Difference) -> bool:
        """Say whether a page that is not what was approved has changed once more."""
        again = compare(pending.baseline, picture, self._about.source.similarity_percent, self._about.page.ignore)
        return again.is_hard

    def _change(
        self,
        fetch: Fetch,
        picture: Picture,
        difference: Difference,
        now_ns: int,
        *,
        known: bool,
        pending: Pending,
        wrong_charset: bool,
    ) -> bytes:
        page = self._memory.page
        assert page.baseline is not None
        known_texts = page.baseline.texts.keys() | set(page.seen)
        line = (
            self._about.line("content", now_ns)
            | {
                "status": fetch.status,
                "compared": True,
                "changed": True,
                "repeated": known,
                "pending": pending.id,
                "charset_wrong": wrong_charset,
                "title": picture.title,
                "title_before": page.baseline.title,
                "heading": picture.heading,
                "heading_before": page.baseline.heading,
            }
            | self._told(difference)
            | texts_of(new_blocks(picture.texts, known_texts), new_blocks(picture.hidden, known_texts), picture)
        )
        return encode(line)

    def _routine(
        self, fetch: Fetch, picture: Picture, difference: Difference, digest: bytes, now_ns: int, lines: Lines
    ) -> None:
        """Take over what changes every day, and tell of what is new in it."""
        page = self._memory.page
        assert page.baseline is not None
        if page.pending is not None:
            lines.page.append(
                encode(self._about.line("baseline", now_ns) | {"action": "back", "pending": page.pending.id})
            )
            page.pending = None
            lines.page_changed = True
        known = page.baseline.texts.keys() | set(page.seen)
        visible, hidden = new_blocks(picture.texts, known), new_blocks(picture.hidden, known)
        becomes = after(page.baseline, picture)
        if becomes != page.baseline:
            page.baseline = becomes
            lines.page_changed = True
        if not visible and not hidden and not difference.kinds:
            self._unchanged = digest
            lines.life.append(encode(self._about.line("content", now_ns) | self._same(fetch, difference)))
            return
        self._remember((*visible, *hidden))
        lines.page_changed = True
        line = self._about.line("content", now_ns) | self._same(fetch, difference) | self._told(difference)
        lines.page.append(encode(line | texts_of(visible, hidden, picture)))

    def _same(self, fetch: Fetch, difference: Difference) -> dict[str, Any]:
        return {
            "status": fetch.status,
            "compared": True,
            "changed": False,
            "text_percent": difference.text_percent,
            "structure_percent": difference.structure_percent,
        }

    def _told(self, difference: Difference) -> dict[str, Any]:
        told: dict[str, Any] = {
            "changes": difference.kinds,
            "text_percent": difference.text_percent,
            "structure_percent": difference.structure_percent,
        }
        for kind, values in difference.added.items():
            told[f"{kind}_added"] = [value[:VALUE] for value in values[:LISTED]]
        for kind, values in difference.removed.items():
            told[f"{kind}_removed"] = [value[:VALUE] for value in values[:LISTED]]
        for kind in ("scripts", "frames", "forms", "images"):
            foreign = [name for name in difference.added.get(kind, ()) if not self._about.is_own(_host_in(name))]
            if foreign:
                told[f"{kind}_foreign"] = [name[:VALUE] for name in foreign[:LISTED]]
        return told

    def _not_compared(self, fetch: Fetch, picture: Picture, why: str, now_ns: int, lines: Lines) -> None:
        """Say that a page could not be compared. What it says is still looked at for words, each text once."""
        page = self._memory.page
        known = set(page.seen) | (page.baseline.texts.keys() if page.baseline is not None else set())
        visible, hidden = new_blocks(picture.texts, known), new_blocks(picture.hidden, known)
        line = self._about.line("content", now_ns) | {"status": fetch.status, "compared": False, "reason": why}
        if not visible and not hidden:
            lines.life.append(encode(line))
            return
        self._remember((*visible, *hidden))
        lines.page_changed = True
        more = {"title": picture.title, "heading": picture.heading}
        lines.page.append(encode(line | more | texts_of(visible, hidden, picture)))

    def _learn(self, fetch: Fetch, picture: Picture, now_ns: int, lines: Lines) -> None:
        page = self._memory.page
        first = not page.learning
        known = set(page.seen)
        visible, hidden = new_blocks(picture.texts, known), new_blocks(picture.hidden, known)
        self._remember((*visible, *hidden))
        page.learning = [*page.learning, picture]
        lines.page_changed = True
        if visible or hidden:
            same = {"status": fetch.status, "compared": False, "reason": "learning"}
            more = {"title": picture.title, "heading": picture.heading} | texts_of(visible, hidden, picture)
            if first:
                more |= {"links_added": picture.links[:LISTED], "hidden_links_added": picture.hidden_links[:LISTED]}
            lines.page.append(encode(self._about.line("content", now_ns) | same | more))
        if len(page.learning) < self._about.source.learn_fetches:
            return
        page.baseline, page.learning, page.learnt_ns = learn(page.learning), [], now_ns
        page.known_hosts = list(dict.fromkeys((*page.known_hosts, *page.redirects)))
        page.redirects = []
        told: dict[str, Any] = {
            "action": "learnt",
            "blocks": len(page.baseline.texts),
            "volatile": len(page.baseline.volatile),
        }
        told["built_by_script"] = picture.is_built_by_script
        lines.page.append(encode(self._about.line("baseline", now_ns) | told))

    def guise(self, fetch: Fetch, name: str, now_ns: int, lines: Lines) -> None:
        """Tell the texts and links that only another kind of visitor is given."""
        page = self._memory.page
        if page.baseline is None or self._why_not(fetch):
            return
        picture = picture_of(decode_page(fetch.body, fetch.content_type)[0], fetch.url, self._hidden())
        known = page.baseline.texts.keys() | set(page.seen)
        visible, hidden = new_blocks(picture.texts, known), new_blocks(picture.hidden, known)
        if not visible and not hidden:
            return
        self._remember((*visible, *hidden))
        lines.page_changed = True
        line = self._about.line("content", now_ns) | {"status": fetch.status, "compared": False, "reason": "guise"}
        more = {"guise": name, "title": picture.title, "heading": picture.heading}
        links = [host for host in picture.links if host not in page.baseline.links and not self._about.is_own(host)]
        lines.page.append(encode(line | more | {"links_added": links[:LISTED]} | texts_of(visible, hidden, picture)))

    def _why_not(self, fetch: Fetch) -> str:
        """Say why the content cannot be compared; empty when it can."""
        if fetch.reason:
            return fetch.reason
        if not fetch.complete:
            return "incomplete"
        return "" if 200 <= fetch.status < 300 else "status"

    def _remember(self, blocks: Iterable[Block]) -> None:
        page = self._memory.page
        page.seen = list(dict.fromkeys((*page.seen, *(block.key for block in blocks))))[-SEEN_KEPT:]


def _host_in(name: str) -> str:
    """Give the host of a script, frame or form as a picture names it: ``host/path``, a form with its method before."""
    return name.removeprefix("get ").removeprefix("post ").partition("/")[0].partition(" ")[0]
