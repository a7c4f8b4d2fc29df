import re
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode import syslog
from soc_agent.decode.syslog import FACILITIES, SEVERITIES, decode_syslog, is_syslog
from soc_agent.model import LogSource
from tests.decode.samples import at, make_context


def parse(line: str) -> Any:
    parsed = decode_syslog(line, make_context())
    assert parsed is not None, line
    return parsed


@pytest.mark.parametrize(
    ("line", "host", "program", "pid", "message"),
    [
        ("Jun 14 15:16:01 combo sshd[19939]: text", "combo", "sshd", 19939, "text"),
        ("Jun  4 15:16:01 combo su: text", "combo", "su", None, "text"),
        ("Sep 8 07:46:30 canyon dovecot: auth(24): x", "canyon", "dovecot", None, "auth(24): x"),
        ("<34>Oct 11 22:14:15 box su: 'su root' failed", "box", "su", None, "'su root' failed"),
        ("Jun 14 15:16:01.123456 combo app: text", "combo", "app", None, "text"),
        ("2024-10-31T12:38:21.817327+00:00 box postfix/smtpd[26]: text", "box", "postfix/smtpd", 26, "text"),
        ("2024-10-31T12:38:21Z box app[1]: text", "box", "app", 1, "text"),
        ("2024-10-31 12:38:21,124 box proftpd[49] text", "box", "proftpd", 49, "text"),
        (
            "2023-03-19T12:34:09+01:00 10.120.127.1 system,error login failure",
            "10.120.127.1",
            "",
            None,
            "system,error login failure",
        ),
        ("1698752301.817327 box app[1]: text", "box", "app", 1, "text"),
        ("Jun 14 15:16:01 sshd[1]: no host", "", "sshd", 1, "no host"),
        ("Jun 14 15:16:01 kernel: no host", "", "kernel", None, "no host"),
        ("Jun 14 15:16:01 combo syslogd 1.4.1: restart.", "combo", "syslogd", None, "restart."),
        ("Jun 14 15:16:01 combo -- MARK --", "combo", "", None, "-- MARK --"),
        ("Jun 14 15:16:01 combo (systemd)[12]: text", "combo", "systemd", 12, "text"),
        ("Jun 14 15:16:01 combo gdm-password][12]: text", "combo", "gdm-password", 12, "text"),
        ("Jun 14 15:16:01 combo app[main]: text", "combo", "app", "main", "text"),
        ("Jun 14 15:16:01 fe80::1 app: text", "fe80::1", "app", None, "text"),
        ("Jun 14 15:16:01 combo app: http://x: y", "combo", "app", None, "http://x: y"),
        ("<13>sshd[1]: no time", "", "sshd", 1, "no time"),
        ("<13>no tag and no time", "", "", None, "no tag and no time"),
        ("sshd[1]: a tag alone", "", "sshd", 1, "a tag alone"),
        ("<189>45: *Mar  1 18:46:11.123 UTC: %SYS-5-CONFIG_I: x", "", "", None, "%SYS-5-CONFIG_I: x"),
        ("<189>45: rt01: Mar 1 18:46:11: %SYS-5-CONFIG_I: x", "rt01", "", None, "%SYS-5-CONFIG_I: x"),
        ("Jun 14 2023 15:16:01 asa1 : %ASA-6-302013: Built", "asa1", "", None, "%ASA-6-302013: Built"),
        ("<166>Jun 14 2023 15:16:01: %ASA-6-302013: Built", "", "", None, "%ASA-6-302013: Built"),
        ("Jun 14 15:16:01 rt01: %SYS-5-RESTART: x", "rt01", "", None, "%SYS-5-RESTART: x"),
        ("<189>: 2026 Mar  1 18:46:11 ICT: %ETHPORT-5-IF_DOWN: x", "", "", None, "%ETHPORT-5-IF_DOWN: x"),
        ("<189>n9k : 2026 Mar  1 18:46:11.123 ICT: %ETHPORT-5-IF_DOWN: x", "n9k", "", None, "%ETHPORT-5-IF_DOWN: x"),
        ("<187>45: rt01: 000456: .Mar 1 18:46:11.123 UTC: %SYS-5-CONFIG_I: x", "rt01", "", None, "%SYS-5-CONFIG_I: x"),
        ("<190>Jun 14 15:16:01 2026 fw1 app: x", "fw1", "app", None, "x"),
        ("Jun 14 15:16:01 2026 sshd[12]: no host", "", "sshd", 12, "no host"),
        ("Jan 18 11:07:53 host CEF:0|a|b|c|d|e|5|", "host", "", None, "CEF:0|a|b|c|d|e|5|"),
        ("Feb 30 10:00:00 combo app: a day that is not", "combo", "app", None, "a day that is not"),
    ],
)
def test_a_header_is_split_however_much_of_it_is_there(
    line: str, host: str, program: str, pid: object, message: str
) -> None:
    parsed = parse(line)
    assert (parsed.host, parsed.program, parsed.fields.get("pid")) == (host, program, pid)
    assert parsed.fields["message"] == message
    assert parsed.fields.get("program", "") == program


