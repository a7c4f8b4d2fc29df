"""Zeek's own log files: columns under a header, and JSON of which the file says what log it is."""

from typing import Any

import pytest
from msgspec.structs import replace

from soc_agent.decode.context import Parsed
from soc_agent.decode.zeeklog import decode_zeek_log, read_header
from soc_agent.model import LogSource
from tests.decode.samples import at, make_context

HEADER = (
    b"#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n"
    b"#open\t2026-11-22-02-00-00\n"
    b"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tquery\tqtype_name\tAA\tanswers\tTTLs\n"
    b"#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tstring\tbool\tvector[string]\tvector[interval]\n"
)
LINE = "1700758468.384019\tC1\t192.0.2.10\t4711\t198.51.100.1\t53\tudp\t"
LINE += "a.example.net\tTXT\tF\tx\\x2cy,\\xc4\\x91\t60.000000,-"


def parse(line: str, header: bytes = HEADER) -> Parsed | None:
    return decode_zeek_log(line, replace(make_context("zeek_log"), header=header))


def fields_of(line: str, header: bytes = HEADER) -> dict[str, Any]:
    parsed = parse(line, header)
    assert parsed is not None
    return parsed.fields


def test_columns_are_the_same_event_as_json() -> None:
    parsed = parse(LINE)
    assert parsed is not None
    assert parsed.log_sources == (LogSource("dns", "zeek", "dns"),)
    assert parsed.time_ns == at("2023-11-23T16:54:28.384019")
    wanted = {
        "_path": "dns",
        "query": "a.example.net",
        "record_type": "TXT",
        "src_ip": "192.0.2.10",
        "dst_port": 53,
        "AA": False,
        "answers": ["x,y", "đ"],
        "TTLs": [60.0],
    }
    assert {name: parsed.fields.get(name) for name in wanted} == wanted


def test_unset_columns_are_not_there_and_empty_ones_are_empty() -> None:
    fields = fields_of("1.0\tC1\t-\t-\t-\t-\tudp\t(empty)\t\\x2d\t-\t(empty)\t-")
    assert "id.orig_h" not in fields
    assert "AA" not in fields
    assert (fields["query"], fields["qtype_name"], fields["answers"]) == ("", "-", [])


def test_other_separators_count() -> None:
    header = b"#separator \\x7c\n#set_separator|;\n#empty_field|EMPTY\n#unset_field|NONE\n#path|x\n"
    header += b"#fields|a|b|c\n#types|set[count]|string|string\n"
    assert fields_of("1;2|NONE|EMPTY", header) == {"_path": "x", "a": [1, 2], "c": ""}


def test_a_header_is_no_event_for_rules_and_columns_without_one_are_not_decoded() -> None:
    for line in HEADER.decode().splitlines():
        parsed = parse(line)
        assert parsed is not None
        assert parsed.log_sources == ()
    assert parse(LINE, b"") is None
    assert parse(LINE + "\tmore") is None
    assert parse(LINE.rpartition("\t")[0]) is None


def test_json_has_its_log_from_its_field_or_else_from_the_file() -> None:
    line = '{"ts":1.0,"uid":"C1","request_type":"TGS","cipher":"rc4-hmac"}'
    parsed = parse(line, b"#path\tkerberos\n")
    assert parsed is not None
    assert parsed.log_sources == (LogSource("", "zeek", "kerberos"),)
    assert fields_of('{"_path":"rdp","ts":1.0}', b"#path\tkerberos\n")["_path"] == "rdp"


@pytest.mark.parametrize("value", ["x", "T", "9" * 5000, "\\x", "\\xzz", "1e999", ",", ""])
def test_values_that_are_not_of_their_type_stay_text(value: str) -> None:
    header = b"#separator \\x09\n#fields\ta\tb\tc\n#types\tcount\tdouble\tset[port]\n"
    assert len(fields_of("\t".join([value] * 3), header)) >= 3


def test_damaged_headers_are_survived() -> None:
    for cut in range(len(HEADER)):
        header = read_header(HEADER[:cut])
        assert len(header.names) == len(header.converts)
        parse(LINE, HEADER[:cut])
