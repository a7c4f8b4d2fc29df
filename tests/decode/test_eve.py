"""Suricata's EVE: its names, and those of public rules beside them."""

from typing import Any

import msgspec
import pytest

from soc_agent.decode import guess_type
from soc_agent.decode.context import Parsed
from soc_agent.decode.eve import decode_eve
from soc_agent.model import LogSource, entities_of
from tests.decode.samples import at, make_context

ENDS = {
    "timestamp": "2026-11-20T10:00:00.123456+0700",
    "flow_id": 1_234_567_890_123,
    "in_iface": "eth1",
    "src_ip": "10.20.7.31",
    "src_port": 40112,
    "dest_ip": "203.0.113.9",
    "dest_port": 53,
    "proto": "UDP",
}


def parse(kind: str, **fields: Any) -> Parsed:
    line = msgspec.json.encode({**ENDS, "event_type": kind, **fields})
    assert guess_type(line + b"\n") == "eve"
    parsed = decode_eve(line.decode(), make_context("eve"))
    assert parsed is not None
    return parsed


def test_an_alert_keeps_its_names_its_time_and_both_addresses() -> None:
    alert = {"action": "allowed", "gid": 1, "signature_id": 2_100_498, "signature": "X", "category": "Y", "severity": 2}
    parsed = parse("alert", alert=alert, host="sensor1")
    assert parsed.log_sources == (LogSource("", "suricata", "alert"),)
    names = ("alert.signature", "alert.category", "alert.severity", "src_ip", "dst_ip", "dst_port", "action")
    assert [parsed.fields[name] for name in names] == ["X", "Y", 2, "10.20.7.31", "203.0.113.9", 53, "allowed"]
    assert parsed.time_ns == at("2026-11-20T03:00:00.123456")
    assert parsed.host == "sensor1"
    entities = entities_of(parsed.fields)
    kinds = ("src_ip", "dst_ip", "signature", "category")
    assert [entities.get(kind) for kind in kinds] == [("10.20.7.31",), ("203.0.113.9",), ("X",), ("Y",)]


@pytest.mark.parametrize(
    "dns",
    [
        {"type": "query", "id": 1, "rrname": "a.example.net", "rrtype": "TXT", "tx_id": 0},
        {"version": 3, "type": "request", "queries": [{"rrname": "a.example.net", "rrtype": "TXT"}]},
        {"version": 2, "type": "answer", "rrname": "a.example.net", "rrtype": "TXT", "answers": [{"rdata": "x"}]},
    ],
)
def test_a_dns_event_of_any_version_has_the_names_of_dns_rules(dns: dict[str, Any]) -> None:
    parsed = parse("dns", dns=dns)
    assert parsed.log_sources == (LogSource("dns", "suricata", "dns"),)
    assert (parsed.fields["query"], parsed.fields["record_type"]) == ("a.example.net", "TXT")
    assert parsed.fields.get("answer") == ("x" if "answers" in dns else None)


def test_an_http_event_has_the_names_of_proxy_and_web_rules() -> None:
    http = {"hostname": "h.example", "url": "/a/b?c=d", "http_method": "GET", "status": 404, "http_user_agent": "curl"}
    parsed = parse("http", http=http)
    assert LogSource("webserver", "", "") in parsed.log_sources
    assert LogSource("proxy", "", "") in parsed.log_sources
    wanted = {
        "c-uri": "/a/b?c=d",
        "cs-uri-stem": "/a/b",
        "cs-uri-query": "c=d",
        "cs-method": "GET",
        "sc-status": 404,
        "cs-host": "h.example",
        "c-useragent": "curl",
        "c-ip": "10.20.7.31",
        "s-ip": "203.0.113.9",
    }
    assert {name: parsed.fields.get(name) for name in wanted} == wanted


def test_a_flow_is_a_network_connection_and_a_firewall_record() -> None:
    parsed = parse("flow", flow={"pkts_toserver": 2, "state": "new"}, app_proto="failed")
    assert parsed.log_sources == (LogSource("network_connection", "suricata", "flow"), LogSource("firewall", "", ""))
    assert parsed.fields["flow.pkts_toserver"] == 2


@pytest.mark.parametrize(
    ("kind", "fields", "name"),
    [
        ("tls", {"tls": {"sni": "a.example", "version": "TLS 1.3"}}, "tls.sni"),
        ("ssh", {"ssh": {"client": {"software_version": "x"}}}, "ssh.client.software_version"),
        ("smb", {"smb": {"command": "SMB2_COMMAND_CREATE", "filename": "x"}}, "smb.filename"),
        ("fileinfo", {"fileinfo": {"filename": "/x", "sha256": "00", "size": 1}}, "sha256"),
        ("anomaly", {"anomaly": {"type": "decode", "event": "x"}}, "anomaly.event"),
        ("stats", {"stats": {"uptime": 8, "capture": {"kernel_drops": 1}}}, "stats.capture.kernel_drops"),
    ],
)
def test_every_kind_has_a_log_source_of_its_own(kind: str, fields: dict[str, Any], name: str) -> None:
    parsed = parse(kind, **fields)
    assert parsed.log_sources == (LogSource("", "suricata", kind),)
    assert name in parsed.fields


def test_a_kind_that_is_not_known_is_suricatas_all_the_same() -> None:
    parsed = decode_eve('{"event_type":"new","timestamp":"2026-11-20T10:00:00Z"}', make_context("eve"))
    assert parsed is not None
    assert parsed.log_sources == (LogSource("", "suricata", ""),)


@pytest.mark.parametrize("text", ["", "x", "[]", "{}", '{"event_type":7}', '{"event_type":"dns"'])
def test_what_is_no_event_is_none(text: str) -> None:
    assert decode_eve(text, make_context("eve")) is None


def test_other_programs_with_events_are_not_taken_for_suricata() -> None:
    for line in (b'{"event_type":"alert","timestamp":1}', b'{"event_type":"login","timestamp":1,"dest_ip":"x"}'):
        assert guess_type(line) == "json"
