from soc_agent.decode.context import LineType, Parsed
from soc_agent.model import LogSource
from tests.decode.samples import make_context


def test_a_context_has_no_host_unless_told() -> None:
    assert make_context().host == ""
    assert make_context(host="web01").host == "web01"


def test_what_is_parsed_counts_as_decoded_and_has_no_time_unless_said() -> None:
    parsed = Parsed("syslog", (), {})
    assert parsed.decoded
    assert parsed.time_ns is None


def test_undecoded_lines_of_a_type_are_open_to_rules_without_log_source_unless_said() -> None:
    line_type = LineType("x", lambda _text, _context: None, frozenset())
    assert line_type.undecoded == (LogSource(),)
