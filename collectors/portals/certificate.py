"""As much of X.509 (RFC 5280) and DER (X.690) as says whose a certificate is, who issued it, and how long it holds.

The standard library decodes only certificates that it trusts; those that are wrong are the ones to be told about.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256

from msgspec import Struct

_SEQUENCE, _SET, _OID = 0x30, 0x31, 0x06
_UTC_TIME, _GENERALIZED_TIME, _VERSION, _EXTENSIONS = 0x17, 0x18, 0xA0, 0xA3
_BIT_STRING, _OCTETS, _DNS_NAME = 0x03, 0x04, 0x82
_TEXTS = {0x0C: "utf-8", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1E: "utf-16-be"}
_NAMES = {b"\x55\x04\x03": "CN", b"\x55\x04\x0a": "O", b"\x55\x04\x0b": "OU", b"\x55\x04\x06": "C"}
_ALTERNATIVE_NAMES = b"\x55\x1d\x11"
_NAMES_KEPT = 50


class Certificate(Struct, frozen=True):
    """What is kept of a certificate."""

    subject: str = ""
    issuer: str = ""
    not_before_s: int = 0
    not_after_s: int = 0
    """Seconds since 1970."""
    key_sha256: str = ""
    """Of the SubjectPublicKeyInfo: stays the same when a certificate is renewed with its old key."""
    sha256: str = ""
    """Of the whole certificate."""
    names: tuple[str, ...] = ()
    """DNS names that it is for."""


def read_certificate(der: bytes) -> Certificate | None:
    """Read a certificate; None when it is none."""
    try:
        return _read(der)
    except (ValueError, IndexError, OverflowError, UnicodeDecodeError):
        return None


def _read(der: bytes) -> Certificate:
    _, whole, _ = _element(der, 0)
    body = list(_elements(next(_elements(whole))[1]))
    if body[0][0] == _VERSION:
        body = body[1:]
    # serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo
    _, _, issuer, validity, subject, key = body[:6]
    begin, end = list(_elements(validity[1]))[:2]
    extensions = next((content for tag, content, _ in body[6:] if tag == _EXTENSIONS), b"")
    return Certificate(
        subject=_name(subject[1]),
        issuer=_name(issuer[1]),
        not_before_s=_time(begin[0], begin[1]),
        not_after_s=_time(end[0], end[1]),
        key_sha256=sha256(key[2]).hexdigest(),
        sha256=sha256(der).hexdigest(),
        names=tuple(_alternative_names(extensions)),
    )


def _element(data: bytes, at: int) -> tuple[int, bytes, int]:
    """Give tag, content and end of the element that begins at ``at``."""
    tag, length = data[at], data[at + 1]
    at += 2
    if length & 0x80:
        count = length & 0x7F
        if not 0 < count <= 4:
            raise ValueError(count)
        length = int.from_bytes(data[at : at + count], "big")
        at += count
    if at + length > len(data):
        raise ValueError(length)
    return tag, data[at : at + length], at + length


def _elements(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield tag, content and whole of each element."""
    at = 0
    while at < len(data):
        tag, content, end = _element(data, at)
        yield tag, content, data[at:end]
        at = end


def _name(content: bytes) -> str:
    """Give a name as ``CN=…, O=…``: of RFC 4514 as much as people look at."""
    parts = []
    for _, relative, _ in _elements(content):
        for _, pair, _ in _elements(relative):
            (_, oid, _), (tag, value, _) = list(_elements(pair))[:2]
            if oid in _NAMES:
                parts.append(f"{_NAMES[oid]}={value.decode(_TEXTS.get(tag, 'latin-1'), 'replace')}")
    return ", ".join(parts)


def _time(tag: int, content: bytes) -> int:
    text = content.decode("ascii")
    if tag == _UTC_TIME:  # RFC 5280 4.1.2.5.1: years below 50 are of this century
        text = ("20" if int(text[:2]) < 50 else "19") + text
    elif tag != _GENERALIZED_TIME:
        raise ValueError(tag)
    return int(datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC).timestamp())


def _alternative_names(extensions: bytes) -> Iterator[str]:
    for _, listed, _ in _elements(extensions):
        for _, extension, _ in _elements(listed):
            parts = list(_elements(extension))
            if parts[0][1] != _ALTERNATIVE_NAMES or parts[-1][0] != _OCTETS:
                continue
            _, names, _ = _element(parts[-1][1], 0)
            found = [content.decode("ascii", "replace") for tag, content, _ in _elements(names) if tag == _DNS_NAME]
            yield from found[:_NAMES_KEPT]