@pytest.mark.parametrize(
    ("line", "time"),
    [
        ("Jun 14 15:16:01 combo app: text", "2026-06-14T08:16:01"),
        ("2024-10-31T12:38:21.817327+00:00 box app: text", "2024-10-31T12:38:21.817327"),
        ("2024-10-31T12:38:21 box app: text", "2024-10-31T05:38:21"),
        ("1698752301.817327 box app[1]: text", "2023-10-31T11:38:21.817327"),
        ("Jun 14 2023 15:16:01 asa1 : %ASA-6-302013: Built", "2023-06-14T08:16:01"),
        ("<34>1 2003-10-11T22:14:15.003Z box su - ID47 - x", "2003-10-11T22:14:15.003"),
        ("<189>45: *Mar  1 2026 18:46:11.123 UTC: %SYS-5-CONFIG_I: x", "2026-03-01T18:46:11.123"),
        ("<189>45: *Mar  1 2026 18:46:11.123 ICT: %SYS-5-CONFIG_I: x", "2026-03-01T11:46:11.123"),
        ("<189>: 2025 Mar  1 18:46:11 ICT: %ETHPORT-5-IF_DOWN: x", "2025-03-01T11:46:11"),
        ("<190>Jun 14 15:16:01 2024 fw1 app: x", "2024-06-14T08:16:01"),
        ("<190>Jun 14 2024 15:16:01+09:00 HUAWEI %%01INFO/4/x(l)[1]: x", "2024-06-14T06:16:01"),
    ],
)
def test_the_time_is_read(line: str, time: str) -> None:
    assert parse(line).time_ns == at(time)


@pytest.mark.parametrize("line", ["<34>1 - box app - - - x", "Feb 30 10:00:00 combo app: x", "<13>app: x"])
def test_no_time_is_none_to_be_filled_with_that_of_reading(line: str) -> None:
    assert parse(line).time_ns is None


def test_a_priority_becomes_facility_and_severity() -> None:
    fields = parse("<86>Jun 14 15:16:01 combo sshd[1]: x").fields
    assert (fields["facility"], fields["severity"]) == ("authpriv", "info")
    assert LogSource("", "linux", "auth") in parse("<86>Jun 14 15:16:01 combo x: y").log_sources


def test_a_priority_beyond_the_last_says_nothing() -> None:
    assert "facility" not in parse("<999>x").fields


def test_structured_data_become_fields_with_their_escapes_undone() -> None:
    parsed = parse(
        "<165>1 2003-10-11T22:14:15.003Z box evntslog - ID47 "
        '[a@32473 iut="3" app="A\\"l\\]c\\\\" n="1" n="2"][b@1][c@1 x=""] \ufeffAn event'
    )
    assert parsed.fields == {
        "a@32473.iut": "3",
        "a@32473.app": 'A"l]c\\',
        "a@32473.n": ["1", "2"],
        "b@1": "",
        "c@1.x": "",
        "msgid": "ID47",
        "program": "evntslog",
        "message": "An event",
        "facility": "local4",
        "severity": "notice",
    }


