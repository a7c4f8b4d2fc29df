"""Windows event logs (``.evtx``), read once from beginning to end: each event is a line of JSON.

A log is a header and chunks of 64 KiB, each readable by itself. They are read in the order of their records, whatever
their order in the file (a full log writes over its oldest chunk). What is damaged or cut off is told by the name of the
file, and every event that can be read is read. Chunks are parsed in a process of their own, with a limit of time.
"""

import atexit
import io
import os
import select
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, BinaryIO

import msgspec
from msgspec import Struct

from collectors.archive import opened, read_unpacked
from collectors.eventlog_worker import ANSWER_BYTES, CHUNK_BYTES, HEADER_BYTES
from soc_agent.errors import SourceError
from soc_agent.model import Block, Problem, Where
from soc_agent.text import path_text

MAGIC = b"ElfFile\0"
"""How an event log begins."""
_CHUNK_MAGIC = b"ElfChnk\0"
_COUNT_AT = 42
_FIRST_AT, _LAST_AT = 8, 16
_BLOCK_BYTES = 1_048_576
_PATIENCE_S = 20.0
"""So long may the parser need for a chunk; an ordinary one takes it some milliseconds."""
_COPY_BYTES = 1_048_576
_ANSWER_CAP_BYTES = 2 * ANSWER_BYTES
_MOST_ENDED = 3
"""So many chunks of a file may cost the parser its life; the rest of it is not tried."""
Report = Callable[[Problem], None]


class _Chunk(Struct, frozen=True, order=True):
    """Where a chunk lies, by the number of its first record."""

    first: int
    last: int
    number: int

    @property
    def records(self) -> int:
        return self.last - self.first + 1


def read_events(path: Path, *, source: str, report: Report) -> Iterator[Block]:
    """Yield the events of a log as blocks of JSON lines.

    The same file gives the same lines at the same offsets. ``report`` is told what could not be read.

    :raises SourceError: when the file cannot be read at all.
    """
    with _seekable(path) as file:
        chunks, problems = _chunks_of(file, path)
        lost = 0
        offset, first_line = 0, 1
        lines: list[bytes] = []
        size = 0
        ended = _parser().ended
        for number, chunk in enumerate(chunks):
            if _parser().ended - ended >= _MOST_ENDED:
                lost += sum(left.records for left in chunks[number:])
                problems.append(Problem("eventlog.given_up", Where(str(path)), {"count": _MOST_ENDED}))
                break
            found = _lines_of(file, chunk)
            lost += max(0, chunk.records - len(found))
            for line in found:
                lines.append(line)
                size += len(line) + 1
            if size >= _BLOCK_BYTES:
                yield _block(path, source, lines, offset, first_line)
                offset, first_line = offset + size, first_line + len(lines)
                lines, size = [], 0
        if lines:
            yield _block(path, source, lines, offset, first_line)
        if lost:
            problems.append(Problem("eventlog.lost", Where(str(path)), {"count": lost}))
        for problem in problems:
            report(problem)


def first_event(path: Path) -> bytes:
    """Give the first event of a log as a line, without its newline; nothing when none can be read."""
    try:
        with _seekable(path) as file:
            for chunk in _chunks_of(file, path)[0]:
                if lines := _lines_of(file, chunk):
                    return lines[0]
    except SourceError:
        pass
    return b""


