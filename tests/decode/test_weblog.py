from typing import Any

import pytest

from soc_agent.decode.weblog import put_request, put_target, unquote


@pytest.mark.parametrize(
    ("request_line", "expected"),
    [
        ("GET / HTTP/1.1", {"cs-method": "GET", "c-uri": "/", "cs-uri-stem": "/", "cs-version": "HTTP/1.1"}),
        (
            "POST /a/b?x=1?y HTTP/2.0",
            {
                "cs-method": "POST",
                "c-uri": "/a/b?x=1?y",
                "cs-uri-stem": "/a/b",
                "cs-uri-query": "x=1?y",
                "cs-version": "HTTP/2.0",
            },
        ),
        ("GET /old", {"cs-method": "GET", "c-uri": "/old", "cs-uri-stem": "/old"}),
        (
            "GET /with a space HTTP/1.0",
            {
                "cs-method": "GET",
                "c-uri": "/with a space",
                "cs-uri-stem": "/with a space",
                "cs-version": "HTTP/1.0",
            },
        ),
        ("M-SEARCH * HTTP/1.1", {"cs-method": "M-SEARCH", "c-uri": "*", "cs-uri-stem": "*", "cs-version": "HTTP/1.1"}),
        (r"\x16\x03\x01 \x02", {"request": r"\x16\x03\x01 \x02"}),
        ("145.ll|'|'|SGFj", {"request": "145.ll|'|'|SGFj"}),
        ("GET", {"request": "GET"}),
        ("-", {}),
        ("", {"request": ""}),
    ],
)
def test_a_request_line_is_split_and_one_that_is_none_is_kept_whole(
    request_line: str, expected: dict[str, Any]
) -> None:
    fields: dict[str, Any] = {}
    put_request(fields, request_line)
    assert fields == expected


def test_an_absolute_target_gives_its_path_and_stays_whole() -> None:
    fields: dict[str, Any] = {}
    put_target(fields, "http://www.example.net:8080/p?q")
    assert fields == {"c-uri": "http://www.example.net:8080/p?q", "cs-uri-stem": "/p", "cs-uri-query": "q"}


def test_a_path_is_left_encoded_as_rules_look_at_it_raw() -> None:
    fields: dict[str, Any] = {}
    put_target(fields, "/%2e%2e/%2e%2e/etc/passwd")
    assert fields["cs-uri-stem"] == "/%2e%2e/%2e%2e/etc/passwd"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"a\"b", 'a"b'),
        (r"a\x22b", 'a"b'),
        (r"a\x5Cb\x5cc", r"a\b\c"),
        (r"a\\b", r"a\b"),
        (r"\x16\t", r"\x16\t"),
        (r"\\x22", r"\x22"),
    ],
)
def test_only_quotes_and_backslashes_are_unescaped(written: str, meant: str) -> None:
    assert unquote(written) == meant


def test_a_request_of_many_spaces_takes_no_time() -> None:
    fields: dict[str, Any] = {}
    put_request(fields, "GET" + " " * 1_000_000)
    assert fields["c-uri"] == ""
