"""A page that nobody looked at yet."""

from soc_agent.model.portal import PortalSeen


def test_of_a_page_that_was_never_asked_for_nothing_is_claimed() -> None:
    page = PortalSeen("cong", "home", "https://cong.example/", "never")
    assert (page.checked_ns, page.expires_ns, page.changes, page.change) == (0, 0, (), "")
