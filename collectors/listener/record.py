"""The records of the spool: lines of one sender that came together, with a checksum over all of it.

A segment begins with a header: the id of the spool, where the segment begins in it, and a random marker that every
record of it begins with. So what a sender writes can never be taken for a record, not even after damage.
"""

import struct
import zlib
from typing import NamedTuple

import msgspec

from soc_agent.model import Sender

_SEGMENT = struct.Struct("<8s8s8sQI")
_SEGMENT_MAGIC = b"SOCSPL01"
SEGMENT_HEADER_BYTES = _SEGMENT.size
_RECORD = struct.Struct("<8sIIQIHH")
RECORD_HEADER_BYTES = _RECORD.size
MARKER_BYTES = 8
_AFTER_CRC = 16
RECORD_CAP_BYTES = 67_108_864
_encode = msgspec.msgpack.Encoder().encode


class Segment(NamedTuple):
    """What the header of a segment says."""

    spool: str
    """Id of the spool, 16 hexadecimal digits."""
    marker: bytes
    begin: int
    """Where the header stands in the spool, in bytes."""


class Head(msgspec.Struct, frozen=True, array_like=True):
    """Who sent the lines of a record, and of what type they are."""

    sender: Sender
    type: str


class Record(NamedTuple):
    """A record as it was read."""

    sender: Sender
    type: str
    data: bytes
    lines: int
    truncated: int
    received_ns: int
    size: int
    """Bytes that it takes in the spool."""


_decode = msgspec.msgpack.Decoder(Head).decode


def segment_header(segment: Segment) -> bytes:
    """Give the header of a segment."""
    head = _SEGMENT.pack(_SEGMENT_MAGIC, bytes.fromhex(segment.spool), segment.marker, segment.begin, 0)[:-4]
    return head + struct.pack("<I", zlib.crc32(head))


def read_segment_header(data: bytes) -> Segment | None:
    """Read the header of a segment; None when it is none, or damaged."""
    if len(data) < SEGMENT_HEADER_BYTES:
        return None
    magic, spool, marker, begin, checksum = _SEGMENT.unpack_from(data)
    if magic != _SEGMENT_MAGIC or zlib.crc32(data[: SEGMENT_HEADER_BYTES - 4]) != checksum:
        return None
    return Segment(spool.hex(), marker, begin)


def head_of(sender: Sender, line_type: str) -> bytes:
    """Give the part of a record that is the same for all lines of a sender."""
    return _encode(Head(sender, line_type))


def pack(marker: bytes, head: bytes, data: bytes, lines: int, truncated: int, received_ns: int) -> bytes:
    """Give the bytes of a record."""
    rest = struct.pack("<QIHH", received_ns, lines, min(truncated, 0xFFFF), len(head)) + head + data
    return marker + struct.pack("<II", len(head) + len(data), zlib.crc32(rest)) + rest


def unpack(data: bytes, at: int, marker: bytes) -> Record | int:
    """Read the record at a place.

    Gives instead the number of bytes that are needed from there on, when ``data`` does not hold them all; 0 when no
    sound record stands there.
    """
    if len(data) - at < RECORD_HEADER_BYTES:
        return RECORD_HEADER_BYTES if marker.startswith(data[at : at + MARKER_BYTES]) or at >= len(data) else 0
    found, length, checksum, received_ns, lines, truncated, head_bytes = _RECORD.unpack_from(data, at)
    if found != marker or length > RECORD_CAP_BYTES or head_bytes > length:
        return 0
    size = RECORD_HEADER_BYTES + length
    if len(data) - at < size:
        return int(size)
    body = at + RECORD_HEADER_BYTES
    if zlib.crc32(data[body - _AFTER_CRC : at + size]) != checksum:
        return 0
    try:
        head = _decode(data[body : body + head_bytes])
    except msgspec.DecodeError:
        return 0
    return Record(head.sender, head.type, data[body + head_bytes : at + size], lines, truncated, received_ns, size)
