from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode.exchange import decode_exchange, is_exchange
from soc_agent.decode.guess import guess_type
from soc_agent.model import LogSource
from tests.decode.samples import at, make_context

SMTP = (
    "2026-11-20T03:12:06.270Z,MBX01\\Client Frontend MBX01,08DE27D4C1A53F10,9,10.20.1.25:587,203.0.113.42:53722,>,"
    "535 5.7.3 Authentication unsuccessful,"
)
IMAP = (
    "2026-11-20T03:28:50.530Z,000000000000000E,2,10.20.1.25:143,203.0.113.42:35070,vanthu,168,31,31,authenticate,PLAIN,"
    '"R=""2 NO AUTHENTICATE failed."";Msg=""AuthFailed:LogonDenied,User: vanthu"";ErrMsg=AuthFailed:LogonDenied",'
)
TRACKING = (
    "2026-11-20T03:30:00.112Z,10.20.1.25,MBX01,10.20.1.25,MBX01,08DE27D4C1A53F11;2026-11-20T03:29:59.001Z;0,"
    "MBX01\\Default MBX01,SMTP,RECEIVE,4711,<1@example.vn>,6f1c9d62-1f3e-4b7e-a1a8-08de27d4c1a5,"
    "a@example.net;b@example.net,,18211,2,,,Thong bao,vanthu@example.vn,vanthu@example.vn,0cA: ,Originating,,"
    "198.51.100.7,10.20.1.25,S:FirstForestHop=MBX01.example.vn,Email,1,15.02.1118.040"
)
PROXY = (
    "2026-11-20T03:31:00.500Z,0c1f4a10-9d5c-4f5e-9a55-51d7f0f1a001,15,2,1118,40,,Autodiscover,mail.example.vn,"
    "/autodiscover/autodiscover.json,,Negotiate,True,EXAMPLE\\vanthu,,Sid~S-1-5-21-1,Mozilla/5.0,203.0.113.42,MBX01,200,"
    "200,,POST,Proxy,mbx01.example.vn,15.02.1118.000,IntraForest,Sid,,,,512,0"
)


def parse(line: str) -> Any:
    parsed = decode_exchange(line, make_context("exchange"))
    assert parsed is not None, line
    assert is_exchange(line)
    return parsed


def test_a_refused_login_over_smtp_is_decoded() -> None:
    parsed = parse(SMTP)
    fields = parsed.fields
    assert parsed.time_ns == at("2026-11-20T03:12:06.270")
    assert parsed.log_sources == (LogSource("mail", "exchange", "smtp"),)
    assert (fields["action"], fields["outcome"]) == ("login", "failure")
    assert (fields["src_ip"], fields["src_port"], fields["dst_ip"], fields["dst_port"]) == (
        *("203.0.113.42", 53722),
        *("10.20.1.25", 587),
    )
    assert fields["message"] == "535 5.7.3 Authentication unsuccessful"


def test_what_is_noted_before_the_answer_names_who_was_refused() -> None:
    note = SMTP.replace(",>,535 5.7.3 Authentication unsuccessful,", ",*,,Inbound authentication failed with {}")
    fields = parse(note.format("LogonDenied for User: EXAMPLE\\an")).fields
    assert (fields["action"], fields["outcome"], fields["user"]) == ("authentication", "failure", "EXAMPLE\\an")
    assert fields["src_ip"] == "203.0.113.42"
    assert "user" not in parse(note.format("LogonDenied")).fields


def test_who_logged_in_over_smtp_is_named() -> None:
    fields = parse(SMTP.replace(">,535 5.7.3 Authentication unsuccessful,", "*,EXAMPLE\\vanthu,authenticated")).fields
    assert (fields["action"], fields["outcome"], fields["user"]) == ("login", "success", "EXAMPLE\\vanthu")


def test_where_exchange_is_the_client_it_is_the_source() -> None:
    fields = parse(
        "2026-11-20T03:12:06.270Z,To Internet,08DE27D4C1A53F12,9,10.20.1.25:50211,198.51.100.25:25,<,"
        "550 5.7.1 Message rejected,"
    ).fields
    assert (fields["src_ip"], fields["dst_ip"], fields["dst_port"]) == ("10.20.1.25", "198.51.100.25", 25)
    assert "action" not in fields


