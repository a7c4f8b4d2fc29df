"""TLS hellos: what both sides say in the clear, and their fingerprints JA3, JA4 and JA3S.

ClientHello: RFC 8446 section 4.1.2, records: section 5.1. JA4: FoxIO's ``technical_details/JA4.md`` (JA4 itself is
under the BSD 3-clause licence; the others of the JA4+ family are not, and are not here). JA3: Salesforce's ``ja3``.
"""

import struct
from functools import lru_cache
from hashlib import md5, sha256
from typing import NamedTuple

_HANDSHAKE, _CLIENT_HELLO, _SERVER_HELLO = 22, 1, 2
_SERVER_NAME, _GROUPS, _POINT_FORMATS, _SIGNATURE_ALGORITHMS, _ALPN, _SUPPORTED_VERSIONS = 0, 10, 11, 13, 16, 43
_READ = frozenset((_SERVER_NAME, _GROUPS, _POINT_FORMATS, _SIGNATURE_ALGORITHMS, _ALPN, _SUPPORTED_VERSIONS))
_GREASE = frozenset(number << 8 | number for number in range(0x0A, 0x100, 0x10))
_EXTENSION = struct.Struct(">HH")
_VERSIONS = {
    0x0304: ("TLSv13", "13"),
    0x0303: ("TLSv12", "12"),
    0x0302: ("TLSv11", "11"),
    0x0301: ("TLSv10", "10"),
    0x0300: ("SSLv3", "s3"),
    0x0002: ("SSLv2", "s2"),
}
_CIPHERS = {
    0x0000: "TLS_NULL_WITH_NULL_NULL", 0x0001: "TLS_RSA_WITH_NULL_MD5", 0x0002: "TLS_RSA_WITH_NULL_SHA",
    0x0003: "TLS_RSA_EXPORT_WITH_RC4_40_MD5", 0x0004: "TLS_RSA_WITH_RC4_128_MD5", 0x0005: "TLS_RSA_WITH_RC4_128_SHA",
    0x0008: "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA", 0x0009: "TLS_RSA_WITH_DES_CBC_SHA",
    0x000A: "TLS_RSA_WITH_3DES_EDE_CBC_SHA", 0x002F: "TLS_RSA_WITH_AES_128_CBC_SHA",
    0x0033: "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", 0x0035: "TLS_RSA_WITH_AES_256_CBC_SHA",
    0x0039: "TLS_DHE_RSA_WITH_AES_256_CBC_SHA", 0x003C: "TLS_RSA_WITH_AES_128_CBC_SHA256",
    0x003D: "TLS_RSA_WITH_AES_256_CBC_SHA256", 0x009C: "TLS_RSA_WITH_AES_128_GCM_SHA256",
    0x009D: "TLS_RSA_WITH_AES_256_GCM_SHA384", 0x009E: "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
    0x009F: "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", 0x1301: "TLS_AES_128_GCM_SHA256",
    0x1302: "TLS_AES_256_GCM_SHA384", 0x1303: "TLS_CHACHA20_POLY1305_SHA256",
    0xC007: "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
    0xC009: "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", 0xC00A: "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    0xC011: "TLS_ECDHE_RSA_WITH_RC4_128_SHA", 0xC012: "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
    0xC013: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", 0xC014: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    0xC023: "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", 0xC024: "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
    0xC027: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", 0xC028: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
    0xC02B: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", 0xC02C: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    0xC02F: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", 0xC030: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    0xCCA8: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", 0xCCA9: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
}  # fmt: skip
_EMPTY_HASH = "000000000000"
_MAX_TEXTS = 16


class Hello(NamedTuple):
    """A ClientHello. Numbers are in the order of the message, GREASE (RFC 8701) left out."""

    version: int
    """The highest version offered."""
    ciphers: tuple[int, ...]
    extensions: tuple[int, ...]
    signature_algorithms: tuple[int, ...]
    has_server_name: bool
    server_name: bytes
    """Empty when the extension is missing or holds no host name."""
    alpn: tuple[bytes, ...]
    legacy_version: int = 0
    """The version field of the message itself, which JA3 takes."""
    groups: tuple[int, ...] = ()
    """Elliptic curves and other groups."""
    point_formats: bytes = b""

    @property
    def version_name(self) -> str:
        """The version as Zeek writes it."""
        return _VERSIONS.get(self.version, (f"unknown-{self.version:04x}", ""))[0]


