"""Whole files, read once from beginning to end: plain, compressed (gzip, bzip2, xz, zstd), or standard input.

Memory is bounded by the line cap whatever a file holds: archives are unpacked as they are read.
"""

import bz2
import gzip
import io
import lzma
import os
import re
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from msgspec.structs import replace

from collectors.audit_records import AuditRecords, begins_with_record, has_records
from collectors.columns import HEADER_BYTES, header_of_name, leading_header, one_header
from collectors.encodings import translator
from collectors.joining import Taken
from collectors.lines import Cursor, cut, read_size
from collectors.unpack import FramesFile, XzFile, ZstFile
from soc_agent.config import AUTO, MultilineOptions
from soc_agent.errors import SourceError
from soc_agent.model import Block, Counters, Problem, Where
from soc_agent.text import path_text

LINE_CAP_BYTES = 1_048_576
JOINED_TYPES = (AUTO, "auditd", "kv", "syslog")
"""Types of lines of which those that are records of one event are joined."""
STDIN = Path("-")
_UNPACKED_BYTES = 131_072
Unpacked = BinaryIO | io.BufferedIOBase
"""A file, unpacked as it is read."""
_MAGIC: dict[bytes, type[gzip.GzipFile] | type[bz2.BZ2File] | type[FramesFile]] = {
    b"\x1f\x8b": gzip.GzipFile,
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": XzFile,
    b"\x28\xb5\x2f\xfd": ZstFile,
    b"\x50\x2a\x4d\x18": ZstFile,  # a frame to be skipped, with which pzstd begins
}
_BROKEN = (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError)
"""What the libraries raise for archives that are cut off or damaged; bz2 and zstd raise OSError."""
_HOLE = re.compile(rb"\0{64,}")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROL_SHARE = 0.02


def read_blocks(path: Path, type_: str, line_cap_bytes: int = LINE_CAP_BYTES) -> Iterator[Block]:
    """Yield a file as blocks of lines of this decoder type. ``-`` is standard input.

    A block's ``received_ns`` is when the file was last written: years that lines leave out are those near it. Records
    of the audit daemon that are one event are one line, as a source of files gives them. UTF-16, as SQL Server writes
    it, becomes UTF-8: offsets are then those of the text.

    :raises SourceError: when the file cannot be read, or, after what could be read, when an archive is broken.
    """
    blocks = _blocks(path, type_, line_cap_bytes)
    return _with_events(blocks) if type_ in JOINED_TYPES else blocks


def _with_events(blocks: Iterator[Block]) -> Iterator[Block]:
    """Join the records of audit events, of which one may go on in the next block."""
    bounds = MultilineOptions()
    plain = AuditRecords(bounds.max_lines, bounds.max_bytes)
    in_syslog = AuditRecords(bounds.max_lines, bounds.max_bytes, in_syslog=True)
    records = plain
    waiting: Block | None = None
    for block in blocks:
        begun = block
        if waiting is not None and waiting.offset + len(waiting.data) == block.offset:
            begun = replace(waiting, data=waiting.data + block.data, lost=waiting.lost or block.lost)
        elif waiting is not None:  # a line was cut between them
            yield _joined(waiting, records.take(waiting.data, final=True))
        waiting = None
        if begins_with_record(begun.data):
            records = plain
        elif has_records(begun.data):
            records = in_syslog
        else:
            yield begun
            continue
        taken = records.take(begun.data, final=False)
        if taken.size:
            yield _joined(begun, taken)
        if taken.size < len(begun.data):
            after = begun.first_line + begun.data.count(b"\n", 0, taken.size)
            offset = begun.offset + taken.size
            lost = None if taken.size else begun.lost
            waiting = replace(begun, data=begun.data[taken.size :], offset=offset, first_line=after, lost=lost)
    if waiting is not None:
        yield _joined(waiting, records.take(waiting.data, final=True))


def _joined(block: Block, taken: Taken) -> Block:
    return replace(block, data=taken.joined, written=taken.written if taken.joined != taken.written else b"")


