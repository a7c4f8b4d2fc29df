"""Headers read one frame at a time with struct: what the bulk decoder must agree with."""

import struct
from typing import NamedTuple

ANSWERS = {0: 8, 14: 13, 16: 15, 18: 17}
ANSWERS_6 = {129: 128, 134: 133, 136: 135, 140: 139}
ASKS, ASKS_6 = (8, 13, 15, 17), (128, 133, 135, 139)
EXTENSIONS = (0, 43, 44, 51, 60, 135, 139, 140)
NEEDS = {6: 20, 17: 8, 1: 4, 58: 4, 132: 12}


class Decoded(NamedTuple):
    version: int
    proto: int
    source: int
    target: int
    source_port: int
    target_port: int
    flags: int
    sequence: int
    vlan: int
    later: bool
    payload: bytes
    payload_size: int


class BadFrameError(Exception):
    """The frame contradicts itself."""


def decode(frame: bytes) -> Decoded | str | None:
    """Give the headers of an Ethernet frame, ``arp``, or None when it is neither IP nor ARP. Raises BadFrameError."""
    if len(frame) < 14:
        raise BadFrameError
    (kind,) = struct.unpack_from(">H", frame, 12)
    at, vlan, tags = 14, 0, 0
    while kind in (0x8100, 0x88A8, 0x9100) and tags < 4:
        if len(frame) < at + 4:
            raise BadFrameError
        tag, kind = struct.unpack_from(">HH", frame, at)
        vlan = vlan or tag & 0xFFF
        at, tags = at + 4, tags + 1
    if kind == 0x0806:
        if len(frame) < at + 28:
            raise BadFrameError
        return "arp"
    if kind == 0x0800:
        return _ip4(frame, at, vlan)
    return _ip6(frame, at, vlan) if kind == 0x86DD else None


def _ip4(frame: bytes, at: int, vlan: int) -> Decoded:
    if len(frame) < at + 20:
        raise BadFrameError
    vihl, _, total, _, fragment, _, proto, _, source, target = struct.unpack_from(">BBHHHBBHII", frame, at)
    size = (vihl & 15) * 4
    total = min(total, len(frame) - at) if total else len(frame) - at
    if vihl >> 4 != 4 or size < 20 or size > total:
        raise BadFrameError
    return _transport(frame, at + size, at + total, 4, proto, (source, target), vlan, bool(fragment & 0x1FFF))


def _ip6(frame: bytes, at: int, vlan: int) -> Decoded:
    if len(frame) < at + 40:
        raise BadFrameError
    word, length, proto, _ = struct.unpack_from(">IHBB", frame, at)
    if word >> 28 != 6:
        raise BadFrameError
    end = min(at + 40 + length, len(frame)) if length else len(frame)
    addresses = (int.from_bytes(frame[at + 8 : at + 24]), int.from_bytes(frame[at + 24 : at + 40]))
    at += 40
    later = False
    for _ in range(8):
        if proto not in EXTENSIONS or later:
            break
        if at + 8 > end:
            raise BadFrameError
        following, size = frame[at], frame[at + 1]
        if proto == 44:
            later = bool(struct.unpack_from(">H", frame, at + 2)[0] & 0xFFF8)
            at += 8
        else:
            at += (size + 2) * 4 if proto == 51 else (size + 1) * 8
        proto = following
    if proto in EXTENSIONS and not later:
        raise BadFrameError
    return _transport(frame, at, end, 6, proto, addresses, vlan, later)


def _transport(
    frame: bytes, at: int, end: int, version: int, proto: int, addresses: tuple[int, int], vlan: int, later: bool
) -> Decoded:
    need = 0 if later else NEEDS.get(proto, 0)
    if at + need > end:
        raise BadFrameError
    ports, flags, sequence, body = (0, 0), 0, 0, at
    size = end - at
    if not later and proto in (6, 17, 132):
        ports = struct.unpack_from(">HH", frame, at)
    if not later and proto == 6:
        sequence, _, offset, flags = struct.unpack_from(">IIBB", frame, at + 4)
        header = (offset >> 4) * 4
        if header < 20 or at + header > end:
            raise BadFrameError
        body, size = at + header, size - header
    elif not later and proto == 17:
        (length,) = struct.unpack_from(">H", frame, at + 4)
        body, size = at + 8, size - 8
        size = min(size, length - 8) if length >= 8 else size
    elif not later and proto == 132:
        body, size = at + 12, size - 12
    elif not later and proto in (1, 58):
        kind, code = frame[at], frame[at + 1]
        answers, asks = (ANSWERS, ASKS) if proto == 1 else (ANSWERS_6, ASKS_6)
        kind = answers.get(kind, kind)
        ports = (kind, kind if frame[at] in answers or kind in asks else code)
        body, size = at + 8, max(size - 8, 0)
    return Decoded(version, proto, *addresses, *ports, flags, sequence, vlan, later, frame[body : body + size], size)