def test_nil_values_are_no_fields() -> None:
    parsed = parse("<165>1 - - - - - -")
    assert parsed.fields == {"message": "", "facility": "local4", "severity": "notice"}
    assert parsed.host == ""


def test_broken_structured_data_stay_in_the_message() -> None:
    assert parse('<165>1 - h a - - [x y="1] text').fields["message"] == '[x y="1] text'


def test_an_octet_count_in_front_is_skipped() -> None:
    assert parse("44 <34>1 2003-10-11T22:14:15.003Z box su - ID47 - x").program == "su"


def test_what_came_again_is_unwrapped_and_counted() -> None:
    parsed = parse("Dec 10 09:11:20 box sshd[1]: message repeated 5 times: [ Failed password for root]")
    assert (parsed.fields["repeat"], parsed.repeat) == (5, 5)
    assert parsed.subject == "Failed password for root"
    last = parse("Dec 10 09:11:20 box last message repeated 3 times")
    assert (last.fields["repeat"], last.repeat) == (3, 3)
    assert parse("<13>Dec 10 09:11:20 box app: message repeated 7 times: [ x]").repeat == 7


@pytest.mark.parametrize(
    "text",
    [
        "Dec 10 09:11:20 box sshd[1]: message repeated 0 times: [ x]",
        "<165>1 - box app - - [repeat] text",
        '<165>1 - box app - - [x repeat="9"] text',
        "Dec 10 09:11:20 box app: repeat=9",
    ],
)
def test_a_line_stands_for_one_event_where_syslog_does_not_say_more(text: str) -> None:
    assert parse(text).repeat == 1


def test_a_pam_module_in_the_tag_is_brought_into_todays_form() -> None:
    parsed = parse("Jun 14 15:16:01 combo sshd(pam_unix)[19939]: check pass; user unknown")
    assert parsed.program == "sshd"
    assert parsed.subject == "pam_unix(sshd): check pass; user unknown"
    assert parsed.fields["message"] == "check pass; user unknown"


@pytest.mark.parametrize("client", ["192.0.2.7", "192.0.2.7,sasl:plain", "2001:db8::7,sasl:login"])
def test_what_a_line_is_about_is_neither_host_nor_tag(client: str) -> None:
    """The file that Dovecot 2.4 writes itself; all of it is the message, so that the client is not lost."""
    message = f"auth(an@example.vn,{client})<q>: Info: sql: Password mismatch"
    parsed = decode_syslog(f"Nov 20 10:15:04 {message}", make_context("syslog"))
    assert parsed is not None
    assert (parsed.host, parsed.program, parsed.subject) == ("", "", message)


@pytest.mark.parametrize(
    "line", ["", "no syslog", "kernel: tag without pid", "<x>y", "2024-10-31T12:38 box a: x", "{}"]
)
def test_what_is_no_syslog_is_none(line: str) -> None:
    assert decode_syslog(line, make_context()) is None


def test_a_time_alone_does_not_make_a_line_syslog_to_guess() -> None:
    assert not is_syslog("2020-04-16T05:13:40.861934Z 344 [Note] Access denied for user")
    assert not is_syslog("2021-03-03 19:51:53,762 INFO  [qtp93314457-324] [oip=192.0.2.1] SoapEngine - x")
    assert is_syslog("2024-10-31T12:38:21.817327+00:00 box app[1]: text")


NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='=]"'), min_size=1, max_size=32)
TOKENS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=32)
# values and messages hold anything but what ends a line; what stands at the ends of a message is not kept
VALUES = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)
WORDS = VALUES.map(str.strip).filter(lambda text: not text.startswith(("message repeated", "last message", "\ufeff")))


def escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")


