"""Which file is it? Device and inode alone do not say: inodes are used again, and files are rewritten in place.

A stream is one *generation* of one inode: the same file until it is truncated or its content replaced. It is recognised
by device and inode, by a hash of its first bytes, and by a hash of the bytes just before the place read last. The head
is what was there when the file was first seen, and grows with what is read until it is full, so that a short file has
an identity too; its length is part of the hash.
"""

import errno
import json
import os
import stat
from collections.abc import Callable
from hashlib import blake2b
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from collectors.lines import Cursor

HEAD_BYTES = 1024
TAIL_BYTES = 64
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC

Key = tuple[int, int]
"""Device and inode."""


def fingerprint(data: bytes) -> str:
    """Give the hash of some bytes and of how many they are."""
    return blake2b(data, digest_size=8, salt=len(data).to_bytes(8, "big")).hexdigest()


_NOTHING = fingerprint(b"")
_Count = Annotated[int, Meta(ge=0)]


class TailState(Struct, frozen=True, kw_only=True):
    """The state of a stream as its position keeps it."""

    path: str
    """The name under which its lines were written, as :func:`os.fsdecode` gives it."""
    log: str = ""
    """The name of the log that it is a part of: the name that it had before it was rotated."""
    dev: int
    ino: int
    offset: _Count = 0
    line: int = 1
    skipping: bool = False
    open_line: bool = False
    head_length: Annotated[int, Meta(ge=0, le=HEAD_BYTES)] = 0
    head: str = _NOTHING
    """Hash of the first ``head_length`` bytes."""
    tail: str = _NOTHING
    """Hash of the last bytes before ``offset``, at most 64."""
    size: int = 0
    """Size of the file when it was looked at last."""
    mtime_ns: int = 0
    """Time of modification of the file when it was looked at last."""
    encoding: str = ""
    """Its encoding, once that is known."""
    shift: int = 0
    """What to add to ``offset`` for the place in its text as UTF-8."""
    packed: bool = False
    """Whether the file is compressed; places are those of what it holds."""
    done: bool = False
    """Whether a compressed file was read to its end."""
    unseen: _Count = 0
    """So many bytes, not to be read, were there in the first look, when the file could not be opened."""

    @property
    def key(self) -> Key:
        """Device and inode."""
        return self.dev, self.ino

    @property
    def cursor(self) -> Cursor:
        """Where to go on."""
        return Cursor(self.offset, self.line, self.skipping, self.open_line)


def log_of(state: TailState) -> str:
    """Give the name of the log that a file is a part of, as far as is known."""
    return state.log or state.path


def encode_state(state: TailState | dict[str, TailState]) -> bytes:
    """Give a state, or many by stream id, as JSON. A path that is not UTF-8 keeps its bytes (as lone surrogates)."""
    return json.dumps(msgspec.to_builtins(state), separators=(",", ":")).encode()


def decode_state(data: bytes) -> TailState:
    """Read what :func:`encode_state` made of one state.

    :raises ValueError: when it is not that.
    """
    return msgspec.convert(_loads(data), TailState)


def decode_states(data: bytes) -> dict[str, TailState]:
    """Read what :func:`encode_state` made of many states.

    :raises ValueError: when it is not that.
    """
    return msgspec.convert(_loads(data), dict[str, TailState])


def _loads(data: bytes) -> Any:
    try:
        return json.loads(data)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def key_of(path: str) -> Key | None:
    """Give device and inode of what has this name now; None when nothing can be found."""
    try:
        info = os.stat(path)  # noqa: PTH116  # paths here are str: they may hold any bytes
    except OSError:
        return None
    return info.st_dev, info.st_ino


def open_regular(path: str) -> tuple[int, os.stat_result]:
    """Open a regular file to read. Never hangs on a pipe or device that has the name.

    :raises OSError: when it cannot be opened or is no regular file.
    """
    fd = os.open(path, _FLAGS)
    info = os.fstat(fd)
    if not stat.S_ISREG(info.st_mode):
        os.close(fd)
        raise OSError(errno.EINVAL, "not a regular file", path)
    return fd, info


def make_stream_id(key: Key, generation: int) -> str:
    """Give the name of a stream: ``device:inode:generation``."""
    return f"{key[0]}:{key[1]}:{generation}"


def parse_stream_id(stream_id: str) -> tuple[Key, int] | None:
    """Give device and inode, and the generation, of a stream's name; None when it is no such name."""
    parts = stream_id.split(":")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        return None
    return (int(parts[0]), int(parts[1])), int(parts[2])


def read_tail(fd: int, offset: int) -> bytes:
    """Give the last bytes before ``offset`` of an open file, at most 64."""
    begin = max(0, offset - TAIL_BYTES)
    return os.pread(fd, offset - begin, begin)


def still_holds(fd: int, state: TailState) -> bool:
    """Say whether an open file still begins with what was read of it when ``state`` was made."""
    if os.fstat(fd).st_size < state.offset:
        return False
    head = os.pread(fd, state.head_length, 0)
    return fingerprint(head) == state.head and fingerprint(read_tail(fd, state.offset)) == state.tail


def file_holds(path: str, state: TailState) -> bool:
    """Say the same of a file by name; no when it cannot be read."""
    return _look(path, lambda fd: still_holds(fd, state))


def begins_with(path: str, head: bytes) -> bool:
    """Say whether a file by name begins with these bytes; no when it cannot be read."""
    return _look(path, lambda fd: os.pread(fd, len(head), 0) == head)


def _look(path: str, ask: Callable[[int], bool]) -> bool:
    try:
        fd, _ = open_regular(path)
    except OSError:
        return False
    try:
        return ask(fd)
    except OSError:
        return False
    finally:
        os.close(fd)
