from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode import times
from soc_agent.decode.context import Parsed
from soc_agent.decode.jsonlines import decode_json
from soc_agent.decode.windows import decode_record, decode_tree, events
from soc_agent.model import LogSource
from tests import product
from tests.decode.samples import at, make_context
from tests.decode.windows.forms import FORMS, SYSMON, Event, line, nxlog, text_of

EVTX = Path(__file__).resolve().parents[4] / "shared" / "data" / "evtx"
CONTEXT = make_context("json")


def decoded(event: Event) -> Parsed:
    parsed = decode_json(line(event), CONTEXT)
    assert parsed is not None
    return parsed


def same(event: Event, form: Callable[[Event], Event]) -> None:
    """Check that a form gives the log sources, the time, the host and the fields that the first form gives."""
    expected, got = decoded(event), decoded(form(event))
    assert got.log_sources == expected.log_sources
    assert (got.time_ns, got.host, got.type) == (expected.time_ns, expected.host, "windows")
    names = {"EventID", "Channel", "Computer", "Provider_Name", "Data", "md5", "sha1", "sha256", "Imphash", "User"}
    names |= (event["Event"].get("EventData") or {}).keys() | {"SubjectUserName", "param1", "Image", "ParentImage"}
    for name in names - {"Binary"}:
        wanted = as_texts(expected.fields.get(name))
        found = as_texts(got.fields.get(name))
        assert found == wanted or (not wanted and not found), name


def as_texts(value: Any) -> Any:
    return [text_of(item) for item in value] if isinstance(value, list) else text_of(value)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: str(form.__name__))
def test_every_form_of_an_event_gives_the_same_fields(form: Callable[[Event], Event]) -> None:
    same(SYSMON, form)


@pytest.mark.data
@pytest.mark.skipif(not EVTX.exists(), reason="the shared event logs are not beside the project")
@pytest.mark.parametrize("form", FORMS, ids=lambda form: str(form.__name__))
def test_every_form_of_recorded_events_gives_the_same_fields(form: Callable[[Event], Event]) -> None:
    from evtx import PyEvtxParser

    for path in sorted(EVTX.glob("*.evtx")):
        for record in PyEvtxParser(str(path), 1).records_json():
            assert record
            same(msgspec.json.decode(record["data"]), form)


def test_the_fields_are_those_that_public_rules_ask_for() -> None:
    parsed = decoded(SYSMON)
    assert parsed.log_sources == (LogSource("process_creation", "windows", "sysmon"),)
    assert parsed.time_ns == at("2026-03-02T01:14:07.123456")
    assert parsed.host == "PC01.example"
    fields = parsed.fields
    assert (fields["EventID"], fields["Provider_Name"]) == (1, "Microsoft-Windows-Sysmon")
    assert (fields["Image"], fields["md5"]) == ("C:\\Windows\\System32\\cmd.exe", "AD7B")
    assert not any(name.startswith("Event.") for name in fields)


def test_the_data_of_an_event_win_over_what_windows_says_of_it() -> None:
    """The channel of an event that says *a log was cleared* is asked for by rules as that of the log."""
    cleared = {
        "Event": {
            "System": {"EventID": 104, "Channel": "System", "Provider": {"@Name": "Microsoft-Windows-Eventlog"}},
            "UserData": {"LogFileCleared": {"Channel": "Security", "SubjectUserName": "an", "EventID": 7}},
        }
    }
    parsed = decoded(cleared)
    assert (parsed.fields["Channel"], parsed.fields["EventID"]) == ("Security", 104)
    assert parsed.log_sources == (LogSource("", "windows", "system"),)


def test_what_happened_to_the_registry_says_which_rules_look() -> None:
    def sources(number: int, **data: str) -> set[str]:
        channel = "Microsoft-Windows-Sysmon/Operational"
        parsed = decoded({"EventID": number, "Channel": channel, **data})
        return {source.category for source in parsed.log_sources}

    assert sources(12) == {"registry_event", "registry_add", "registry_delete"}
    assert sources(12, EventType="CreateKey") == {"registry_event", "registry_add"}
    assert sources(12, EventType="DeleteValue") == {"registry_event", "registry_delete"}
    assert sources(12, EventType="INFO", Message="Registry object added:\r\nEventType: CreateKey\r\n") == {
        "registry_event",
        "registry_add",
    }
    assert sources(13, EventType="INFO") == {"registry_event", "registry_set"}


def test_the_severity_that_nxlog_writes_does_not_hide_what_happened() -> None:
    event = {"EventID": 13, "Channel": "Microsoft-Windows-Sysmon/Operational", "EventType": "INFO"}
    assert decoded(event).fields["EventType"] == "SetValue"
    assert decoded({**nxlog(SYSMON), "EventID": 3}).fields["EventType"] == "INFO"


