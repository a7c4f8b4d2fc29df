from functools import cache, partial
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from soc_agent.decode import Decoders
from soc_agent.decode.definition import texts
from soc_agent.decode.linetypes import LINE_TYPES
from soc_agent.model import LogSource
from tests.decode.samples import RECEIVED_NS, all_decoders, at, decode, make_context

TYPES = all_decoders().types()
WAF = (
    'ModSecurity: Warning. Found. [id "949110"] [msg "Inbound Anomaly Score Exceeded (Total Score: 8)"] [data "x"] '
    '[severity "CRITICAL"] [ver "OWASP_CRS/4.1.0"] [tag "attack-sqli"] [hostname "h.vn"] [uri "/a?b"]'
)


def test_an_sshd_line_is_sshd_auth_and_syslog() -> None:
    event = decode("Mar  2 08:14:07 web01 sshd[7]: Failed password for root from 192.0.2.10 port 22 ssh2")
    assert event.type == "sshd"
    assert event.log_sources == (
        LogSource("", "linux", "sshd"),
        LogSource("", "linux", "auth"),
        LogSource("", "linux", "syslog"),
    )
    assert (event.host, event.time_ns, event.decoded) == ("web01", at("2026-03-02T01:14:07"), True)


def test_a_line_that_says_neither_host_nor_time_has_those_of_the_context() -> None:
    event = decode('{"a": 1}', "json", host="web01")
    assert (event.host, event.time_ns) == ("web01", RECEIVED_NS)


@pytest.mark.parametrize("line_type", ["syslog", "access", "json", "zeek", "yara", "health", "cef", "kv"])
def test_a_line_that_cannot_be_decoded_keeps_its_text_and_its_time(line_type: str) -> None:
    event = decode(b"2026/03/02 01:14:07 UTC \xff odd", line_type)
    assert not event.decoded
    assert event.fields == {}
    assert event.text == "2026/03/02 01:14:07 UTC \ufffd odd"
    assert event.raw == b"2026/03/02 01:14:07 UTC \xff odd"
    assert event.time_ns == at("2026-03-02T01:14:07")
    assert event.type == line_type
    assert event.log_sources


def test_a_broken_finding_is_no_finding() -> None:
    assert LogSource("file_event", "soc-agent", "yara") not in decode('{"type": "yara", ', "yara").log_sources


def test_a_type_that_is_not_known_is_guessed_line_by_line() -> None:
    assert decode("Mar  2 08:14:07 web01 sshd[7]: x", "auto").type == "sshd"
    assert decode('{"a": 1}', "no such type").type == "json"


def test_a_carriage_return_does_not_belong_to_a_line() -> None:
    event = decode(b"Mar  2 08:14:07 web01 sshd[7]: Invalid user pi from 192.0.2.10\r")
    assert event.fields["src_ip"] == "192.0.2.10"
    assert event.raw.endswith(b"\r")


def test_without_data_driven_decoders_the_types_still_work(tmp_path: Path) -> None:
    decoders = Decoders.load([tmp_path])
    assert decoders.decode(b"Mar  2 08:14:07 web01 sshd[7]: x", make_context()).type == "syslog"
    assert Decoders().problems == []


def test_log_sources_of_a_type_are_those_of_its_data_driven_decoders_too() -> None:
    sources = all_decoders().log_sources("syslog")
    assert {LogSource("", "linux", "sshd"), LogSource("", "linux", "syslog"), LogSource("webserver", "", "")} <= sources
    assert LogSource("", "linux", "sshd") not in all_decoders().log_sources("access")
    assert all_decoders().log_sources("no such type") >= sources


@pytest.mark.parametrize(
    ("line_type", "lines"),
    [
        (
            "access",
            [
                'a.vn:443 2001::7 - an [02/Mar/2026:08:14:07 +0700] "GET http://h/a?b HTTP/1.1" 200 5 "r" "a" "x" y',
                '192.0.2.7, 192.0.2.8 - - [02/Mar/2026:08:14:07 +0700] "\\x16\\x03" 400 0 "-" "-"',
            ],
        ),
        (
            "apache_error",
            [
                "[Mon Mar 02 08:14:07.1 2026] [a:error] [pid 8:tid 9] (2)No: [client ::1:5] AH01618: x, referer: y",
                "[Mon Mar 02 08:14:07 2026] [error] [client 192.0.2.10] File does not exist: /srv/www/phpmyadmin",
                f"[Mon Mar 02 08:14:07 2026] [security2:error] [pid 8:tid 9] [client ::1:5] {WAF}",
                "[Mon Mar 02 08:14:07 2026] [error] [client 192.0.2.10] user an: password mismatch: /d",
            ],
        ),
        (
            "nginx_error",
            [
                '2026/03/02 08:14:07 [a] 8#8: *9 x, client: a, request: "GET /?y HTTP/1.1", host: "h", referrer: "r"',
                '2026/03/02 08:14:07 [error] 8#8: *9 x, client: ::1, server: s, upstream: "u"',
                '2026/03/02 08:14:07 [info] 28#28: *9 x, client: 192.0.2.10, server: s, request: "what"',
                f"2026/03/02 08:14:07 [error] 8#8: *9 {WAF}, client: 192.0.2.7, server: s",
                "2026/03/02 08:14:07 [error] 8#8: *9 user an: password mismatch: /d, client: 192.0.2.7, server: s",
            ],
        ),
    ],
)
def test_types_with_fields_of_their_own_say_which(line_type: str, lines: list[str]) -> None:
    """And each of those of the type itself can come."""
    possible = all_decoders().fields(line_type)
    found = set().union(*(decode(line, line_type).fields for line in lines))
    assert possible is not None
    assert found <= possible
    assert LINE_TYPES[line_type].fields is not None
    assert found >= (LINE_TYPES[line_type].fields or set())


