"""Finding entries by value."""

from pathlib import Path

import pytest

from soc_agent.detect.indicators import Indicators, Kind
from soc_agent.detect.indicators.table import key_of, split_scheme
from soc_agent.detect.indicators.values import parse_ip
from tests.detect.indicators.making import indicators_of

LIST = """
203.0.113.9
203.0.113.0/24
203.0.0.0/16
2001:db8::/32
evil.com
x.evil.com
http://evil.com/a
evil.com/b/
abcdef0123456789abcdef0123456789
"""


@pytest.fixture
def listed(tmp_path: Path) -> Indicators:
    return indicators_of(tmp_path, LIST)


def _values(listed: Indicators, rows: list[int]) -> list[str]:
    return [listed.table.entry(row).value for row in rows]


def test_an_address_finds_itself_and_its_networks(listed: Indicators) -> None:
    packed = parse_ip("203.0.113.9")
    assert packed is not None
    assert _values(listed, listed.table.of_address(packed)) == ["203.0.113.9", "203.0.113.0/24", "203.0.0.0/16"]
    assert _values(listed, listed.table.of_address(parse_ip("2001:db8:1::1") or b"")) == ["2001:db8::/32"]
    assert listed.table.of_address(parse_ip("198.51.100.1") or b"") == []


def test_a_name_finds_itself_and_what_it_lies_under(listed: Indicators) -> None:
    assert _values(listed, listed.table.of_domain("a.x.evil.com")) == ["x.evil.com", "evil.com"]
    assert listed.table.of_domain("notevil.com") == []


def test_a_url_is_found_from_its_begin_on_borders(listed: Indicators) -> None:
    of_url = listed.table.of_url
    assert _values(listed, of_url("http", "evil.com/a")) == ["http://evil.com/a"]
    assert _values(listed, of_url("http", "evil.com/a/c?d")) == ["http://evil.com/a"]
    assert _values(listed, of_url("", "evil.com/a?u=http://b")) == ["http://evil.com/a"]
    assert _values(listed, of_url("https", "evil.com/b/c")) == ["evil.com/b/"]
    assert of_url("https", "evil.com/a") == []
    for text in ("evil.com/ab", "evil.com/a.b", "evil.com/a-b", "evil.com/a%b", "evil.com/aé"):
        assert of_url("http", text) == []
    for text in (
        "evil.com/a.",
        "evil.com/a...",
        "evil.com/a,",
        "evil.com/a(b",
        "evil.com/a”",
        "evil.com/a[1]",
        "evil.com/a!",
    ):
        assert _values(listed, of_url("http", text)) == ["http://evil.com/a"]
    assert of_url("http", "evil.com/" + "a/" * 10_000) == of_url("http", "evil.com/a/a")


def test_a_hash_is_found(listed: Indicators) -> None:
    assert len(listed.table.of_digest(Kind.MD5, "abcdef0123456789abcdef0123456789")) == 1


def test_people_find_by_a_part(listed: Indicators) -> None:
    assert sorted(entry.value for entry in listed.table.search("EVIL.com/")) == ["evil.com/b/", "http://evil.com/a"]


def test_the_scheme_is_no_part_of_the_key() -> None:
    assert split_scheme("http://evil.com/x") == ("http", "evil.com/x")
    assert split_scheme("evil.com/x?u=http://y") == ("", "evil.com/x?u=http://y")
    assert key_of(Kind.URL, "http://evil.com/x") == key_of(Kind.URL, "evil.com/x")
    assert key_of(Kind.IP, "203.0.113.9") != key_of(Kind.DOMAIN, "203.0.113.9")


def test_many_sources_for_one_value_are_bounded(tmp_path: Path) -> None:
    rows = "".join(f"203.0.113.9,feed{number}\n" for number in range(500))
    listed = indicators_of(tmp_path, "ip,source\n" + rows, "a.csv")
    assert len(listed) == 500
    assert len(listed.table.of_address(parse_ip("203.0.113.9") or b"")) == 32
