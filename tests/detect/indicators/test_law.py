"""The law of the scan: it loses no line that names an indicator, however the line is written."""

import json
import re
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soc_agent.detect.indicators import Indicators
from tests.detect.indicators.making import DECODERS, indicators_of
from tests.detect.making import context_of

VALUES = (
    *("203.0.113.9", "9.9.9.9", "198.51.100.0/24", "101.0.0.0/8", "2001:db8::5", "2a00:1450:4001:82b::200e"),
    *("2400:cb00::/32", "2a06:98c0::/29", "evil.example.com", "a-b.net", "xn--80ak6aa92e.com", "x.co", "đènpha.vn"),
    *("longlabel-with-many-letters-and-9-digits.technology", "_srv.bad.org", "bad.xn--p1ai"),
    *(
        "http://files.example.org/mal/a.exe",
        "https://203.0.113.77:8443/x",
        "http://[2001:db8::77]/y",
        "host.example.net/p?q=1",
    ),
    *("abcdef0123456789abcdef0123456789", "DA39A3EE5E6B4B0D3255BFEF95601890AFD80700"),
    "0f343b0931126a20f133d67c2b018a3b0f343b0931126a20f133d67c2b018a3c",
)


def _is_wide(value: str) -> bool:
    """Say whether a name has letters beyond ASCII; a network so wide has too many beginnings as well."""
    return not value.isascii() or "xn--" in value or value == "101.0.0.0/8"


@pytest.fixture(scope="module", params=["all", "gated", "not gated"])
def listed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Indicators:
    """All values, and those alone for which there is a gate before the scan, with and without it."""
    values = [value for value in VALUES if request.param == "all" or not _is_wide(value)]
    folder = tmp_path_factory.mktemp("lists")
    indicators = indicators_of(folder, "\n".join(values), gate=request.param != "not gated")
    assert indicators.problems == []
    assert len(indicators) == len(values)
    assert (indicators._gate is not None) == (request.param == "gated")
    return indicators


def _of_v6(text: str) -> list[str]:
    address = ip_address(text)
    return [text, text.upper(), address.exploded, address.exploded.upper(), f"[{text}]:443"]


def _is_held(listed: Indicators, value: str) -> bool:
    return len(listed) == len(VALUES) or not _is_wide(value)


SPELLED: dict[str, list[str]] = {
    "203.0.113.9": ["203.0.113.9", "203.0.113.9:22", "::ffff:203.0.113.9", "::FFFF:cb00:7109", "203.0.113.9/32"],
    "9.9.9.9": ["9.9.9.9"],
    "198.51.100.0/24": ["198.51.100.0", "198.51.100.255"],
    "101.0.0.0/8": ["101.2.3.4"],
    "2001:db8::5": [*_of_v6("2001:db8::5"), "2001:DB8:0:0::5", "2001:db8::0005%eth0"],
    "2a00:1450:4001:82b::200e": _of_v6("2a00:1450:4001:82b::200e"),
    "2400:cb00::/32": _of_v6("2400:cb00:1::77"),
    "2a06:98c0::/29": _of_v6("2a06:98c7:1::77"),
    "evil.example.com": ["evil.example.com", "EVIL.Example.COM.", "www.evil.example.com", "user@evil.example.com"],
    "a-b.net": ["a-b.net", "x_y.a-b.net:8080", "https://a-b.net/x"],
    "xn--80ak6aa92e.com": ["xn--80ak6aa92e.com", "XN--80AK6AA92E.com", "аррӏе.com", "www.аррӏе.com"],
    "x.co": ["x.co", "http://u:p@x.co"],
    "đènpha.vn".encode("idna").decode(): ["đènpha.vn", "ĐÈNPHA.VN", "a.đènpha.vn"],
    "longlabel-with-many-letters-and-9-digits.technology": ["longlabel-with-many-letters-and-9-digits.TECHNOLOGY"],
    "_srv.bad.org": ["_srv.bad.org", "a._srv.bad.org"],
    "bad.xn--p1ai": ["bad.xn--p1ai", "bad.рф", "sub.bad.рф"],
    "http://files.example.org/mal/a.exe": [
        "http://files.example.org/mal/a.exe",
        "HTTP://FILES.example.org:80/mal/a.exe?x",
    ],
    "https://203.0.113.77:8443/x": ["https://203.0.113.77:8443/x/y"],
    "http://[2001:db8::77]/y": ["http://[2001:DB8:0::77]/y?z"],
    "abcdef0123456789abcdef0123456789": ["abcdef0123456789ABCDEF0123456789", "MD5=ABCDEF0123456789ABCDEF0123456789"],
    "da39a3ee5e6b4b0d3255bfef95601890afd80700": ["da39a3ee5e6b4b0d3255bfef95601890afd80700"],
    "0f343b0931126a20f133d67c2b018a3b0f343b0931126a20f133d67c2b018a3c": [
        "sha256:0f343b0931126a20f133d67c2b018a3b0f343b0931126a20f133d67c2b018a3c"
    ],
}
PLANTED = [(value, text) for value, texts in SPELLED.items() for text in texts]


