"""QUIC Initial packets: the ClientHello in them, whose keys come from the packet itself (RFC 9001 section 5, RFC 9369).

The authentication tag is not checked: what was not encrypted with these keys gives no ClientHello. Only what a client
sends is opened.
"""

import hmac
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

import numpy as np

from collectors.packets import aes, tls

_LONG, _FIXED = 0x80, 0x40
_TAG_BYTES = 16
_CRYPTO_CAP_BYTES = 16_384
_MAX_PIECES = 64
_MAX_DATAGRAMS = 8
_PADDING, _PING, _ACK, _ACK_ECN, _CRYPTO = 0, 1, 2, 3, 6
_MAX_RANGES = 256


class _Version(NamedTuple):
    name: str
    salt: bytes
    initial: int
    """The two type bits of an Initial packet."""
    prefix: str
    """Of the labels of keys."""


_VERSIONS = {
    1: _Version("1", bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"), 0, "quic"),
    0x6B3343CF: _Version("quicv2", bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9"), 1, "quicv2"),
    0xFF00001D: _Version("draft-29", bytes.fromhex("afbfec289993d24c9e9786f19c6111e04390a899"), 0, "quic"),
}


class Keys(NamedTuple):
    """What protects the Initial packets of a client."""

    key: bytes
    iv: bytes
    header: bytes


class Initial:
    """The ClientHello of one connection, put together from its Initial packets."""

    __slots__ = ("_datagrams", "_keys", "_pieces", "connection_id", "version")

    def __init__(self) -> None:
        self.version = ""
        """As Zeek's ``quic.log`` has it."""
        self.connection_id = b""
        """The destination's, of the first packet: it makes the keys."""
        self._keys: Keys | None = None
        self._pieces: dict[int, bytes] = {}
        self._datagrams = 0

    @property
    def held(self) -> int:
        """Bytes held."""
        return sum(map(len, self._pieces.values()))

    def add(self, datagram: bytes) -> tls.Hello | None:
        """Take a datagram of the client; give the ClientHello when it is whole.

        :raises EOFError: when more is needed.
        :returns: None when there is none to come.
        """
        at = 0
        while at < len(datagram):
            try:
                at, payload = self._open(datagram, at)
                self._frames(payload)
            except (IndexError, ValueError):
                break
        self._datagrams += 1
        if not self._pieces or len(self._pieces) > _MAX_PIECES:
            return None
        data = self._joined()
        if len(data) >= 4 and data[0] != 1:
            return None
        end = 4 + int.from_bytes(data[1:4], "big") if len(data) >= 4 else 4
        if len(data) < end:
            if self._datagrams >= _MAX_DATAGRAMS or end > _CRYPTO_CAP_BYTES:
                return None
            raise EOFError
        return tls.read_hello(data[4:end])

    def _open(self, data: bytes, at: int) -> tuple[int, bytes]:
        """Open the packet at a place; give the place after it, and its frames.

        :raises IndexError: when it is cut off.
        :raises ValueError: when it is no Initial packet.
        """
        first = data[at]
        known = _VERSIONS.get(int.from_bytes(data[at + 1 : at + 5], "big"))
        if first & (_LONG | _FIXED) != _LONG | _FIXED or known is None:
            raise ValueError(first)
        size = data[at + 5]
        connection_id = data[at + 6 : at + 6 + size]
        place = at + 6 + size
        place += 1 + data[place]
        if first >> 4 & 3 != known.initial:
            length, place = _number(data, place)
            return place + length, b""
        token, place = _number(data, place)
        length, place = _number(data, place + token)
        end = place + length
        if size > 20 or end > len(data) or length < 4 + _TAG_BYTES + 1:
            raise IndexError
        if self._keys is None:
            self.version, self.connection_id = known.name, connection_id
            self._keys = client_keys(known.prefix, known.salt, connection_id)
        keys = self._keys
        sample = np.frombuffer(data[place + 4 : place + 20], np.uint8).reshape(1, 16)
        mask = aes.encrypt(sample, aes.round_keys(keys.header)).tobytes()
        number_size = ((first ^ mask[0]) & 3) + 1
        number = bytes(byte ^ mask[1 + index] for index, byte in enumerate(data[place : place + number_size]))
        nonce = (int.from_bytes(keys.iv, "big") ^ int.from_bytes(number, "big")).to_bytes(12, "big")
        return end, aes.counter_mode(data[place + number_size : end - _TAG_BYTES], keys.key, nonce, 2)

    def _frames(self, data: bytes) -> None:
        """Take the CRYPTO frames of a packet (RFC 9000 section 19)."""
        at = 0
        while at < len(data):
            kind = data[at]
            at += 1
            if kind in (_PADDING, _PING):
                continue
            if kind in (_ACK, _ACK_ECN):
                at = _after_ack(data, at, kind)
                continue
            if kind != _CRYPTO:
                break
            offset, at = _number(data, at)
            size, at = _number(data, at)
            if offset < _CRYPTO_CAP_BYTES and at + size <= len(data):
                self._pieces.setdefault(offset, data[at : at + size])
            at += size

    def _joined(self) -> bytes:
        """Give the bytes from 0 on without a gap."""
        joined = bytearray()
        for offset in sorted(self._pieces):
            if offset > len(joined):
                break
            joined += self._pieces[offset][len(joined) - offset :]
        return bytes(joined)


@lru_cache(256)
def client_keys(prefix: str, salt: bytes, connection_id: bytes) -> Keys:
    """Give the keys of a client's Initial packets (RFC 9001 section 5.2)."""
    secret = hmac.digest(salt, connection_id, "sha256")
    client = _expand(secret, "client in", 32)
    return Keys(
        _expand(client, f"{prefix} key", 16), _expand(client, f"{prefix} iv", 12), _expand(client, f"{prefix} hp", 16)
    )


def _expand(secret: bytes, label: str, size: int) -> bytes:
    """HKDF-Expand-Label of RFC 8446 section 7.1, for at most 32 bytes."""
    name = b"tls13 " + label.encode()
    info = size.to_bytes(2, "big") + bytes([len(name)]) + name + b"\0"
    return hmac.digest(secret, info + b"\x01", sha256)[:size]


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Give a number of variable length, and the place after it (RFC 9000 section 16).

    :raises IndexError: when it is cut off.
    """
    size = 1 << (data[at] >> 6)
    if at + size > len(data):
        raise IndexError
    return int.from_bytes(data[at : at + size], "big") & (1 << size * 8 - 2) - 1, at + size


def _after_ack(data: bytes, at: int, kind: int) -> int:
    _, at = _number(data, at)
    _, at = _number(data, at)
    ranges, at = _number(data, at)
    if ranges > _MAX_RANGES:
        raise ValueError(ranges)
    for _ in range(1 + 2 * ranges + 3 * (kind == _ACK_ECN)):
        _, at = _number(data, at)
    return at
