"""Logins in the clear: the name, never the password."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.packets.logins import Login, Reader, basic_user

SECRET = b"matkhau-bi-mat"


def coded(data: bytes) -> bytes:
    return base64.b64encode(data)


def bind(name: bytes = b"cn=an,dc=vn", password: bytes = SECRET) -> bytes:
    body = b"\x02\x01\x03\x04" + bytes([len(name)]) + name + b"\x80" + bytes([len(password)]) + password
    request = b"\x02\x01\x01\x60" + bytes([len(body)]) + body
    return b"\x30" + bytes([len(request)]) + request


@pytest.mark.parametrize(
    ("service", "said", "login"),
    [
        ("pop3", [b"CAPA\r\n", b"USER an\r\n", b"PASS " + SECRET + b"\r\n"], Login(b"an", "PASS")),
        ("imap", [b'a1 LOGIN "an@a.vn" "' + SECRET + b'"\r\n'], Login(b"an@a.vn", "LOGIN")),
        ("imap", [b"a1 login an " + SECRET + b"\r\n"], Login(b"an", "LOGIN")),
        ("imap", [b"a1 AUTHENTICATE PLAIN " + coded(b"\0an\0" + SECRET)], Login(b"an", "PLAIN")),
        ("smtp", [b"EHLO x\r\n", b"AUTH PLAIN " + coded(b"\0an\0" + SECRET) + b"\r\n"], Login(b"an", "PLAIN")),
        ("smtp", [b"AUTH LOGIN\r\n", coded(b"an") + b"\r\n", coded(SECRET)], Login(b"an", "LOGIN")),
        ("smtp", [b"AUTH LOGIN " + coded(b"an") + b"\r\n", coded(SECRET)], Login(b"an", "LOGIN")),
        ("ldap", [bind()], Login(b"cn=an,dc=vn", "simple")),
    ],
)
def test_who_logs_in(service: str, said: list[bytes], login: Login) -> None:
    reader = Reader(service)
    found = [answer for data in said if (answer := reader.read(data)) is not None]
    assert found == [login]
    assert SECRET not in login.user


def test_what_is_no_login() -> None:
    assert Reader("ldap").read(bind(b"", b"")) is None
    assert Reader("ldap").read(bind(password=b"")) is None
    assert Reader("smtp").read(b"MAIL FROM:<a@b>\r\n") is None
    assert Reader("pop3").read(b"PASS " + SECRET) is None
    assert Reader("smtp").read(b"AUTH PLAIN " + coded(SECRET)) == Login(b"", "PLAIN")


def test_the_name_of_basic_authentication() -> None:
    assert basic_user(b"Basic " + coded(b"an:" + SECRET)) == b"an"
    assert basic_user(b"basic !!!!") == b""
    assert basic_user(b"Bearer abc") is None
    assert basic_user(b"") is None


@given(st.lists(st.binary(max_size=60), max_size=6), st.sampled_from(["pop3", "imap", "smtp", "ldap"]))
def test_broken_ones_break_nothing(said: list[bytes], service: str) -> None:
    reader = Reader(service)
    for data in said:
        reader.read(data)
        reader.read(b"\x30" + data)
        reader.read(b"AUTH PLAIN " + data)
        basic_user(b"Basic " + data)