def test_lines_that_name_their_fields_may_have_any() -> None:
    assert [all_decoders().fields(name) for name in ("json", "kv", "cef", "syslog", "no such type")] == [None] * 5


def test_literals_say_by_what_lines_of_a_log_source_are_known() -> None:
    literals = all_decoders().literals("syslog", LogSource("", "linux", "sshd"))
    assert literals is not None
    assert literals >= {"sshd", "sshd-session", "sshd-auth", "Failed password for "}
    assert all(len(literal) >= 4 for literal in literals)
    assert all_decoders().literals("syslog", LogSource("", "linux", "syslog")) is None
    assert all_decoders().literals("access", LogSource("", "linux", "sshd")) == frozenset()
    assert all_decoders().literals("no such type", LogSource()) is None
    assert all_decoders().literals("json", LogSource()) is None
    # the lines of a program that another decoder names are packets only by what the patterns need
    packets = all_decoders().literals("syslog", LogSource("firewall", "linux"))
    assert packets is not None
    assert "kernel" not in packets
    assert {"ulogd", "ufw", "PROTO="} <= packets
    assert all(literal in ("ulogd", "ufw") or "PROTO=" in literal for literal in packets)


def test_literals_of_payloads_say_by_what_carried_events_are_known() -> None:
    sysmon = LogSource("process_creation", "windows", "sysmon")
    carried = all_decoders().payload_literals("syslog", sysmon)
    assert carried is not None
    assert carried == all_decoders().literals("json", sysmon)
    assert all_decoders().payload_literals("syslog", LogSource("", "linux", "sshd")) is None
    assert all_decoders().payload_literals("syslog", LogSource("", "linux", "syslog")) is None
    assert all_decoders().payload_literals("json", sysmon) is None
    assert all_decoders().payload_literals("no such type", sysmon) is None


def test_derived_fields_are_those_that_a_decoder_makes() -> None:
    derived = all_decoders().derived_fields("syslog")
    assert {"action", "outcome", "facility", "severity"} <= derived
    assert not {"user", "src_ip", "message", "program"} & derived
    assert "action" in all_decoders().derived_fields("no such type")


PARTS = st.sampled_from(
    [
        *(
            "Jan  1 00:00:00 ",
            "<13>",
            "<165>1 ",
            "2026-03-02T08:14:07Z ",
            "[02/Mar/2026:08:14:07 +0700]",
            "1772414047.5 ",
        ),
        *("host ", "sshd[1]: ", "sudo: ", "kernel: ", "su(pam_unix)[1]: ", "nginx: ", "CRON[1]: ", "useradd[1]: "),
        *("Failed password for ", "invalid user ", " from ", " port 22", " ssh2", "192.0.2.10 ", "::ffff:192.0.2.10"),
        *("pam_unix(x:y): ", "authentication failure; ", "logname=", " user=", "message repeated 2 times: [ ", "]"),
        *(
            '"GET /?',
            ' HTTP/1.1" ',
            "200 1 ",
            '"-" ',
            '"',
            "\\",
            "\\x22",
            "- - ",
            ", client: ",
            ', request: "',
            "[error] 1#1: ",
        ),
        *(
            "{",
            "}",
            '{"a":',
            '"_path":"dns"',
            '"type":"yara"',
            ":",
            ",",
            "[",
            "1e999",
            "\\ud800",
            "CEF:0|",
            "|",
            "a=",
            "cs1Label=x ",
        ),
        *(
            "%SEC-6-IPACCESSLOGP: ",
            "SRC=",
            " DST=",
            "PROTO=",
            "IN=",
            "OUT=",
            "audit(1.0:1)",
            "\ufeff",
            "\0",
            "\r",
            "  ",
            "é",
            "\u202e",
        ),
    ]
)
LINES = st.binary(max_size=200) | st.lists(PARTS | st.text(max_size=10), max_size=20).map(
    lambda parts: "".join(parts).encode("utf-8", "replace")
)


