from collections.abc import Iterator
from pathlib import Path

import pytest

from soc_agent.layers.snapshot import Backlog, Snapshot, gather
from soc_agent.model import Counters, Layer, Level, RuleInfo
from soc_agent.store import AgentState, SourceStatus, Store
from tests.store.making import SECOND, START, Clock, detection, put


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with Store.open(tmp_path / "a.db", clock=clock) as opened:
        yield opened


def test_an_empty_store_gives_an_empty_snapshot(store: Store) -> None:
    assert gather(store, START) == Snapshot(START)


def test_backlogs_count_from_when_alerts_were_recorded_not_from_event_time(store: Store, clock: Clock) -> None:
    low, high = (RuleInfo(f"r{level}", "t", level=level) for level in (Level.MEDIUM, Level.HIGH))
    put(store, detection(0, rule=low))
    clock.pass_s(10)
    put(store, detection(1, rule=high, time_ns=START - 10**15), detection(2, rule=high, time_ns=START + 10**12))
    clock.pass_s(10)
    put(store, detection(3, rule=high, entity_key="other"))
    store.assign([2], "An", "An")
    seen = gather(store, clock.now_ns)
    assert seen.waiting == Backlog(3, START + 10 * SECOND)
    assert seen.serious == seen.waiting
    assert seen.unassigned == 2
    assert seen.open_of(Layer.MONITORING) == {Level.MEDIUM: 1, Level.HIGH: 3}
    store.acknowledge([2, 3], "An")
    store.close_alerts([2], "", "An")
    seen = gather(store, clock.now_ns)
    assert seen.waiting == Backlog(1, START + 20 * SECOND)
    assert seen.serious == Backlog(2, START + 10 * SECOND)
    assert seen.unassigned == 1


def test_a_snapshot_of_an_earlier_moment_is_what_it_was_then(store: Store, clock: Clock) -> None:
    moments = []
    for number in range(6):
        with store.transaction() as transaction:
            transaction.add_alert(detection(number))
            transaction.see_asset(f"host{number}", "", "auth")
            transaction.add_counters("auth", Counters(lines=5))
            transaction.set_source_state("auth", list(SourceStatus)[number % 4])
        if number % 2:
            store.acknowledge([number], "An")
            store.close_alerts([number - 1 or 1], "", "An")
        moments.append(gather(store, clock.now_ns))
        clock.pass_s(60)
    for seen in moments:
        assert gather(store, clock.now_ns, seen.moment_ns) == seen


def test_the_agent_is_part_of_it(store: Store) -> None:
    state = AgentState(1, START, START, 3.0)
    store.heartbeat(state)
    assert gather(store, START).agent == state
    assert gather(store, START, START - 1).agent is None
