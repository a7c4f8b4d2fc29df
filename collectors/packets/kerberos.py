"""Kerberos (RFC 4120): who asks for tickets for what, and how these are encrypted. In the names of ``kerberos.log``."""

import calendar
import time
from typing import NamedTuple

from collectors.packets.der import elements, fields, first

_AS_REQ, _AS_REP, _TGS_REQ, _TGS_REP, _ERROR = 10, 11, 12, 13, 30
_TYPES = {_AS_REQ: "AS", _AS_REP: "AS", _TGS_REQ: "TGS", _TGS_REP: "TGS"}
_CIPHERS = {1: "des-cbc-crc", 2: "des-cbc-md4", 3: "des-cbc-md5", 16: "des3-cbc-sha1", 17: "aes128-cts-hmac-sha1-96",
            18: "aes256-cts-hmac-sha1-96", 19: "aes128-cts-hmac-sha256-128", 20: "aes256-cts-hmac-sha384-192",
            23: "rc4-hmac", 24: "rc4-hmac-exp"}  # fmt: skip
_ERRORS = {6: "KDC_ERR_C_PRINCIPAL_UNKNOWN", 7: "KDC_ERR_S_PRINCIPAL_UNKNOWN", 12: "KDC_ERR_POLICY",
           14: "KDC_ERR_ETYPE_NOSUPP", 18: "KDC_ERR_CLIENT_REVOKED", 23: "KDC_ERR_KEY_EXPIRED",
           24: "KDC_ERR_PREAUTH_FAILED", 25: "KDC_ERR_PREAUTH_REQUIRED", 29: "KDC_ERR_SVC_UNAVAILABLE",
           31: "KRB_AP_ERR_BAD_INTEGRITY", 32: "KRB_AP_ERR_TKT_EXPIRED", 37: "KRB_AP_ERR_SKEW",
           41: "KRB_AP_ERR_MODIFIED", 52: "KRB_ERR_RESPONSE_TOO_BIG", 60: "KRB_ERR_GENERIC",
           68: "KDC_ERR_WRONG_REALM"}  # fmt: skip
_FORWARDABLE, _RENEWABLE = 0x4000_0000, 0x0080_0000
_TEXT_CAP = 256
_PADATA_TIMESTAMP = 2


class Message(NamedTuple):
    """A request, a ticket or an error."""

    request_type: str
    """``AS`` or ``TGS``; of an error nothing: the request before it says."""
    client: str = ""
    """Name and realm, with a stroke between."""
    service: str = ""
    is_request: bool = False
    error: str = ""
    cipher: str = ""
    """Of the ticket."""
    till: float = 0.0
    """Seconds since 1970 (UTC); 0 when it is not said."""
    forwardable: bool = False
    renewable: bool = False
    offered: tuple[str, ...] = ()
    """Ciphers that the client offers, in its order."""
    has_preauth: bool = False
    """Whether the client proves in the request that it knows its password."""


def framed(data: bytes) -> bytes:
    """Give the first message of a TCP stream (RFC 4120 section 7.2.2).

    :raises EOFError: when more of the stream is needed.
    """
    size = int.from_bytes(data[:4], "big")
    if size > 65_535:
        return b""
    if len(data) < 4 or len(data) < 4 + size:
        raise EOFError
    return data[4 : 4 + size]


def parse(data: bytes) -> Message | None:
    """Read a message; None when it is none."""
    try:
        return _parse(data)
    except (ValueError, LookupError, OverflowError):
        return None


def _parse(data: bytes) -> Message | None:
    tag, content = next(elements(data), (0, b""))
    kind = tag - 0x60
    if kind in (_AS_REQ, _TGS_REQ):
        return _request(kind, fields(content))
    if kind in (_AS_REP, _TGS_REP):
        return _ticket(kind, fields(content))
    if kind == _ERROR:
        said = fields(content)
        code = _number(said.get(6, b""))
        client = _principal(said.get(8, b""), said.get(7, b"")) if 8 in said else ""
        service = _principal(said.get(10, b""), b"")
        return Message("", client, service, error=_ERRORS.get(code, f"KRB_ERROR_{code}"))
    return None


def _request(kind: int, said: dict[int, bytes]) -> Message:
    body = fields(said[4])
    options = int.from_bytes(first(body.get(0, b"\3\0"))[1:5], "big")
    realm = body.get(2, b"")
    offered = tuple(
        _cipher(int.from_bytes(etype, "big", signed=True)) for _, etype in elements(first(body.get(8, b"\x30\0")))
    )
    proofs = [_number(fields(proof).get(1, b"")) for _, proof in _whole(first(said[3]))] if 3 in said else []
    return Message(
        _TYPES[kind],
        _principal(body.get(1, b""), realm) if 1 in body else "",
        _principal(body.get(3, b""), b""),
        is_request=True,
        till=_time(body.get(5, b"")),
        forwardable=bool(options & _FORWARDABLE),
        renewable=bool(options & _RENEWABLE),
        offered=offered[:16],
        has_preauth=_PADATA_TIMESTAMP in proofs,
    )


def _ticket(kind: int, said: dict[int, bytes]) -> Message:
    ticket = fields(first(said[5]))
    cipher = _number(fields(ticket[3]).get(0, b""))
    return Message(
        _TYPES[kind],
        _principal(said[4], said[3]),
        _principal(ticket[2], b""),
        cipher=_cipher(cipher),
    )


def _whole(data: bytes) -> list[tuple[int, bytes]]:
    """Give elements with their tag and length before them, so that each is a sequence again."""
    return [(tag, bytes((tag, 0x84)) + len(content).to_bytes(4, "big") + content) for tag, content in elements(data)]


def _principal(name: bytes, realm: bytes) -> str:
    parts = [_text(part) for _, part in elements(first(fields(name)[1]))] if name else []
    return "/".join([*parts[:8], _text(first(realm))] if realm else parts[:8])


def _text(data: bytes) -> str:
    return data[:_TEXT_CAP].decode("utf-8", "backslashreplace")


def _number(data: bytes) -> int:
    """Give an integer (of at most 8 bytes)."""
    return int.from_bytes(first(data)[:8], "big", signed=True) if data else 0


def _cipher(number: int) -> str:
    return _CIPHERS.get(number, f"etype-{number}")


def _time(data: bytes) -> float:
    """Give a KerberosTime (RFC 4120 section 5.2.3)."""
    if not data:
        return 0.0
    text = first(data)[:14].decode("ascii", "replace")
    return float(calendar.timegm(time.strptime(text, "%Y%m%d%H%M%S")))
