"""What the sentry learnt and what it said goes on over a restart."""

from pathlib import Path

import msgspec
import pytest

from soc_agent.agent.health import HealthLog
from soc_agent.agent.trust import Conditions, Guard, Passage
from soc_agent.agent.trust.rhythm import Rhythm
from soc_agent.config import Config, parse_config
from soc_agent.store import SourceStatus, Store

CONFIG = parse_config(b"health: {silence: {a: 1}}\nsources: [{kind: file, name: a, paths: [a.log]}]")


def guard(store: Store, passage: Passage, health: HealthLog, config: Config = CONFIG) -> Guard:
    return Guard(config, store, Conditions(health), passage, dict)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    moment = [1000.0]
    monkeypatch.setattr("soc_agent.agent.trust.guard.time.monotonic", lambda: moment[0])
    monkeypatch.setattr("soc_agent.agent.trust.guard.time.time", lambda: 1_800_000_000 + moment[0])
    return moment


def test_silence_of_a_source_that_never_spoke_counts_from_the_start(tmp_path: Path, now: list[float]) -> None:
    with Store.open(tmp_path / "soc.db") as store:
        health = HealthLog("boot")
        made = guard(store, Passage(), health)
        sources = {source.name: source for source in CONFIG.sources}
        made.look(sources, {}, set())
        assert health.take() is None
        now[0] += 5
        made.look(sources, {}, {"a"})
        assert health.take() is None, "what was read to its end is well"
        made.look(sources, {}, set())
        block = health.take()
        assert block is not None
        assert msgspec.json.decode(block.data)["kind"] == "source_silent"


def test_rhythms_are_kept_and_taken_up(tmp_path: Path, now: list[float]) -> None:
    rhythm = Rhythm(arrivals=77)
    with Store.open(tmp_path / "soc.db") as store:
        with store.transaction() as transaction:
            transaction.put_rhythm("a", msgspec.json.encode(rhythm), 5)
        made = guard(store, Passage(), HealthLog("boot"))
        made.look({source.name: source for source in CONFIG.sources}, {}, set())
        now[0] += 100
        made.keep()
        kept = msgspec.json.decode(store.rhythms()["a"], type=Rhythm)
        assert kept.arrivals == 77


def test_how_long_a_block_waited_counts_just_after() -> None:
    passage = Passage()
    passage.delay_s["a"], passage.last_line["a"] = 400.0, 1000.0
    assert passage.waiting_s("a", 1010.0) == 400
    assert passage.waiting_s("a", 2000.0) == 0
    assert passage.waiting_s("b", 0.0) == 0


class Behind:
    """A collector that says how far behind it is."""

    lag_bytes = 0
    lag_s = 0.0


def test_how_far_behind_sources_are_is_kept_when_it_changes(tmp_path: Path, now: list[float]) -> None:
    sources = {source.name: source for source in CONFIG.sources}
    collector = Behind()
    with Store.open(tmp_path / "soc.db") as store:
        with store.transaction() as transaction:
            transaction.set_source_state("a", SourceStatus.RUNNING)
        made = guard(store, Passage(), HealthLog("boot"))

        def kept() -> tuple[int, float]:
            now[0] += 6
            made.look(sources, {"a": collector}, set())  # type: ignore[dict-item]
            made.keep()
            (one,) = store.ledger()
            return one.lag_bytes, one.lag_s

        assert kept() == (0, 0.0)
        collector.lag_bytes, collector.lag_s = 5_000_000, 12.4
        assert kept() == (5_000_000, 12.0)
        version = store.version()
        assert kept() == (5_000_000, 12.0)
        assert store.version() == version, "nothing is written while nothing changes"
        collector.lag_bytes, collector.lag_s = 0, 0.0
        assert kept() == (0, 0.0)
