"""Kerberos messages: requests, tickets, errors, and hostile ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.packets.kerberos import framed, parse
from tests.collectors.packets.craft_windows import kerberos_error, kerberos_request, kerberos_ticket


def test_a_request_says_what_is_asked_for_and_offered() -> None:
    found = parse(kerberos_request(12, ("cifs", "srv.a.vn"), etypes=(18, 23, -128)))
    assert found is not None
    assert (found.request_type, found.client, found.service, found.is_request) == (
        "TGS",
        "an/A.VN",
        "cifs/srv.a.vn",
        True,
    )
    assert found.offered == ("aes256-cts-hmac-sha1-96", "rc4-hmac", "etype--128")
    assert (found.forwardable, found.renewable, found.till > 2e9) == (True, True, True)


@pytest.mark.parametrize(("proof", "said"), [(0, False), (2, True), (128, False)])
def test_a_request_that_proves_nothing(proof: int, said: bool) -> None:
    found = parse(kerberos_request(10, ("krbtgt", "A.VN"), proof=proof))
    assert found is not None
    assert found.has_preauth is said


def test_a_ticket_and_an_error() -> None:
    ticket = parse(kerberos_ticket(13, ("MSSQLSvc", "db.a.vn:1433"), 23))
    assert ticket is not None
    assert (ticket.cipher, ticket.service, ticket.client) == ("rc4-hmac", "MSSQLSvc/db.a.vn:1433", "an/A.VN")
    error = parse(kerberos_error(24))
    assert error is not None
    assert (error.error, error.service) == ("KDC_ERR_PREAUTH_FAILED", "krbtgt/A.VN")


def test_messages_of_a_stream() -> None:
    message = kerberos_error(6)
    data = len(message).to_bytes(4, "big") + message
    assert framed(data + b"more") == message
    with pytest.raises(EOFError):
        framed(data[:30])
    assert framed(b"\xff\xff\xff\xff") == b""


@given(
    st.binary(max_size=60),
    st.integers(0, 300),
    st.sampled_from([kerberos_error(6), kerberos_request(10, ("a",)), kerberos_ticket(11, ("a",), 18)]),
)
def test_broken_ones_break_nothing(junk: bytes, at: int, message: bytes) -> None:
    parse(message[:at] + junk + message[at + len(junk) :])
    parse(junk)
