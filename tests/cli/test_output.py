"""What commands print is harmless on a terminal and right for a program."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.cli.output import as_text, json_line, rfc3339, table


def test_times_are_rfc3339_in_utc() -> None:
    assert rfc3339(1_700_000_000_123_456_789) == "2023-11-14T22:13:20.123456Z"
    assert rfc3339(0) == "1970-01-01T00:00:00.000000Z"


def printed(record: dict[str, object], capsys: pytest.CaptureFixture[str]) -> str:
    json_line(record)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "text", ["\x1b]0;x\x07", "\x9b31m", "a\u202eb", "\x7f", "tab\there", "\U000e0001", "tiếng Việt"]
)
def test_an_object_reads_back_and_holds_no_control_character(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = printed({"raw": text}, capsys)
    assert json.loads(out) == {"raw": text}
    assert out.endswith("\n")
    assert out[:-1].isprintable()


@given(st.binary())
def test_raw_bytes_become_text_that_json_can_hold(raw: bytes) -> None:
    assert json.loads(json.dumps(as_text(raw))) == as_text(raw)


def test_a_table_shows_escapes_and_markup_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    table(("a", "b"), [("\x1b[31mred", "[bold]x[/bold] [/]")])
    out = capsys.readouterr().out
    assert "␛[31mred" in out
    assert "[bold]x[/bold] [/]" in out
    assert "\x1b[31mred" not in out
