"""Reads chunks of Windows event logs, in a process of its own: a crafted chunk can make the parser loop or crash.

Run as ``python -m collectors.eventlog_worker``: it takes chunks of :data:`CHUNK_BYTES` from standard input, and answers
each on standard output with the length (4 bytes, big-endian) of a msgpack list of lines and what went wrong.
"""

import io
import sys
from typing import Any, BinaryIO

import msgspec

CHUNK_BYTES = 65_536
HEADER_BYTES = 4_096
_MEMORY_BYTES = 1_073_741_824
_PROBLEMS_KEPT = 3
_MOST_FAILURES = 100
LINE_BYTES = 1_048_576
ANSWER_BYTES = 33_554_432
"""Of a chunk of 64 KiB come lines of some hundred KiB; a crafted one may ask for the same text again and again."""


def read_chunk(chunk: bytes) -> tuple[list[bytes], list[str]]:
    """Give the events of a chunk as JSON lines, and what could not be read."""
    from evtx import PyEvtxParser

    lines: list[bytes] = []
    failures: list[str] = []
    size = 0
    records = PyEvtxParser(io.BytesIO(_HEADER + chunk), 1, indent=False).records_json()
    while len(failures) < _MOST_FAILURES:
        try:
            record: Any = next(records)
        except StopIteration:
            break
        except (RuntimeError, OSError, ValueError) as error:
            failures.append(str(error))
            continue
        line = record["data"].replace("\n", " ").encode("utf-8", "replace")
        if len(line) > LINE_BYTES or size + len(line) > ANSWER_BYTES:
            failures.append("an event is too long")
            continue
        lines.append(line)
        size += len(line)
    return lines, failures[:_PROBLEMS_KEPT]


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer until the input ends."""
    while len(chunk := source.read(CHUNK_BYTES)) == CHUNK_BYTES:
        try:
            answer = read_chunk(chunk)
        except BaseException as error:  # noqa: BLE001 - a panic of the parser is no Exception; it ends with the chunk
            if isinstance(error, KeyboardInterrupt):
                return
            answer = [], [f"{type(error).__name__}: {error}"]
        data = msgspec.msgpack.encode(answer)
        target.write(len(data).to_bytes(4, "big") + data)
        target.flush()


def _header() -> bytes:
    """Give the header of a log of one chunk (``[MS-EVEN6]``; libevtx, *Windows XML Event Log (EVTX) format*)."""
    header = bytearray(HEADER_BYTES)
    header[:8] = b"ElfFile\0"
    header[24:32] = (1).to_bytes(8, "little")  # next record
    header[32:36] = (128).to_bytes(4, "little")  # size of the header
    header[36:40] = (1).to_bytes(2, "little") + (3).to_bytes(2, "little")  # version 3.1
    header[40:44] = HEADER_BYTES.to_bytes(2, "little") + (1).to_bytes(2, "little")  # its block, chunks
    return bytes(header)


_HEADER = _header()


def main() -> None:
    """Run with bounded memory."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
