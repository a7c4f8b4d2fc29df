import json
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest

from soc_agent.decode.eventxml import decode_event_xml, is_event_xml
from soc_agent.decode.jsonlines import decode_json
from soc_agent.model import LogSource
from tests.decode.samples import at, decode, make_context
from tests.decode.windows.forms import SYSMON, Event, line, text_of

EVTX = Path(__file__).resolve().parents[3] / "shared" / "data" / "evtx"
CONTEXT = make_context("eventxml")


def xml(event: Event) -> str:
    """The event as Windows writes it."""

    def element(name: str, value: object) -> str:
        if isinstance(value, dict):
            attributes = "".join(f" {key}={quoteattr(str(item))}" for key, item in value["#attributes"].items())
            return f"<{name}{attributes}>{escape(text_of(value.get('#text')))}</{name}>"
        return f"<{name}>{escape(text_of(value))}</{name}>"

    inner = event["Event"]
    system = "".join(element(name, value) for name, value in inner["System"].items())
    data = "".join(
        f"<Data Name={quoteattr(name)}>{escape(text_of(value))}</Data>" for name, value in inner["EventData"].items()
    )
    head = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>"
    return f"{head}<System>{system}</System><EventData>{data}</EventData></Event>"


def test_an_event_is_the_same_as_in_json() -> None:
    expected, got = decode_json(line(SYSMON), make_context("json")), decode_event_xml(xml(SYSMON), CONTEXT)
    assert expected is not None
    assert got is not None
    assert (got.log_sources, got.time_ns, got.host) == (expected.log_sources, expected.time_ns, expected.host)
    as_texts = {name: text_of(value) for name, value in expected.fields.items()}
    assert {name: text_of(value) for name, value in got.fields.items()} == as_texts
    assert (got.fields["EventID"], got.fields["Level"], got.fields["EventRecordID"]) == (1, 4, 77)


@pytest.mark.data
@pytest.mark.skipif(not EVTX.exists(), reason="the shared event logs are not beside the project")
def test_recorded_events_are_the_same_as_in_json() -> None:
    from evtx import PyEvtxParser

    count = 0
    for path in sorted(EVTX.glob("*.evtx")):
        as_json, as_xml = PyEvtxParser(str(path), 1).records_json(), PyEvtxParser(str(path), 1).records()
        for one, other in zip(as_json, as_xml, strict=True):
            assert one
            assert other
            expected, got = decode_json(one["data"], CONTEXT), decode_event_xml(other["data"], CONTEXT)
            assert expected is not None
            assert got is not None
            assert (got.log_sources, got.time_ns, got.host) == (expected.log_sources, expected.time_ns, expected.host)
            assert texts(got.fields) == texts(expected.fields)
            count += 1
    assert count == 154


def texts(fields: dict[str, object]) -> dict[str, str]:
    return {
        name: json.dumps([text_of(item) for item in value]) if isinstance(value, list) else text_of(value)
        for name, value in fields.items()
    }


def test_the_message_that_was_rendered_is_a_field() -> None:
    text = (
        "<Event><System><EventID>104</EventID><Channel>System</Channel></System><UserData>"
        "<LogFileCleared xmlns='x'><SubjectUserName>an</SubjectUserName><Channel>Security</Channel></LogFileCleared>"
        "</UserData><RenderingInfo Culture='en-US'><Message>The log was cleared.</Message><Keywords>"
        "<Keyword>x</Keyword></Keywords></RenderingInfo></Event>"
    )
    event = decode(text, "eventxml")
    assert event.log_sources == (LogSource("", "windows", "system"),)
    assert (event.fields["SubjectUserName"], event.fields["Channel"]) == ("an", "Security")
    assert event.fields["Message"] == "The log was cleared."


def test_data_without_names_have_numbers() -> None:
    text = "<Event><System><EventID>7</EventID><Channel>Application</Channel></System><EventData>{}</EventData></Event>"
    event = decode(text.format("<Data>a</Data><Data/><Data>c</Data><Binary>00</Binary>"), "eventxml")
    assert (event.fields["param1"], event.fields["param2"], event.fields["param3"]) == ("a", "", "c")


def test_nxlog_writes_every_field_as_an_element() -> None:
    event = decode(
        "<Event><EventTime>2026-03-02 08:14:07</EventTime><Hostname>pc01</Hostname><EventID>4688</EventID>"
        "<Channel>Security</Channel><NewProcessName>C:\\a.exe</NewProcessName></Event>",
        "eventxml",
    )
    assert event.log_sources == (LogSource("process_creation", "windows", "security"),)
    assert (event.fields["Image"], event.host) == ("C:\\a.exe", "pc01")
    assert event.time_ns == at("2026-03-02T01:14:07")


def test_sysmon_for_linux_comes_through_syslog() -> None:
    event = decode(
        '<14>Mar  2 08:14:07 web01 sysmon: <Event><System><Provider Name="Linux-Sysmon"/><EventID>11</EventID>'
        "<Channel>Linux-Sysmon/Operational</Channel><Computer>web01</Computer></System><EventData>"
        '<Data Name="TargetFilename">/tmp/x</Data></EventData></Event>'
    )
    assert LogSource("file_event", "linux", "sysmon") in event.log_sources
    assert (event.fields["TargetFilename"], event.fields["program"]) == ("/tmp/x", "sysmon")


@pytest.mark.parametrize("text", ["<Event><System/></Event>", "<Event><EventID>1</EventID></Event>", "nothing"])
def test_what_says_not_what_it_is_stays_undecoded(text: str) -> None:
    event = decode(text, "eventxml")
    assert not event.decoded
    assert event.log_sources == (LogSource(),)


def test_the_beginning_of_an_event() -> None:
    assert is_event_xml("<?xml version='1.0'?>\n<Event>")
    assert not is_event_xml("<Events>")
    assert not is_event_xml("x <Event>")
