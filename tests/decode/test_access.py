from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode.access import decode_access, is_access
from soc_agent.model import LogSource
from tests.decode.samples import at, make_context


def parse(line: str) -> Any:
    parsed = decode_access(line, make_context("access"))
    assert parsed is not None, line
    return parsed


def test_the_common_format_is_decoded() -> None:
    parsed = parse('192.0.2.10 - an [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326')
    assert parsed.time_ns == at("2000-10-10T20:55:36")
    assert parsed.fields == {
        "c-ip": "192.0.2.10",
        "cs-username": "an",
        "cs-method": "GET",
        "c-uri": "/apache_pb.gif",
        "cs-uri-stem": "/apache_pb.gif",
        "cs-version": "HTTP/1.0",
        "sc-status": 200,
        "sc-bytes": 2326,
    }
    assert LogSource("webserver", "", "") in parsed.log_sources


def test_the_combined_format_is_decoded() -> None:
    fields = parse(
        '2001:db8::7 - - [02/Mar/2026:08:14:07 +0700] "GET /x?y HTTP/1.1" 404 - "http://r/" "curl/8.5.0"'
    ).fields
    assert fields["c-ip"] == "2001:db8::7"
    assert fields["cs-referer"] == "http://r/"
    assert fields["cs-user-agent"] == "curl/8.5.0"
    assert fields["sc-bytes"] == 0
    assert "cs-username" not in fields


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("www.example.net:443 192.0.2.10 - -", {"cs-host": "www.example.net", "s-port": 443, "c-ip": "192.0.2.10"}),
        ("www.example.net 192.0.2.10 - an", {"cs-host": "www.example.net", "c-ip": "192.0.2.10", "cs-username": "an"}),
        ("www.example.net host.example.org - -", {"cs-host": "www.example.net", "c-ip": "host.example.org"}),
        ("host.example.org - -", {"c-ip": "host.example.org"}),
        ("192.0.2.10 - Nguyen Van An", {"c-ip": "192.0.2.10", "cs-username": "Nguyen Van An"}),
        ('192.0.2.10 - ""', {"c-ip": "192.0.2.10"}),
        ("192.0.2.10, 198.51.100.1 - -", {"c-ip": "192.0.2.10"}),
        ("192.0.2.10, 198.51.100.1, 198.51.100.2 - an", {"c-ip": "192.0.2.10", "cs-username": "an"}),
        ("- - -", {}),
        ("[2001:db8::7] - -", {"c-ip": "2001:db8::7"}),
    ],
)
def test_what_stands_in_front_is_told_apart(who: str, expected: dict[str, Any]) -> None:
    fields = parse(f'{who} [02/Mar/2026:08:14:07 +0700] "-" 408 -').fields
    assert {**expected, "sc-status": 408, "sc-bytes": 0} == fields


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        (' "-" "-" "203.0.113.5"', {"x_forwarded_for": "203.0.113.5"}),
        (' "-" "-" "-"', {}),
        (' "-" "-" 0.005 0.004', {"extra": "0.005 0.004"}),
        (
            ' "-" "-" "203.0.113.5" rt=0.005 uct="0.1"',
            {"x_forwarded_for": "203.0.113.5", "extra": 'rt=0.005 uct="0.1"'},
        ),
        (
            ' "-" "-" 500 "web@docker" "http://198.51.100.1:80" 0ms',
            {"extra": '500 "web@docker" "http://198.51.100.1:80" 0ms'},
        ),
        ("", {}),
    ],
)
def test_what_stands_behind_is_kept(rest: str, expected: dict[str, Any]) -> None:
    fields = parse(f'192.0.2.10 - - [02/Mar/2026:08:14:07 +0700] "-" 400 0{rest}').fields
    assert {**expected, "c-ip": "192.0.2.10", "sc-status": 400, "sc-bytes": 0} == fields


def test_escaped_quotes_end_nothing() -> None:
    fields = parse(
        r'192.0.2.10 - - [02/Mar/2026:08:14:07 +0700] "GET /?q=\"><script> HTTP/1.1" 200 1 "-" "a \"b\" \x22c\x22"'
    ).fields
    assert fields["cs-uri-query"] == 'q="><script>'
    assert fields["cs-user-agent"] == 'a "b" "c"'


