"""Framing of syslog and JSON over TCP: the same lines however the bytes were cut on their way."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.listener.framing import Framed, Framer, lines_of

CAP = 64
BSD = b"<13>Nov 22 01:00:00 web01 app[7]: started"
RFC5424 = b"<34>1 2026-11-22T01:00:00Z web01 su 7 ID47 - 'su root' failed"
JSON = b'{"host":"win01","EventID":4625}'


def counted(message: bytes) -> bytes:
    return str(len(message)).encode() + b" " + message


def framed(data: bytes, cuts: list[int], cap: int = CAP) -> Framed:
    """Feed ``data`` in the pieces that lie between the cuts, then end the connection."""
    framer = Framer(cap)
    places = [0, *sorted(cuts), len(data)]
    parts = [framer.feed(data[start:end]) for start, end in pairwise(places)]
    parts.append(framer.finish())
    assert not framer.unfinished
    return Framed(
        b"".join(part.data for part in parts),
        sum(part.lines for part in parts),
        sum(part.truncated for part in parts),
        sum(part.malformed for part in parts),
    )


@pytest.mark.parametrize(
    ("sent", "lines"),
    [
        (BSD + b"\n" + RFC5424 + b"\n", [BSD, RFC5424]),
        (counted(BSD) + counted(RFC5424), [BSD, RFC5424]),
        (counted(BSD) + b"\n" + counted(RFC5424) + b"\n", [BSD, RFC5424]),
        (BSD + b"\n" + counted(RFC5424) + BSD + b"\r\n" + counted(JSON), [BSD, RFC5424, BSD, JSON]),
        (counted(b"no priority") + b"\n", [b"%d no priority" % len(b"no priority")]),
        (counted(BSD) + counted(b"no priority"), [BSD, b"no priority"]),
        (b"2026-11-22 01:00:00 a line that begins with digits\n" + BSD + b"\n", None),
        (BSD + b"\0" + b"\n\n\r\n" + JSON + b"\n", [BSD, JSON]),
        (BSD, [BSD]),
        (JSON + b"\n" + JSON + b"\n", [JSON, JSON]),
        (b"\xef\xbb\xbf" + JSON + b"\r\n" + JSON + b"\r\n", [JSON, JSON]),
        (b"\xef\xbb\xbf" + counted(JSON), [JSON]),
    ],
)
def test_framing_is_told_apart_at_every_split(sent: bytes, lines: list[bytes] | None) -> None:
    expected = sent.rstrip(b"\n").split(b"\n") if lines is None else lines
    for cut in range(len(sent) + 1):
        assert framed(sent, [cut]) == Framed(b"".join(line + b"\n" for line in expected), len(expected))
    assert framed(sent, list(range(len(sent)))).lines == len(expected)


def test_multi_line_message_stays_one_line() -> None:
    message = b"<11>1 - web01 java - - - Exception\n\tat Main.java:1\n\tat Main.java:2\n"
    found = framed(counted(message) + counted(BSD), [], 256)
    assert found.data == b"<11>1 - web01 java - - - Exception#012\tat Main.java:1#012\tat Main.java:2\n" + BSD + b"\n"


def test_pretty_printed_json_stays_one_line_and_a_batch_becomes_many() -> None:
    assert lines_of(b'{\n  "a": 1,\n  "b": {\n}}\n') == [b'{ "a": 1, "b": { }}']
    assert lines_of(b'{"a": 1}\r\n{"a": 2}\n') == [b'{"a": 1}', b'{"a": 2}']
    assert lines_of(b"\n\0") == []


def test_oversize_messages_are_cut_and_the_next_ones_whole() -> None:
    long = b"<13>" + b"x" * 200
    for sent in (long + b"\n" + BSD + b"\n", counted(long) + counted(BSD), counted(long) + b"\n" + BSD + b"\n"):
        for cut in range(len(sent)):
            found = framed(sent, [cut])
            assert found == Framed(long[:CAP] + b"\n" + BSD + b"\n", 2, truncated=1)


def test_a_length_that_lies_is_counted_and_the_stream_found_again() -> None:
    sent = counted(BSD) + b"5 " + RFC5424 + b"\n" + counted(BSD)
    found = framed(sent, [])
    assert found.malformed == 1
    assert found.data.endswith(b"\n" + BSD + b"\n")
    assert framed(b"99999999 " + BSD + b"\n" + JSON + b"\n", []) == Framed(
        b"99999999 " + BSD + b"\n" + JSON + b"\n", 2, malformed=1
    )


def test_a_counted_message_cut_by_the_end_is_kept_and_told() -> None:
    assert framed(b"500 " + BSD, []) == Framed(BSD + b"\n", 1, truncated=1, malformed=1)


MESSAGES = st.one_of(
    st.sampled_from([BSD, RFC5424, JSON]),
    st.binary(max_size=40).map(lambda tail: b"<13>" + tail.translate(None, b"\n\r\0")),
)


@given(
    st.lists(st.tuples(MESSAGES, st.sampled_from([b"counted", b"counted\n", b"\n", b"\r\n"])), max_size=12),
    st.lists(st.integers(0, 1000), max_size=8),
)
def test_every_message_arrives_once_in_order(sent: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    data = b""
    for message, framing in sent:
        data += counted(message) + framing[7:] if framing.startswith(b"counted") else message + framing
    found = framed(data, [min(cut, len(data)) for cut in cuts])
    assert found == Framed(b"".join(message + b"\n" for message, _ in sent), len(sent))


@given(
    st.lists(
        st.one_of(st.binary(max_size=30), st.sampled_from([b"12 ", b"3 <", b"90 {", b"99999999 <", b"\n", b"<", b"7"])),
        max_size=30,
    ),
    st.lists(st.integers(0, 900), max_size=10),
)
def test_garbage_gives_the_same_however_it_is_cut(parts: list[bytes], cuts: list[int]) -> None:
    data = b"".join(parts)
    whole = framed(data, [])
    assert framed(data, [min(cut, len(data)) for cut in cuts]) == whole
    assert whole.data.count(b"\n") == whole.lines
    assert all(len(line) <= CAP * 4 for line in whole.data.split(b"\n"))
