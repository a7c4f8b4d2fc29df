import pytest

from soc_agent.decode.plain import decode_plain
from tests.decode.samples import at, make_context


@pytest.mark.parametrize(
    ("line", "time", "subject"),
    [
        ("[2026-03-02 08:14:07] app.INFO: x", "2026-03-02T01:14:07", "app.INFO: x"),
        ("2026-03-02T01:14:07Z: failure", "2026-03-02T01:14:07", "failure"),
        ("192.0.2.10 2026-03-02 08:14:07 UTC [5] x", "2026-03-02T08:14:07", "192.0.2.10 2026-03-02 08:14:07 UTC [5] x"),
        ("4312 2026-03-02 08:14:07.123 x", "2026-03-02T01:14:07.123", "x"),
        ("2026-03-02T01:14:07.000001Z stderr F x: y", "2026-03-02T01:14:07.000001", "x: y"),
    ],
)
def test_the_time_is_found_and_a_leading_one_taken_off(line: str, time: str, subject: str) -> None:
    parsed = decode_plain(line, make_context("plain"))
    assert (parsed.time_ns, parsed.subject) == (at(time), subject)
    assert not parsed.decoded
    assert parsed.fields == {}


def test_a_line_without_time_has_none() -> None:
    parsed = decode_plain(" nothing ", make_context("plain"))
    assert (parsed.time_ns, parsed.subject) == (None, "nothing")


def test_the_message_of_an_exported_journal_stands_alone() -> None:
    assert decode_plain("MESSAGE=Invalid user x", make_context("plain")).subject == "Invalid user x"