class ServerHello(NamedTuple):
    """A ServerHello (RFC 8446 section 4.1.3)."""

    version: int
    """The version that was chosen."""
    cipher: int
    extensions: tuple[int, ...]
    legacy_version: int

    @property
    def version_name(self) -> str:
        """The version as Zeek writes it."""
        return _VERSIONS.get(self.version, (f"unknown-{self.version:04x}", ""))[0]

    @property
    def cipher_name(self) -> str:
        """The cipher suite by its name in the registry of IANA, or ``unknown-<number>``."""
        return _CIPHERS.get(self.cipher) or f"unknown-{self.cipher}"


def client_hello(data: bytes) -> Hello | None:
    """Give the ClientHello at the beginning of a TLS stream, which may span records.

    :raises EOFError: when more of the stream is needed.
    :returns: None when it is none, or contradicts itself.
    """
    if len(data) >= 9 and data[0] == _HANDSHAKE and data[1] == 3 and data[5] == _CLIENT_HELLO:
        end = 9 + int.from_bytes(data[6:9], "big")
        if end - 5 <= int.from_bytes(data[3:5], "big") and end <= len(data):
            return read_hello(data[9:end])
    body = _message(data, _CLIENT_HELLO)
    return None if body is None else read_hello(body)


def server_hello(data: bytes) -> ServerHello | None:
    """Give the ServerHello at the beginning of what a server sends.

    :raises EOFError: when more of the stream is needed.
    :returns: None when it is none (an alert), or contradicts itself.
    """
    body = _message(data, _SERVER_HELLO)
    try:
        return None if body is None else _parse_server(body)
    except IndexError:
        return None


def _message(data: bytes, kind: int) -> bytes | None:
    """Give the body of the handshake message at the beginning of a stream, which may span records.

    :raises EOFError: when more of the stream is needed.
    :returns: None when it is none of this kind.
    """
    message = bytearray()
    at = 0
    while True:
        if len(data) >= at + 1 and data[at] != _HANDSHAKE:
            return None
        if len(data) < at + 5:
            raise EOFError
        size = int.from_bytes(data[at + 3 : at + 5], "big")
        if data[at + 1] != 3 or not 0 < size <= 16384 + 256:
            return None
        message += data[at + 5 : at + 5 + size]
        at += 5 + size
        if len(message) >= 4:
            if message[0] != kind:
                return None
            length = int.from_bytes(message[1:4], "big")
            if len(message) >= 4 + length:
                return bytes(message[4 : 4 + length])
        if at > len(data):
            raise EOFError


def ja4(hello: Hello, transport: str = "t") -> str:
    """Give the JA4 fingerprint. ``transport`` is ``t`` for TLS over TCP, ``q`` for QUIC, ``d`` for DTLS."""
    version = _VERSIONS.get(hello.version, ("", "00"))[1]
    name = "d" if hello.has_server_name else "i"
    counts = f"{min(len(hello.ciphers), 99):02}{min(len(hello.extensions), 99):02}"
    ciphers = _hash12(hello.ciphers, ())
    kept = tuple(extension for extension in hello.extensions if extension not in (_SERVER_NAME, _ALPN))
    rest = _hash12(kept, hello.signature_algorithms)
    return f"{transport}{version}{name}{counts}{_alpn_mark(hello.alpn)}_{ciphers}_{rest}"


def ja3(hello: Hello) -> str:
    """Give the JA3 fingerprint: MD5, as an identifier alone."""
    parts = (hello.ciphers, hello.extensions, hello.groups, hello.point_formats)
    return _ja3_hash(hello.legacy_version, *("-".join(map(str, part)) for part in parts))


def ja3s(hello: ServerHello) -> str:
    """Give the JA3S fingerprint of a server's answer: MD5, as an identifier alone."""
    return _ja3_hash(hello.legacy_version, str(hello.cipher), "-".join(map(str, hello.extensions)))


@lru_cache(1024)
def _ja3_hash(version: int, *parts: str) -> str:
    return md5(",".join((str(version), *parts)).encode(), usedforsecurity=False).hexdigest()


def _alpn_mark(alpn: tuple[bytes, ...]) -> str:
    """Give the first and last character of the first ALPN value; of its hex form when one is not alphanumeric."""
    if not alpn or not alpn[0]:
        return "00"
    first = alpn[0]
    if first[:1].isalnum() and first[-1:].isalnum():
        return chr(first[0]) + chr(first[-1])
    return first.hex()[0] + first.hex()[-1]


