from soc_agent.decode.portal import PORTAL, decode_portal
from soc_agent.model import LogSource
from tests.decode.samples import at, make_context


def test_the_service_of_a_line_is_what_was_looked_at() -> None:
    line = (
        '{"type":"portal","event":"content","time":"2026-03-02T01:14:07Z","page":"a","changes":["title"],"title":"x"}'
    )
    parsed = decode_portal(line, make_context("portal"))
    assert parsed is not None
    assert parsed.log_sources == (LogSource("webportal", "soc-agent", "content"),)
    assert (parsed.fields["page"], parsed.fields["changes"]) == ("a", ["title"])
    assert parsed.time_ns == at("2026-03-02T01:14:07")
    assert set(parsed.log_sources) <= PORTAL.log_sources


def test_other_lines_are_none() -> None:
    for line in ("text", '{"type":"health"}', '{"type":"portal","event":"other"}', '{"type":"portal"}'):
        assert decode_portal(line, make_context("portal")) is None
