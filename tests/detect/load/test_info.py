"""The face of a rule."""

import pytest

from soc_agent.detect.load.info import UNSET_S, info_of, tier_of
from soc_agent.model import Layer, Level, LogSource, RuleKind, Tier

FULL = {
    "title": "A rule",
    "id": "6B9BB6F2-ec82-4815-aaf6-768e0caa252f",
    "level": "high",
    "description": " what it finds\n",
    "tags": ["attack.t1110", "attack.credential-access"],
    "falsepositives": ["Backup", None],
    "references": ["https://example.org"],
    "author": "someone",
    "soc": {
        "layer": 1,
        "tier": "endpoint",
        "title_vi": "Một luật",
        "description_vi": "tìm gì",
        "response": "look",
        "response_vi": "xem",
        "level_reason": "rare",
        "level_reason_vi": "hiếm",
        "suppress": "2h",
        "entity": ["src_ip", "user"],
    },
}


def test_everything_that_a_rule_says() -> None:
    info, fault = info_of(FULL, "rules/a.yml", LogSource("", "linux", ""))
    assert fault == ""
    assert info.id == "6b9bb6f2-ec82-4815-aaf6-768e0caa252f"
    assert (info.title, info.title_vi, info.level) == ("A rule", "Một luật", Level.HIGH)
    assert (info.layer, info.tier, info.kind) == (Layer.ON_SITE, Tier.ENDPOINT, RuleKind.SIGMA)
    assert (info.description, info.description_vi) == ("what it finds", "tìm gì")
    assert (info.response, info.response_vi) == ("look", "xem")
    assert (info.level_reason, info.level_reason_vi) == ("rare", "hiếm")
    assert info.tags == ("attack.t1110", "attack.credential-access")
    assert (info.false_positives, info.references) == (("Backup",), ("https://example.org",))
    assert (info.author, info.path) == ("someone", "rules/a.yml")
    assert (info.suppress_s, info.entity) == (7200, ("src_ip", "user"))


def test_what_a_rule_does_not_say() -> None:
    info, fault = info_of({"title": "A rule"}, "a.yml", LogSource("", "linux", ""))
    assert fault == ""
    assert (info.level, info.layer, info.tier, info.suppress_s) == (
        Level.MEDIUM,
        Layer.MONITORING,
        Tier.SERVER,
        UNSET_S,
    )


def test_a_rule_without_id_keeps_one_made_of_its_name_or_title() -> None:
    named, _ = info_of({"title": "A", "name": "a_rule"}, "a.yml", LogSource())
    titled, _ = info_of({"title": "A"}, "a.yml", LogSource())
    again, _ = info_of({"title": "A"}, "b.yml", LogSource())
    other, _ = info_of({"title": "B"}, "a.yml", LogSource())
    assert named.id == "a_rule"
    assert titled.id == again.id != other.id


@pytest.mark.parametrize(
    "soc",
    [
        {"layer": 5},
        {"tier": "cloud"},
        {"colour": "red"},
        {"suppress": "soon"},
        {"suppress": "0h"},
        {"entity": "x"},
        [1],
    ],
)
def test_attributes_that_are_not_right_are_named_and_left_out(soc: object) -> None:
    info, fault = info_of({"title": "A", "soc": soc}, "a.yml", LogSource())
    assert fault
    assert info.layer is Layer.MONITORING


@pytest.mark.parametrize(
    ("source", "tier"),
    [
        (LogSource("webserver", "", ""), Tier.APPLICATION),
        (LogSource("firewall", "", ""), Tier.NETWORK),
        (LogSource("", "zeek", "http"), Tier.NETWORK),
        (LogSource("process_creation", "windows", ""), Tier.ENDPOINT),
        (LogSource("antivirus", "", ""), Tier.ENDPOINT),
        (LogSource("", "linux", "sshd"), Tier.SERVER),
    ],
)
def test_tier_follows_the_log_source(source: LogSource, tier: Tier) -> None:
    assert tier_of(source) is tier


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("5m", 300), ("1d", 86_400), ("2w", 1_209_600)])
def test_durations(text: str, seconds: int) -> None:
    info, _ = info_of({"title": "A", "soc": {"suppress": text}}, "a.yml", LogSource())
    assert info.suppress_s == seconds
