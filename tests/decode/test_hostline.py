from soc_agent.decode.hostline import HOST, decode_host
from soc_agent.model import LogSource
from tests.decode.samples import at, make_context


def test_the_service_of_a_line_is_what_it_tells() -> None:
    line = '{"type":"host","time":"2026-03-02T01:14:07Z","hostname":"web01","event":"change","what":"user","user":"an"}'
    parsed = decode_host(line, make_context("host"))
    assert parsed is not None
    assert parsed.log_sources == (LogSource("host_state", "soc-agent", "change"),)
    assert (parsed.host, parsed.fields["user"], parsed.time_ns) == ("web01", "an", at("2026-03-02T01:14:07"))
    assert set(parsed.log_sources) <= HOST.log_sources


def test_other_lines_are_none() -> None:
    for line in ("text", '{"type":"portal"}', '{"type":"host"}', '{"type":"host","event":"x"}'):
        assert decode_host(line, make_context("host")) is None
    parsed = decode_host('{"type":"host","event":"status","hostname":5}', make_context("host"))
    assert parsed is not None
    assert parsed.host == ""
