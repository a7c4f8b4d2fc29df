"""JSON documents."""

import json
from pathlib import Path

import pytest

from tests.detect.indicators.making import faults, indicators_of


def test_a_list_of_plain_objects_is_read(tmp_path: Path) -> None:
    text = json.dumps([{"ip": "203.0.113.9"}, {"domain": "evil.com"}, {"x": 1}, 5])
    listed = indicators_of(tmp_path, text, "a.json")
    assert sorted(entry.value for entry in listed.table) == ["203.0.113.9", "evil.com"]
    assert [fault.split()[1] for fault in faults(listed)] == ["no_value", "document"]


def test_one_object_is_a_document_and_a_line(tmp_path: Path) -> None:
    assert len(indicators_of(tmp_path, '{"ip":"203.0.113.9"}', "a.json")) == 1
    assert len(indicators_of(tmp_path, '{\n"ip":\n"203.0.113.9"}', "b.json")) == 1


@pytest.mark.parametrize("text", ["{", "[", "[1,", '{"Event":', "[" * 100_000, '{"a":' * 100_000, "{\n}\n}"])
def test_what_is_no_json_is_named(tmp_path: Path, text: str) -> None:
    listed = indicators_of(tmp_path, text, "a.json")
    assert len(listed) == 0
    assert faults(listed)
