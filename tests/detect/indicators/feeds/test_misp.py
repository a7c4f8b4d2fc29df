"""MISP events."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.detect.indicators.making import faults, indicators_of


def attribute(type_: str, value: str, **more: Any) -> dict[str, Any]:
    return {"uuid": f"u-{type_}-{value}", "type": type_, "value": value, "to_ids": True} | more


EVENT = {
    "info": "Campaign X",
    "Orgc": {"name": "VNCERT"},
    "Tag": [{"name": "type:OSINT"}, {"name": "tlp:amber+strict"}],
    "Attribute": [
        attribute("ip-dst|port", "203.0.113.9|443", comment="C2"),
        attribute("domain|ip", "evil.com|203.0.113.8", Tag=[{"name": "tlp:red"}]),
        attribute("hostname", "x.evil.org"),
        attribute("url", "http://evil.net/x"),
        attribute("filename|sha256", "a.exe|" + "a1" * 32),
        attribute("sha256", "b2" * 32, to_ids=False),
        attribute("text", "hello"),
        attribute("ip-src", "10.0.0.1"),
        attribute("md5", "a1" * 16, deleted=True),
    ],
    "Object": [{"name": "file", "Attribute": [attribute("md5", "c3" * 16)]}],
}
VALUES = {"203.0.113.9", "203.0.113.8", "evil.com", "x.evil.org", "http://evil.net/x", "a1" * 32, "c3" * 16}


@pytest.mark.parametrize(
    "document", [{"Event": EVENT}, {"response": [{"Event": EVENT}]}, [{"Event": EVENT}], {"response": {"Event": EVENT}}]
)
def test_events_are_read_however_they_are_wrapped(tmp_path: Path, document: object) -> None:
    listed = indicators_of(tmp_path, json.dumps(document, indent=1), "a.json")
    entries = {entry.value: entry.meta for entry in listed.table}
    assert set(entries) == VALUES
    assert entries["203.0.113.9"].source == "MISP VNCERT"
    assert (entries["203.0.113.9"].tlp, entries["203.0.113.9"].comment) == ("amber+strict", "C2")
    assert (entries["evil.com"].tlp, entries["evil.com"].comment) == ("red", "Campaign X")
    (report,) = listed.reports
    assert (report.format, report.taken, report.refused, report.skipped) == ("misp", 7, 1, 3)


def test_what_is_refused_is_named_by_its_line(tmp_path: Path) -> None:
    text = json.dumps({"Event": EVENT}, indent=1)
    wanted = next(number for number, line in enumerate(text.split("\n"), 1) if "u-ip-src-10.0.0.1" in line)
    assert faults(indicators_of(tmp_path, text, "a.json")) == [f"{wanted}: not_global"]


def test_attributes_alone_are_read(tmp_path: Path) -> None:
    document = {"response": {"Attribute": [attribute("domain", "evil.com")]}}
    assert [entry.value for entry in indicators_of(tmp_path, json.dumps(document), "a.json").table] == ["evil.com"]


@pytest.mark.parametrize(
    "event", [{"Attribute": 5}, {"Attribute": [{"value": None}, 7]}, {"Tag": "x"}, "text", None, {"Orgc": []}]
)
def test_garbage_is_reported_and_ends_nothing(tmp_path: Path, event: object) -> None:
    listed = indicators_of(tmp_path, json.dumps([{"Event": event}, {"Event": EVENT}]), "a.json")
    assert {entry.value for entry in listed.table} == VALUES
