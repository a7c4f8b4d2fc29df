"""Watched web pages as lines: how each is in a row, and all that is known of one."""

from datetime import tzinfo

from soc_agent.layers import Health
from soc_agent.model.portal import PortalSeen
from soc_agent.text import SafeText
from soc_agent.text.catalog import has
from tui import times
from tui.outside import Line, Part, cells, fit, joined, part, safe, said
from tui.paper import cut, labelled, wrapped
from tui.words import HEALTH_GLYPH, HEALTH_TEXT, separator

_LIMIT = 512
_GAP = "  "
_NAME_MOST = 28
CERTIFICATE_SHORT_DAYS = 21
"""A certificate that expires sooner has to be renewed now."""
_STATE: dict[str, Health] = {
    "down": Health.CRITICAL,
    "changed": Health.CRITICAL,
    "never": Health.NOT_CONFIGURED,
    "learning": Health.NOT_CONFIGURED,
    "well": Health.OK,
}


def portal_state(portal: PortalSeen, now_ns: int) -> tuple[str, Health]:
    """Say how a page is: a word of the catalogue, and how well that is."""
    health = _STATE.get(portal.state, Health.ATTENTION)
    if health is Health.OK and portal.expires_ns and days_left(portal, now_ns) < CERTIFICATE_SHORT_DAYS:
        health = Health.ATTENTION
    return portal.state, health


def days_left(portal: PortalSeen, now_ns: int) -> int:
    """Give for how many whole days its certificate still holds; negative: it expired."""
    return (portal.expires_ns - now_ns) // times.DAY


def portal_line(portal: PortalSeen, width: int, now_ns: int) -> Line:
    """Draw a page as a row: name, state, answer, certificate, when it was last looked at and compared."""
    word, health = portal_state(portal, now_ns)
    words = [said(f"portals.state.{each}") for each in _STATE]
    parts: list[Part] = [
        part(fit(safe(portal.page, 64), min(_NAME_MOST, max(width // 5, 12))), "strong"),
        part(_GAP),
        Part(
            fit(joined(HEALTH_GLYPH[health], " ", _named("state", word)), max(map(cells, words)) + 2),
            HEALTH_TEXT[health],
        ),
        part(_GAP),
        part(fit(safe(portal.answer.replace("_", " ") or "–", 40), 16)),
        part(_GAP),
        _certificate(portal, now_ns),
        part(_GAP),
        Part(_ago("assets.portal.checked", portal.checked_ns, now_ns), "muted"),
        part(_GAP),
        Part(_ago("assets.portal.compared", portal.compared_ns, now_ns), "muted"),
    ]
    return cut(tuple(parts), width)


def _certificate(portal: PortalSeen, now_ns: int) -> Part:
    if not portal.expires_ns:
        return Part(said("assets.portal.no_certificate"), "muted")
    left = days_left(portal, now_ns)
    if left < 0:
        return Part(joined("✗ ", said("assets.portal.expired", days=times.number(-left))), "high")
    short = left < CERTIFICATE_SHORT_DAYS
    text = said("assets.portal.days", days=times.number(left))
    return Part(joined("! ", text) if short else text, "attention" if short else "")


def _ago(key: str, time_ns: int, now_ns: int) -> SafeText:
    return said(key, ago=times.lasting(now_ns - time_ns)) if time_ns else said(f"{key}_never")


def portal_page(portal: PortalSeen, width: int, now_ns: int, zone: tzinfo, *, can_approve: bool) -> list[Line]:
    """Draw all that is known of a page, and what to do about it."""
    word, health = portal_state(portal, now_ns)
    state = joined(HEALTH_GLYPH[health], " ", _named("state", word))
    rows: list[Line] = [
        *wrapped((part(safe(portal.page, 128), "strong"), part(_GAP), Part(state, HEALTH_TEXT[health])), width)
    ]
    steps = [f"assets.portal.next.{word}"] if has(f"assets.portal.next.{word}") else []
    if can_approve and portal.change:
        steps.append("assets.portal.next.approve")
    for step in steps:
        rows += wrapped((part("→ ", "key"), Part(said(step))), width, indent=2)
    known: list[tuple[SafeText, Line]] = [
        (said("assets.portal.url"), (part(safe(portal.url, _LIMIT), "entity"),)),
        (said("assets.portal.source"), (part(safe(portal.source, 128)),)),
        (said("assets.portal.answer"), (part(safe(portal.answer or "–", 128)),)),
        (said("assets.portal.last"), (Part(_ago("assets.portal.checked", portal.checked_ns, now_ns)),)),
        (said("assets.portal.content"), (Part(_ago("assets.portal.compared", portal.compared_ns, now_ns)),)),
    ]
    if portal.down_since_ns and portal.state == "down":
        known.append((said("assets.portal.down"), (part(times.moment(portal.down_since_ns, zone), "high"),)))
    known.append((said("assets.portal.certificate"), (_certificate(portal, now_ns),)))
    if portal.expires_ns:
        until = times.moment(portal.expires_ns, zone)
        known.append((said("assets.portal.until"), (part(until), separator(), part(safe(portal.issuer, 256), "muted"))))
    if portal.changes or portal.redirects:
        words = [_named("kind", each) for each in portal.changes]
        what = ", ".join([*words, *(f"→ {host}" for host in portal.redirects)])
        since = (separator(), part(times.moment(portal.changed_ns, zone), "muted")) if portal.changed_ns else ()
        known.append((said("assets.portal.change"), (part(safe(what, _LIMIT), "high"), *since)))
    return [*rows, (), *labelled(known, width)]


def _named(kind: str, word: str) -> SafeText:
    """Give the catalogue's word for one of the collector's; one that it does not have stays as it is."""
    key = f"portals.{kind}.{word}"
    return said(key) if has(key) else safe(word, 40)
