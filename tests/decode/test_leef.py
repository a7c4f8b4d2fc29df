from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode import guess_type
from soc_agent.decode.leef import decode_leef, is_leef
from soc_agent.model import LogSource
from tests.decode.samples import at, make_context

ONE = (
    "LEEF:1.0|Vendor|Wall|3.1|denied|src=192.0.2.10\tdst=198.51.100.1\tsrcPort=4711\tdstPort=22\tusrName=an bình\tsev=5"
)


def parse(line: str) -> Any:
    parsed = decode_leef(line, make_context("leef"))
    assert parsed is not None, line
    return parsed


def test_version_one_is_split_at_tabs() -> None:
    parsed = parse(ONE)
    fields = parsed.fields
    assert (fields["DeviceVendor"], fields["DeviceProduct"], fields["DeviceEventClassID"]) == (
        "Vendor",
        "Wall",
        "denied",
    )
    assert (fields["src_ip"], fields["dst_ip"], fields["src_port"], fields["dst_port"]) == (
        "192.0.2.10",
        "198.51.100.1",
        4711,
        22,
    )
    assert (fields["user"], fields["usrName"], fields["Severity"]) == ("an bình", "an bình", "5")
    assert parsed.log_sources == (LogSource("firewall", "", ""), LogSource("", "leef", ""))


@pytest.mark.parametrize(
    ("delimiter", "between"),
    [("^", "^"), ("x09", "\t"), ("0x09", "\t"), ("x7C", "|"), ("", "\t"), ("0x0", "\t"), ("xD800", "\t")],
)
def test_version_two_says_its_delimiter(delimiter: str, between: str) -> None:
    line = f"LEEF:2.0|Vendor|Wall|3.1|denied|{delimiter}|" + between.join(["src=192.0.2.10", "msg=a = b", "usrName=an"])
    fields = parse(line).fields
    assert (fields["src_ip"], fields["message"], fields["user"]) == ("192.0.2.10", "a = b", "an")


@pytest.mark.parametrize(
    "line",
    [
        "LEEF:2.0|Vendor|Wall|3.1|denied|src=192.0.2.10\tusrName=an",
        r"LEEF:1.0|Vendor|Wall|3.1|denied|src=192.0.2.10\tusrName=an",
        "LEEF:1.0|Vendor|Wall|3.1|denied|src=192.0.2.10 usrName=an",
    ],
)
def test_what_senders_leave_out_or_write_otherwise_is_read_too(line: str) -> None:
    assert (parse(line).fields["src_ip"], parse(line).fields["user"]) == ("192.0.2.10", "an")


def test_a_path_is_not_split_where_real_tabs_are() -> None:
    assert parse("LEEF:1.0|V|P|1|x|path=C:\\temp\\a\tusrName=an").fields["path"] == "C:\\temp\\a"


@pytest.mark.parametrize(
    ("line", "time", "host"),
    [
        ("Mar  2 08:14:07 fw01 LEEF:1.0|V|P|1|x|cat=a", "2026-03-02T01:14:07", "fw01"),
        ("<13>Mar  2 08:14:07 relay LEEF:1.0|V|P|1|x|identHostName=pc7\tcat=a", "2026-03-02T01:14:07", "pc7"),
        ("LEEF:1.0|V|P|1|x|devTime=Mar 02 2026 08:14:07\tcat=a", "2026-03-02T01:14:07", ""),
    ],
)
def test_time_and_host_come_from_the_record_or_the_syslog_header(line: str, time: str, host: str) -> None:
    parsed = parse(line)
    assert (parsed.time_ns, parsed.host) == (at(time), host)


def test_its_type_is_told_from_a_line() -> None:
    assert guess_type(ONE.encode() + b"\n") == "leef"
    assert guess_type(b"<13>Mar  2 08:14:07 fw01 " + ONE.encode() + b"\n") == "leef"


@pytest.mark.parametrize("line", ["", "LEEF:", "LEEF:1.0|a|b", "LEEF:3.0|a|b|c|d|e=f", "CEF:0|a|b|c|d|e|5|"])
def test_other_lines_are_none(line: str) -> None:
    assert decode_leef(line, make_context("leef")) is None
    assert not is_leef(line)


@given(st.text(max_size=200))
def test_no_text_makes_it_fail(text: str) -> None:
    decode_leef(text, make_context("leef"))
    decode_leef("LEEF:2.0|a|b|c|d|" + text, make_context("leef"))


VALUE = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp"), exclude_characters="|^"), max_size=20)


@given(st.dictionaries(st.from_regex(r"z[A-Za-z0-9]{0,12}", fullmatch=True), VALUE, min_size=2, max_size=5))
def test_every_record_comes_back_as_it_was(attributes: dict[str, str]) -> None:
    line = "LEEF:2.0|V|P|1|x|^|" + "^".join(f"{key}={value}" for key, value in attributes.items())
    fields = parse(line).fields
    assert {key: fields[key] for key in attributes} == attributes
