"""The beginning of a remote desktop connection ([MS-RDPBCGR] section 2.2.1), in the names of ``rdp.log``."""

import re
from typing import NamedTuple

_REQUEST, _CONFIRM = 0xE0, 0xD0
_COOKIE = re.compile(rb"Cookie: mstshash=([^\r\n]{1,128})")
_PROTOCOLS = {0: "RDP", 1: "SSL", 2: "HYBRID", 4: "RDSTLS", 8: "HYBRID_EX", 16: "RDSAAD"}
_FAILURES = {1: "SSL_REQUIRED_BY_SERVER", 2: "SSL_NOT_ALLOWED_BY_SERVER", 3: "SSL_CERT_NOT_ON_SERVER",
             4: "INCONSISTENT_FLAGS", 5: "HYBRID_REQUIRED_BY_SERVER",
             6: "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER"}  # fmt: skip
_ANSWER, _FAILURE = 2, 3


class Rdp(NamedTuple):
    """What a server answered to the request of a client."""

    security_protocol: str
    """Empty when it refused."""
    result: str


def cookie(data: bytes) -> bytes | None:
    """Give the name in the request of a client, empty when there is none; None when this is no request."""
    if not _is(data, _REQUEST):
        return None
    found = _COOKIE.search(data, 11, 11 + 256)
    return found[1] if found else b""


def confirm(data: bytes) -> Rdp | None:
    """Give what a server answered; None when this is no answer. One that says nothing is of the time before TLS."""
    if not _is(data, _CONFIRM):
        return None
    if len(data) < 19 or data[11] not in (_ANSWER, _FAILURE):
        return Rdp("RDP", "Success")
    number = int.from_bytes(data[15:19], "little")
    if data[11] == _FAILURE:
        return Rdp("", _FAILURES.get(number, f"failure-{number}"))
    return Rdp(_PROTOCOLS.get(number, f"protocol-{number}"), "Success" if number == 0 else "encrypted")


def _is(data: bytes, kind: int) -> bool:
    return len(data) >= 11 and data[:2] == b"\x03\x00" and data[5] & 0xF0 == kind
