from pathlib import Path

import pytest

from collectors.eventlog_folder.memory import Memory
from collectors.eventlog_folder.reading import read_log
from collectors.globs import Found
from soc_agent.errors import SourceError
from soc_agent.model import Block, Problem
from tests.collectors.eventlog_folder.drops import xml


def read(path: Path, memory: Memory) -> list[Block]:
    info = path.stat()
    file = Found(str(path), info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns)
    told: list[Problem] = []
    return [block for block in read_log(file, "s", memory, told.append) if block is not None]


def test_the_last_block_says_that_the_file_is_done(tmp_path: Path) -> None:
    path, memory = tmp_path / "a.xml", Memory("s", {})
    path.write_bytes(xml(1, 2))
    blocks = read(path, memory)
    assert [bool(block.data) for block in blocks] == [True, False]
    assert {block.stream_id for block in blocks} == {block.position.stream_id for block in blocks if block.position}
    assert (blocks[0].type, blocks[0].source) == ("eventxml", "s")
    assert blocks[0].received_ns == path.stat().st_mtime_ns


def test_without_an_event_it_is_done_all_the_same(tmp_path: Path) -> None:
    path, memory = tmp_path / "a.xml", Memory("s", {})
    path.write_bytes(xml())
    assert [block.data for block in read(path, memory)] == [b""]
    path.write_bytes(xml(1))
    assert [bool(block.data) for block in read(path, memory)] == [True, False]


def test_a_log_that_lost_its_first_events_is_another(tmp_path: Path) -> None:
    path, memory = tmp_path / "a.xml", Memory("s", {})
    path.write_bytes(xml(1, 2, 3))
    first = read(path, memory)
    path.write_bytes(xml(2, 3, 4))
    second = read(path, memory)
    assert second[0].data.count(b"\n") == 3
    assert second[0].stream_id != first[0].stream_id


def test_one_that_became_shorter_is_another(tmp_path: Path) -> None:
    path, memory = tmp_path / "a.xml", Memory("s", {})
    path.write_bytes(xml(1, 2, 3))
    first = read(path, memory)
    path.write_bytes(xml(1, 2))
    second = read(path, memory)
    assert (second[0].first_line, second[0].stream_id == first[0].stream_id) == (1, False)


@pytest.mark.parametrize("data", [b"PK", b"<html>", b'{"a": 1}'])
def test_what_is_no_log_is_refused_by_name(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.evtx"
    path.write_bytes(data)
    with pytest.raises(SourceError, match=r"a\.evtx"):
        read(path, Memory("s", {}))
