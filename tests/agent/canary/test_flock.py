"""A canary that comes back is counted; one that does not names the broken stage, until one comes back."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from soc_agent.agent.canary import REQUEST, RULE_IDS, Canaries, Flock
from soc_agent.agent.health import HealthLog
from soc_agent.agent.trust import Conditions
from soc_agent.config import CanaryOptions, FileSource, Source
from soc_agent.model import Block, Detection, RuleInfo
from soc_agent.store import Store
from tests.agent.test_runner import eventually
from tests.store.making import detection

RULE = RuleInfo(min(RULE_IDS), "canary")
NEVER = CanaryOptions(every_s=0)


class Aviary:
    """A flock on a real store, with one source of log files."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder, self.store = folder, store
        folder.mkdir()
        self.health = HealthLog("boot")
        self.canaries = Canaries()
        self.flock = Flock(folder, self.canaries, Conditions(self.health), store)
        self.sources: dict[str, Source] = {"auth": FileSource(name="auth", paths=("a.log",))}

    def fly(self) -> bytes:
        """Ask for a round; gives the line that was sent."""
        (self.folder / REQUEST).touch()
        self.flock.tick(self.sources, NEVER)
        eventually((self.folder / "lines.log").exists)
        eventually(lambda: not self.flock._sender or not self.flock._sender.is_alive())
        return (self.folder / "lines.log").read_bytes().splitlines()[-1]

    def pass_through(self, line: bytes, upto: str) -> None:
        found: list[Detection] = [msgspec.structs.replace(detection(1), rule=RULE, raw=line)]
        block = Block("canary.file", "lines.log", "1", "syslog", line + b"\n")
        if upto != "sent":
            self.canaries.read(block, found if upto != "read" else [])
        if upto == "stored":
            with self.store.transaction() as transaction:
                transaction.add_hidden(found[0])
        if upto in ("detected", "stored"):
            self.canaries.stored(found, self.store)

    def said(self) -> list[tuple[str, str]]:
        block = self.health.take()
        lines = [msgspec.json.decode(line) for line in block.data.splitlines()] if block else []
        return [(line["kind"], line["detail"]) for line in lines]


@pytest.fixture
def aviary(tmp_path: Path) -> Iterator[Aviary]:
    with Store.open(tmp_path / "soc.db") as store:
        yield Aviary(tmp_path / "own", store)


def test_one_that_comes_back(aviary: Aviary) -> None:
    aviary.pass_through(aviary.fly(), "stored")
    aviary.flock.tick(aviary.sources, NEVER)
    (result,) = aviary.store.canaries()
    assert 0 < result.sent_ns <= result.read_ns <= result.detected_ns <= result.stored_ns
    assert result.broken_stage == ""
    assert aviary.said() == []
    assert not aviary.canaries.under_way


@pytest.mark.parametrize(("upto", "stage"), [("sent", "read"), ("read", "detect"), ("detected", "store")])
def test_one_that_is_lost_names_the_stage(
    aviary: Aviary, monkeypatch: pytest.MonkeyPatch, upto: str, stage: str
) -> None:
    aviary.pass_through(aviary.fly(), upto)
    aviary.flock.tick(aviary.sources, NEVER)
    assert aviary.store.canaries() == []
    later = time.monotonic() + 1000
    with monkeypatch.context() as patch:
        patch.setattr("soc_agent.agent.canary.flock.time.monotonic", lambda: later)
        aviary.flock.tick(aviary.sources, NEVER)
    (result,) = aviary.store.canaries()
    assert result.broken_stage == stage
    ((kind, detail),) = aviary.said()
    assert kind == "canary_missing"
    assert stage in detail
    aviary.pass_through(aviary.fly(), "stored")
    aviary.flock.tick(aviary.sources, NEVER)
    assert [kind for kind, _ in aviary.said()] == ["well_again"]


def test_one_that_cannot_be_sent(aviary: Aviary) -> None:
    (aviary.folder / "lines.log").mkdir()
    (aviary.folder / REQUEST).touch()
    aviary.flock.tick(aviary.sources, NEVER)

    def is_told() -> bool:
        aviary.flock.tick(aviary.sources, NEVER)
        return bool(aviary.store.canaries())

    eventually(is_told)
    assert aviary.store.canaries()[0].broken_stage == "send"


def test_none_is_sent_unasked_where_there_is_no_schedule(aviary: Aviary) -> None:
    for _ in range(3):
        aviary.flock.tick(aviary.sources, NEVER)
    assert not aviary.canaries.under_way
    assert not (aviary.folder / "lines.log").exists()


def test_a_way_that_hangs_is_told_and_the_stage_is_that_of_sending(
    aviary: Aviary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe that nobody reads holds whoever opens it, as a file system does that is gone."""
    os.mkfifo(aviary.folder / "lines.log")
    (aviary.folder / REQUEST).touch()
    aviary.flock.tick(aviary.sources, NEVER)
    eventually(lambda: aviary.canaries.under_way)
    later = time.monotonic() + 1000
    with monkeypatch.context() as patch:
        patch.setattr("soc_agent.agent.canary.flock.time.monotonic", lambda: later)
        aviary.flock.tick(aviary.sources, NEVER)
    (result,) = aviary.store.canaries()
    assert result.broken_stage == "send"
    assert "hangs" in aviary.said()[0][1]
    with (aviary.folder / "lines.log").open("rb"):
        assert aviary.flock._sender is not None
        aviary.flock._sender.join(10)


def test_while_the_store_stands_still_it_is_the_store_that_is_broken(
    aviary: Aviary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read waits then, and canaries with it; when that is over another stage may still be broken."""
    for is_stalled, stage in ((True, "broken stage: store"), (False, "broken stage: read")):
        aviary.flock._stalled = lambda is_stalled=is_stalled: is_stalled  # type: ignore[misc]
        aviary.fly()
        later = time.monotonic() + 1000
        with monkeypatch.context() as patch:
            patch.setattr("soc_agent.agent.canary.flock.time.monotonic", lambda at=later: at)
            aviary.flock.tick(aviary.sources, NEVER)
        said = aviary.said() + aviary.said()
        assert stage in said[-1][1], said
