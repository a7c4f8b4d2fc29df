from pathlib import Path

import pytest

from collectors.eventlog_folder.ready import Ready, is_whole
from collectors.eventlog_worker import CHUNK_BYTES
from collectors.globs import Found
from soc_agent.config import EventLogSource
from tests.collectors.eventlog_folder.drops import header, xml

OPTIONS = EventLogSource(name="s", paths=("/drop",), settle_s=2, incomplete_s=10)


def found(path: Path, mtime_ns: int = 1) -> Found:
    return Found(str(path), 1, 2, path.stat().st_size, mtime_ns)


@pytest.mark.parametrize(
    ("data", "whole"),
    [
        (b"", False),
        (header(0), True),
        (header(1) + bytes(CHUNK_BYTES), True),
        (header(1) + bytes(2 * CHUNK_BYTES), True),
        (header(2) + bytes(CHUNK_BYTES), False),
        (header(1) + bytes(CHUNK_BYTES - 1), False),
        (header(1)[:100], False),
        (xml(1), True),
        (xml(1, end=""), True),
        (xml(1, end="</Events>\r\n\r\n"), True),
        (xml(1, end="<Event>"), False),
        (xml(1).decode().encode("utf-16"), True),
        (b"something else", True),
    ],
)
def test_a_file_says_itself_whether_it_is_whole(tmp_path: Path, data: bytes, whole: bool) -> None:
    path = tmp_path / "a"
    path.write_bytes(data)
    assert is_whole(found(path)) is whole


def test_one_that_is_gone_is_for_the_reader_to_tell(tmp_path: Path) -> None:
    assert is_whole(Found(str(tmp_path / "absent"), 1, 2, 3, 4))


def test_a_file_waits_until_it_stays_as_it_is(tmp_path: Path) -> None:
    path, ready = tmp_path / "a.xml", Ready(OPTIONS)
    path.write_bytes(xml(1))
    assert ready.look([found(path)], 0.0) == []
    assert ready.look([found(path, 2)], 1.9) == []
    assert ready.look([found(path, 2)], 3.8) == []
    assert ready.look([found(path, 2)], 3.9) == [found(path, 2)]
    assert ready.look([], 4.0) == []
    assert ready.look([found(path, 2)], 9.0) == []


def test_one_that_is_not_whole_waits_longer(tmp_path: Path) -> None:
    path, ready = tmp_path / "a.xml", Ready(OPTIONS)
    path.write_bytes(b"")
    assert [bool(ready.look([found(path)], now)) for now in (0.0, 5.0, 9.9, 10.0)] == [False, False, False, True]
