"""From what a fetch gave to lines: availability, certificate, redirects, content. Without sockets or a clock."""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from collectors.portals.certificate import Certificate
from collectors.portals.compare import Difference, after, compare, learn, new_blocks
from collectors.portals.fetch import Fetch
from collectors.portals.markup import decode_page
from collectors.portals.memory import SEEN_KEPT, Memory, Page, Pending
from collectors.portals.picture import Block, Picture, picture_of, short_hash
from soc_agent.config import PortalPage, PortalSource
from soc_agent.text import fold

_NS = 1_000_000_000
_AGAIN_NS = 3_600 * _NS
"""A change that nobody approved is told again after so long."""
_DAY_S = 86_400
_LISTED = 50
_TEXT_BYTES = 24_000
_VALUE = 300


class Lines(Struct):
    """Lines of the two streams of a page."""

    life: list[bytes] = []
    page: list[bytes] = []
    page_changed: bool = False
    """Whether what is known of the page is to be committed, lines or not."""


class Judge:
    """Makes lines of the fetches of one page, and keeps its memory."""

    def __init__(self, source: PortalSource, page: PortalPage, memory: Memory) -> None:
        self._source = source
        self._page = page
        self.memory = memory
        self._host = (urlsplit(page.url).hostname or "").lower()

    def judge(self, fetch: Fetch, now_ns: int, *, content: bool) -> Lines:
        """Take a fetch.

        :param content: whether its body was asked for.
        """
        lines = Lines()
        self._availability(fetch, now_ns, lines)
        self._certificate(fetch.certificate, now_ns, lines)
        self._redirects(fetch, now_ns, lines)
        if content:
            self._content(fetch, now_ns, lines)
        return lines

    # -- does it answer

    def _availability(self, fetch: Fetch, now_ns: int, lines: Lines) -> None:
        life, steps = self.memory.life, fetch.steps
        reason = fetch.reason
        if reason in ("too_big", "encoding"):
            reason = ""  # it answers; that it cannot be compared is told with its content
        if not reason and not 200 <= fetch.status < 400:
            reason = "status"
        was_down, down_since = life.failures, life.down_since_ns
        life.failures = life.failures + 1 if reason else 0
        life.down_since_ns = (life.down_since_ns or now_ns) if reason else 0
        life.slow = life.slow + 1 if not reason and steps.total_ms > self._source.slow_ms else 0
        life.checked_ns, life.status, life.reason = now_ns, fetch.status, reason
        line = self._line("availability", now_ns) | {
            "ok": not reason,
            "status": fetch.status,
            "reason": reason,
            "detail": fetch.detail[:_VALUE],
            "address": fetch.address,
            "dns_ms": steps.dns_ms,
            "connect_ms": steps.connect_ms,
            "tls_ms": steps.tls_ms,
            "first_byte_ms": steps.first_byte_ms,
            "total_ms": steps.total_ms,
            "failures": life.failures,
            "down_s": (now_ns - life.down_since_ns) // _NS if reason else 0,
            "slow": life.slow,
            "tls_error": fetch.tls_error[:_VALUE],
        }
        if was_down and not reason:
            line |= {"recovered": True, "was_down_s": (now_ns - down_since) // _NS}
        lines.life.append(_encode(line))

    # -- its certificate

    def _certificate(self, certificate: Certificate | None, now_ns: int, lines: Lines) -> None:
        if certificate is None:
            return
        life = self.memory.life
        left_s = certificate.not_after_s - now_ns // _NS
        left = left_s // _DAY_S
        before_left = (life.not_after_s - now_ns // _NS) // _DAY_S
        before = {"issuer_before": life.issuer, "days_left_before": before_left} if life.key_sha256 else {}
        changed = [
            name
            for name, old, new in (
                ("key", life.key_sha256, certificate.key_sha256),
                ("issuer", life.issuer, certificate.issuer),
            )
            if life.key_sha256 and old != new
        ]
        is_new = not life.key_sha256 or changed or life.not_after_s != certificate.not_after_s
        if is_new:
            life.key_sha256, life.issuer, life.not_after_s = (
                certificate.key_sha256,
                certificate.issuer,
                certificate.not_after_s,
            )
            life.told_days = -1
        limits = [limit for limit in self._source.certificate_days if left < limit]
        limit = 0 if left_s < 0 else min(limits, default=-1)
        due = limit >= 0 and (life.told_days < 0 or limit < life.told_days)
        if not is_new and not due:
            return
        if due:
            life.told_days = limit
        line = self._line("certificate", now_ns) | {
            "changed": changed,
            "days_left": left,
            "limit": limit if due else None,
            "expired": left_s < 0,
            "not_after": _time(certificate.not_after_s * _NS),
            "subject": certificate.subject[:_VALUE],
            "issuer": certificate.issuer[:_VALUE],
            "names": certificate.names[:_LISTED],
            "key_sha256": certificate.key_sha256,
            "sha256": certificate.sha256,
        }
        lines.life.append(_encode(line | (before if changed else {})))

    # -- where it leads

    def _redirects(self, fetch: Fetch, now_ns: int, lines: Lines) -> None:
        page, life = self.memory.page, self.memory.life
        hosts = dict.fromkeys((urlsplit(hop).hostname or "").lower() for hop in fetch.hops)
        foreign = [host for host in hosts if host and not self._is_own(host)]
        if fetch.reason == "private_address" and fetch.hops:
            self._tell_redirect(foreign, fetch, now_ns, lines)
            return
        news = [host for host in foreign if host not in life.redirects and host not in page.redirects]
        if news:
            page.redirects = [*page.redirects, *news][-_LISTED:]
            lines.page_changed = True
            self._tell_redirect(news, fetch, now_ns, lines)

    def _tell_redirect(self, hosts: list[str], fetch: Fetch, now_ns: int, lines: Lines) -> None:
        line = self._line("redirect", now_ns) | {
            "hosts": hosts,
            "hops": [hop[:_VALUE] for hop in fetch.hops[:_LISTED]],
            "status": fetch.status,
            "reason": fetch.reason,
            "detail": fetch.detail[:_VALUE],
        }
        lines.page.append(_encode(line))

    def _is_own(self, host: str) -> bool:
        """Say whether a host belongs to the page: itself, above or below it, or named in the configuration."""
        own = self._host.removeprefix("www.")
        plain = host.removeprefix("www.")
        if plain == own or plain.endswith(f".{own}") or (own.endswith(f".{plain}") and plain.count(".") > 1):
            return True
        named = (name.lower().removeprefix("*.").lstrip(".") for name in (*self._page.hosts, *self._source.hosts))
        return any(plain == name or plain.endswith(f".{name}") for name in named)

    # -- what it says

    def _content(self, fetch: Fetch, now_ns: int, lines: Lines) -> None:
        page = self.memory.page
        self.memory.life.content_ns = now_ns
        why = self._why_not(fetch)
        text, wrong_charset = decode_page(fetch.body, fetch.content_type)
        picture = picture_of(text, fetch.url)
        if why:
            self._not_compared(fetch, picture, why, now_ns, lines)
            return
        if page.baseline is None:
            self._learn(fetch, picture, now_ns, lines)
            return
        difference = compare(page.baseline, picture, self._source.similarity_percent, self._page.ignore)
        pending = page.pending
        if not difference.is_hard:
            self._routine(fetch, picture, difference, now_ns, lines)
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

    def _differs(self, pending: Pending, picture: Picture, difference: Difference) -> bool:
        """Say whether a page that is not what was approved has changed once more."""
        again = compare(pending.baseline, picture, self._source.similarity_percent, self._page.ignore)
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
        page = self.memory.page
        assert page.baseline is not None
        known_texts = page.baseline.texts.keys() | set(page.seen)
        line = (
            self._line("content", now_ns)
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
            | _texts(new_blocks(picture.blocks, known_texts), new_blocks(picture.hidden, known_texts), picture)
        )
        return _encode(line)

    def _routine(self, fetch: Fetch, picture: Picture, difference: Difference, now_ns: int, lines: Lines) -> None:
        """Take over what changes every day, and tell of what is new in it."""
        page = self.memory.page
        assert page.baseline is not None
        if page.pending is not None:
            lines.page.append(_encode(self._line("baseline", now_ns) | {"action": "back", "pending": page.pending.id}))
            page.pending = None
            lines.page_changed = True
        known = page.baseline.texts.keys() | set(page.seen)
        visible, hidden = new_blocks(picture.blocks, known), new_blocks(picture.hidden, known)
        becomes = after(page.baseline, picture)
        if becomes != page.baseline:
            page.baseline = becomes
            lines.page_changed = True
        if not visible and not hidden and not difference.kinds:
            lines.life.append(_encode(self._line("content", now_ns) | self._same(fetch, difference)))
            return
        self._remember((*visible, *hidden))
        lines.page_changed = True
        line = self._line("content", now_ns) | self._same(fetch, difference) | self._told(difference)
        lines.page.append(_encode(line | _texts(visible, hidden, picture)))

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
            told[f"{kind}_added"] = [value[:_VALUE] for value in values[:_LISTED]]
        for kind, values in difference.removed.items():
            told[f"{kind}_removed"] = [value[:_VALUE] for value in values[:_LISTED]]
        for kind in ("scripts", "frames", "forms"):
            foreign = [name for name in difference.added.get(kind, ()) if not self._is_own(_host_in(name))]
            if foreign:
                told[f"{kind}_foreign"] = [name[:_VALUE] for name in foreign[:_LISTED]]
        return told

    def _not_compared(self, fetch: Fetch, picture: Picture, why: str, now_ns: int, lines: Lines) -> None:
        """Say that a page could not be compared. What it says is still looked at for words, each text once."""
        page = self.memory.page
        known = set(page.seen) | (page.baseline.texts.keys() if page.baseline is not None else set())
        visible, hidden = new_blocks(picture.blocks, known), new_blocks(picture.hidden, known)
        line = self._line("content", now_ns) | {"status": fetch.status, "compared": False, "reason": why}
        if not visible and not hidden:
            lines.life.append(_encode(line))
            return
        self._remember((*visible, *hidden))
        lines.page_changed = True
        more = {"title": picture.title, "heading": picture.heading}
        lines.page.append(_encode(line | more | _texts(visible, hidden, picture)))

    def _learn(self, fetch: Fetch, picture: Picture, now_ns: int, lines: Lines) -> None:
        page = self.memory.page
        first = not page.learning
        known = set(page.seen)
        visible, hidden = new_blocks(picture.blocks, known), new_blocks(picture.hidden, known)
        self._remember((*visible, *hidden))
        page.learning = [*page.learning, picture]
        lines.page_changed = True
        if visible or hidden:
            same = {"status": fetch.status, "compared": False, "reason": "learning"}
            more = {"title": picture.title, "heading": picture.heading} | _texts(visible, hidden, picture)
            if first:
                more |= {"links_added": picture.links[:_LISTED], "hidden_links_added": picture.hidden_links[:_LISTED]}
            lines.page.append(_encode(self._line("content", now_ns) | same | more))
        if len(page.learning) < self._source.learn_fetches:
            return
        page.baseline, page.learning, page.learnt_ns = learn(page.learning), [], now_ns
        self.memory.life.redirects = _union(self.memory.life.redirects, page.redirects)
        page.redirects = []
        told = {"action": "learnt", "blocks": len(page.baseline.texts), "volatile": len(page.baseline.volatile)}
        lines.page.append(_encode(self._line("baseline", now_ns) | told))

    def approve(self, approved: str, now_ns: int) -> Lines:
        """Take over a change that a person approved: the very one that was told, and no other.

        :param approved: id of the change that was approved last.
        """
        lines, page = Lines(), self.memory.page
        if not approved or approved != page_change(page):
            return lines
        if page.pending is not None:
            page.baseline = page.pending.baseline
        page.pending, page.approved_id, page.learnt_ns = None, approved, now_ns
        self.memory.life.redirects = _union(self.memory.life.redirects, page.redirects)
        page.redirects = []
        lines.page_changed = True
        lines.page.append(_encode(self._line("baseline", now_ns) | {"action": "approved", "pending": approved}))
        return lines

    def _why_not(self, fetch: Fetch) -> str:
        """Say why the content cannot be compared; empty when it can."""
        if fetch.reason:
            return fetch.reason
        if not fetch.complete:
            return "incomplete"
        return "" if 200 <= fetch.status < 300 else "status"

    def _remember(self, blocks: Iterable[Block]) -> None:
        page = self.memory.page
        page.seen = list(dict.fromkeys((*page.seen, *(block.key for block in blocks))))[-SEEN_KEPT:]

    def _line(self, event: str, now_ns: int) -> dict[str, Any]:
        return {
            "type": "portal",
            "event": event,
            "time": _time(now_ns),
            "page": self._page.name,
            "url": self._page.url,
            "server_name": self._host,
        }


def page_change(page: Page) -> str:
    """Give the id of what waits to be approved of a page; empty when nothing does."""
    hosts = ",".join(sorted(page.redirects))
    if page.pending is None:
        return f"r-{short_hash(hosts)}" if hosts else ""
    return f"{page.pending.id}-{short_hash(hosts)}" if hosts else page.pending.id


def plain_words(text: str) -> str:
    """Give text to look for words in: no case, no diacritics, no invisible characters, one space between words."""
    shown = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return " ".join(fold(shown).split())


def _texts(visible: list[Block], hidden: list[Block], picture: Picture) -> dict[str, Any]:
    """Give the new texts as they are, and folded for rules that look for words; title and heading stand among these."""
    shown = _bounded(block.text for block in visible)
    unseen = _bounded(block.text for block in hidden)
    told: dict[str, Any] = {"text_new": shown, "text_plain": plain_words(" | ".join((picture.title, *shown)))}
    if unseen:
        told |= {"hidden_new": unseen, "hidden_plain": plain_words(" | ".join(unseen))}
    return told


def _bounded(texts: Iterable[str]) -> list[str]:
    kept, size = [], 0
    for text in texts:
        size += len(text.encode("utf-8", "surrogatepass"))
        if size > _TEXT_BYTES:
            break
        kept.append(text)
    return kept


def _host_in(name: str) -> str:
    """Give the host of a script, frame or form as a picture names it: ``host/path``, a form with its method before."""
    return name.removeprefix("get ").removeprefix("post ").partition("/")[0].partition(" ")[0]


def _union(first: list[str], second: list[str]) -> list[str]:
    return list(dict.fromkeys((*first, *second)))


def _encode(line: dict[str, Any]) -> bytes:
    text = msgspec.json.encode({key: _sound(value) for key, value in line.items()})
    return text + b"\n"


def _sound(value: Any) -> Any:
    """Give a value without half surrogate pairs, which UTF-8 has no form for."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list | tuple):
        return [_sound(each) for each in value]
    return value


def _time(time_ns: int) -> str:
    seconds, rest = divmod(time_ns, _NS)
    seconds = min(max(seconds, -62_135_596_800), 253_402_300_799)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest // 1000:06d}Z"
