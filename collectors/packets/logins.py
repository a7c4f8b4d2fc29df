"""Logins in the clear: POP3, IMAP, SMTP and LDAP. The name alone is read; a password is never looked at, nor kept."""

import base64
import binascii
import re
from typing import NamedTuple

SERVICES = frozenset(("pop3", "imap", "smtp", "ldap"))
PAYLOADS = 16
"""So many payloads of a client are looked at."""
_NAME_CAP = 256
_IMAP = re.compile(rb'\S+ LOGIN (?:"((?:[^"\\]|\\.)*)"|(\S+)) ', re.IGNORECASE)
_PLAIN = re.compile(rb"(?:\S+ AUTHENTICATE|AUTH) PLAIN ([A-Za-z0-9+/=]+)", re.IGNORECASE)
_LOGIN = re.compile(rb"AUTH LOGIN(?: ([A-Za-z0-9+/=]+))?\s*$", re.IGNORECASE)
_POP3 = re.compile(rb"USER ([^\r\n]+)", re.IGNORECASE)


class Login(NamedTuple):
    """Who logs in, and how."""

    user: bytes
    mechanism: str


class Reader:
    """Reads what one client says."""

    __slots__ = ("_asks_name", "_is_pop3", "_user")

    def __init__(self, service: str) -> None:
        self._is_pop3 = service == "pop3"
        self._user: bytes | None = None
        self._asks_name = False

    def read(self, data: bytes) -> Login | None:
        """Take a payload of the client; give the login when it is known."""
        if data[:1] == b"\x30":
            return _ldap(data)
        if self._asks_name:
            self._asks_name = False
            return Login(_decoded(data.strip()), "LOGIN")
        if self._is_pop3:
            if found := _POP3.match(data):
                self._user = found[1][:_NAME_CAP]
            elif self._user is not None and data[:5].upper() == b"PASS ":
                return Login(self._user, "PASS")
        if found := _PLAIN.match(data):
            return Login(b"".join(_decoded(found[1]).split(b"\0")[1:2]), "PLAIN")
        if found := _LOGIN.match(data):
            if found[1]:
                return Login(_decoded(found[1]), "LOGIN")
            self._asks_name = True
        elif found := _IMAP.match(data):
            return Login((found[1] or found[2] or b"")[:_NAME_CAP], "LOGIN")
        return None


def basic_user(value: bytes) -> bytes | None:
    """Give the name in the value of an ``Authorization`` header; None when it is not of the scheme Basic (RFC 7617)."""
    scheme, _, rest = value.partition(b" ")
    if scheme.lower() != b"basic":
        return None
    return _decoded(rest.strip()).partition(b":")[0]


def _decoded(data: bytes) -> bytes:
    """Give what base64 says, with the password still in it: callers cut the name out at once."""
    try:
        return base64.b64decode(data[: 2 * _NAME_CAP + 512])[: 2 * _NAME_CAP]
    except binascii.Error:
        return b""


def _ldap(data: bytes) -> Login | None:
    """Read a simple bind (RFC 4511 section 4.2) whose lengths are all of one byte, as they are for a name."""
    at = 2 if data[1:2] < b"\x80" else 2 + (data[1] & 0x7F)
    if data[at : at + 1] != b"\x02" or at + 1 >= len(data):
        return None
    at += 2 + data[at + 1]
    if data[at : at + 1] != b"\x60" or at + 1 >= len(data):
        return None
    at += 2 if data[at + 1] < 0x80 else 2 + (data[at + 1] & 0x7F)
    if data[at : at + 2] != b"\x02\x01" or data[at + 3 : at + 4] != b"\x04" or at + 4 >= len(data):
        return None
    size = data[at + 4]
    name = data[at + 5 : at + 5 + size]
    is_simple = data[at + 5 + size : at + 6 + size] == b"\x80" and data[at + 6 + size : at + 7 + size] not in (
        b"",
        b"\0",
    )
    return Login(name, "simple") if is_simple and name and len(name) == size else None
