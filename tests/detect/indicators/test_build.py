"""Packing entries."""

from pathlib import Path

from soc_agent.detect.indicators.build import Builder
from soc_agent.detect.indicators.indicator import Indicator, Kind, Meta
from tests.detect.indicators.making import indicators_of


def test_what_is_said_twice_alike_is_kept_once() -> None:
    builder = Builder()
    for expires_s in (0, 0, 50, 50):
        builder.add(Indicator(Kind.IP, "203.0.113.9", Meta("a"), expires_s))
    builder.add(Indicator(Kind.IP, "203.0.113.9", Meta("b")))
    notes, arrays = builder.arrays()
    assert notes.counts == {"ip": 3}
    assert len(arrays["keys"]) == 3


def test_what_counts_longest_comes_first(tmp_path: Path) -> None:
    text = "ip,source,expires\n203.0.113.9,a,2030-01-01\n203.0.113.9,b,\n203.0.113.9,c,2040-01-01\n"
    listed = indicators_of(tmp_path, text, "a.csv")
    rows = listed.table.rows(Kind.IP, "203.0.113.9")
    assert [listed.table.entry(row).meta.source for row in rows] == ["b", "c", "a"]


def test_an_empty_list_finds_nothing(tmp_path: Path) -> None:
    listed = indicators_of(tmp_path, "# nothing yet\n")
    assert len(listed) == 0
    assert listed.lines(b"203.0.113.9 evil.com\n") == []


def test_a_wide_network_of_ipv6_is_found_by_each_of_its_prefixes(tmp_path: Path) -> None:
    listed = indicators_of(tmp_path, "2a06:98c0::/29\n2400::/19")
    for address in (b"2a06:98c0::1", b"2a06:98c7:ffff::", b"2400::1", b"2400:1fff::"):
        assert listed.lines(b"from " + address + b"\n") == [0]


def test_the_host_of_a_url_is_looked_for_as_what_it_is(tmp_path: Path) -> None:
    listed = indicators_of(tmp_path, "http://203.0.113.9/a\nhttp://[2001:db8::5]/b\nhttp://evil.com/c")
    assert listed.lines(b"203.0.113.9\n2001:db8::5\nevil.com\nother.com\n") == [0, 12, 24]
