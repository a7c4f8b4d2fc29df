"""Where packets that belong to alerts are kept: beside the store, a folder for each source, a file for each flow.

The collector writes them (:mod:`collectors.packets.evidence`); a file is named by the ``uid`` of its flow.
"""

import struct
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

FOLDER = "evidence"
_READ_BYTES = 16_777_216
"""A file of one flow is much smaller; of a larger one the packets are not counted."""
_HEADER_BYTES = 24
_RECORD = struct.Struct("<IIII")
_MAGIC = b"\x4d\x3c\xb2\xa1"
"""pcap with nanoseconds, little endian (draft-ietf-opsawg-pcap, section 4)."""


class _Line(Struct, frozen=True):
    uid: str


class Capture(Struct, frozen=True):
    """A file of packets."""

    path: str
    source: str
    size_bytes: int
    packets: int | None
    """None where the file is not as we write it."""
    changed_ns: int
    """When the last packet was written to it, in nanoseconds since 1970: it is kept for so long from then on."""


def captures_folder(store_path: Path, source: str) -> Path:
    """Give the folder for the packets of a source."""
    return store_path.parent / FOLDER / source


def captures_of(store_path: Path, lines: Iterable[tuple[str, bytes]]) -> list[Path]:
    """Give the files of packets that are there for lines of evidence: name of the source, and the line."""
    found: dict[Path, None] = {}
    for source, raw in lines:
        try:
            uid = msgspec.json.decode(raw, type=_Line).uid
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue  # no line of a flow; lines come from outside, and may be nested without end
        path = captures_folder(store_path, source) / f"{uid}.pcap"
        if uid.isalnum() and path.is_file():
            found[path] = None
    return list(found)


def look_at(path: Path) -> Capture | None:
    """Give what there is to say of a file of packets; None when it is gone by now, or may not be read."""
    try:
        info = path.stat()
        data = path.read_bytes() if info.st_size <= _READ_BYTES else b""
    except OSError:
        return None
    return Capture(str(path), path.parent.name, info.st_size, _count(data), info.st_mtime_ns)


def _count(data: bytes) -> int | None:
    """Count the whole packets; the last may still be on its way."""
    if not data.startswith(_MAGIC):
        return None
    at, count = _HEADER_BYTES, 0
    while at + _RECORD.size <= len(data):
        at += _RECORD.size + _RECORD.unpack_from(data, at)[2]
        count += at <= len(data)
    return count
