"""What code says, and what it cannot do to who reads it."""

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.portals.code import excerpt, hosts_of, means_of, texts_of_code, unescaped

TEXT = "Hacked by XYZ"


@pytest.mark.parametrize(
    "code",
    [
        f'alert("{TEXT}")',
        f"document.body.innerHTML = '<center><h1>{TEXT}</h1></center>'",
        f"x = `<b>Hacked</b> by XYZ`",  # noqa: F541
        'x = "' + "".join(f"\\x{ord(c):02x}" for c in TEXT) + '"',
        'x = "' + "".join(f"\\u{ord(c):04x}" for c in TEXT) + '"',
        "document.write(String.fromCharCode(" + ", ".join(str(ord(c)) for c in TEXT) + "))",
        "document.write(String.fromCharCode(" + ",".join(hex(ord(c)) for c in TEXT) + "))",
        'eval(atob("' + base64.b64encode(f"show('<p>{TEXT}</p>') ".encode()).decode() + '"))',
        'document.write(unescape("' + "".join(f"%{ord(c):02x}" for c in TEXT) + '"))',
        f'body:before {{ content: "{TEXT}" }}',
    ],
)
def test_texts_for_people_are_found_however_they_are_written(code: str) -> None:
    assert any(TEXT in text for text in texts_of_code(code)), code


def test_what_is_not_for_people_is_no_text() -> None:
    assert texts_of_code('$(".menu"); var a = "click"; f("text/html"); x("0.5s"); "use strict"') == ["use strict"]


def test_hosts_are_those_of_whole_addresses_also_of_decoded_ones() -> None:
    hidden = base64.b64encode(b"https://evil.example/x.js?aa").decode()
    code = f'get("https://A.example/b"); "//cdn.example/x"; "https:\\/\\/c.example\\/"; a//b.c; "{hidden}"; "http://www.w3.org/2000/svg"'
    assert hosts_of(code) == ("a.example", "c.example", "cdn.example", "evil.example")
    assert hosts_of("body{background:url(https://img.example/x.jpg)}") == ("img.example",)


@pytest.mark.parametrize(
    ("code", "means"),
    [
        ("eval(x)", ("eval",)),
        ("new Function('a')", ("eval",)),
        ("document.body.innerHTML = x", ("replaces the page",)),
        ("window.location='/a'", ("location",)),
        ("if (location == 1) medieval(x)", ()),
        ("_0x3fa2b1(1)", ("obfuscated",)),
        ("a.innerHTML = b", ()),
    ],
)
def test_the_means_are_named(code: str, means: tuple[str, ...]) -> None:
    assert means_of(code) == means


def test_an_excerpt_shows_what_stands_far_behind() -> None:
    shown = excerpt("a" * 5_000 + ";eval(atob(x))" + "b" * 5_000, 280)
    assert "eval(atob(x))" in shown
    assert len(shown) <= 280
    assert excerpt("short", 280) == "short"


def test_half_a_surrogate_pair_is_no_text_that_breaks() -> None:
    assert unescaped("a\\uD800 b\\uD83D\\uDE00\\u{110000}").encode()
    assert texts_of_code('"hai \\uD800 ba bốn"')


@given(st.text(alphabet="\"'`\\/*<>%x41u{}() eval.atobfromCharCode=,;\n", max_size=300))
def test_nothing_breaks_it(code: str) -> None:
    means_of(code), hosts_of(code), [text.encode() for text in texts_of_code(code)], excerpt(code, 50)


@pytest.mark.parametrize(
    "code",
    [
        *("\"'" * 300_000, '"' * 600_000, "fromCharCode(" + "1," * 300_000, "fromCharCode(1,1,1," * 30_000),
        *('"' + "%41" * 300_000 + '"', "//a." * 200_000, "\\x41" * 200_000, '"<' * 200_000, "location " * 100_000),
        *("`" + "$" * 600_000, "location" + " " * 600_000, "document" + " " * 600_000, "new " + " " * 600_000),
        "fromCharCode(" + "9" * 600_000 + ")",
    ],
    ids=range(14),
)
def test_hostile_code_takes_no_longer_than_other(code: str) -> None:
    begun = time.process_time()
    means_of(code), hosts_of(code), texts_of_code(code), excerpt(code, 280)
    assert time.process_time() - begun < 5.0