@lru_cache(1024)
def _hash12(numbers: tuple[int, ...], then: tuple[int, ...]) -> str:
    """Give the hash of numbers in the order of their hex form, with more after them in the order given."""
    if not numbers:
        return _EMPTY_HASH
    listed = ",".join(f"{number:04x}" for number in sorted(numbers))
    if then:
        listed += "_" + ",".join(f"{number:04x}" for number in then)
    return sha256(listed.encode()).hexdigest()[:12]


def _numbers(data: bytes) -> tuple[int, ...]:
    """Give 16-bit numbers, without GREASE."""
    found = struct.unpack(f">{len(data) // 2}H", data[: len(data) // 2 * 2])
    return found if _GREASE.isdisjoint(found) else tuple(number for number in found if number not in _GREASE)


def _part(data: bytes, at: int, length_bytes: int) -> bytes:
    """Give what stands at a place with its length before it.

    :raises IndexError: when it is not all there.
    """
    begin = at + length_bytes
    end = begin + int.from_bytes(data[at:begin], "big")
    if begin > len(data) or end > len(data):
        raise IndexError
    return data[begin:end]


def read_hello(body: bytes) -> Hello | None:
    """Give what the body of a ClientHello says; None when it contradicts itself."""
    try:
        return _parse(body)
    except IndexError:
        return None


def _parse(body: bytes) -> Hello:
    """Read the body of a ClientHello; IndexError when it contradicts itself."""
    at = 35 + body[34]
    ciphers = _part(body, at, 2)
    at += 2 + len(ciphers)
    at += 1 + body[at]
    extensions: list[int] = []
    contents: dict[int, bytes] = {}
    end = at + 2 + len(_part(body, at, 2)) if at < len(body) else at
    at += 2
    while at < end:
        if at + 4 > end:
            raise IndexError
        kind, size = _EXTENSION.unpack_from(body, at)
        begin, at = at + 4, at + 4 + size
        if at > end:
            raise IndexError
        if kind in _GREASE:
            continue
        extensions.append(kind)
        if kind in _READ:
            contents[kind] = body[begin:at]
    algorithms, versions = contents.get(_SIGNATURE_ALGORITHMS), contents.get(_SUPPORTED_VERSIONS)
    groups, formats = contents.get(_GROUPS), contents.get(_POINT_FORMATS)
    version = body[0] << 8 | body[1]
    if versions:
        version = max(_numbers(_part(versions, 0, 1)), default=version)
    return Hello(
        version=version,
        ciphers=_numbers(ciphers),
        extensions=tuple(extensions),
        signature_algorithms=_numbers(_part(algorithms, 0, 2)) if algorithms else (),
        has_server_name=_SERVER_NAME in contents,
        server_name=_server_name(contents.get(_SERVER_NAME)),
        alpn=_alpn(contents.get(_ALPN)),
        legacy_version=body[0] << 8 | body[1],
        groups=_numbers(_part(groups, 0, 2)) if groups else (),
        point_formats=_part(formats, 0, 1) if formats else b"",
    )


def _parse_server(body: bytes) -> ServerHello:
    """Read the body of a ServerHello; IndexError when it contradicts itself."""
    at = 35 + body[34]
    cipher = body[at] << 8 | body[at + 1]
    at += 3
    legacy = version = body[0] << 8 | body[1]
    extensions: list[int] = []
    end = at + 2 + len(_part(body, at, 2)) if at < len(body) else at
    at += 2
    while at < end:
        kind, content = int.from_bytes(body[at : at + 2], "big"), _part(body, at + 2, 2)
        extensions.append(kind)
        if kind == _SUPPORTED_VERSIONS and len(content) == 2:
            version = int.from_bytes(content, "big")
        at += 4 + len(content)
    return ServerHello(version, cipher, tuple(extensions), legacy)


def _server_name(content: bytes | None) -> bytes:
    """Give the host name of RFC 6066 section 3."""
    names = _part(content, 0, 2) if content else b""
    at = 0
    while at < len(names):
        name = _part(names, at + 1, 2)
        if names[at] == 0:
            return name
        at += 3 + len(name)
    return b""


def _alpn(content: bytes | None) -> tuple[bytes, ...]:
    """Give the protocol names of RFC 7301 section 3.1."""
    names = _part(content, 0, 2) if content else b""
    found: list[bytes] = []
    at = 0
    while at < len(names) and len(found) < _MAX_TEXTS:
        found.append(_part(names, at, 1))
        at += 1 + len(found[-1])
    return tuple(found)
