"""Rounds are written whole or kept, and synced in time."""

import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.listener.record import head_of
from collectors.listener.spool import Spool
from collectors.listener.writing import Entry, Writer
from tests.collectors.listener.listening import PATIENCE_S, door, source
from tests.collectors.listener.spooling import ALICE, read_all


class Writing:
    def __init__(self, folder: Path, sync_ms: int) -> None:
        self.spool = Spool(folder, 64 * 1024 * 1024)
        self.spool.open()
        self.woken, wake = os.pipe()
        os.set_blocking(wake, False)
        self.writer = Writer(source(folder, door("tcp"), sync_ms=sync_ms), self.spool, wake)
        self.writer.start()
        self.wake = wake

    def put(self, text: str) -> None:
        data = text.encode()
        self.writer.put(Entry(head_of(ALICE, "syslog"), data, data.count(b"\n"), 0, 0))


@pytest.fixture
def writing(tmp_path: Path) -> Iterator[Writing]:
    made = Writing(tmp_path, 60_000)
    yield made
    made.writer.stop()
    os.close(made.woken)
    os.close(made.wake)


def test_a_round_that_cannot_be_written_is_kept_and_written_later(writing: Writing, tmp_path: Path) -> None:
    writing.put("one\n")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (writing.spool.end + 20, before[1]))
    try:
        assert not writing.writer.write(0.0)
        writing.put("two\n")
        assert not writing.writer.write(0.1), "it is not tried again at once"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [problem.code for problem in [writing.writer.problem] if problem] == ["listener.spool_unusable"]
    assert writing.writer.write(1.0)
    assert writing.writer.problem is None, "it goes on"
    assert read_all(tmp_path, 0, writing.spool.end) == (["one\n", "two\n"], 0)


def test_who_waits_for_the_disk_need_not_wait_for_the_rhythm(writing: Writing) -> None:
    writing.put("one\n")
    writing.writer.write(0.0)
    assert writing.spool.synced < writing.spool.end
    writing.writer.hurry()
    assert os.read(writing.woken, 1) == b"!"
    assert writing.spool.synced == writing.spool.end


def test_what_is_written_is_synced_at_the_rhythm(tmp_path: Path) -> None:
    made = Writing(tmp_path, 10)
    made.put("one\n")
    made.writer.write(0.0)
    deadline = time.monotonic() + PATIENCE_S
    while made.spool.synced < made.spool.end:
        assert time.monotonic() < deadline
        os.read(made.woken, 1)
    made.writer.stop()
    os.close(made.woken)
    os.close(made.wake)