def _json(text: str, **more: object) -> str:
    return json.dumps({"msg": "x", "data": {"note": text}} | more, ensure_ascii=False)


def _hidden(text: str) -> str:
    """Write a JSON string in which every character is escaped."""
    return '{"note": "' + "".join(f"\\u{ord(c):04x}" for c in text if ord(c) < 0x10000) + '"}'


ENCODINGS: dict[str, tuple[str, Callable[[str], str]]] = {
    "syslog": ("syslog", lambda text: f"Nov 20 08:14:03 web01 app[7]: {text}"),
    "plain": ("plain", lambda text: text),
    "json": ("json", _json),
    "json ascii": ("json", lambda text: json.dumps({"note": text})),
    "json slashes": ("json", lambda text: _json(text).replace("/", "\\/")),
    "json of go": ("json", lambda text: re.sub("[<>&']", lambda c: f"\\u{ord(c[0]):04x}", _json(text))),
    "json hidden": ("json", _hidden),
    "json in json": ("json", lambda text: json.dumps({"log": json.dumps({"note": text}, ensure_ascii=False)})),
    "zeek": ("zeek", lambda text: _json(text, _path="weird", ts=1.5)),
    "url query": (
        "access",
        lambda text: f'192.0.2.1 - - [20/Nov/2026:08:14:03 +0700] "GET /?u={quote(text, safe="")}&v=1 HTTP/1.1" 200 5',
    ),
    "url path": (
        "access",
        lambda text: f'192.0.2.1 - - [20/Nov/2026:08:14:03 +0700] "GET /{quote(text)} HTTP/1.1" 200 5 "-" "curl"',
    ),
    "cef": ("cef", lambda text: "CEF:0|v|p|1|2|n|5|msg=" + re.sub(r"([\\=])", r"\\\1", text)),
    "kv": ("kv", lambda text: 'level=warn msg="' + re.sub(r'(["\\])', r"\\\1", text) + '"'),
}
AROUND = (
    "",
    " ",
    "\t",
    '"',
    "'",
    "<",
    ">",
    "(",
    "[",
    "=",
    "|",
    ",",
    ";",
    "&",
    "“",
    "”",
    "—",
    "\u200b",
    "\\",
    "\n",
    "\b",
    "\f",
)


def _hits(listed: Indicators, line: bytes, type_: str) -> set[str]:
    return {hit.value for hit in listed.hits(DECODERS.decode(line, context_of(type_)))}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(("value", "text"), PLANTED, ids=[text for _, text in PLANTED])
