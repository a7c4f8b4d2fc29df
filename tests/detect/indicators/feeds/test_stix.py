"""STIX bundles."""

import json
from pathlib import Path
from typing import Any

import pytest

from soc_agent.detect.indicators.feeds.stix import values_of
from soc_agent.detect.indicators.indicator import Kind
from tests.detect.indicators.making import faults, indicators_of


@pytest.mark.parametrize(
    ("pattern", "values"),
    [
        ("[ipv4-addr:value = '203.0.113.9']", [(Kind.IP, "203.0.113.9")]),
        (
            "[ipv4-addr:value='1.2.3.4']OR[ipv6-addr:value='2001:db8::5']",
            [(Kind.IP, "1.2.3.4"), (Kind.IP, "2001:db8::5")],
        ),
        ("[ipv4-addr:value ISSUBSET '203.0.113.0/24']", [(Kind.IP, "203.0.113.0/24")]),
        ("[domain-name:value IN ('a.com', 'b.com')]", [(Kind.DOMAIN, "a.com"), (Kind.DOMAIN, "b.com")]),
        (
            "[ file:hashes.'SHA-256' = 'a1' OR file:hashes.MD5 = 'b2' ] OR [file:hashes.'SHA-1' = 'c3']",
            [(Kind.SHA256, "a1"), (Kind.MD5, "b2"), (Kind.SHA1, "c3")],
        ),
        (r"[url:value = 'http://a.com/it\'s']", [(Kind.URL, "http://a.com/it's")]),
        *(
            (pattern, None)
            for pattern in (
                "",
                "[ipv4-addr:value = '1.2.3.4'",
                "ipv4-addr:value = '1.2.3.4'",
                "[ipv4-addr:value = '1.2.3.4' AND domain-name:value = 'a.com']",
                "[ipv4-addr:value = '1.2.3.4'] FOLLOWEDBY [domain-name:value = 'a.com']",
                "[ipv4-addr:value = '1.2.3.4'] WITHIN 5 SECONDS",
                "[ipv4-addr:value != '1.2.3.4']",
                "[process:name = 'x']",
                "[domain-name:value LIKE '%.com']",
                "[domain-name:value IN ()]",
                "[" * 1000,
            )
        ),
    ],
)
def test_patterns_of_single_values_are_understood(pattern: str, values: list[tuple[Kind, str]] | None) -> None:
    assert values_of(pattern) == values


def indicator(number: int, pattern: str, **more: Any) -> dict[str, Any]:
    return {"type": "indicator", "id": f"indicator--{number}", "pattern": pattern, "pattern_type": "stix"} | more


def test_a_bundle_is_read(tmp_path: Path) -> None:
    bundle = {
        "type": "bundle",
        "id": "bundle--1",
        "objects": [
            {"type": "identity", "id": "identity--1", "name": "NCSC"},
            {"type": "marking-definition", "id": "marking-definition--m", "definition": {"tlp": "green"}},
            indicator(
                1,
                "[ipv4-addr:value = '203.0.113.9']",
                name="C2",
                confidence=70,
                created_by_ref="identity--1",
                valid_until="2027-01-01T00:00:00Z",
                object_marking_refs=[
                    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
                    "marking-definition--m",
                ],
            ),
            indicator(2, "[domain-name:value = 'evil.com']", object_marking_refs=["marking-definition--m"]),
            indicator(3, "[process:name = 'x']"),
            indicator(4, "[domain-name:value = 'old.com']", revoked=True),
            indicator(5, "rule x {}", pattern_type="yara"),
            indicator(6, "[ipv4-addr:value = '10.0.0.1']"),
            {"type": "ipv4-addr", "value": "203.0.113.10"},
        ],
    }
    text = json.dumps(bundle, indent=1)
    listed = indicators_of(tmp_path, text, "a.json")
    entries = {entry.value: entry for entry in listed.table}
    first = entries["203.0.113.9"]
    assert (first.meta.source, first.meta.tlp, first.meta.confidence, first.meta.comment) == (
        "NCSC",
        "amber+strict",
        70,
        "C2",
    )
    assert first.expires_s == 1_798_761_600
    assert entries["evil.com"].meta.tlp == "green"
    assert set(entries) == {"203.0.113.9", "evil.com"}
    lines = text.split("\n")
    wanted = {
        number: next(i for i, line in enumerate(lines, 1) if f"indicator--{number}" in line) for number in (3, 5, 6)
    }
    assert faults(listed) == [f"{wanted[3]}: pattern", f"{wanted[5]}: pattern", f"{wanted[6]}: not_global"]
    assert listed.reports[0].skipped == 1


@pytest.mark.parametrize(
    "objects", [5, [5], [{"type": 5, "id": [], "pattern": {}}], [{"type": "indicator", "pattern": None}]]
)
def test_garbage_is_reported(tmp_path: Path, objects: object) -> None:
    listed = indicators_of(tmp_path, json.dumps({"type": "bundle", "objects": objects}), "a.json")
    assert len(listed) == 0