def test_the_data_of_sysmon_are_read_from_its_message_where_nobody_took_them_apart() -> None:
    event = {
        "ProviderName": "Microsoft-Windows-Sysmon",
        "EventID": 1,
        "Channel": "Microsoft-Windows-Sysmon/Operational",
        "Computer": "pc01",
        "Message": "Process Create:\r\nRuleName: -\r\nImage: C:\\x.exe\r\nCommandLine: x.exe a: b\r\n",
    }
    fields = decoded(event).fields
    assert (fields["Image"], fields["CommandLine"], fields["RuleName"]) == ("C:\\x.exe", "x.exe a: b", "-")


@pytest.mark.parametrize(
    "text",
    [
        '{"Event": 1}',
        '{"Event":{"System":{}}}',
        '{"Event":{"System":{"EventID":{"#attributes":{}}}}}',
        '{"winlog": {}}',
        '{"win": {"system": {}}}',
        '{"EventID": null, "Channel": "Security"}',
        '{"EventID": {"a": {"b": 1}}, "Channel": "Security"}',
    ],
)
def test_half_an_event_is_an_ordinary_object(text: str) -> None:
    parsed = decode_json(text, CONTEXT)
    assert parsed is not None
    assert parsed.type == "json"


@pytest.mark.parametrize("number", [-1, 10**30, "x", 1.5, True, [1]])
def test_an_odd_number_is_no_number_of_an_event(number: Any) -> None:
    parsed = decoded({"EventID": number, "Channel": "Security"})
    assert parsed.log_sources == (LogSource("", "windows", "security"),)


PLAIN = st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False) | st.text(max_size=12)
NAMES = st.sampled_from(["Image", "EventType", "Hashes", "param1", "Channel", "EventID", "Data", "User", "x y"])


@given(
    st.dictionaries(NAMES | st.text(max_size=6), PLAIN, max_size=6),
    st.integers(0, 70_000),
    st.sampled_from(["Security", "System", "Microsoft-Windows-Sysmon/Operational", "?"]),
)
def test_the_quick_way_gives_what_the_other_gives(data: Event, number: int, channel: str) -> None:
    inner = SYSMON["Event"]
    event = {"Event": {**inner, "System": {**inner["System"], "EventID": number, "Channel": channel}}}
    event["Event"]["EventData"] = data
    text = msgspec.json.encode(event).decode()
    quick = decode_record(text, CONTEXT)
    other = decode_tree(msgspec.json.decode(text), text, CONTEXT)
    assert other is not None
    if quick is not None:
        assert {name: value for name, value in quick.fields.items() if value is not None} == {
            name: value for name, value in other.fields.items() if value is not None
        }
        assert (quick.log_sources, quick.time_ns, quick.host) == (other.log_sources, other.time_ns, other.host)
    else:
        assert "Data" in data


JSON = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner))
KEYS = st.sampled_from(
    *[
        (
            "Event",
            "System",
            "EventData",
            "UserData",
            "winlog",
            "event_data",
            "win",
            "system",
            "eventdata",
            "Data",
            "#text",
        )
    ]
)
SHAPED = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.just("EventID"), inner, max_size=4)
)


@given(st.dictionaries(KEYS | st.sampled_from(["EventID", "Channel", "Message"]), SHAPED | JSON, max_size=5))
def test_no_object_is_too_odd(tree: Event) -> None:
    parsed = decode_json(msgspec.json.encode(tree).decode(), CONTEXT)
    assert parsed is not None
    for value in parsed.fields.values():
        for item in value if isinstance(value, list) else [value]:
            assert item is None or isinstance(item, (str, int, float, bool))


def test_what_is_read_early_and_completed_is_what_is_decoded_at_once() -> None:
    decoders = product.decoders()
    read = decoders.early("json")
    assert read is not None
    texts = [line(form(SYSMON)) for form in FORMS]
    texts += [text.replace('Z"', '+07:00"') for text in texts] + [text.replace("{", "[", 1) for text in texts]
    lines = [text.encode() for text in texts]
    lines += [raw.replace(b"Sysmon", b"Sys\xffmon") for raw in lines] + [raw + b"\0" for raw in lines] + [b"", b"{"]
    completed = 0
    for raw in lines:
        early = read(raw)
        if early is not None:
            completed += 1
            assert decoders.complete(early, raw, CONTEXT) == decoders.decode(raw, CONTEXT)
    assert 0 < completed < len(lines)


def test_a_type_that_data_driven_decoders_refine_is_not_read_early() -> None:
    assert product.decoders().early("syslog") is None
    assert product.decoders().early("no such type") is None


@given(st.from_regex(r"2026-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", fullmatch=True))
def test_the_quick_way_to_read_a_time_gives_what_the_long_one_gives(text: str) -> None:
    quick = events._quick_time(text)
    assert quick is None or quick == times.time_of(text, CONTEXT.timezone, CONTEXT.received_ns)


def test_a_usual_time_is_read_in_the_quick_way() -> None:
    assert events._quick_time("2026-03-02T06:00:01.057000Z") == 1_772_431_201_057_000_000
    for odd in ("2026-03-02T06:00:60.057000Z", "2026-03-02 06:00:01.057000Z", "2026-03-02T06:00:01.05700xZ", "2026"):
        assert events._quick_time(odd) is None
