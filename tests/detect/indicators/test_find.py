"""What a decoded line names."""

from pathlib import Path

import pytest

from soc_agent.detect.indicators import Indicators
from soc_agent.detect.indicators.find import Finder
from tests.detect.indicators.making import event_of, indicators_of, values

LIST = """
203.0.113.9
120.0.0.0/8
evil.com
http://files.example.org/mal
abcdef0123456789abcdef0123456789
"""


@pytest.fixture
def listed(tmp_path: Path) -> Indicators:
    return indicators_of(tmp_path, LIST)


def test_each_value_is_given_once_with_all_its_fields(listed: Indicators) -> None:
    line = '{"_path":"conn","id.orig_h":"10.0.0.1","id.resp_h":"203.0.113.9","note":"203.0.113.9 203.0.113.9"}'
    (found,) = Finder(listed.table).find(event_of(line, "zeek"))
    assert found.text == "203.0.113.9"
    assert set(found.fields) == {"id.resp_h", "dst_ip", "note"}


def test_a_url_given_as_host_and_path_is_found(listed: Indicators) -> None:
    line = '{"_path":"http","id.orig_h":"10.0.0.1","host":"Files.Example.org","uri":"/mal/a%2Eexe"}'
    assert values(listed, line, "zeek") == ["http://files.example.org/mal"]
    assert values(listed, line.replace("/mal/", "/malx/"), "zeek") == []


def test_a_version_is_no_address(listed: Indicators) -> None:
    head = '192.0.2.1 - - [20/Nov/2026:08:14:03 +0700] "GET / HTTP/1.1" 200 5 "-" '
    assert values(listed, head + '"Mozilla/5.0 Chrome/120.0.0.0 Safari/537.36"', "access") == []
    assert values(listed, head + '"Java of web01/120.0.0.1"', "access") == ["120.0.0.0/8"]


def test_a_line_that_nobody_can_decode_is_searched_as_text(listed: Indicators) -> None:
    assert values(listed, b"\x00\xff 203.0.113.9 http:\\/\\/files.example.org\\/mal\\/x", "json") == [
        "203.0.113.9",
        "http://files.example.org/mal",
    ]


def test_what_a_finding_tells_of_its_rule_is_no_hit(listed: Indicators) -> None:
    line = (
        '{"type":"yara","rule":"r","path":"/tmp/x","sha256":"' + "0" * 63 + '1","meta.reference":"https://evil.com/r",'
        '"references":["http://evil.com/"],"md5":"ABCDEF0123456789ABCDEF0123456789"}'
    )
    assert values(listed, line, "yara") == ["abcdef0123456789abcdef0123456789"]


def test_values_of_lists_are_looked_at(listed: Indicators) -> None:
    assert values(listed, '{"answers":["192.0.2.1","203.0.113.9"],"n":5,"b":true,"z":null}', "json") == ["203.0.113.9"]


def test_a_hostile_line_ends_soon(tmp_path: Path) -> None:
    """Neither many names, nor long ones, nor many slashes cost more than their length."""
    listed = indicators_of(tmp_path, LIST)
    for text in ("a." * 100_000 + "com", "http://x.com" + "/a" * 100_000, ":" * 200_000, "1." * 200_000, "f" * 200_000):
        assert values(listed, "Nov 20 08:14:03 web01 app[7]: " + text) == []
    many = " ".join(f"120.0.{number // 200}.{number % 200 + 1}" for number in range(5000))
    assert values(listed, "Nov 20 08:14:03 web01 app[7]: " + many) == ["120.0.0.0/8"]
