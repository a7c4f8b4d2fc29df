"""Lists with named columns."""

import json
from pathlib import Path

import pytest

from soc_agent.detect.indicators.feeds.records import columns_of, delimiter_of
from tests.detect.indicators.making import faults, indicators_of


def test_columns_are_known_by_many_names() -> None:
    assert columns_of(["First Seen (UTC)", "IOC_Value", "Giá trị", "Nguồn"]) == {0: "seen", 1: "value", 3: "source"}
    assert columns_of(["md5_hash", "SHA256", "name"]) == {0: "=md5_hash", 1: "=sha256"}
    assert columns_of(["name", "tlp"]) == {}


def test_the_delimiter_is_told_by_the_header() -> None:
    assert [delimiter_of(text) for text in ("a,b;c,d", "a;b", "a\tb", "a|b")] == [",", ";", "\t", "|"]


CSV = {
    "a header": 'indicator,type,tlp,expires,confidence,comment\n"203.0.113.9",ip,TLP:GREEN,2027-01-01,80,"a, b"\n',
    "semicolons": "indicator;type;tlp;expires;confidence;comment\r\n203.0.113.9;ipv4;green;01/01/2027;80;a, b\r\n",
    "a header in a comment": '# feed\n# "ioc_value","ioc_type","tlp","expires","confidence","comment"\n'
    '"203.0.113.9:443","ip:port","green","2027-01-01","80","a, b"\n# end\n',
    "Vietnamese": 'chỉ dấu,loại,tlp,hết hạn,độ tin cậy,ghi chú\n203.0.113.9,IP,green,2027-01-01,80,"a, b"\n',
    "a byte order mark": '\ufeffip,tlp,expires,score,notes\n203.0.113.9,green,2027-01-01,80,"a, b"\n',
}


@pytest.mark.parametrize("name", CSV)
def test_csv_is_read_as_feeds_write_it(tmp_path: Path, name: str) -> None:
    listed = indicators_of(tmp_path, CSV[name], "a.csv")
    assert faults(listed) == []
    (entry,) = listed.table
    assert entry.value == "203.0.113.9"
    assert (entry.meta.tlp, entry.meta.confidence, entry.meta.comment) == ("green", 80, "a, b")
    assert entry.expires_s == 1_798_848_000


def test_a_table_in_a_text_file_is_told_by_its_header(tmp_path: Path) -> None:
    listed = indicators_of(tmp_path, "domain,source\nevil.com,NCSC\n", "a.txt")
    assert [(entry.value, entry.meta.source) for entry in listed.table] == [("evil.com", "NCSC")]


def test_a_row_may_hold_several_values(tmp_path: Path) -> None:
    md5, sha256 = "a1" * 16, "b2" * 32
    listed = indicators_of(tmp_path, f"md5,sha256,ip\n{md5},{sha256},\n,,\n", "a.csv")
    assert sorted(entry.value for entry in listed.table) == [md5, sha256]
    assert faults(listed) == ["3: empty"]


def test_what_is_wrong_is_told_by_line(tmp_path: Path) -> None:
    text = 'ip,type\n203.0.113.9,ip\n10.0.0.1,ip\n"unclosed,x\nshort\n'
    assert faults(indicators_of(tmp_path, "a,b\n1,2\n", "a.csv")) == ["1: no_header"]
    assert len(indicators_of(tmp_path, text, "b.csv")) == 1
    assert faults(indicators_of(tmp_path, "value,type\nx.exe,filename\n", "c.csv")) == ["2: type"]


def test_objects_of_json_are_read_one_a_line(tmp_path: Path) -> None:
    rows = [
        {"indicator": "evil.com", "type": "domain", "tlp": "red", "tags": ["a"], "expires_at": 1_800_000_000},
        {"md5": "A1" * 16, "description": ["x", "y"]},
        {"name": "x"},
        {"indicator": {"a": 1}},
    ]
    text = "\n".join(map(json.dumps, rows)) + "\n[1]\nno json\n\n"
    listed = indicators_of(tmp_path, text, "a.jsonl")
    assert {entry.value: entry.expires_s for entry in listed.table} == {"evil.com": 1_800_000_000, "a1" * 16: 0}
    assert faults(listed) == ["3: no_value", "4: empty", "5: not_json", "6: not_json"]
