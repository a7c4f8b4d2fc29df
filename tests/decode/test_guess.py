import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode import guess_type
from soc_agent.decode.linetypes import LINE_TYPES

ACCESS = b'192.0.2.10 - - [02/Mar/2026:08:14:07 +0700] "GET / HTTP/1.1" 200 1 "-" "curl"'
SYSLOG = b"Mar  2 08:14:07 web01 sshd[1]: x"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (SYSLOG, "syslog"),
        (b"<34>1 2026-03-02T08:14:07Z web01 su - - - x", "syslog"),
        (b"2026-03-02T08:14:07.123456+07:00 web01 sshd[1]: x", "syslog"),
        (b"<189>45: *Mar  1 18:46:11.123 UTC: %SYS-5-CONFIG_I: x", "syslog"),
        (SYSLOG + b" " + ACCESS, "syslog"),
        (ACCESS, "access"),
        (b"www.example.net:443 " + ACCESS, "access"),
        (b"[Sun Dec 04 04:47:44 2005] [error] x", "apache_error"),
        (b"2026/03/02 08:14:07 [error] 1#1: x", "nginx_error"),
        (b'{"a": 1}', "json"),
        (b'{"a": 1, "cut": "', "json"),
        (b'{"_path":"conn","ts":1}', "zeek"),
        (b'{"ts":1,"id.orig_h":"192.0.2.10"}', "zeek_log"),
        (b"#separator \\x09\n#fields\tts\n1", "zeek_log"),
        (b'{"type":"yara","path":"/x","rule":"r"}', "yara"),
        (b'{"type":"health","kind":"started"}', "health"),
        (b"CEF:0|V|P|1|1|n|5|", "cef"),
        (b"Mar  2 08:14:07 fw01 CEF:0|V|P|1|1|n|5|", "cef"),
        (b"type=SYSCALL msg=audit(1772414047.579:2995): arch=c000003e success=yes", "auditd"),
        (b"level=info ts=1 msg=hello", "kv"),
        (b"2020-04-16T05:13:40.861934Z 344 [Note] Access denied", "plain"),
        (b"2026-03-02 08:14:07.12 Logon       Error: 18456, Severity: 14, State: 8.", "plain"),
        (b"some text", "plain"),
        (b"", "plain"),
        (b"\x7fELF\x02\x01\x01\x00\x00", "plain"),
        (b"<Event xmlns=x><System>", "eventxml"),
        (b"<Event><System>", "eventxml"),
        (b'<?xml version="1.0"?><Event xmlns="x">', "eventxml"),
        (b"<EventLog>", "plain"),
        (b"<Events>", "plain"),
        (b"\xef\xbb\xbf" + SYSLOG, "syslog"),
    ],
)
def test_a_type_is_told_from_one_line(line: bytes, name: str) -> None:
    assert guess_type(line + b"\n") == name


def test_the_type_of_most_lines_wins() -> None:
    assert guess_type(b"\n".join([ACCESS] * 5 + [SYSLOG] * 3 + [b""])) == "access"


def test_traces_behind_lines_do_not_hide_their_type() -> None:
    assert guess_type(b"\n".join([SYSLOG, b"  at x", b"  at y", b"  at z", b""])) == "syslog"


def test_a_type_of_few_lines_does_not_win() -> None:
    assert guess_type(b"\n".join([SYSLOG] + [b"text"] * 9 + [b""])) == "plain"


def test_a_cut_last_line_counts_only_when_alone() -> None:
    assert guess_type(ACCESS) == "access"
    assert guess_type(ACCESS + b"\n" + SYSLOG) == "access"


@given(st.binary(max_size=300))
def test_any_bytes_have_a_type(sample: bytes) -> None:
    assert guess_type(sample) in LINE_TYPES
