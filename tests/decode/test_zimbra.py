from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode.guess import guess_type
from soc_agent.decode.zimbra import decode_zimbra, is_zimbra
from soc_agent.model import LogSource
from tests.decode.samples import at, make_context

AUDIT = (
    "2026-11-20 10:12:01,123 WARN  [qtp509886383-12:https://mail.example.vn/service/soap/AuthRequest] "
    "[name=an@example.vn;oip=203.0.113.42;ua=zclient/8.8.15_GA_4179;soapId=1f2e;] security - cmd=Auth; "
    "account=an@example.vn; protocol=soap; error=authentication failed for [an@example.vn], invalid password;"
)


def parse(line: str) -> Any:
    parsed = decode_zimbra(line, make_context("zimbra"))
    assert parsed is not None, line
    assert is_zimbra(line)
    return parsed


def test_a_refused_login_of_the_audit_log_is_decoded() -> None:
    parsed = parse(AUDIT)
    fields = parsed.fields
    assert parsed.time_ns == at("2026-11-20T10:12:01.123+07:00")
    assert parsed.log_sources == (LogSource("mail", "zimbra", "audit"),)
    assert (fields["action"], fields["outcome"]) == ("login", "failure")
    assert (fields["user"], fields["src_ip"], fields["protocol"]) == ("an@example.vn", "203.0.113.42", "soap")
    assert fields["reason"] == "authentication failed for [an@example.vn], invalid password"
    assert fields["c-uri"] == "/service/soap/AuthRequest"


def test_a_login_that_succeeds_says_so() -> None:
    fields = parse(AUDIT.partition(" error=")[0].replace("WARN ", "INFO ")).fields
    assert (fields["action"], fields["outcome"]) == ("login", "success")


def test_imap_behind_a_proxy_names_the_client_and_not_the_proxy() -> None:
    fields = parse(
        "2026-11-20 10:12:02,004 INFO  [ImapServer-14] [ip=10.20.1.5;oip=2001:db8::42;via=10.20.1.5(nginx/1.20.0);"
        "ua=Zimbra/8.8.15;cid=12;] security - cmd=Auth; account=an@example.vn; protocol=imap;"
    ).fields
    assert fields["src_ip"] == "2001:db8::42"
    assert fields["ip"] == "10.20.1.5"


def test_the_mailbox_log_says_what_was_refused_in_its_own_words() -> None:
    parsed = parse(
        "2026-11-20 10:12:02,762 INFO  [qtp933-324:smtp://smtp.example.vn:7073/service/admin/soap/] "
        "[oip=203.0.113.42;oport=57752;oproto=smtp;soapId=68;] SoapEngine - handler exception: "
        "authentication failed for [an.b], account not found"
    )
    assert parsed.log_sources == (LogSource("mail", "zimbra", "mailbox"),)
    fields = parsed.fields
    assert (fields["action"], fields["outcome"], fields["user"]) == ("authentication", "failure", "an.b")
    assert fields["reason"] == "account not found"


def test_acts_of_an_administrator_have_their_pairs() -> None:
    fields = parse(
        "2026-11-20 10:20:00,000 INFO  [qtp1-2:https://mail.example.vn:7071/service/admin/soap/ModifyAccountRequest] "
        "[name=admin@example.vn;ip=10.20.1.9;ua=ZimbraWebClient - GC130 (Win);] security - cmd=ModifyAccount; "
        "name=an@example.vn; zimbraMailForwardingAddress=x@example.net; action=login; src_ip=192.0.2.1;"
    ).fields
    assert (fields["action"], fields["user"], fields["target"]) == ("audit", "admin@example.vn", "an@example.vn")
    assert fields["zimbraMailForwardingAddress"] == "x@example.net"
    assert fields["src_ip"] == "10.20.1.9"
    assert fields["name"] == "admin@example.vn"


def test_an_administrator_in_another_s_mailbox_is_the_user() -> None:
    fields = parse(
        "2026-11-20 10:20:00,000 INFO  [main] [name=an@example.vn;aname=admin@example.vn;] soap - SearchRequest"
    ).fields
    assert fields["user"] == "admin@example.vn"
    assert "src_ip" not in fields


@pytest.mark.parametrize(
    "line",
    [
        "com.zimbra.cs.account.AccountServiceException: authentication failed",
        "2026-11-20 10:20:00,000 INFO  starting",
        "2026-11-20 10:20:00 mail01 app[1]: INFO [a] [b] c - d",
        "",
    ],
)
def test_other_lines_are_none(line: str) -> None:
    assert decode_zimbra(line, make_context("zimbra")) is None
    assert not is_zimbra(line)


def test_the_type_of_a_stream_is_told() -> None:
    assert (
        guess_type((AUDIT + "\n\tat com.zimbra.soap.SoapEngine.dispatch(SoapEngine.java:642)\n").encode()) == "zimbra"
    )


@given(st.text())
def test_no_text_raises(text: str) -> None:
    decode_zimbra(text, make_context("zimbra"))
    decode_zimbra(
        f"2026-11-20 10:20:00,000 INFO  [{text}] [{text};ip={text}] security - cmd=Auth; {text}", make_context()
    )


def test_hostile_lines_take_no_time() -> None:
    front = "2026-11-20 10:20:00,000 INFO  "
    for tail in ("[" * 1_000_000, "[] " * 300_000, "[a] [b] security - " + "k=v; " * 200_000):
        decode_zimbra(front + tail, make_context("zimbra"))