def test_a_server_that_does_not_escape_quotes_is_understood() -> None:
    fields = parse('192.0.2.10 - - [02/Mar/2026:08:14:07 +0700] "GET /a"b HTTP/1.1" 200 1').fields
    assert fields["c-uri"] == '/a"b'


def test_a_malformed_request_keeps_status_and_text() -> None:
    fields = parse(r'192.0.2.10 - - [02/Mar/2026:08:14:07 +0700] "\x16\x03\x01" 400 226 "-" "-"').fields
    assert fields == {"c-ip": "192.0.2.10", "request": r"\x16\x03\x01", "sc-status": 400, "sc-bytes": 226}


def test_a_time_in_the_request_is_not_the_time() -> None:
    parsed = parse('192.0.2.10 - - [02/Mar/2026:08:14:07 +0700] "GET /[01/Jan/2000:00:00:00 +0000] "x" HTTP/1.1" 200 1')
    assert parsed.time_ns == at("2026-03-02T01:14:07")


def test_the_iso_time_of_nginx_is_read() -> None:
    assert parse('192.0.2.10 - - [2026-03-02T08:14:07+07:00] "GET / HTTP/1.1" 200 1').time_ns == at(
        "2026-03-02T01:14:07"
    )


@pytest.mark.parametrize(
    "line",
    [
        "",
        "GET / HTTP/1.1",
        '192.0.2.10 - - [yesterday] "GET /" 200 1',
        '192.0.2.10 - - [02/Mar/2026:08:14:07 +0700] "GET /',
    ],
)
def test_other_lines_are_none(line: str) -> None:
    assert decode_access(line, make_context("access")) is None
    assert not is_access(line)


def test_many_times_and_open_quotes_take_no_time() -> None:
    assert decode_access('[02/Mar/2026:08:14:07 +0700] "x ' * 20_000, make_context("access")) is None


PRINTABLE = st.characters(exclude_categories=("Cs", "Cc"))
WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='"[]\\'), min_size=1, max_size=20)


def quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


@given(
    address=st.ip_addresses(),
    user=WORDS.filter(lambda text: text != "-"),
    method=st.sampled_from(["GET", "POST", "PROPFIND", "M-SEARCH"]),
    path=st.text(PRINTABLE, max_size=30).filter(lambda text: "?" not in text and text == text.strip()),
    query=st.none() | st.text(PRINTABLE, max_size=30).filter(lambda text: text == text.strip()),
    status=st.integers(100, 599),
    size=st.integers(0, 10**12),
    agent=st.text(PRINTABLE, min_size=1, max_size=40).filter(lambda text: text != "-"),
)
def test_every_line_comes_back_as_it_was(
    address: Any, user: str, method: str, path: str, query: str | None, status: int, size: int, agent: str
) -> None:
    target = f"/{path}" if query is None else f"/{path}?{query}"
    line = (
        f'{address} - {user} [02/Mar/2026:08:14:07 +0700] "{method} {quoted(target)} HTTP/1.1" {status} {size} '
        f'"-" "{quoted(agent)}"'
    )
    expected: dict[str, Any] = {
        "c-ip": str(address),
        "cs-username": user,
        "cs-method": method,
        "c-uri": target,
        "cs-uri-stem": f"/{path}",
        "cs-version": "HTTP/1.1",
        "sc-status": status,
        "sc-bytes": size,
        "cs-user-agent": agent,
    }
    if query is not None:
        expected["cs-uri-query"] = query
    # what an escape of the server's looks like is undone: such a text cannot be told from one
    if r"\x22" in agent + target or "\\x5c" in (agent + target).lower():
        return
    assert parse(line).fields == expected


def test_what_wraps_a_line_in_a_container_is_not_taken_for_the_client() -> None:
    line = '192.0.2.7 - an [02/Mar/2026:08:14:07 +0700] "GET / HTTP/1.1" 200 5'
    for before in ("portal-nginx-1  | ", "2026-03-02T08:14:07.123456789+07:00 stdout F ", '"'):
        fields = parse(before + line).fields
        assert (fields["c-ip"], fields["cs-username"], "cs-host" in fields) == ("192.0.2.7", "an", False), before


def test_a_line_that_names_its_client_behind_the_request_is_of_another_format() -> None:
    line = '[2026-03-02T01:14:07.310Z] "GET / HTTP/1.1" 204 - 154 0 226 100 "192.0.2.10" "a" "b" "c" "d"'
    assert decode_access(line, make_context("access")) is None
    assert not is_access(line)
