"""Logins at a prompt: telnet (RFC 854) and rlogin (RFC 1282). What is typed as a password is not read."""

import re

from collectors.packets.logins import Login

_NAME_CAP = 64
_SEEN_CAP = 160
"""Of what the server wrote last, so much is kept: a prompt is at its end."""
_COMMAND = re.compile(rb"\xff(?:\xfa.{0,128}?\xff\xf0|[\xfb-\xfe].|[^\xfa-\xff]|\xff|.?$)", re.DOTALL)
_ASKS_NAME = re.compile(
    rb"(?:login|log in|user ?name|user|account|t\xc3\xaan \S{1,32}) ?(?:name)?[:>] *\x00*$", re.IGNORECASE
)
_ASKS_PASSWORD = re.compile(
    rb"(?:password|passcode|passwd|m\xe1\xba\xadt kh\xe1\xba\xa9u)[^\n]{0,40}[:>] *\x00*$", re.IGNORECASE
)
_ENVIRONMENT = re.compile(rb"\xff\xfa\x27\x00[\x00\x03]USER\x01([^\xff\x00-\x03]{1,64})")
"""RFC 1572: the name that a client sends before it is asked."""
_RLOGIN = re.compile(rb"\0?([^\0]{0,64})\0([^\0]{1,64})\0[^\0]*\0")
_ERASE = b"\x08\x7f"


class TelnetReader:
    """Reads both sides of a telnet session until somebody has logged in."""

    __slots__ = ("_is_name", "_is_password", "_name", "_seen", "_user")

    def __init__(self) -> None:
        self._seen = b""
        self._name = bytearray()
        self._user = b""
        self._is_name = False
        self._is_password = False

    def read(self, side: int, data: bytes) -> Login | None:
        """Take a payload; give the login when a password is typed."""
        if side == 1:
            self._seen = (self._seen + _COMMAND.sub(b"", data))[-_SEEN_CAP:]
            self._look()
            return None
        if found := _ENVIRONMENT.search(data):
            self._user = found[1]
        typed = _COMMAND.sub(b"", data)
        if self._is_password and typed:
            return Login(self._user, "telnet")
        if self._is_name:
            self._type(typed)
        return None

    def _look(self) -> None:
        """See what the server asks for."""
        if _ASKS_PASSWORD.search(self._seen):
            self._is_name, self._is_password = False, True
            self._user = bytes(self._name) or self._user
        elif not self._name and _ASKS_NAME.search(self._seen):
            self._is_name = True

    def _type(self, typed: bytes) -> None:
        """Take letters of a name; the end of a line ends it."""
        for letter in typed[: 2 * _NAME_CAP]:
            if letter in b"\r\n":
                self._is_name = not self._name
                return
            if letter in _ERASE:
                del self._name[-1:]
            elif letter >= 0x20 and len(self._name) < _NAME_CAP:
                self._name.append(letter)


class RloginReader:
    """Reads the names that a client sends first: its own, and that of the account."""

    __slots__ = ("_said",)

    def __init__(self) -> None:
        self._said = b""

    def read(self, side: int, data: bytes) -> Login | None:
        """Take a payload; give the login when it is known."""
        if side == 1 or len(self._said) > 4 * _NAME_CAP:
            return None
        self._said += data[: 4 * _NAME_CAP]
        found = _RLOGIN.match(self._said)
        return Login(found[2], "rlogin") if found else None