def _blocks(path: Path, type_: str, line_cap_bytes: int) -> Iterator[Block]:
    written_ns = time.time_ns() if path == STDIN else _written_ns(path)
    header = header_of_name(os.fspath(path))
    with opened(path) as file:
        buffer, cursor, final = b"", Cursor(), False
        # what an archive gives before it breaks is lost with the read that breaks: smaller ones lose less
        size = _UNPACKED_BYTES if isinstance(file, tuple(_MAGIC.values())) else read_size(line_cap_bytes)
        while not final:
            chunk = read_unpacked(file, size, path)
            if not cursor.offset and not buffer:
                translate = translator(chunk)
            final = not chunk
            buffer += chunk if translate is None else translate(chunk, final)
            begin = 0
            while True:
                piece = cut(buffer, cursor, line_cap_bytes, begin=begin, final=final)
                if (end := one_header(piece.data)) < len(piece.data):
                    after = Cursor(piece.offset + end, piece.first_line + piece.data.count(b"\n", 0, end))
                    piece = piece._replace(data=piece.data[:end], cursor=after, truncated=0)
                header = leading_header(piece.data) or header
                if piece.cursor == cursor:
                    break
                begin += piece.cursor.offset - cursor.offset
                cursor = piece.cursor
                if piece.data:
                    yield Block(
                        source="hunt",
                        stream=path_text(path),
                        stream_id=f"file:{path_text(path)}",
                        type=type_,
                        data=piece.data,
                        offset=piece.offset,
                        first_line=piece.first_line,
                        received_ns=written_ns,
                        lost=Counters(truncated=piece.truncated) if piece.truncated else None,
                        header=header,
                    )
            buffer = buffer[begin:]


def read_head(path: Path, size_bytes: int) -> bytes:
    """Give the first bytes of a file, unpacked: enough to tell what it is.

    :raises SourceError: when it cannot be read, or is an archive that is broken from its first byte.
    """
    with opened(path) as file:
        return read_unpacked(file, size_bytes, path)


def read_header(path: Path) -> bytes:
    """Give what the first lines of a file stand under: its header, or what its name says; empty where neither does."""
    try:
        head = read_head(path, HEADER_BYTES)
    except SourceError:
        head = b""
    return leading_header(head) or header_of_name(os.fspath(path))


def is_packed(path: Path) -> bool:
    """Say whether a file is an archive that can be read, by its first bytes; no when it cannot be opened."""
    try:
        with path.open("rb") as file:
            return file.read(6).startswith(tuple(_MAGIC))
    except OSError:
        return False


def looks_binary(sample: bytes) -> bool:
    """Say whether a file that begins so is no text. Holes of NUL bytes in a log, left by a crash, do not count."""
    text = _HOLE.sub(b"", sample)
    return len(_CONTROL.findall(text)) > len(text) * _CONTROL_SHARE


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO | io.BufferedIOBase]:
    """Open a file, unpacked as it is read.

    :raises SourceError: when it cannot be opened.
    """
    if path == STDIN:
        yield sys.stdin.buffer
        return
    try:
        with path.open("rb") as plain:
            magic = plain.read(6)
            plain.seek(0)
            packed = next((found for start, found in _MAGIC.items() if magic.startswith(start)), None)
            if packed is None:
                yield plain
            else:
                with packed(path, "rb") as unpacked:
                    yield unpacked
    except OSError as error:
        raise _unreadable(path, error) from error


def read_unpacked(file: BinaryIO | io.BufferedIOBase, size: int, path: Path) -> bytes:
    """Read from what :func:`opened` gave.

    :raises SourceError: when the archive is broken or the file cannot be read.
    """
    try:
        return file.read(size)
    except _BROKEN as error:
        raise SourceError(Problem("archive.broken", Where(str(path)), {"reason": error})) from error
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> SourceError:
    if error.errno is None:
        return SourceError(Problem("archive.broken", Where(str(path)), {"reason": error}))
    return SourceError(Problem("archive.unreadable", Where(str(path)), {"reason": error.strerror or str(error)}))


def _written_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError as error:
        raise _unreadable(path, error) from error