@given(
    facility=st.integers(0, 23),
    severity=st.integers(0, 7),
    host=TOKENS,
    program=TOKENS.filter(lambda text: text.strip("()]") == text and "(" not in text),
    process=st.integers(1, 2**31),
    message_id=TOKENS,
    data=st.dictionaries(NAMES, st.dictionaries(NAMES, VALUES, min_size=1, max_size=3), min_size=1, max_size=3),
    message=WORDS,
)
def test_every_rfc_5424_message_comes_back_as_it_was(
    facility: int,
    severity: int,
    host: str,
    program: str,
    process: int,
    message_id: str,
    data: dict[str, dict[str, str]],
    message: str,
) -> None:
    elements = "".join(
        f"[{name} " + " ".join(f'{key}="{escaped(value)}"' for key, value in values.items()) + "]"
        for name, values in data.items()
    )
    header = f"<{facility * 8 + severity}>1 2026-03-02T08:14:07.5Z {host} {program} {process} {message_id}"
    line = f"{header} {elements} {message}"
    parsed = parse(line)
    assert parsed.time_ns == at("2026-03-02T08:14:07.5")
    expected: dict[str, Any] = {"message": message, "pid": process}
    expected |= {"facility": FACILITIES[facility], "severity": SEVERITIES[severity]}
    if program != "-":
        expected["program"] = program
    if message_id != "-":
        expected["msgid"] = message_id
    assert parsed.host == ("" if host == "-" else host)
    flat: dict[str, Any] = {}
    for name, values in data.items():
        for key, value in values.items():
            held = flat.setdefault(f"{name}.{key}", [])
            held.append(value)
    expected = {**{key: value[0] if len(value) == 1 else value for key, value in flat.items()}, **expected}
    assert parsed.fields == expected


PIECES = (
    "sshd",
    "kernel",
    "web01",
    "pam_unix",
    "[7]",
    "[007]:",
    ": ",
    "  ",
    "%ASA-6-1",
    "1.4.1",
    "Jun 14 15:16:01",
    "Ⅷ",
)
REPEATS = ("message repeated 3 times: [ x]", "last message repeated 2 times")
PARTS = st.sampled_from((*"[]():%.- \t\x0b\u00a0/đ", *PIECES, *REPEATS))


@given(st.sampled_from(["Jun 14 15:16:01 ", "feb 29 01:02:03 ", "Feb 30 25:61:61 ", ""]), st.lists(PARTS, max_size=7))
def test_the_short_way_reads_a_line_as_the_long_one_does(stamp: str, parts: list[str]) -> None:
    text = stamp + "".join(parts)
    with patch.object(syslog, "_USUAL", re.compile("(?!)")):
        expected = decode_syslog(text, make_context())
    assert decode_syslog(text, make_context()) == expected


def test_the_short_way_is_that_of_nearly_all_lines() -> None:
    assert syslog._USUAL.match("Jun 14 15:16:01 combo sshd[19939]: text")
    assert syslog._USUAL.match("Jun  4 15:16:01 10.0.0.1 su: text")


@pytest.mark.parametrize(
    ("line", "host"),
    [
        ("2026-03-02T01:14:07.123Z In(166) Hostd[2099567]: x", ""),
        ("2026-03-02T01:14:07.123Z info hostd[2099567] [Originator@6876 sub=x] y", ""),
        ("2026-03-02T01:14:07.123Z info sshd[7]: x", "info"),
        ("2026-03-02T01:14:07.123Z esx01 Hostd[7]: x", "esx01"),
    ],
)
def test_the_level_in_the_files_of_esxi_is_no_host(line: str, host: str) -> None:
    parsed = decode_syslog(line, make_context())
    assert parsed is not None
    assert parsed.host == host


def test_a_firewall_may_write_its_time_behind_a_colon() -> None:
    """ASA with ``logging emblem`` and with a class of messages in the tag."""
    line = "<164>:Mar  2 2026 08:14:07 UTC: %ASA-session-4-106023: Deny tcp src a:192.0.2.10/1 dst b:198.51.100.1/22"
    parsed = decode_syslog(line, make_context())
    assert parsed is not None
    assert (parsed.time_ns, parsed.subject[:5]) == (1_772_439_247_000_000_000, "%ASA-")
    assert is_syslog(line)
    assert is_syslog("<164>%ASA-4-106023: Deny tcp src a:192.0.2.10/1 dst b:198.51.100.1/22")


