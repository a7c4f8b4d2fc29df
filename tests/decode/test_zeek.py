import msgspec
import pytest

from soc_agent.decode.context import Parsed
from soc_agent.decode.zeek import decode_zeek
from soc_agent.model import LogSource
from tests.decode.samples import at, make_context

ENDS = {
    "ts": 1700758468.384019,
    "uid": "C1",
    "id.orig_h": "192.0.2.10",
    "id.orig_p": 4711,
    "id.resp_h": "198.51.100.1",
    "id.resp_p": 53,
}


def parse(**fields: object) -> Parsed:
    parsed = decode_zeek(msgspec.json.encode({**ENDS, **fields}).decode(), make_context("zeek"))
    assert parsed is not None
    return parsed


def test_a_flow_is_a_network_connection_and_a_firewall_record() -> None:
    parsed = parse(_path="conn", proto="tcp", conn_state="S0")
    assert parsed.log_sources == (LogSource("network_connection", "zeek", "conn"), LogSource("firewall", "", ""))
    names = ("src_ip", "src_port", "dst_ip", "dst_port", "protocol")
    assert [parsed.fields[name] for name in names] == ["192.0.2.10", 4711, "198.51.100.1", 53, "tcp"]
    assert parsed.fields["id.orig_h"] == "192.0.2.10"
    assert parsed.time_ns == at("2023-11-23T16:54:28.384019")


def test_a_dns_record_has_the_names_of_dns_rules() -> None:
    parsed = parse(_path="dns", query="a.example.net", qtype_name="TXT", answers=["x", "y"])
    assert parsed.log_sources == (LogSource("dns", "zeek", "dns"),)
    assert (parsed.fields["record_type"], parsed.fields["answer"]) == ("TXT", ["x", "y"])


@pytest.mark.parametrize(
    ("query", "parent"),
    [
        ("a.b.example.net", "example.net"),
        ("x.Tinh.gov.vn", "tinh.gov.vn"),
        ("x.example.vn", "example.vn"),
        ("example.vn", None),
        ("may-1", None),
    ],
)
def test_a_dns_record_names_the_domain_above(query: str, parent: str | None) -> None:
    assert parse(_path="dns", query=query, qtype_name="A").fields.get("query_parent") == parent


def test_an_http_record_has_the_names_of_proxy_and_web_rules() -> None:
    parsed = parse(_path="http", method="GET", host="www.example.net", uri="/a?b=1", user_agent="curl", status_code=200)
    fields = parsed.fields
    assert (fields["c-uri"], fields["cs-uri-stem"], fields["cs-uri-query"]) == ("/a?b=1", "/a", "b=1")
    assert (fields["cs-method"], fields["cs-host"], fields["sc-status"]) == ("GET", "www.example.net", 200)
    assert (fields["cs-user-agent"], fields["c-useragent"], fields["c-ip"]) == ("curl", "curl", "192.0.2.10")
    assert {LogSource("", "zeek", "http"), LogSource("proxy", "", ""), LogSource("webserver", "", "")} == set(
        parsed.log_sources
    )
    assert parsed.host == ""


def test_nested_ends_are_the_same_as_dotted_ones() -> None:
    parsed = decode_zeek('{"_path": "ssl", "id": {"orig_h": "192.0.2.10"}}', make_context("zeek"))
    assert parsed is not None
    assert parsed.fields["src_ip"] == "192.0.2.10"


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"conn_state": "SF"}, "conn"),
        ({"qtype_name": "A"}, "dns"),
        ({"query": "x"}, "dns"),
        ({"cipher": "x"}, "ssl"),
        ({"method": "GET", "uri": "/"}, "http"),
        ({"x": 1}, ""),
    ],
)
def test_the_record_of_a_log_without_names_is_told_by_its_fields(fields: dict[str, object], path: str) -> None:
    assert parse(**fields).fields["_path"] == path


def test_a_field_of_its_own_is_not_overwritten() -> None:
    assert parse(_path="arp", src_ip="192.0.2.99").fields["src_ip"] == "192.0.2.99"


def test_other_lines_are_none() -> None:
    assert decode_zeek("#fields ts uid", make_context("zeek")) is None


@pytest.mark.parametrize(("state", "action"), [("SF", "accept"), ("S1", "accept"), ("S0", None), ("REJ", None)])
def test_a_connection_that_was_made_was_let_through(state: str, action: str | None) -> None:
    fields = parse(_path="conn", proto="tcp", conn_state=state).fields
    assert fields.get("action") == action
    assert fields.get("blocked") == (None if action is None else False)
    assert parse(_path="conn", conn_state="SF", action="drop").fields["action"] == "drop"


def test_what_proxies_log_of_a_request() -> None:
    fields = parse(_path="http", method="GET", host="a.vn", uri="/dir.d/x.ps1?y=1", orig_mime_types=["a/b"]).fields
    assert fields["cs-uri"] == ["/dir.d/x.ps1?y=1", "http://a.vn/dir.d/x.ps1?y=1"]
    assert (fields["c-uri-query"], fields["c-uri-extension"], fields["cs-content-type"]) == ("y=1", "ps1", ["a/b"])
    through_proxy = parse(_path="http", method="GET", host="a.vn", uri="http://a.vn/x").fields
    assert through_proxy["cs-uri"] == "http://a.vn/x"
    assert "c-uri-extension" not in through_proxy
