"""Watched web pages as lines: state, certificate, last look; what to do when one is not as it should be."""

from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from soc_agent.layers import Health
from soc_agent.model.portal import PortalSeen
from soc_agent.text import LANGUAGES, say, use_language
from tests.tui.hostile import HOSTILE, commands
from tests.tui.stage import HOUR, MINUTE, NOW
from tui.outside import Line
from tui.paper import width_of
from tui.webpages import portal_line, portal_page, portal_state

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = 24 * HOUR
WELL = PortalSeen(
    "cong", "home", "https://cong.example/", "well", "200", NOW - MINUTE, NOW - 4 * MINUTE, 0, NOW + 60 * DAY, "CA"
)
CHANGED = replace(
    WELL, state="changed", changes=("title", "scripts", "novel"), changed_ns=NOW - HOUR, redirects=("x.example",),
    subject="portal/cong/home", change="abc",
)  # fmt: skip


def text_of(lines: list[Line]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


def test_a_page_that_is_well_says_when_it_was_looked_at() -> None:
    text = text_of([portal_line(WELL, 120, NOW)])
    for figure in ("home", "200", "60 days", "1m00s", "4m00s"):
        assert figure in text
    assert portal_state(WELL, NOW) == ("well", Health.OK)


@pytest.mark.parametrize(
    ("days", "health", "says"), [(60, Health.OK, "60"), (20, Health.ATTENTION, "! "), (-3, Health.ATTENTION, "✗ ")]
)
def test_a_certificate_is_told_before_it_ends(days: int, health: Health, says: str) -> None:
    page = replace(WELL, expires_ns=NOW + days * DAY)
    assert portal_state(page, NOW)[1] is health
    assert says in text_of([portal_line(page, 120, NOW)])


@pytest.mark.parametrize("state", ["down", "changed", "never", "learning", "well", "of a later version"])
def test_each_state_is_drawn(state: str) -> None:
    page = replace(WELL, state=state, checked_ns=0, compared_ns=0, expires_ns=0)
    if state in ("down", "changed"):
        assert portal_state(page, NOW)[1] is Health.CRITICAL
    text = text_of([portal_line(page, 120, NOW), *portal_page(page, 120, NOW, ZONE, can_approve=True)])
    assert say("assets.portal.checked_never") in text
    assert say("assets.portal.no_certificate") in text


def test_what_changed_is_named_and_how_to_approve_it_where_one_can() -> None:
    text = text_of(portal_page(CHANGED, 120, NOW, ZONE, can_approve=True))
    for word in (say("portals.kind.title"), say("portals.kind.scripts"), "novel", "→ x.example"):
        assert word in text
    assert say("assets.portal.next.approve") in text
    assert say("assets.portal.next.approve") not in text_of(portal_page(CHANGED, 120, NOW, ZONE, can_approve=False))
    assert say("assets.portal.next.approve") not in text_of(portal_page(WELL, 120, NOW, ZONE, can_approve=True))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [40, 78, 118, 198])
def test_it_fits_whatever_a_page_says(language: str, width: int) -> None:
    use_language(language)
    for data in HOSTILE.values():
        word = data.decode("utf-8", "replace")
        bad = replace(CHANGED, page=word, url=word, answer=word, issuer=word, changes=(word,), redirects=(word,))
        rows = [portal_line(bad, width, NOW), *portal_page(bad, width, NOW, ZONE, can_approve=True)]
        assert commands(text_of(rows).replace("\n", "")) == []
        assert all(width_of(row) <= width for row in rows)
