"""Logins in the clear: POP3, IMAP, SMTP and LDAP. The name alone is read; a password is never looked at, nor kept."""

import base64
import binascii
import re
from typing import NamedTuple

PAYLOADS = 16
"""So many payloads of a client are looked at."""
_NAME_CAP = 256
_LINES = 16
"""Of a payload that are looked at: commands may be sent without waiting."""
_IMAP = re.compile(rb'\S+ LOGIN (?:"((?:[^"\\]|\\.)*)"|\{(\d{1,4})\+?\}|(\S+)(?= ))', re.IGNORECASE)
_PLAIN = re.compile(rb"(?:\S+ AUTHENTICATE|AUTH) PLAIN(?: ([A-Za-z0-9+/=]+))?\s*$", re.IGNORECASE)
_LOGIN = re.compile(rb"(?:\S+ AUTHENTICATE|AUTH) LOGIN(?: ([A-Za-z0-9+/=]+))?\s*$", re.IGNORECASE)
_POP3 = re.compile(rb"USER ([^\r\n]+)", re.IGNORECASE)


class Login(NamedTuple):
    """Who logs in, and how."""

    user: bytes
    mechanism: str


class Reader:
    """Reads what one client says."""

    __slots__ = ("_asked", "_service", "_user")

    def __init__(self, service: str) -> None:
        self._service = service
        self._user: bytes | None = None
        self._asked = ""
        """What the next line of the client is: the answer to this mechanism, or a name by its length."""

    def read(self, data: bytes) -> Login | None:
        """Take a payload of the client; give the login when it is known."""
        if self._service == "ldap":
            return _ldap(data) if data[:1] == b"\x30" else None
        for line in data.split(b"\n", _LINES)[:_LINES]:
            if line and (found := self._line(line.rstrip(b"\r"))) is not None:
                return found
        return None

    def _line(self, line: bytes) -> Login | None:
        asked, self._asked = self._asked, ""
        if asked:
            return _answered(asked, line)
        if self._service == "pop3":
            if found := _POP3.match(line):
                self._user = found[1][:_NAME_CAP]
            elif self._user is not None and line[:5].upper() == b"PASS ":
                return Login(self._user, "PASS")
        for mechanism, pattern in (("PLAIN", _PLAIN), ("LOGIN", _LOGIN)):
            if found := pattern.match(line):
                if found[1]:
                    return _answered(mechanism, found[1])
                self._asked = mechanism
                return None
        if self._service == "imap" and (found := _IMAP.match(line)):
            if found[2]:
                self._asked = found[2].decode()
                return None
            return Login((found[1] or found[3] or b"")[:_NAME_CAP], "LOGIN")
        return None


def _answered(mechanism: str, data: bytes) -> Login:
    """Give the login in what a client answered to a mechanism, or after the length of a name (RFC 9051 section 4.3)."""
    if mechanism.isdigit():
        return Login(data[: int(mechanism)][:_NAME_CAP], "LOGIN")
    said = _decoded(data.strip())
    return Login(b"".join(said.split(b"\0")[1:2]) if mechanism == "PLAIN" else said, mechanism)


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
