"""X.509 certificates (RFC 5280) in DER, as far as Zeek's ``x509.log`` tells of them.

They are taken from a server's messages of TLS up to version 1.2 (RFC 5246 section 7.4.2); later ones are encrypted.
"""

import calendar
import time
from hashlib import sha256
from typing import NamedTuple

from collectors.packets.der import elements

_HANDSHAKE, _SERVER_HELLO, _CERTIFICATE = 22, 2, 11
_SEQUENCE, _SET, _INTEGER, _OID, _UTC_TIME = 0x30, 0x31, 0x02, 0x06, 0x17
_SAN = "2.5.29.17"
_MAX_NAMES = 32
_RECORD_BYTES = 16_384 + 2048
"""Of a record at most (RFC 5246 section 6.2.3)."""
_TEXT_CAP = 256
_ATTRIBUTES = {"2.5.4.3": "CN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST",
               "2.5.4.10": "O", "2.5.4.11": "OU", "1.2.840.113549.1.9.1": "emailAddress",
               "0.9.2342.19200300.100.1.25": "DC"}  # fmt: skip
_ALGORITHMS = {"1.2.840.113549.1.1.1": "rsaEncryption", "1.2.840.113549.1.1.4": "md5WithRSAEncryption",
               "1.2.840.113549.1.1.5": "sha1WithRSAEncryption", "1.2.840.113549.1.1.11": "sha256WithRSAEncryption",
               "1.2.840.113549.1.1.12": "sha384WithRSAEncryption", "1.2.840.113549.1.1.13": "sha512WithRSAEncryption",
               "1.2.840.113549.1.1.10": "rsassaPss", "1.2.840.10045.2.1": "id-ecPublicKey",
               "1.2.840.10045.4.3.2": "ecdsa-with-SHA256", "1.2.840.10045.4.3.3": "ecdsa-with-SHA384",
               "1.2.840.10045.4.3.4": "ecdsa-with-SHA512", "1.3.101.112": "ED25519"}  # fmt: skip


class Certificate(NamedTuple):
    """What a certificate says. Times are in seconds since 1970 (UTC)."""

    fingerprint: str
    """SHA-256, hexadecimal."""
    version: int
    serial: str
    """Hexadecimal, upper case, without leading zeros: so public rules write it."""
    subject: str
    issuer: str
    not_valid_before: float
    not_valid_after: float
    key_alg: str
    sig_alg: str
    dns: tuple[str, ...]
    """Alternative names."""


def server_certificate(data: bytes) -> bytes | None:
    """Give the first certificate in what a server sends after a ClientHello; None when there is none in the clear.

    :raises EOFError: when more of the stream is needed.
    """
    if len(data) > 5 and data[5] not in (_SERVER_HELLO, _CERTIFICATE):
        return None
    message = bytearray()
    at = taken = 0
    while True:
        while len(message) - taken >= 4:
            end = taken + 4 + int.from_bytes(message[taken + 1 : taken + 4], "big")
            if end > len(message):
                break
            if message[taken] == _CERTIFICATE:
                size = int.from_bytes(message[taken + 7 : taken + 10], "big")
                return bytes(message[taken + 10 : taken + 10 + size]) if taken + 10 + size <= end else None
            if message[taken] != _SERVER_HELLO:
                return None
            taken = end
        if len(data) >= at + 1 and data[at] != _HANDSHAKE:
            return None
        if len(data) < at + 5:
            raise EOFError
        size = int.from_bytes(data[at + 3 : at + 5], "big")
        if size > _RECORD_BYTES:
            return None
        if at + 5 + size > len(data):
            raise EOFError
        message += data[at + 5 : at + 5 + size]
        at += 5 + size


def parse(der: bytes) -> Certificate | None:
    """Read a certificate; None when it is none."""
    try:
        return _parse(der)
    except (ValueError, IndexError, StopIteration):
        return None


def _parse(der: bytes) -> Certificate:
    outer = next(elements(der))[1]
    body = next(elements(outer))[1]
    parts = list(elements(body))
    version = 1
    if parts[0][0] == 0xA0:
        version = next(elements(parts.pop(0)[1]))[1][-1] + 1
    serial, signature, issuer, validity, subject, key = (content for _, content in parts[:6])
    begin, end = list(elements(validity))[:2]
    dns: tuple[str, ...] = ()
    for tag, content in parts[6:]:
        if tag == 0xA3:
            dns = _alternative_names(next(elements(content))[1])
    return Certificate(
        fingerprint=sha256(der).hexdigest(),
        version=version,
        serial=f"{int.from_bytes(serial, 'big'):X}",
        subject=_name(subject),
        issuer=_name(issuer),
        not_valid_before=_time(*begin),
        not_valid_after=_time(*end),
        key_alg=_algorithm(next(elements(key))[1]),
        sig_alg=_algorithm(signature),
        dns=dns,
    )


def _oid(data: bytes) -> str:
    numbers = [min(data[0] // 40, 2)]
    numbers.append(data[0] - 40 * numbers[0])
    value = 0
    for byte in data[1:20]:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    return ".".join(map(str, numbers))


def _algorithm(data: bytes) -> str:
    oid = _oid(next(elements(data))[1])
    return _ALGORITHMS.get(oid, oid)


def _name(data: bytes) -> str:
    """Give a name as Zeek does: the last attribute first (RFC 2253)."""
    found: list[str] = []
    for _, group in elements(data):
        for _, pair in elements(group):
            (_, kind), (tag, value) = list(elements(pair))[:2]
            oid = _oid(kind)
            text = value.decode("utf-16-be" if tag == 0x1E else "utf-8", "backslashreplace")[:_TEXT_CAP]
            found.append(f"{_ATTRIBUTES.get(oid, oid)}={text.replace(',', chr(92) + ',')}")
            if len(found) > _MAX_NAMES:
                raise ValueError(len(found))
    return ",".join(reversed(found))


def _time(tag: int, data: bytes) -> float:
    text = data.decode("ascii")
    if tag == _UTC_TIME:
        text = ("19" if int(text[:2]) >= 50 else "20") + text
    return float(calendar.timegm(time.strptime(text[:14], "%Y%m%d%H%M%S")))


def _alternative_names(data: bytes) -> tuple[str, ...]:
    for _, extension in elements(data):
        parts = list(elements(extension))
        if _oid(parts[0][1]) == _SAN:
            names = elements(next(elements(parts[-1][1]))[1])
            return tuple(name.decode("ascii", "backslashreplace") for tag, name in names if tag == 0x82)[:_MAX_NAMES]
    return ()
