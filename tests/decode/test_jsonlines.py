from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode.jsonlines import decode_json, parse_object
from soc_agent.model import LogSource
from tests.decode.samples import at, make_context


def parse(line: str) -> Any:
    parsed = decode_json(line, make_context("json"))
    assert parsed is not None, line
    return parsed


def test_nested_objects_get_dotted_names() -> None:
    assert parse_object('{"a": {"b": {"c": 1}}, "d": null, "e": true, "f": 1.5}') == {
        "a.b.c": 1,
        "d": None,
        "e": True,
        "f": 1.5,
    }


def test_lists_stay_lists_and_lists_of_objects_become_lists_of_their_values() -> None:
    assert parse_object('{"a": [1, "x"], "b": [{"k": 1}, {"k": [2, 3]}, 4], "c": [[5, [6]], 7], "d": []}') == {
        "a": [1, "x"],
        "b.k": [1, 2, 3],
        "b": [4],
        "c": [5, 6, 7],
        "d": [],
    }


@pytest.mark.parametrize(
    ("line", "time"),
    [
        ('{"@timestamp": "2026-03-02T01:14:07.5Z"}', "2026-03-02T01:14:07.5"),
        ('{"ts": 1700758468.384019}', "2023-11-23T16:54:28.384019"),
        ('{"time": "2026-03-02 08:14:07"}', "2026-03-02T01:14:07"),
        ('{"timestamp": "02/Mar/2026:08:14:07 +0700"}', "2026-03-02T01:14:07"),
        ('{"TimeGenerated": "2026-03-02T01:14:07Z", "time": "not a time"}', "2026-03-02T01:14:07"),
        ('{"t": {"$date": "2026-03-02T08:14:07+07:00"}}', "2026-03-02T01:14:07"),
        ('{"EventTime": 1700758468384}', "2023-11-23T16:54:28.384"),
    ],
)
def test_the_time_is_found_under_the_names_that_programs_use(line: str, time: str) -> None:
    assert parse(line).time_ns == at(time)


def test_a_line_without_a_time_has_none() -> None:
    assert parse('{"a": 1}').time_ns is None


def test_the_host_is_the_one_that_writes_not_the_one_that_was_asked_for() -> None:
    assert parse('{"host": "web01", "msg": "x"}').host == "web01"
    assert parse('{"host": {"name": "web01"}}').host == "web01"
    assert parse('{"host": "www.example.net", "request": "GET /"}').host == ""


def test_data_of_windows_events_stand_under_their_own_names() -> None:
    parsed = parse(
        '{"Event": {"System": {"EventID": {"#text": 4625}, "Channel": "Security", "Computer": "dc01",'
        ' "TimeCreated": {"#attributes": {"SystemTime": "2026-03-02T01:14:07.1Z"}}},'
        ' "EventData": {"IpAddress": "192.0.2.10", "Data": [{"@Name": "TargetUserName", "#text": "an"}]}}}'
    )
    fields = parsed.fields
    assert (fields["EventID"], fields["IpAddress"], fields["TargetUserName"]) == (4625, "192.0.2.10", "an")
    assert fields["Event.EventData.IpAddress"] == "192.0.2.10"
    assert parsed.host == "dc01"
    assert parsed.time_ns == at("2026-03-02T01:14:07.1")
    assert parsed.log_sources == (LogSource("", "windows", "security"),)


def test_winlogbeat_is_known_as_windows() -> None:
    parsed = parse(
        '{"winlog": {"event_id": 1, "channel": "Microsoft-Windows-Sysmon/Operational",'
        ' "event_data": {"Image": "x.exe"}}}'
    )
    assert parsed.log_sources == (LogSource("", "windows", "sysmon"),)
    assert (parsed.fields["EventID"], parsed.fields["Image"]) == (1, "x.exe")


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ('{"a": "\\ud800x", "b": 1}', {"a": "?x", "b": 1}),
        ('{"a": NaN, "b": 1}', {"a": None, "b": 1}),
        ('{"a": 1e999, "b": 1}', {"a": None, "b": 1}),
        ('\ufeff {"b": 1}\r', {"b": 1}),
    ],
)
def test_what_a_strict_reader_refuses_hides_nothing(line: str, fields: dict[str, Any]) -> None:
    """Whoever can write half a surrogate pair into a log must not make a line unreadable by it."""
    assert parse_object(line) == fields


@pytest.mark.parametrize("line", ["", "[1]", "1", '{"a": 1', '{"a": 1} x', "text {}", "null"])
def test_what_is_no_object_is_none(line: str) -> None:
    assert parse_object(line) is None
    assert decode_json(line, make_context("json")) is None


def test_depth_length_and_number_are_bounded() -> None:
    deep = '{"a":' * 500 + "1" + "}" * 500
    assert parse_object(deep) == {}
    assert parse_object('{"a":' * 100_000) is None
    wide = msgspec.json.encode({"k" * 600: {"a": {"b": 1}}, "x": [{f"n{i}": i} for i in range(5000)]}).decode()
    fields = parse_object(wide)
    assert fields is not None
    assert len(fields) < 2100
    assert not any(len(name) > 1200 for name in fields)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=6))
def test_every_object_becomes_fields_that_can_be_written_again(tree: dict[str, Any]) -> None:
    fields = parse_object(msgspec.json.encode(tree).decode("utf-8", "replace"))
    assert fields is not None
    for value in fields.values():
        for item in value if isinstance(value, list) else [value]:
            assert item is None or isinstance(item, (str, int, float, bool))
    msgspec.json.encode(fields)
