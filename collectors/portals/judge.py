"""From what a fetch gave to lines: availability, certificate, redirects, content. Without sockets or a clock."""

from itertools import count
from urllib.parse import urlsplit

import msgspec

from collectors.portals.certificate import Certificate
from collectors.portals.content import Content
from collectors.portals.fetch import Fetch
from collectors.portals.lines import LISTED, VALUE, About, Lines, encode, time_text
from collectors.portals.masks import short_hash
from collectors.portals.memory import Memory, Page
from collectors.portals.parts import Known, Part, approve_part, change_of, judge_part
from collectors.portals.references import Ref
from soc_agent.config import PortalPage, PortalSource

_NS = 1_000_000_000
_DAY_S = 86_400
_PART_ORDER = ("script", "style", "image")
_PARTS_KEPT = 200


class Judge:
    """Makes lines of the fetches of one page, and keeps its memory."""

    def __init__(self, source: PortalSource, page: PortalPage, memory: Memory) -> None:
        self._source = source
        self._about = About(source, page)
        self.memory = memory
        self._content = Content(self._about, memory)

    def judge(self, fetch: Fetch, now_ns: int, *, content: bool) -> Lines:
        """Take a fetch.

        :param content: whether its body was asked for.
        """
        lines = Lines()
        self._availability(fetch, now_ns, lines)
        self._certificate(fetch.certificate, now_ns, lines)
        self._redirects(fetch, now_ns, lines)
        if content:
            self._content.look(fetch, now_ns, lines)
        return lines

    def wanted(self) -> list[tuple[str, Ref]]:
        """Give what the page loads from its own hosts, by the names under which it is known: what is to be got."""
        found: dict[str, Ref] = {}
        for ref in sorted(self._content.refs, key=lambda ref: _PART_ORDER.index(ref.kind)):
            if len(found) >= self._source.parts:
                break
            if self._about.is_own((urlsplit(ref.url).hostname or "").lower()):
                # several of one name, told apart by their queries alone, stay in the order of the page
                names = (ref.name if number == 1 else f"{ref.name}#{number}" for number in count(1))
                found[next(name for name in names if name not in found)] = ref
        known = self.memory.page.parts
        for name in [name for name in known if name not in found][: max(len(known) - _PARTS_KEPT, 0)]:
            del known[name]
        return list(found.items())

    def part(self, name: str, ref: Ref, part: Part | None, now_ns: int) -> Lines:
        """Take what was got of a part of the page; None: it was not got, and tells nothing."""
        lines, page = Lines(), self.memory.page
        if part is None or page.baseline is None:
            return lines
        known = page.parts.setdefault(name, Known(ref.kind))
        before = msgspec.json.encode(known)
        told = judge_part(known, ref, part, self._about, self._source.learn_fetches)
        lines.page_changed = before != msgspec.json.encode(known)
        if told is not None:
            lines.page.append(encode(self._about.line("content", now_ns) | told))
        return lines

    def guise(self, fetch: Fetch, name: str, now_ns: int) -> Lines:
        """Take a look at the page as another visitor: what only that one is told, is told on.

        Other visitors may get another layout; that alone is no sign of anything.
        """
        lines = Lines()
        if self.memory.page.baseline is None:
            return lines
        self._redirects(fetch, now_ns, lines, name)
        self._content.guise(fetch, name, now_ns, lines)
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
        line = self._about.line("availability", now_ns) | {
            "ok": not reason,
            "status": fetch.status,
            "reason": reason,
            "detail": fetch.detail[:VALUE],
            "address": fetch.address,
            "dns_ms": steps.dns_ms,
            "connect_ms": steps.connect_ms,
            "tls_ms": steps.tls_ms,
            "first_byte_ms": steps.first_byte_ms,
            "total_ms": steps.total_ms,
            "failures": life.failures,
            "down_s": max(now_ns - life.down_since_ns, 0) // _NS if reason else 0,
            "slow": life.slow,
            "tls_error": fetch.tls_error[:VALUE],
        }
        if was_down and not reason:
            line |= {"recovered": True, "was_down_s": max(now_ns - down_since, 0) // _NS}
        lines.life.append(encode(line))

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
        line = self._about.line("certificate", now_ns) | {
            "changed": changed,
            "days_left": left,
            "limit": limit if due else None,
            "expired": left_s < 0,
            "not_after": time_text(certificate.not_after_s * _NS),
            "subject": certificate.subject[:VALUE],
            "issuer": certificate.issuer[:VALUE],
            "names": certificate.names[:LISTED],
            "key_sha256": certificate.key_sha256,
            "sha256": certificate.sha256,
        }
        lines.life.append(encode(line | (before if changed else {})))

    # -- where it leads

    def _redirects(self, fetch: Fetch, now_ns: int, lines: Lines, guise: str = "") -> None:
        page, life = self.memory.page, self.memory.life
        hosts = dict.fromkeys((urlsplit(hop).hostname or "").lower() for hop in fetch.hops)
        foreign = [host for host in hosts if host and not self._about.is_own(host)]
        if fetch.reason == "private_address" and fetch.hops:
            if life.failures == 1 and not guise:
                self._tell_redirect(foreign, fetch, now_ns, lines)
            return
        news = [host for host in foreign if host not in page.known_hosts and host not in page.redirects]
        if news:
            page.redirects = [*page.redirects, *news][-LISTED:]
            lines.page_changed = True
            self._tell_redirect(news, fetch, now_ns, lines, guise)

    def _tell_redirect(self, hosts: list[str], fetch: Fetch, now_ns: int, lines: Lines, guise: str = "") -> None:
        line = self._about.line("redirect", now_ns) | {
            "hosts": hosts,
            "hops": [hop[:VALUE] for hop in fetch.hops[:LISTED]],
            "status": fetch.status,
            "reason": fetch.reason,
            "detail": fetch.detail[:VALUE],
        }
        lines.page.append(encode(line | ({"guise": guise} if guise else {})))

    def approve(self, approved: str, now_ns: int) -> Lines:
        """Take over a change that a person approved: the very one that was told, and no other.

        :param approved: id of the change that was approved last.
        """
        lines, page = Lines(), self.memory.page
        if not approved or approved != page_change(page):
            return lines
        if page.pending is not None:
            page.baseline = page.pending.baseline
        for known in page.parts.values():
            approve_part(known)
        page.pending, page.approved_id, page.learnt_ns = None, approved, now_ns
        page.known_hosts = list(dict.fromkeys((*page.known_hosts, *page.redirects)))
        page.redirects = []
        lines.page_changed = True
        lines.page.append(encode(self._about.line("baseline", now_ns) | {"action": "approved", "pending": approved}))
        return lines


def page_change(page: Page) -> str:
    """Give the id of what waits to be approved of a page; empty when nothing does."""
    hosts, parts = ",".join(sorted(page.redirects)), change_of(page.parts)
    found = [page.pending.id] if page.pending is not None else []
    found += [f"r-{short_hash(hosts)}"] if hosts else []
    found += [f"p-{parts}"] if parts else []
    return "-".join(found)
