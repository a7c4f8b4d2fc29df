"""Files of rules are watched: a change is loaded when it is finished, and so is the end of a filter."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from soc_agent.agent.rulewatch import RuleWatch
from soc_agent.detect.load.settle import Look
from tests.agent.test_runner import eventually


class Loads:
    """Counts loads, and says when the next filter ends."""

    def __init__(self) -> None:
        self.looks: list[Look] = []
        self.fail = False
        self.next_ns: int | None = None

    def __call__(self, look: Look) -> int | None:
        self.looks.append(look)
        if self.fail:
            raise RuntimeError("a rule of others")
        return self.next_ns


Make = Callable[..., tuple[RuleWatch, Loads]]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[RuleWatch] = []

    def watch(now_ns: int = 0, expires_ns: int | None = None, next_ns: int | None = None) -> tuple[RuleWatch, Loads]:
        loads = Loads()
        loads.next_ns = next_ns
        made.append(RuleWatch(lambda: [tmp_path], loads, lambda: now_ns))
        made[-1].start(expires_ns)
        return made[-1], loads

    yield watch
    for each in made:
        each.stop()


def test_a_changed_file_is_loaded_once(make: Make, tmp_path: Path) -> None:
    _, loads = make()
    (tmp_path / "a.yml").write_text("a")
    eventually(lambda: len(loads.looks) == 1)
    assert {Path(path).name for path in loads.looks[0].files} == {"a.yml"}
    (tmp_path / "a.yml").unlink()
    eventually(lambda: len(loads.looks) == 2)
    assert loads.looks[1].files == {}


def test_a_load_that_fails_is_tried_again_until_it_does_not(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("soc_agent.agent.rulewatch.RETRY_S", 0.05)
    _, loads = make()
    loads.fail = True
    (tmp_path / "a.yml").write_text("a")
    eventually(lambda: len(loads.looks) >= 3)
    loads.fail = False
    tried = len(loads.looks)
    eventually(lambda: len(loads.looks) > tried)
    (tmp_path / "b.yml").write_text("b")
    eventually(lambda: len(loads.looks[-1].files) == 2)


def test_the_end_of_a_filter_is_a_reason_to_load_once(make: Make) -> None:
    _, loads = make(now_ns=100, expires_ns=100, next_ns=101)
    eventually(lambda: len(loads.looks) == 1)
    watch, later = make(now_ns=99, expires_ns=100)
    watch.stop()
    assert later.looks == []


def test_what_is_being_written_is_waited_for(make: Make, tmp_path: Path) -> None:
    """A writer that never rests for long is not read in between."""
    _, loads = make()
    stop = threading.Event()

    def write() -> None:
        with (tmp_path / "a.yml").open("a") as file:
            while not stop.wait(0.05):
                file.write("x")
                file.flush()

    writer = threading.Thread(target=write)
    writer.start()
    (tmp_path / "b.yml").write_text("b")
    try:
        eventually(lambda: bool(loads.looks))
        assert {Path(path).name for path in loads.looks[0].unsettled} == {"a.yml"}
    finally:
        stop.set()
        writer.join()
    eventually(lambda: not loads.looks[-1].unsettled)


def test_files_of_one_update_are_loaded_together(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is finished waits a little for those that are still being written."""
    monkeypatch.setattr("soc_agent.agent.rulewatch.TOGETHER_S", 1e9)
    _, loads = make()
    stop = threading.Event()

    def write() -> None:
        with (tmp_path / "a.yml").open("a") as file:
            while not stop.wait(0.05):
                file.write("x")
                file.flush()

    writer = threading.Thread(target=write)
    writer.start()
    (tmp_path / "b.yml").write_text("b")
    assert not stop.wait(1.5)
    stop.set()
    writer.join()
    eventually(lambda: bool(loads.looks))
    assert {Path(path).name for path in loads.looks[0].files} == {"a.yml", "b.yml"}
    assert not loads.looks[0].unsettled


def test_one_that_was_never_started_can_be_stopped(tmp_path: Path) -> None:
    RuleWatch(lambda: [tmp_path], lambda _: None).stop()
