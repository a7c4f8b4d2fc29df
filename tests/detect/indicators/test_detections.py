"""Hits become detections."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from soc_agent.detect.hit import EventRef
from soc_agent.detect.indicators import RULE_IDS, Indicators, Kind, detection_of_hit, rule_infos, told_of
from soc_agent.detect.indicators.detections import info_of
from soc_agent.model import Level, RuleInfo, RuleKind
from tests.detect.indicators.making import event_of, hits, indicators_of

REF = EventRef("s", "/var/log/x", "id", 1, 0, b"raw")


@pytest.fixture
def listed(tmp_path: Path) -> Indicators:
    return indicators_of(tmp_path, "# source: NCSC\n# tlp: green\n203.0.113.9\nevil.com\n" + "a1" * 32)


def conn(src: str, dst: str, **more: str) -> str:
    return json.dumps({"_path": "conn", "ts": 1.5, "id.orig_h": src, "id.resp_h": dst} | more)


@pytest.mark.parametrize(
    ("line", "direction", "level"),
    [
        (conn("10.0.0.5", "203.0.113.9", conn_state="SF"), "outbound", Level.HIGH),
        (conn("10.0.0.5", "203.0.113.9", conn_state="REJ"), "outbound", Level.MEDIUM),
        (conn("203.0.113.9", "10.0.0.5", conn_state="SF"), "inbound", Level.MEDIUM),
        (conn("203.0.113.9", "10.0.0.5", action="Blocked"), "inbound", Level.LOW),
        (conn("203.0.113.9", "10.0.0.5", conn_state="S0"), "inbound", Level.LOW),
        ('{"_path":"dns","id.orig_h":"10.0.0.5","query":"www.evil.com"}', "", Level.HIGH),
        ('{"_path":"files","sha256":"' + "A1" * 32 + '"}', "", Level.HIGH),
    ],
)
def test_the_level_follows_the_direction(listed: Indicators, line: str, direction: str, level: Level) -> None:
    (hit,) = hits(listed, line, "zeek")
    assert (hit.direction, hit.level) == (direction, level)


def test_a_list_may_say_how_bad_it_is(tmp_path: Path) -> None:
    listed = indicators_of(tmp_path, "ip,level\n203.0.113.9,critical\n203.0.113.7,informational\n", "a.csv")
    assert hits(listed, conn("10.0.0.5", "203.0.113.9"), "zeek")[0].level is Level.CRITICAL
    assert hits(listed, conn("203.0.113.9", "10.0.0.5", action="deny"), "zeek")[0].level is Level.MEDIUM
    assert hits(listed, conn("203.0.113.7", "10.0.0.5", action="deny"), "zeek")[0].level is Level.INFORMATIONAL


def test_what_several_lists_say_is_put_together(tmp_path: Path) -> None:
    text = (
        "ip,source,tlp,level,expires,confidence,comment\n"
        "203.0.113.9,A,green,low,2100-01-01,30,\n203.0.113.9,B,amber+strict,high,2101-01-01,80,Cobalt Strike\n"
        "203.0.113.9,C,red,critical,2020-01-01,99,past\n"
    )
    (hit,) = hits(indicators_of(tmp_path, text, "a.csv"), conn("10.0.0.5", "203.0.113.9"), "zeek")
    assert set(hit.sources) == {"A", "B"}
    assert (hit.tlp, hit.level, hit.confidence, hit.comment) == ("amber+strict", Level.HIGH, 80, "Cobalt Strike")
    assert hit.expires_s == 4_133_980_800 + 86_400


def test_a_network_and_an_address_in_it_are_two_hits(tmp_path: Path) -> None:
    listed = indicators_of(tmp_path, "203.0.113.9\n203.0.113.0/24")
    assert [hit.type for hit in hits(listed, conn("10.0.0.5", "203.0.113.9"), "zeek")] == ["ip", "cidr"]


def test_what_has_expired_is_no_hit_unless_asked_for(tmp_path: Path) -> None:
    text = "ip,expires\n203.0.113.9,2026-01-31\n"
    line = conn("10.0.0.5", "203.0.113.9")
    last_second = 1_769_903_999.0
    assert hits(indicators_of(tmp_path, text, "a.csv", clock=lambda: last_second), line, "zeek")
    assert not hits(indicators_of(tmp_path, text, "a.csv", clock=lambda: last_second + 1), line, "zeek")
    assert hits(indicators_of(tmp_path, text, "a.csv", include_expired=True), line, "zeek")


def test_an_alert_shows_what_is_known_of_the_indicator(listed: Indicators) -> None:
    line = conn("10.0.0.5", "203.0.113.9", conn_state="SF")
    event = event_of(line, "zeek")
    (hit,) = listed.hits(event)
    detection, told = detection_of_hit(hit, event, REF)
    assert detection.rule.id == RULE_IDS["address"]
    assert detection.rule.kind is RuleKind.INDICATOR
    assert detection.rule.title_vi == "Địa chỉ nằm trong danh sách chỉ dấu"
    assert detection.fields["indicator.value"] == "203.0.113.9"
    assert detection.fields["indicator.source"] == "NCSC"
    assert detection.fields["indicator.tlp"] == "green"
    assert detection.fields["indicator.direction"] == "outbound"
    assert "indicator.expires" not in detection.fields
    assert told_of(detection)["tlp"] == "green"
    assert told_of(replace(detection, rule=RuleInfo("x", "X"))) == {}
    assert detection.fields["id.resp_h"] == "203.0.113.9"
    assert told.fields["indicator.type"] == "ip"
    assert "indicator.type" not in event.fields
    (clause,) = detection.why
    assert (clause.item, clause.pattern, clause.field) == ("indicator ip (TLP:GREEN, NCSC)", "203.0.113.9", "id.resp_h")
    assert detection.entity_key == "203.0.113.9 10.0.0.5"


def test_a_line_cannot_tell_of_indicators_itself(listed: Indicators) -> None:
    event = event_of(
        conn("10.0.0.5", "203.0.113.9", **{"indicator.expires": "never", "indicator.tlp": "clear"}), "zeek"
    )
    (hit,) = listed.hits(event)
    detection, _ = detection_of_hit(hit, event, REF)
    assert told_of(detection)["tlp"] == "green"
    assert "expires" not in told_of(detection)


def test_two_indicators_in_one_line_are_two_detections(listed: Indicators) -> None:
    event = event_of(conn("203.0.113.9", "10.0.0.5", query="evil.com"), "zeek")
    first = listed.hits(event)
    assert len({detection_of_hit(hit, event, REF)[0].uid for hit in first}) == 2
    other = replace(first[0], value="203.0.113.10")
    assert detection_of_hit(first[0], event, REF)[0].uid != detection_of_hit(other, event, REF)[0].uid


def test_there_is_a_rule_for_each_kind(listed: Indicators) -> None:
    infos = rule_infos()
    assert set(infos) == set(RULE_IDS.values())
    assert {kind.family for kind in Kind} == set(RULE_IDS)
    for family, rule_id in RULE_IDS.items():
        info = infos[rule_id]
        assert info.id == rule_id
        assert all((info.title, info.title_vi, info.description_vi, info.response, info.response_vi, info.tags))
        assert info_of(family, Level.LOW).level is Level.LOW


def test_what_the_program_says_of_itself_is_no_hit(listed: Indicators) -> None:
    line = '{"type":"health","what":"dropped","source":"203.0.113.9"}'
    assert listed.hits(event_of(line, "health")) == []
