"""A file of named arrays that is mapped into memory, not read: what a million indicators need costs no memory twice.

Laid out as a magic, a digest over all behind it, the length of the header, the header (msgpack: a stamp, numbers and
where each array lies), then the arrays. Reading it runs no code; what is damaged or of another version is not used.
"""

import logging
import mmap
import os
from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

_MAGIC = b"soc-agent lists\n"
_DIGEST_BYTES = 32
_HEAD_BYTES = len(_MAGIC) + _DIGEST_BYTES + 8
_ALIGN = 64
_CHUNK = 1 << 20
_SIZE_CAP_BYTES = 2 * 1024**3
_FILES_KEPT = 4
_log = logging.getLogger(__name__)


class _Header(Struct, array_like=True):
    stamp: bytes
    notes: bytes
    places: dict[str, tuple[int, int]]
    """Name to offset (behind the header) and length in bytes."""


class Packed(Struct, frozen=True):
    """Arrays by name, and the notes that were kept with them."""

    notes: bytes
    arrays: Mapping[str, memoryview]


def pack(stamp: bytes, notes: bytes, arrays: Mapping[str, Any]) -> bytes:
    """Lay out arrays (anything with a buffer)."""
    places: dict[str, tuple[int, int]] = {}
    parts: list[bytes | memoryview] = []
    offset = 0
    for name, array in arrays.items():
        data = memoryview(array).cast("B")
        places[name] = (offset, len(data))
        parts += [data, b"\0" * (-len(data) % _ALIGN)]
        offset += len(data) + -len(data) % _ALIGN
    header = msgspec.msgpack.encode(_Header(stamp, notes, places))
    body = b"".join(
        [len(header).to_bytes(8, "little"), header, b"\0" * (-(_HEAD_BYTES + len(header)) % _ALIGN), *parts]
    )
    return _MAGIC + _digest(body) + body


def unpack(data: Any, stamp: bytes) -> Packed | None:
    """Give the arrays in a buffer whose digest was checked; None when they are of another version or other files."""
    view = memoryview(data)
    end = _HEAD_BYTES + int.from_bytes(view[_HEAD_BYTES - 8 : _HEAD_BYTES], "little")
    body = end + -end % _ALIGN
    if body > len(view):
        return None
    try:
        header = msgspec.msgpack.decode(view[_HEAD_BYTES:end], type=_Header)
    except msgspec.DecodeError:
        return None
    if header.stamp != stamp:
        return None
    arrays = {}
    for name, (offset, length) in header.places.items():
        if offset < 0 or length < 0 or body + offset + length > len(view):
            return None
        arrays[name] = view[body + offset : body + offset + length]
    return Packed(header.notes, arrays)


def read_packed(path: Path, stamp: bytes) -> Packed | None:
    """Map a file; None when there is none, it is damaged, or it does not belong to what the stamp says."""
    try:
        with path.open("rb") as file:
            if not _HEAD_BYTES < os.fstat(file.fileno()).st_size <= _SIZE_CAP_BYTES:
                return None
            head = file.read(len(_MAGIC) + _DIGEST_BYTES)
            digest = blake2b(digest_size=_DIGEST_BYTES)
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
            if head != _MAGIC + digest.digest():
                _log.warning("the cache of indicators %s is damaged; the lists are read anew", path)
                return None
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return None
    return unpack(data, stamp)


def write_packed(path: Path, data: bytes) -> bool:
    """Keep a packed file; False when the folder cannot be written, which costs the next start its time."""
    unfinished = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(data)
        unfinished.replace(path)
        files = sorted(path.parent.glob(f"*{path.suffix}"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in files[_FILES_KEPT:]:
            old.unlink(missing_ok=True)
    except OSError as error:
        _log.warning("the cache of indicators %s cannot be written (%s); the next start reads the lists", path, error)
        with suppress(OSError):
            unfinished.unlink()
        return False
    return True


def _digest(body: bytes) -> bytes:
    return blake2b(body, digest_size=_DIGEST_BYTES).digest()
