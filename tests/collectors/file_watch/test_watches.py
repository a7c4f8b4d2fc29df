"""What happens in folders is told with its path, whatever moves, and what the kernel lost is told too."""

import os
import queue
import shutil
import time
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


def told_until(told: "queue.Queue[Told]", wanted: Told) -> list[Told]:
    seen: list[Told] = []
    while not seen or seen[-1] != wanted:
        seen.append(told.get(timeout=10))
    return seen


def test_folders_that_come_move_and_go_are_followed(
    watches: Watches, told: "queue.Queue[Told]", tmp_path: Path
) -> None:
    """What happens in one that was moved has its new path; of one that was moved out nothing is told."""
    (tmp_path / "top" / "a" / "b").mkdir(parents=True)
    watches.attach(0, str(tmp_path / "top"), recursive=True)
    assert watches.count() == 3
    (tmp_path / "top" / "a").rename(tmp_path / "top" / "c")
    told_until(told, (0, "folder", str(tmp_path / "top" / "c")))
    assert watches.count() == 3
    (tmp_path / "top" / "c" / "b" / "f").write_bytes(b"x")
    told_until(told, (0, "closed", str(tmp_path / "top" / "c" / "b" / "f")))
    (tmp_path / "top" / "c").rename(tmp_path / "out")
    told_until(told, (0, "gone", str(tmp_path / "top" / "c")))
    assert watches.count() == 1
    (tmp_path / "out" / "b" / "f").write_bytes(b"x")
    (tmp_path / "top" / "last").write_bytes(b"x")
    seen = told_until(told, (0, "closed", str(tmp_path / "top" / "last")))
    assert [path for _, _, path in seen] == [str(tmp_path / "top" / "last")] * 2


def test_a_folder_within_another_is_told_of_by_both(
    watches: Watches, told: "queue.Queue[Told]", tmp_path: Path
) -> None:
    """The kernel has one watch for it; letting one go leaves the other."""
    (tmp_path / "in").mkdir()
    watches.attach(0, str(tmp_path), recursive=True)
    watches.attach(1, str(tmp_path / "in"), recursive=True)
    (tmp_path / "in" / "f").write_bytes(b"x")
    seen = {told.get(timeout=10) for _ in range(4)}
    assert {number for number, what, _ in seen if what == "closed"} == {0, 1}
    watches.detach(0)
    (tmp_path / "in" / "g").write_bytes(b"x")
    assert told.get(timeout=10) == (1, "created", str(tmp_path / "in" / "g"))
    assert told.get(timeout=10) == (1, "closed", str(tmp_path / "in" / "g"))


def test_where_everything_is_asked_for_rights_links_and_disappearance_are_told(
    told: "queue.Queue[Told]", tmp_path: Path
) -> None:
    watches = Watches(lambda *event: told.put(event), lambda: None, everything=True)
    try:
        (tmp_path / "d").mkdir()
        (tmp_path / "f").write_bytes(b"x")
        watches.attach(0, str(tmp_path), recursive=True)
        (tmp_path / "f").chmod(0o600)
        assert told.get(timeout=10) == (0, "changed", str(tmp_path / "f"))
        os.link(tmp_path / "f", tmp_path / "d" / "g")
        told_until(told, (0, "created", str(tmp_path / "d" / "g")))
        (tmp_path / "f").unlink()
        told_until(told, (0, "gone", str(tmp_path / "f")))
        (tmp_path / "d").chmod(0o700)
        told_until(told, (0, "changed", str(tmp_path / "d")))
    finally:
        watches.close()


def test_what_is_left_out_is_not_watched(told: "queue.Queue[Told]", tmp_path: Path) -> None:
    """Watches are scarce."""
    (tmp_path / "keep").mkdir()
    (tmp_path / "leave" / "below").mkdir(parents=True)
    watches = Watches(lambda *event: told.put(event), lambda: None, excludes=lambda path: path.endswith("/leave"))
    try:
        watches.attach(0, str(tmp_path), recursive=True)
        assert watches.count() == 2
    finally:
        watches.close()


def test_names_of_any_bytes(watches: Watches, told: "queue.Queue[Told]", tmp_path: Path) -> None:
    """With line breaks, or that are no text."""
    watches.attach(0, str(tmp_path), recursive=True)
    name = os.fsdecode(bytes(tmp_path) + b"/a\nb\xff")
    os.close(os.open(name, os.O_CREAT | os.O_WRONLY))
    assert told.get(timeout=10) == (0, "created", name)


def test_a_folder_that_goes_is_attached_no_more(watches: Watches, told: "queue.Queue[Told]", tmp_path: Path) -> None:
    (tmp_path / "top").mkdir()
    watches.attach(0, str(tmp_path / "top"), recursive=True)
    watches.attach(1, str(tmp_path), recursive=False)
    (tmp_path / "top").rename(tmp_path / "moved")
    told_until(told, (1, "folder", str(tmp_path / "moved")))
    assert not watches.is_attached(0)
    assert watches.is_attached(1)


def test_a_great_tree_that_is_removed_costs_no_more_for_each_folder_than_a_small_one(
    told: "queue.Queue[Told]", tmp_path: Path
) -> None:
    """By the clock of this process: four times the folders, not sixteen times the work."""
    costs = []
    for count in (1_000, 4_000):
        top = tmp_path / str(count)
        for number in range(count):
            (top / str(number)).mkdir(parents=True)
        watches = Watches(lambda *event: told.put(event), lambda: None, everything=True)
        try:
            watches.attach(0, str(top), recursive=True)
            assert watches.count() == count + 1
            before = time.process_time()
            shutil.rmtree(top / "0")
            for number in range(1, count):
                (top / str(number)).rmdir()
            told_until(told, (0, "gone", str(top / str(count - 1))))
            costs.append((time.process_time() - before) / count)
        finally:
            watches.close()
    assert costs[1] < 3 * costs[0]
