"""The queue of the kernel: events as they are written there, and what it refuses."""

import os
from pathlib import Path
from struct import pack

import pytest

from collectors import inotify
from collectors.inotify import Event, Inotify, events_in


def test_events_of_a_folder_come_in_their_order(tmp_path: Path) -> None:
    queue = Inotify()
    try:
        watch = queue.add(str(tmp_path), inotify.CREATE | inotify.CLOSE_WRITE)
        assert queue.read() == []
        (tmp_path / "f").write_bytes(b"x")
        (tmp_path / "d").mkdir()
        assert queue.read() == [
            Event(watch, inotify.CREATE, b"f"),
            Event(watch, inotify.CLOSE_WRITE, b"f"),
            Event(watch, inotify.CREATE | inotify.IS_FOLDER, b"d"),
        ]
        assert queue.add(str(tmp_path), inotify.CREATE) == watch
        queue.remove(watch)
        queue.remove(watch)
        assert [event.mask for event in queue.read()] == [inotify.IGNORED]
    finally:
        queue.close()


def test_what_the_kernel_refuses_is_an_error_with_its_reason(tmp_path: Path) -> None:
    queue = Inotify()
    try:
        with pytest.raises(FileNotFoundError):
            queue.add(str(tmp_path / "none"), inotify.CREATE)
        (tmp_path / "f").touch()
        with pytest.raises(NotADirectoryError):
            queue.add(str(tmp_path / "f"), inotify.CREATE | inotify.ONLY_FOLDER)
    finally:
        queue.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(queue.fileno())


def test_an_overflow_is_an_event_of_no_folder() -> None:
    """As the kernel writes it, behind another; what is cut short is left out."""
    first = pack("@iIII", 3, inotify.CREATE, 0, 16) + b"name".ljust(16, b"\0")
    lost = pack("@iIII", -1, inotify.OVERFLOW, 0, 0)
    assert list(events_in(first + lost + lost[:7])) == [
        Event(3, inotify.CREATE, b"name"),
        Event(-1, inotify.OVERFLOW, b""),
    ]