def test_relaying_that_is_refused_is_a_reject() -> None:
    line = SMTP.replace("535 5.7.3 Authentication unsuccessful", "550 5.7.54 SMTP; Unable to relay recipient")
    assert parse(line).fields["action"] == "reject"


@pytest.mark.parametrize(
    ("port", "service", "answer", "outcome"),
    [
        (143, "imap", '"R=""2 NO AUTHENTICATE failed."";Msg=""AuthFailed:LogonDenied"""', "failure"),
        (993, "imap", "R=ok", "success"),
        (995, "pop3", '"R=""-ERR Authentication failure: unknown user name or bad password."""', "failure"),
        (110, "pop3", "R=ok", "success"),
    ],
)
def test_logins_over_imap_and_pop_are_decoded(port: int, service: str, answer: str, outcome: str) -> None:
    line = f"{IMAP.partition(',PLAIN,')[0].replace(':143', f':{port}')},PLAIN,{answer},"
    parsed = parse(line)
    assert parsed.log_sources == (LogSource("mail", "exchange", service),)
    assert (parsed.fields["action"], parsed.fields["outcome"]) == ("login", outcome)
    assert parsed.fields["user"] == "vanthu"


def test_addresses_of_version_6_lose_their_brackets() -> None:
    fields = parse(IMAP.replace("203.0.113.42:", "[2001:db8::42]:")).fields
    assert (fields["src_ip"], fields["src_port"]) == ("2001:db8::42", 35070)


def test_message_tracking_has_its_columns() -> None:
    fields = parse(TRACKING).fields
    assert (fields["source"], fields["event-id"], fields["recipient-count"]) == ("SMTP", "RECEIVE", 2)
    assert (fields["sender"], fields["sender_domain"]) == ("vanthu@example.vn", "example.vn")
    assert (fields["recipient"], fields["recipient_domain"]) == ("a@example.net;b@example.net", "example.net")
    assert fields["src_ip"] == "198.51.100.7"
    assert fields["message-subject"] == "Thong bao"


def test_the_proxy_of_client_access_has_its_columns() -> None:
    parsed = parse(PROXY)
    assert parsed.log_sources == (LogSource("mail", "exchange", "httpproxy"),)
    fields = parsed.fields
    assert (fields["src_ip"], fields["user"], fields["HttpStatus"]) == ("203.0.113.42", "EXAMPLE\\vanthu", 200)
    assert fields["c-uri"] == "/autodiscover/autodiscover.json"
    assert fields["AnchorMailbox"] == "Sid~S-1-5-21-1"


@pytest.mark.parametrize("line", ["#Fields: date-time,connector-id", "\ufeff#Software: Microsoft Exchange Server"])
def test_a_header_is_an_event_that_no_rule_looks_at(line: str) -> None:
    parsed = decode_exchange(line, make_context("exchange"))
    assert parsed is not None
    assert parsed.log_sources == ()


@pytest.mark.parametrize(
    "line", ["", "a,b,c", "2026-11-20T03:12:06.270Z,a,b", SMTP.replace(",>,", ",?,"), "2026-11-20T03:12:06Z x"]
)
def test_other_lines_are_none(line: str) -> None:
    assert decode_exchange(line, make_context("exchange")) is None


@pytest.mark.parametrize("line", [SMTP, IMAP, TRACKING, PROXY, "#Software: Microsoft Exchange Server\n#Version: 15.2"])
def test_the_type_of_a_stream_is_told(line: str) -> None:
    assert guess_type(line.encode() + b"\n") == "exchange"


@given(st.text())
def test_no_text_raises(text: str) -> None:
    for line in (SMTP, IMAP, TRACKING, PROXY, ""):
        decode_exchange(line + text, make_context("exchange"))
        decode_exchange(line[:90] + text, make_context("exchange"))


def test_hostile_lines_take_no_time() -> None:
    for tail in ('"' * 1_000_000, "," * 1_000_000, "a," * 300_000):
        decode_exchange("2026-11-20T03:12:06.270Z," + tail, make_context("exchange"))
        decode_exchange(IMAP + tail, make_context("exchange"))