def chunks_missing(header: bytes, size: int) -> int:
    """Give how many parts of a log are not there, by its header (its first 4,096 bytes) and its size."""
    expected = int.from_bytes(header[_COUNT_AT : _COUNT_AT + 2], "little")
    if len(header) < HEADER_BYTES:
        return max(1, expected)
    return max(0, expected - (size - HEADER_BYTES) // CHUNK_BYTES)


def _block(path: Path, source: str, lines: list[bytes], offset: int, first_line: int) -> Block:
    return Block(
        source=source,
        stream=path_text(path),
        stream_id=f"file:{path_text(path)}",
        type="json",
        data=b"\n".join(lines) + b"\n",
        offset=offset,
        first_line=first_line,
        received_ns=path.stat().st_mtime_ns,
    )


def _seekable(path: Path) -> BinaryIO:
    """Open a log; a packed one is unpacked to a file that is gone when it is closed."""
    with opened(path) as file:
        if isinstance(file, io.BufferedReader):
            return path.open("rb")
        unpacked = tempfile.TemporaryFile()  # noqa: SIM115 - closed by whoever reads it
        try:
            while data := read_unpacked(file, _COPY_BYTES, path):
                unpacked.write(data)
        except SourceError:
            unpacked.close()
            raise
        unpacked.seek(0)
        return unpacked


def _chunks_of(file: BinaryIO, path: Path) -> tuple[list[_Chunk], list[Problem]]:
    """Find the chunks, in the order of their records, and what is wrong with the file as a whole."""
    header = file.read(HEADER_BYTES)
    size = file.seek(0, os.SEEK_END)
    where = Where(str(path))
    problems: list[Problem] = []
    expected = int.from_bytes(header[_COUNT_AT : _COUNT_AT + 2], "little")
    present = -(-max(0, size - HEADER_BYTES) // CHUNK_BYTES)
    if len(header) < HEADER_BYTES or present < expected or (size - HEADER_BYTES) % CHUNK_BYTES:
        problems.append(Problem("eventlog.cut_off", where, {"chunks": present, "expected": max(expected, present)}))
    chunks, damaged = [], 0
    for number in range(present):
        file.seek(HEADER_BYTES + number * CHUNK_BYTES)
        start = file.read(24)
        if start.startswith(_CHUNK_MAGIC) and len(start) == 24:
            first = int.from_bytes(start[_FIRST_AT : _FIRST_AT + 8], "little")
            last = int.from_bytes(start[_LAST_AT : _LAST_AT + 8], "little")
            if 0 < first <= last < first + CHUNK_BYTES:
                chunks.append(_Chunk(first, last, number))
        elif start.strip(b"\0"):
            damaged += 1
    if damaged:
        problems.append(Problem("eventlog.damaged", where, {"count": damaged}))
    return sorted(chunks), problems


def _lines_of(file: BinaryIO, chunk: _Chunk) -> list[bytes]:
    file.seek(HEADER_BYTES + chunk.number * CHUNK_BYTES)
    # the rest of a chunk that is cut off is nothing; what stands before it can be read
    return _parser().lines(file.read(CHUNK_BYTES).ljust(CHUNK_BYTES, b"\0"))


class _Parser:
    """The process that parses. It is ended when it takes too long, and started again. Belongs to one thread."""

    def __init__(self) -> None:
        self.ended = 0
        """How often it was ended, or ended by itself, over a chunk."""
        self._process: subprocess.Popen[bytes] | None = None

    def lines(self, chunk: bytes) -> list[bytes]:
        """Give the events of a chunk that can be read."""
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(chunk)
            process.stdin.flush()
            deadline = time.monotonic() + _PATIENCE_S
            size = int.from_bytes(_read_exactly(process.stdout, 4, deadline), "big")
            answer = _read_exactly(process.stdout, min(size, _ANSWER_CAP_BYTES), deadline)
            lines, _ = msgspec.msgpack.decode(answer, type=tuple[list[bytes], list[str]])
        except (OSError, TimeoutError, EOFError, msgspec.DecodeError):
            self.ended += 1
            self.end()
            return []
        return lines

    def end(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.end()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "collectors.eventlog_worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
            )
        return self._process


_of_thread = threading.local()


def _parser() -> _Parser:
    """Give the parser of this thread."""
    parser: _Parser | None = getattr(_of_thread, "parser", None)
    if parser is None:
        parser = _of_thread.parser = _Parser()
        atexit.register(parser.end)
    return parser


def end_parser() -> None:
    """End the parser of this thread, until something is to be parsed again."""
    parser: _Parser | None = getattr(_of_thread, "parser", None)
    if parser is not None:
        parser.end()
        atexit.unregister(parser.end)
        del _of_thread.parser


def _read_exactly(pipe: IO[bytes], size: int, deadline: float) -> bytes:
    """Read so many bytes before a moment.

    :raises TimeoutError: when they do not come in time.
    :raises EOFError: when the process ended.
    """
    parts = []
    while size:
        readable, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
        if not readable:
            raise TimeoutError
        part = os.read(pipe.fileno(), min(size, _COPY_BYTES))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