def test_what_has_no_message_is_known_by_its_id_and_data() -> None:
    parsed = decode_syslog('<14>1 2026-03-02T08:14:07Z fw RT_FLOW - DENY [a@1 x="y"]', make_context())
    assert parsed is not None
    assert (parsed.fields["message"], parsed.subject) == ("", 'DENY [a@1 x="y"]')


def test_what_loggers_put_around_the_host_and_the_tag_is_taken_off() -> None:
    found = {}
    for line in (
        "Fri Nov 20 08:00:08 2026 authpriv.info dropbear[12]: text",
        "Nov 20 08:00:08 ap1 auth.info sshd[12]: text",
        "Nov 20 08:00:08 <auth.info> ap1 sshd[12]: text",
        "Nov 20 08:00:08 sun1 sshd[12]: [ID 800047 auth.info] text",
        "2026-11-20T08:00:08+00:00 sun1 sshd[12]: [ID 800047 auth.info] text",
        "Nov 20 08:00:08 [sshd] text",
        "Nov 20 08:00:08 ap1 [sshd][12]: text",
        "Fri 2026-11-20 08:00:08 +07 ap1 sshd[12]: text",
        "Fri 2026-11-20 08:00:08 ICT ap1 sshd[12]: text",
        "[ 8112.000000] ap1 sshd[12]: text",
        "ap1 sshd[12]: text",
    ):
        parsed = parse(line)
        assert parsed.fields["message"] == parsed.subject == "text", line
        found[line] = (parsed.host, parsed.program)
    hosts = ["", "ap1", "ap1", "sun1", "sun1", "", "ap1", "ap1", "ap1", "ap1", "ap1"]
    assert found == dict(zip(found, zip(hosts, ["dropbear", *["sshd"] * 10], strict=True), strict=True))
    assert parse("Nov 20 08:00:08 ap1 auth.info sshd[12]: x").log_sources[0] == LogSource("", "linux", "auth")
    assert parse("Fri 2026-11-20 08:00:08 +07 ap1 sshd[12]: x").time_ns == at("2026-11-20T01:00:08")
    # what only looks so stays what it is
    assert parse("Nov 20 08:00:08 web1 [error] x").fields["message"] == "[error] x"


@pytest.mark.parametrize(
    ("line", "yes"),
    [
        ("ap1 sshd[12]: text", True),
        ("[ 8112.000000] ap1 sshd[12]: text", True),
        ("Fri Nov 20 08:00:08 2026 daemon.info dnsmasq: text", True),
        ("Fri 2026-11-20 08:00:08 UTC ap1 sshd[12]: text", True),
        ('Fri Nov 20 08:00:08 2026 [pid 12] [an] FAIL LOGIN: Client "192.0.2.7"', False),
        ("Fri Nov 20 08:00:08 2026 - OK - [192.0.2.7] text", False),
        ("[ 8112.000000] usb 1-1: text", False),
    ],
)
def test_lines_without_a_usual_time_are_syslog_only_with_a_program(line: str, yes: bool) -> None:
    assert is_syslog(line) is yes


@pytest.mark.parametrize("priority", ["", "<14>"])
def test_a_message_of_rfc5424_behind_the_header_of_a_relay_is_read(priority: str) -> None:
    line = f'Nov 20 09:14:03 10.20.0.2 {priority}1 2026-11-20T09:14:03.1+07:00 srx01 RT_FLOW - DENY [junos@1 a="x"]'
    parsed = parse(line)
    assert (parsed.host, parsed.program, parsed.time_ns) == ("srx01", "RT_FLOW", at("2026-11-20T02:14:03.1"))
    assert (parsed.fields["msgid"], parsed.fields["junos@1.a"]) == ("DENY", "x")
    assert parse("Nov 20 09:14:03 10.20.0.2 1 of 3 disks is full").fields["message"] == "1 of 3 disks is full"


def test_messages_of_huawei_and_h3c_are_surely_syslog() -> None:
    assert is_syslog("<187>Nov 20 2026 09:14:03 USG6500 %%01SSH/4/SSH_FAIL(s)[1]:Failed to login. (IP=192.0.2.7)")
