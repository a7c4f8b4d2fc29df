from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode.cef import decode_cef, is_cef
from soc_agent.model import LogSource
from tests.decode.samples import at, make_context


def parse(line: str) -> Any:
    parsed = decode_cef(line, make_context("cef"))
    assert parsed is not None, line
    return parsed


def test_header_and_extension_are_read_with_their_escapes() -> None:
    fields = parse(
        r"CEF:0|Secu\|rity|threat\\mgr|1.0|100|worm = stopped|10|src=192.0.2.10 msg=a\=b\nc act=a | b"
    ).fields
    assert fields["DeviceVendor"] == "Secu|rity"
    assert fields["DeviceProduct"] == r"threat\mgr"
    assert (fields["DeviceVersion"], fields["DeviceEventClassID"]) == ("1.0", "100")
    assert (fields["Name"], fields["Severity"]) == ("worm = stopped", "10")
    assert fields["msg"] == "a=b\nc"
    assert fields["act"] == "a | b"


def test_names_of_the_dictionary_stand_under_the_names_of_rules_too() -> None:
    parsed = parse(
        "CEF:0|V|P|1|1|n|5|src=192.0.2.10 spt=4711 dst=198.51.100.1 dpt=22 suser=an request=/x requestMethod=GET"
    )
    fields = parsed.fields
    assert (fields["src_ip"], fields["src_port"], fields["dst_ip"], fields["dst_port"]) == (
        "192.0.2.10",
        4711,
        "198.51.100.1",
        22,
    )
    assert (fields["user"], fields["c-uri"], fields["cs-method"], fields["spt"]) == ("an", "/x", "GET", "4711")
    assert parsed.log_sources[0] == LogSource("firewall", "", "")


def test_labelled_values_stand_under_their_labels() -> None:
    fields = parse("CEF:0|V|P|1|1|n|5|cs1Label=Rule Name cs1=no ssh cn1=7 cn1Label=Count").fields
    assert (fields["Rule Name"], fields["cs1"], fields["Count"]) == ("no ssh", "no ssh", "7")


@pytest.mark.parametrize(
    ("line", "time", "host"),
    [
        ("Mar  2 08:14:07 fw01 CEF:0|V|P|1|1|n|5|", "2026-03-02T01:14:07", "fw01"),
        ("<134>Mar  2 08:14:07 fw01 CEF:0|V|P|1|1|n|5|rt=1700758468384", "2023-11-23T16:54:28.384", "fw01"),
        ("<134>Mar  2 08:14:07 relay CEF:0|V|P|1|1|n|5|dvchost=fw02", "2026-03-02T01:14:07", "fw02"),
        ("CEF:1|V|P|1|1|n|5|rt=Mar 02 2026 08:14:07", "2026-03-02T01:14:07", ""),
    ],
)
def test_time_and_host_come_from_the_record_or_the_syslog_header(line: str, time: str, host: str) -> None:
    parsed = parse(line)
    assert (parsed.time_ns, parsed.host) == (at(time), host)


@pytest.mark.parametrize("line", ["", "CEF:", "CEF:0|a|b|c", "CEF:0|a|b|c|d|e|5\\|"])
def test_other_lines_are_none(line: str) -> None:
    assert decode_cef(line, make_context("cef")) is None
    assert not is_cef(line)


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), max_size=20)


@given(
    st.lists(TEXT, min_size=6, max_size=6),
    st.dictionaries(st.from_regex(r"[a-z][A-Za-z0-9]{0,12}", fullmatch=True), TEXT, max_size=5),
)
def test_every_record_comes_back_as_it_was(header: list[str], extension: dict[str, str]) -> None:
    head = "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in header)
    tail = " ".join(f"{key}=" + value.replace("\\", "\\\\").replace("=", "\\=") for key, value in extension.items())
    fields = parse(f"CEF:0|{head}|{tail}").fields
    names = ["DeviceVendor", "DeviceProduct", "DeviceVersion", "DeviceEventClassID", "Name", "Severity"]
    assert [fields[name] for name in names] == header
    assert {key: fields[key] for key in extension} == extension
