"""NTLM ([MS-NLMP]): who logs in to an SMB server, and what the server says to it.

The proof of the password is not read.
"""

from typing import NamedTuple

_BEGINS = b"NTLMSSP\0\x03\0\0\0"
_HEADER_BYTES = 64
_UNICODE = 1
_NAME_CAP = 512
_STATUSES = {
    0: "SUCCESS", 0xC000_0022: "ACCESS_DENIED", 0xC000_0064: "NO_SUCH_USER", 0xC000_006A: "WRONG_PASSWORD",
    0xC000_006D: "LOGON_FAILURE", 0xC000_006E: "ACCOUNT_RESTRICTION", 0xC000_006F: "INVALID_LOGON_HOURS",
    0xC000_0070: "INVALID_WORKSTATION", 0xC000_0071: "PASSWORD_EXPIRED", 0xC000_0072: "ACCOUNT_DISABLED",
    0xC000_015B: "LOGON_TYPE_NOT_GRANTED", 0xC000_0193: "ACCOUNT_EXPIRED", 0xC000_0224: "PASSWORD_MUST_CHANGE",
    0xC000_0234: "ACCOUNT_LOCKED_OUT",
}  # fmt: skip
"""[MS-ERREF] section 2.3."""


class Authenticate(NamedTuple):
    """Who a client says it is ([MS-NLMP] section 2.2.1.3)."""

    user: str
    domain: str
    host: str


class Ntlm(NamedTuple):
    """A login, and what came of it."""

    user: str
    domain: str
    host: str
    success: bool
    status: str


def authenticate(data: bytes) -> Authenticate | None:
    """Give who logs in with a message that may have others around it; None when it is no such message."""
    at = data.find(_BEGINS)
    message = data[at:]
    if at < 0 or len(message) < _HEADER_BYTES:
        return None
    coding = "utf-16-le" if message[60] & _UNICODE else "latin-1"
    domain, user, host = (_field(message, place, coding) for place in (28, 36, 44))
    return Authenticate(user, domain, host)


def decided(login: Authenticate, status: int) -> Ntlm:
    """Give a login with the answer of the server."""
    return Ntlm(*login, success=status == 0, status=_STATUSES.get(status, f"0x{status:08X}"))


def _field(message: bytes, at: int, coding: str) -> str:
    size, start = int.from_bytes(message[at : at + 2], "little"), int.from_bytes(message[at + 4 : at + 8], "little")
    return message[start : start + min(size, _NAME_CAP)].decode(coding, "backslashreplace")