@settings(max_examples=400)
@given(LINES, st.sampled_from([*TYPES, "auto", ""]))
@example(b'{"a":' * 2000, "json")
@example(b"[" * 5000, "json")
@example(b"1" * 5000, "json")
@example(b'{"a":' + b"9" * 5000 + b"}", "json")
@example(b"Mar  2 08:14:07 h sshd[1]: Failed password for x from 1 port " + b"9" * 5000 + b" ssh2", "syslog")
@example(b"Mar  2 08:14:07 h last message repeated " + b"9" * 5000 + b" times", "syslog")
@example("Mar  2 08:14:07 h app[\u0663]: \u0661".encode(), "syslog")
@example(b'- - - [02/Mar/2026:08:14:07 +0700] "-" 200 ' + b"9" * 5000, "access")
@example(b"CEF:0|a|b|c|d|e|5|dpt=" + b"9" * 5000 + " rt=\u0661".encode(), "cef")
def test_any_bytes_of_any_type_give_an_event_that_can_be_kept(line: bytes, line_type: str) -> None:
    event = decode(line, line_type)
    assert event.raw == line
    assert event.text == line.decode("utf-8", "replace")
    assert 0 <= event.time_ns < 2**63
    assert event.log_sources
    assert set(event.log_sources) <= all_decoders().log_sources(line_type)
    assert event.decoded or event.fields == {}
    possible = all_decoders().fields(line_type)
    assert possible is None or possible.issuperset(event.fields)
    for value in event.fields.values():
        for item in value if isinstance(value, list) else [value]:
            assert item is None or isinstance(item, (str, int, float, bool))
    msgspec.json.encode(event.fields)


@settings(max_examples=400)
@given(LINES, st.sampled_from(TYPES))
def test_literals_of_a_log_source_stand_in_each_of_its_lines(line: bytes, line_type: str) -> None:
    if b"\\u" in line:
        return  # JSON may write any letter so; who looks for literals must know
    event = decode(line, line_type)
    lowered = event.text.lower()
    for source in event.log_sources:
        literals = all_decoders().literals(line_type, source)
        assert literals is None or any(literal.lower() in lowered for literal in literals)
        carried = all_decoders().payload_literals(line_type, source)
        assert carried is None or any(literal.lower() in lowered for literal in carried)


def test_literals_of_a_log_source_stand_in_its_messages_whichever_program_wrote_them() -> None:
    """A message that one decoder knows, from the programs of every other, which may name it first."""
    decoders = [decoder for decoder in all_decoders().data_driven if "syslog" in texts(decoder.definition.parent)]
    messages = [
        str(decode(sample.line, "syslog").fields.get("message", ""))
        for decoder in decoders
        for sample in decoder.definition.samples
        if sample.type in ("", "syslog")
    ]
    programs = {
        "/usr/bin/other",
        "x/su",
        *(each.definition.programs[0] for each in decoders if each.definition.programs),
    }
    assert len(messages) > 100
    literals_of = cache(partial(all_decoders().literals, "syslog"))
    for program in programs:
        for message in messages:
            event = decode(f"Mar  2 08:14:07 h {program}[1]: {message}", "syslog")
            lowered = event.text.lower()
            for source in event.log_sources:
                literals = literals_of(source)
                assert literals is None or any(literal.lower() in lowered for literal in literals), event


@pytest.mark.parametrize("line_type", TYPES)
def test_a_long_hostile_line_of_any_type_is_decoded_in_time(line_type: str) -> None:
    for part in ("Mar  2 08:14:07 h sshd[1]: ", "a=", '"', "[", "\\", " from 1 port 2", "{", "|", " "):
        decode(part * (200_000 // len(part)), line_type)


@pytest.mark.parametrize(
    ("line_type", "line", "repeat"),
    [
        ("json", '{"repeat": 5000, "message": "message repeated 5 times: [ x]"}', 1),
        ("kv", 'repeat=5000 msg="x"', 1),
        ("syslog", "Mar  2 08:14:07 h kernel: repeat=5000 x=y", 1),
        (
            "syslog",
            "Mar  2 08:14:07 h sshd[1]: message repeated 5 times: [ Failed password for root from ::1 port 3 ssh2]",
            5,
        ),
        (
            "syslog",
            "Mar  2 08:14:07 h sshd: PAM 4 more authentication failures; logname= uid=0 euid=0 tty= ruser= rhost=::1",
            4,
        ),
    ],
)
def test_only_a_decoder_says_how_many_events_a_line_stands_for(line_type: str, line: str, repeat: int) -> None:
    assert decode(line, line_type).repeat == repeat
