"""Values: read as feeds write them, refused by name where they would match what is no attack."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.detect.indicators.indicator import Kind
from soc_agent.detect.indicators.values import Refused, canonical, refang, url_parts


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("203.0.113[.]9", Kind.IP, "203.0.113.9"),
        ("203.0.113.9:443", Kind.IP, "203.0.113.9"),
        ("203(.)0{.}113[dot]9", Kind.IP, "203.0.113.9"),
        ("203.0.113.9/32", Kind.IP, "203.0.113.9"),
        ("2001:DB8:0:0::5", Kind.IP, "2001:db8::5"),
        ("[2001:db8::5]:443", Kind.IP, "2001:db8::5"),
        ("2001[:]db8[:][:]5", Kind.IP, "2001:db8::5"),
        ("::ffff:203.0.113.9", Kind.IP, "203.0.113.9"),
        ("::ffff:203.0.113.0/120", Kind.CIDR, "203.0.113.0/24"),
        ("203.0.113.77/24", Kind.CIDR, "203.0.113.0/24"),
        ("2400:cb00::1/32", Kind.CIDR, "2400:cb00::/32"),
        ("Evil[.]Example(dot)com", Kind.DOMAIN, "evil.example.com"),
        ("*.evil.com.", Kind.DOMAIN, "evil.com"),
        ("||evil.com^", Kind.DOMAIN, "evil.com"),
        ("evil.com:8080", Kind.DOMAIN, "evil.com"),
        ("аррӏе.com", Kind.DOMAIN, "xn--80ak6aa92e.com"),
        ("hxxp://Evil[.]com/A%20b?x=1#top", Kind.URL, "http://evil.com/A b?x=1"),
        ("hXXps[:]//evil.com:443", Kind.URL, "https://evil.com/"),
        ("http[://]evil.com/x", Kind.URL, "http://evil.com/x"),
        ("http://user:pass@evil.com:81/x", Kind.URL, "http://evil.com:81/x"),
        ("evil.com/gate.php", Kind.URL, "evil.com/gate.php"),
        ("http://[2001:DB8::5]/x", Kind.URL, "http://[2001:db8::5]/x"),
        ("https://raw.githubusercontent.com/x/y", Kind.URL, "https://raw.githubusercontent.com/x/y"),
        ("ABCDEF0123456789ABCDEF0123456789", Kind.MD5, "abcdef0123456789abcdef0123456789"),
        ("a9993e364706816aba3e25717850c26c9cd0d89d", Kind.SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("A1" * 32, Kind.SHA256, "a1" * 32),
    ],
)
def test_values_get_their_canonical_form(text: str, kind: Kind, value: str) -> None:
    assert canonical(f" {text} ") == (kind, value)
    assert canonical(value) == (kind, value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("a" * 3000, "too_long"),
        *((text, "not_global") for text in ("10.1.2.3", "127.0.0.1", "0.0.0.0", "192.168.0.0/24", "169.254.1.1")),
        *(
            (text, "not_global")
            for text in ("::1", "fe80::1", "fd00::1", "ff02::1", "224.0.0.1", "100.64.1.1", "::/32")
        ),
        *((text, "too_wide") for text in ("0.0.0.0/0", "64.0.0.0/7", "2000::/3", "2400::/18")),
        ("11.0.0.0/7", "too_wide"),
        *((text, "suffix") for text in ("com", "gov.vn", "github.io", "http://duckdns.org/")),
        *((text, "local_name") for text in ("dc01.tinh.local", "1.2.0.192.in-addr.arpa", "http://intra.lan/x")),
        *(
            (text, "not_a_domain")
            for text in ("hello world.com", "1.2.3.400", "a..b.com", "-.com", "evil.123", "é" * 300)
        ),
        *((text, "not_a_url") for text in ("http://", "http://localhost/", "http://a.b.com:99999999/", "ftp://###")),
        *((text, "hash_of_nothing") for text in ("d41d8cd98f00b204e9800998ecf8427e", "0" * 64)),
    ],
)
def test_what_would_match_no_attack_is_refused_by_name(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        canonical(text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("evil.com", Kind.IP, "not_an_address"),
        ("203.0.113.9/33", Kind.CIDR, "not_an_address"),
        ("203.0.113.9", Kind.DOMAIN, "not_a_domain"),
        ("abc", Kind.SHA256, "not_a_hash"),
        ("a1" * 32, Kind.MD5, "not_a_hash"),
        ("zz" * 16, Kind.MD5, "not_a_hash"),
    ],
)
def test_a_value_of_another_kind_than_said_is_refused(text: str, kind: Kind, code: str) -> None:
    with pytest.raises(Refused) as refused:
        canonical(text, kind)
    assert refused.value.code == code


@given(st.text(max_size=80), st.sampled_from([None, *Kind]))
def test_any_text_is_taken_or_refused(text: str, kind: Kind | None) -> None:
    try:
        found, value = canonical(text, kind)
    except Refused:
        return
    assert canonical(value, found) == (found, value)


def test_what_is_not_defanged_stays() -> None:
    assert refang("C:\\a.b\\c") == "C:\\a.b\\c".replace("\\.", ".")
    assert refang("http://evil.com/a(b)") == "http://evil.com/a(b)"


def test_parts_of_a_url() -> None:
    assert url_parts("HTTP://U@Evil.COM:80/a%2Fb?c#d") == ("http", "evil.com", "", "/a/b?c")
    assert url_parts("evil.com:443/x") == ("", "evil.com", "", "/x")
    assert url_parts("https://evil.com:80") == ("https", "evil.com", "80", "/")
    assert url_parts("http://evil.com:x/") is None


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("sha256:" + "AB" * 32, Kind.SHA256, "ab" * 32),
        ("MD5=" + "CD" * 16, Kind.MD5, "cd" * 16),
        ("SHA-1: " + "ef" * 20, Kind.SHA1, "ef" * 20),
        ("meow://evil[.]com/x", Kind.URL, "http://evil.com/x"),
    ],
)
def test_names_of_hashes_and_odd_schemes_are_what_feeds_write(text: str, kind: Kind, value: str) -> None:
    assert canonical(text) == (kind, value)
