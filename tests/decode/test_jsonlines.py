from typing import Any

import pytest

from soc_agent.decode.jsonlines import decode_json
from soc_agent.model import LogSource
from tests.decode.samples import at, make_context


def parse(line: str) -> Any:
    parsed = decode_json(line, make_context("json"))
    assert parsed is not None, line
    return parsed


@pytest.mark.parametrize(
    ("line", "time"),
    [
        ('{"@timestamp": "2026-03-02T01:14:07.5Z"}', "2026-03-02T01:14:07.5"),
        ('{"ts": 1700758468.384019}', "2023-11-23T16:54:28.384019"),
        ('{"time": "2026-03-02 08:14:07"}', "2026-03-02T01:14:07"),
        ('{"timestamp": "02/Mar/2026:08:14:07 +0700"}', "2026-03-02T01:14:07"),
        ('{"TimeGenerated": "2026-03-02T01:14:07Z", "time": "not a time"}', "2026-03-02T01:14:07"),
        ('{"t": {"$date": "2026-03-02T08:14:07+07:00"}}', "2026-03-02T01:14:07"),
        ('{"requestReceivedTimestamp": "2026-03-02T01:14:07.5Z"}', "2026-03-02T01:14:07.5"),
        ('{"CreationTime": "2026-03-02T01:14:07", "Operation": "UserLoggedIn"}', "2026-03-02T01:14:07"),
        ('{"atype": "authenticate", "ts": {"$date": "2026-03-02T08:14:07+07:00"}}', "2026-03-02T01:14:07"),
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


def test_a_windows_event_is_known_in_whichever_shape_it_is() -> None:
    quick = (
        '{"Event":{"System":{"EventID":4625,"Channel":"Security","Computer":"dc01"},"EventData":{"IpAddress":"::1"}}}'
    )
    for line in (quick, quick.replace(":", " : "), '{"EventID": "4625", "Channel": "Security", "Hostname": "dc01"}'):
        parsed = parse(line)
        assert parsed.log_sources == (LogSource("", "windows", "security"),)
        assert parsed.host == "dc01"


def test_an_object_with_a_number_of_an_event_and_no_channel_is_any_object() -> None:
    parsed = parse('{"event_id": 7, "msg": "x"}')
    assert (parsed.log_sources, parsed.type) == ((LogSource(),), "json")


@pytest.mark.parametrize("line", ["", "[1]", '{"a": 1', "text {}"])
def test_what_is_no_object_is_not_decoded(line: str) -> None:
    assert decode_json(line, make_context("json")) is None
