"""HTTP requests: whole, split, odd and hostile ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.packets.http import HEAD_CAP_BYTES, Request, media_type, request, status

HEAD = (
    b"POST /cgi?id=1 HTTP/1.1\r\nHost: a.vn\r\nuser-agent:  curl/8 \r\nReferer: http://b.vn/\r\nHost: c.vn\r\n\r\nbody"
)


def plain(found: Request | None) -> Request | None:
    """A request without the names of its headers, and their size."""
    return found._replace(header_names=(), head_bytes=0) if found is not None else None


def test_a_request_with_the_headers_that_detections_ask_for() -> None:
    assert plain(request(HEAD)) == Request(b"POST", b"/cgi?id=1", b"1.1", b"a.vn", b"curl/8", b"http://b.vn/")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"GET / HTTP/1.0\n\n", Request(b"GET", b"/", b"1.0")),
        (b"GET /a b c HTTP/1.1\r\n\r\n", Request(b"GET", b"/a b c", b"1.1")),
        (b"GET  HTTP/1.1\r\n\r\n", Request(b"GET", b"", b"1.1")),
        (b"FOO-BAR! /x HTTP/1.1\r\n\r\n", Request(b"FOO-BAR!", b"/x", b"1.1")),
        (b"GET /old\r\n", Request(b"GET", b"/old", b"0.9")),
        (b"GET /\xff\x00 HTTP/1.1\r\n\r\n", Request(b"GET", b"/\xff\x00", b"1.1")),
        (b"GET / HTTP/1.1\r\nhost:\r\n\r\n", Request(b"GET", b"/", b"1.1", b"")),
        (b"GET / HTTP/1.1\r\nnohost: x\r\n\r\nHost: body.vn\r\n", Request(b"GET", b"/", b"1.1")),
        (b"GET / HTTP/1.1\r\nHost : spaced.vn\r\n\r\n", Request(b"GET", b"/", b"1.1", b"spaced.vn")),
        (b"GET nothing\r\n\r\n", None),
        (b"SSH-2.0-OpenSSH\r\n", None),
        (b"EHLO mail.example.vn\r\n", None),
        (b"\x16\x03\x01\n", None),
        (b"", None),
        (b"no newline at all", None),
    ],
)  # fmt: skip
def test_request_lines(data: bytes, expected: Request | None) -> None:
    assert plain(request(data, final=True)) == expected


def test_every_shorter_beginning_of_a_head_needs_more() -> None:
    end = HEAD.index(b"\r\n\r\n") + 4
    for cut in range(1, end):
        with pytest.raises(EOFError):
            request(HEAD[:cut])
    assert request(HEAD[:end]) is not None


def test_a_head_that_never_ends_is_read_as_far_as_it_is_there() -> None:
    cut = HEAD.index(b"Referer")
    assert plain(request(HEAD[:cut], final=True)) == Request(b"POST", b"/cgi?id=1", b"1.1", b"a.vn", b"curl/8")


def test_what_cannot_be_a_request_does_not_wait_for_more() -> None:
    assert request(b"\x00\x01\x02") is None
    assert request(b"SSH-2.0") is None


def test_a_request_line_that_is_too_long_is_still_seen() -> None:
    found = request(b"GET /" + b"A" * HEAD_CAP_BYTES)
    assert found is not None
    assert (found.method, found.version, found.uri[:3]) == (b"GET", b"", b"/AA")


def test_a_hostile_line_takes_linear_time() -> None:
    """Many spaces and no end: a backtracking expression would look at each pair of them, and take minutes here."""
    data = b"GET " + b" " * 16_000 + b"HTTP/1.x\r\n\r\n"
    assert [request(data) for _ in range(300)] == [None] * 300


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"HTTP/1.1 200 OK\r\n", 200), (b"HTTP/1.0  404\r\n", 404), (b"HTTP/2 200", None), (b"HTTP/1.1 2", None)],
)
def test_status(data: bytes, code: int | None) -> None:
    assert status(data) == code


@given(st.binary(max_size=200), st.booleans())
def test_random_bytes_raise_nothing_else(data: bytes, final: bool) -> None:
    try:
        request(b"GET " + data, final=final)
        request(data, final=final)
    except EOFError:
        assert not final


def test_what_heads_say_of_bodies_and_of_themselves() -> None:
    head = b"POST /x HTTP/1.1\r\nHost: a.vn\r\nX-Odd: 1\r\ncontent-length: 17\r\n\r\nBody: no header\r\n"
    found = request(head)
    assert found is not None
    assert (found.body_bytes, found.header_names) == (17, ("HOST", "X-ODD", "CONTENT-LENGTH"))
    assert media_type(b"HTTP/1.1 200 OK\r\nContent-Type: Application/X-Exe; a=b\r\n\r\n") == b"application/x-exe"
    assert media_type(b"HTTP/1.1 200 OK\r\n\r\nContent-Type: text/html") is None


def test_the_type_of_what_is_sent() -> None:
    found = request(b"POST /x HTTP/1.1\r\nContent-Type: Application/Octet-Stream; x=1\r\n\r\n")
    assert found is not None
    assert found.content_type == b"application/octet-stream"
