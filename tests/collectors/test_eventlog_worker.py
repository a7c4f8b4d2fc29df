import io
import subprocess
import sys
from collections.abc import Iterator

import msgspec
import pytest

from collectors import eventlog_worker
from collectors.eventlog_worker import CHUNK_BYTES, read_chunk, serve

EMPTY = b"ElfChnk\0".ljust(CHUNK_BYTES, b"\0")


def answers(data: bytes) -> list[tuple[list[bytes], list[str]]]:
    target = io.BytesIO()
    serve(io.BytesIO(data), target)
    written, found = target.getvalue(), []
    while written:
        size = int.from_bytes(written[:4], "big")
        found.append(msgspec.msgpack.decode(written[4 : 4 + size], type=tuple[list[bytes], list[str]]))
        written = written[4 + size :]
    return found


def test_every_chunk_has_its_answer_and_half_a_chunk_none() -> None:
    found = answers(EMPTY + b"X" * CHUNK_BYTES + EMPTY[:100])
    assert len(found) == 2
    assert found[0][0] == found[1][0] == []
    assert found[1][1]


def test_a_panic_ends_with_its_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        pass

    def panic(_chunk: bytes) -> None:
        raise PanicException("index out of bounds")

    monkeypatch.setattr(eventlog_worker, "read_chunk", panic)
    assert answers(EMPTY) == [([], ["PanicException: index out of bounds"])]


def test_a_chunk_without_its_mark_is_said_to_be_none() -> None:
    lines, failures = read_chunk(b"\1" * CHUNK_BYTES)
    assert (lines, bool(failures)) == ([], True)


def test_what_is_longer_than_a_line_or_an_answer_may_be_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    class Parser:
        def __init__(self, *_: object, **__: object) -> None:
            pass

        def records_json(self) -> Iterator[dict[str, str]]:
            return iter([{"data": "x" * size} for size in (9, 11, 10, 3, 2)])

    monkeypatch.setattr("evtx.PyEvtxParser", Parser)
    monkeypatch.setattr(eventlog_worker, "LINE_BYTES", 10)
    monkeypatch.setattr(eventlog_worker, "ANSWER_BYTES", 21)
    lines, failures = read_chunk(EMPTY)
    assert ([len(line) for line in lines], len(failures)) == ([9, 10, 2], 2)


def test_it_runs_as_a_process_and_ends_with_its_input() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "collectors.eventlog_worker"], input=EMPTY, capture_output=True, check=True, timeout=60
    )
    assert int.from_bytes(done.stdout[:4], "big") == len(done.stdout) - 4
