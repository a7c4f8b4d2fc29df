"""Lines: one JSON object each, in Zeek's names, with nothing raw in them."""

import msgspec

from collectors.packets.lines import Dns, Names, encode, of_flow, seconds, text

NAMES = Names("Cx", "10.0.0.1", 1, "10.0.0.2", 53, "udp", "edge", False)


def test_a_line_is_one_object_with_its_path_first_and_one_newline() -> None:
    line = encode(Dns(*of_flow(NAMES, 5_000_000_000), query="a\nb\x1b[31m", qtype_name="A"))
    assert line.startswith(b'{"_path":"dns","ts":5.0,"sensor":"edge","uid":"Cx","id.orig_h":"10.0.0.1","id.orig_p":1,')
    assert line.endswith(b"}\n")
    assert line.count(b"\n") == 1
    assert b"\x1b" not in line
    decoded = msgspec.json.decode(line)
    assert decoded["query"] == "a\nb\x1b[31m"
    assert "rcode_name" not in decoded
    assert (decoded["answers"], decoded["rejected"], decoded["sensor"]) == ([], False, "edge")


def test_times_are_rounded_to_microseconds() -> None:
    assert seconds(1_700_000_000_123_456_499) == 1700000000.123456
    assert seconds(1_700_000_000_123_456_500) == 1700000000.123457
    assert seconds(0) == 0.0


def test_bytes_off_the_wire_become_text_that_loses_nothing_within_the_cap() -> None:
    assert text("xin chào".encode(), 100) == "xin chào"
    assert text(b"\xff\xfe/", 100) == "\\xff\\xfe/"
    assert text(b"abcdef", 3) == "abc"
