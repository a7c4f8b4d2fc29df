"""watchdog tells what happens, and its troubles are noticed."""

import logging
import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.file_watch.watches import Watches

Told = tuple[int, str, str]


@pytest.fixture
def told() -> "queue.Queue[Told]":
    return queue.Queue()


@pytest.fixture
def watches(told: "queue.Queue[Told]") -> Iterator[Watches]:
    made = Watches(lambda *event: told.put(event), lambda: told.put((-1, "lost", "")))
    yield made
    made.close()


def test_events_of_each_folder_come_with_its_number(
    watches: Watches, told: "queue.Queue[Told]", tmp_path: Path
) -> None:
    """Closed after writing, appeared, moved, and new folders; reading a file tells nothing."""
    for number, name in enumerate(("a", "b")):
        (tmp_path / name).mkdir()
        watches.attach(number, str(tmp_path / name), recursive=True)
    assert watches.count() == 2
    (tmp_path / "b" / "f").write_bytes(b"x")
    assert told.get(timeout=10) == (1, "created", str(tmp_path / "b" / "f"))
    assert told.get(timeout=10) == (1, "closed", str(tmp_path / "b" / "f"))
    (tmp_path / "b" / "f").read_bytes()
    (tmp_path / "a" / "d").mkdir()
    assert told.get(timeout=10) == (0, "folder", str(tmp_path / "a" / "d"))
    (tmp_path / "b" / "f").rename(tmp_path / "b" / "g")
    assert told.get(timeout=10) == (1, "gone", str(tmp_path / "b" / "f"))
    assert told.get(timeout=10) == (1, "closed", str(tmp_path / "b" / "g"))


def test_a_folder_is_attached_until_it_goes_or_is_let_go(watches: Watches, tmp_path: Path) -> None:
    """So that one that was made anew is attached anew."""
    assert not watches.is_attached(0)
    watches.attach(0, str(tmp_path), recursive=False)
    assert watches.is_attached(0)
    watches.detach(0)
    watches.detach(0)
    assert not watches.is_attached(0)
    watches.attach(0, str(tmp_path), recursive=False)
    watches.restart()
    assert not watches.is_attached(0)
    assert watches.count() is None


def test_what_is_not_there_cannot_be_attached(watches: Watches, tmp_path: Path) -> None:
    """The kernel's reason is kept."""
    with pytest.raises(OSError, match="No such file"):
        watches.attach(0, str(tmp_path / "gone"), recursive=True)
    assert not watches.is_attached(0)
    assert not watches.is_blind()


def test_an_overflow_is_heard_until_the_end(watches: Watches, told: "queue.Queue[Told]") -> None:
    """watchdog says it in its log alone."""
    logger = logging.getLogger("watchdog.observers.inotify_c")
    logger.warning("Inotify queue overflowed; filesystem events were lost")
    logger.warning("something else")
    assert told.get_nowait() == (-1, "lost", "")
    watches.close()
    logger.warning("Inotify queue overflowed; filesystem events were lost")
    assert told.empty()


def test_the_end_of_a_watch_is_no_error(watches: Watches, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """An operator's log holds what an operator can do something about."""
    for _ in range(5):
        watches.attach(0, str(tmp_path), recursive=True)
        (tmp_path / "f").write_bytes(b"x")
        watches.detach(0)
    watches.restart()
    assert caplog.records == []
