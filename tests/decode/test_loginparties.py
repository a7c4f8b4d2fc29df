"""Who and from where: by the names of fields and by the words beside an address."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode.loginparties import parties

_IN_TEXT = (
    ("login failed for user an from 203.0.113.9", "203.0.113.9", "an"),
    ("login failed for an from 203.0.113.9:4711", "203.0.113.9", "an"),
    ("login failed for 'an' from [2001:db8::9]:4711", "2001:db8::9", "an"),
    ("incorrect password for an from ::ffff:203.0.113.9 port 9", "203.0.113.9", "an"),
    ("Failed login from may7.example.vn (203.0.113.9)", "203.0.113.9", ""),
    ("IP: 203.0.113.9. Username: an@example.vn.", "203.0.113.9", "an@example.vn"),
    ("Users: an, Source IP: 203.0.113.9, Computer name: ---", "203.0.113.9", "an"),
    ("username:an ip:203.0.113.9 url:/x", "203.0.113.9", "an"),
    ("Username[an] ClientAddress[10.0.0.7] ForwardedFor[203.0.113.9]", "203.0.113.9", "an"),
    ("from 127.0.0.1 (forwarded for '203.0.113.9'): 'an'", "203.0.113.9", ""),
    ('clientId="cong", userId="null", ipAddress="203.0.113.9", username="an"', "203.0.113.9", "an"),
    ("[Login Action 203.0.113.9] Unknown user 'an' tried to login.", "203.0.113.9", "an"),
    ("user denied: an (mysql-denied) from 203.0.113.9", "203.0.113.9", "an"),
    ("[IP|203.0.113.9|][login|an]", "203.0.113.9", "an"),
    ("Failed Login: username=an ip=203.0.113.9", "203.0.113.9", "an"),
    ("Nguoi dung an, dia chi 203.0.113.9", "203.0.113.9", "an"),
    ("tài khoản an, địa chỉ IP 203.0.113.9", "203.0.113.9", "an"),
    # who calls himself so accuses nobody
    ("login failed for user an from 198.51.100.1 from 203.0.113.9", "203.0.113.9", "an"),
    # the other end is not the client
    ("invalid credentials for user an at upstream 192.0.2.5 from client 203.0.113.9", "203.0.113.9", "an"),
    ("could not authenticate to upstream mail.example.net at 192.0.2.5", "", ""),
    ("authentication failed connecting to smtp.example.net (192.0.2.5)", "", ""),
    ("LDAP bind failed: invalid credentials (host=10.0.0.12 port=389)", "", ""),
    ("user not found in cache, loading from database 10.0.0.8", "", "found"),
    ('db_host="10.0.0.8" user="an"', "", "an"),
    ("login failed, version 1.2.3.4 of the server", "", ""),
    ("login failed at 10:15:04", "", ""),
)
_IN_FIELDS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"ip": "203.0.113.9", "username": "an"}, "203.0.113.9", "an"),
    ({"remoteAddr": "203.0.113.9:4711", "user": "--", "login": "an"}, "203.0.113.9", "an"),
    ({"req.remoteAddress": "203.0.113.9", "user.name": "an"}, "203.0.113.9", "an"),
    (
        {"source.ip": "203.0.113.9", "destination.ip": "192.0.2.5", "user.email": "an@example.vn"},
        "203.0.113.9",
        "an@example.vn",
    ),
    ({"server.ip": "192.0.2.5", "kubernetes.host": "10.0.0.4"}, "", ""),
    ({"client_ip": "10.0.0.7", "x-forwarded-for": "203.0.113.9, 10.0.0.2"}, "203.0.113.9", ""),
    ({"client_ip": "203.0.113.9", "x-forwarded-for": "198.51.100.1"}, "203.0.113.9", ""),
    ({"_client_ip": "203.0.113.9", "_user": "an", "host": "app1"}, "203.0.113.9", "an"),
    ({"host": "203.0.113.9", "userId": "0"}, "203.0.113.9", ""),
    ({"ip": ["203.0.113.9"], "n": 7}, "203.0.113.9", ""),
)


def test_words_beside_an_address_say_whose_it_is() -> None:
    told = [(line, *parties(line, {})) for line, _, _ in _IN_TEXT]
    assert [(line, client) for line, client, _ in told] == [(line, client) for line, client, _ in _IN_TEXT]
    assert [(line, user) for line, client, user in told if client] == [
        (line, u) for line, client, u in _IN_TEXT if client
    ]


@pytest.mark.parametrize(("fields", "client", "user"), _IN_FIELDS)
def test_names_of_fields_say_it_first(fields: dict[str, Any], client: str, user: str) -> None:
    assert parties("from 192.0.2.99" if client else "", fields) == (client, user)


def test_whose_request_it_was_counts_unless_the_program_was_refused_elsewhere() -> None:
    assert parties("Failed login for an", {}, "203.0.113.9") == ("203.0.113.9", "an")
    assert parties("SMTP connect() failed: invalid credentials", {}, "203.0.113.9") == ("", "")


@given(st.text(max_size=300), st.dictionaries(st.text(max_size=12), st.text(max_size=20) | st.integers() | st.none()))
def test_it_never_raises(text: str, fields: dict[str, Any]) -> None:
    parties(text, fields)