def test_every_spelling_is_found_in_every_encoding(listed: Indicators, encoding: str, value: str, text: str) -> None:
    if not _is_held(listed, value):
        return
    type_, write = ENCODINGS[encoding]
    line = write(f"from {text} to").encode()
    assert value in _hits(listed, line, type_)
    assert listed.lines(b"a quiet line\n" + line + b"\n") == [13]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "1203.0.113.9",
            "203.0.113.91",
            "203.0.113.9.example",
            "203.0.113.9.1",
            "1.203.0.113.9",
            "v9.9.9.9",
            "9.9.9.9a",
        ),
        *("203.0.1139", "203.0.113.009", "198.51.101.1", "2001:db8::50", "2001:db8:5", "a2001:db8::5", "12001:db8::5"),
        *("2400:cb01::1", "notevil.example.com", "evil.example.com.vn", "evil.example.comx", "xevil.example.com"),
        *("evil-example.com", "-a-b.net", "aa-b.net", "a-b.net-x", "a-b.network", "a_a-b.net", "éa-b.net", "a-b.neté"),
        *(
            "http://files.example.org/mal/a.exec",
            "https://files.example.org/mal/a.exe",
            "http://files.example.org/mal/",
        ),
        *(
            "http://x.files.example.org/mal/a.exe",
            "abcdef0123456789abcdef012345678",
            "abcdef0123456789abcdef01234567890",
        ),
        *("xabcdef0123456789abcdef0123456789", "abcdef0123456789abcdef0123456789g", "Chrome/101.0.0.0"),
    ],
)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_neighbour_that_belongs_to_it_makes_it_another(listed: Indicators, encoding: str, text: str) -> None:
    type_, write = ENCODINGS[encoding]
    assert _hits(listed, write(f"from {text} to").encode(), type_) == set()


pieces = st.one_of(
    st.sampled_from([text for _, text in PLANTED]),
    st.sampled_from(AROUND),
    st.sampled_from(
        ["%2e", "%2F", "%3A", "%41", "%c3%a9", ".", ":", "-", "a", "0", "f", "%", "u0026", "x22", "é", "Đ"]
    ),
    st.text(max_size=4),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(encoding=st.sampled_from(sorted(ENCODINGS)), parts=st.lists(pieces, max_size=8))
def test_no_line_is_lost(listed: Indicators, encoding: str, parts: list[str]) -> None:
    """Whatever stands around an indicator: where decoding finds it, the scan let the line through."""
    type_, write = ENCODINGS[encoding]
    line = write("".join(parts)).encode("utf-8", "surrogatepass").replace(b"\n", b" ")
    if _hits(listed, line, type_):
        assert listed.lines(b"quiet\n" + line + b"\nquiet") == [6]


@settings(max_examples=200, deadline=None)
@given(
    planted=st.lists(st.sampled_from(PLANTED), min_size=1, max_size=5),
    quiet=st.lists(st.text(st.characters(codec="ascii", exclude_characters="\n"), max_size=60), max_size=10),
    encoding=st.sampled_from(["plain", "json", "json ascii", "json slashes", "zeek"]),
    around=st.tuples(st.sampled_from(AROUND), st.sampled_from(AROUND)),
)
def test_what_is_planted_is_found(
    listed: Indicators, planted: list[tuple[str, str]], quiet: list[str], encoding: str, around: tuple[str, str]
) -> None:
    """Several indicators in one block, between whatever characters belong to none of them."""
    type_, write = ENCODINGS[encoding]
    if encoding == "plain":
        around = (around[0].replace("\n", " "), around[1].replace("\n", " "))
    lines = [*(text.encode() for text in quiet), *(write(text.join(around)).encode() for _, text in planted)]
    starts = set(listed.lines(b"\n".join(lines)))
    at = 0
    for number, line in enumerate(lines):
        if number >= len(quiet) and _is_held(listed, planted[number - len(quiet)][0]):
            assert planted[number - len(quiet)][0] in _hits(listed, line, type_)
            assert at in starts
        at += len(line) + 1


def test_the_list_itself_is_found_as_it_stands(listed: Indicators, tmp_path: Path) -> None:
    for value in (value for value in VALUES if _is_held(listed, value)):
        assert listed.lines(value.encode()) == [0], value
