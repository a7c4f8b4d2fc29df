import msgspec

from soc_agent.store import AgentState, Store
from tests.store.making import SECOND, START, Clock


def test_no_agent_ever_ran(store: Store) -> None:
    assert store.agent_state() is None


def test_the_last_run_is_told_and_its_begin_and_end_are_history(store: Store) -> None:
    first = AgentState(10, START, START, 5.0)
    store.heartbeat(first)
    for second in range(1, 4):
        store.heartbeat(msgspec.structs.replace(first, heartbeat_ns=START + second * SECOND, events_per_s=7.5))
    assert store.agent_state() == AgentState(10, START, START + 3 * SECOND, 7.5)
    stopped = AgentState(10, START, START + 4 * SECOND, 0.0, START + 4 * SECOND)
    store.heartbeat(stopped)
    store.heartbeat(stopped)
    assert store.agent_state() == stopped
    second_run = AgentState(11, START + 60 * SECOND, START + 60 * SECOND)
    store.heartbeat(second_run)
    assert store.agent_state() == second_run
    assert [(entry.kind, entry.data["pid"]) for entry in store.history()] == [
        ("started", 11),
        ("stopped", 10),
        ("started", 10),
    ]


def test_a_heartbeat_is_seen_as_a_change_but_is_no_history(store: Store, clock: Clock) -> None:
    store.heartbeat(AgentState(10, START, START))
    version, seq = store.version(), store.last_seq()
    assert store.version() == version
    store.heartbeat(AgentState(10, START, START + SECOND))
    assert store.version() != version
    assert store.last_seq() == seq


def test_the_agent_at_an_earlier_moment(store: Store) -> None:
    store.heartbeat(AgentState(10, START, START + 30 * SECOND, 9.0, START + 30 * SECOND))
    store.heartbeat(AgentState(11, START + 60 * SECOND, START + 90 * SECOND, 9.0))
    assert store.agent_state(START - 1) is None
    assert store.agent_state(START + 10 * SECOND) == AgentState(10, START, START + 10 * SECOND)
    assert store.agent_state(START + 40 * SECOND) == AgentState(
        10, START, START + 30 * SECOND, 0.0, START + 30 * SECOND
    )
    assert store.agent_state(START + 70 * SECOND) == AgentState(11, START + 60 * SECOND, START + 70 * SECOND)
