from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.config import Config
from soc_agent.layers import Health, layer_states
from soc_agent.layers.snapshot import Backlog, Snapshot
from soc_agent.layers.state import judge
from soc_agent.model import Counters, Layer, Level
from soc_agent.store import AgentState, AssetSeen, Counts, SourceStatus, Store
from tests.layers.making import CONFIG, HOUR, NOW, WELL, assert_can_be_said, source
from tests.store.making import START, Clock, detection, put

_levels = st.dictionaries(st.sampled_from(Level), st.integers(1, 5), max_size=5)
_moments = st.integers(NOW - 100 * HOUR, NOW)
_snapshots = st.builds(
    Snapshot,
    st.just(NOW),
    st.none() | st.builds(AgentState, st.just(1), _moments, _moments, st.just(1.0), st.just(0) | _moments),
    st.lists(
        st.builds(
            lambda name, state, lines, dropped, last: source(
                name,
                state=state,
                totals=Counters(lines=lines),
                per_minute=Counters(dropped=dropped),
                last_ns=last,
            ),
            st.sampled_from(["auth", "web", "other"]),
            st.none() | st.sampled_from(SourceStatus),
            st.integers(0, 3),
            st.integers(0, 2),
            st.just(0) | _moments,
        ),
        max_size=3,
        unique_by=lambda made: made.source,
    ).map(tuple),
    st.builds(Counts, _levels, st.dictionaries(st.sampled_from(Layer), _levels)),
    st.lists(
        st.builds(AssetSeen, st.sampled_from(["web01", "db01"]), st.just(()), _moments, _moments, st.just(())),
        max_size=2,
    ).map(tuple),
    st.builds(Backlog, st.integers(1, 3), _moments) | st.just(Backlog()),
    st.builds(Backlog, st.integers(1, 3), _moments) | st.just(Backlog()),
    st.integers(0, 2),
)


@given(_snapshots, st.sampled_from([CONFIG, Config()]))
def test_every_state_can_be_said_and_is_explained(seen: Snapshot, config: Config) -> None:
    states = judge(seen, config)
    assert [state.layer for state in states] == list(Layer)
    assert_can_be_said(states)
    for state in states:
        assert len(state.figures) >= 3
        # whoever is told that something is wrong is told what to do
        assert state.next_steps or state.health is Health.OK
        if state.health is not Health.NOT_CONFIGURED:
            assert state.figures[0].health is state.health


def test_nothing_at_all_is_nowhere_called_ok(tmp_path: Path) -> None:
    with Store.open(tmp_path / "a.db") as store:
        states = layer_states(store, Config(), START)
    assert {state.health for state in states} == {Health.NOT_CONFIGURED}


def test_a_configuration_alone_is_no_sign_of_monitoring(tmp_path: Path) -> None:
    with Store.open(tmp_path / "a.db") as store:
        states = layer_states(store, CONFIG, NOW)
    assert states[1].health is Health.NOT_CONFIGURED


def test_where_all_is_well_only_the_missing_connection_asks_for_attention() -> None:
    assert [state.health for state in judge(WELL, CONFIG)] == [Health.OK, Health.OK, Health.OK, Health.ATTENTION]


def test_the_layers_of_an_earlier_moment(tmp_path: Path) -> None:
    clock = Clock(NOW)
    with Store.open(tmp_path / "a.db", clock=clock) as store:
        with store.transaction() as transaction:
            transaction.see_asset("web01")
            for name in ("auth", "web"):
                transaction.set_source_state(name, SourceStatus.RUNNING)
                transaction.add_counters(name, Counters(lines=10))
            transaction.heartbeat(AgentState(1, NOW, NOW))
        before = layer_states(store, CONFIG, NOW)
        clock.pass_s(10)
        put(store, detection(0))
        store.heartbeat(AgentState(1, NOW, clock.now_ns))
        during = layer_states(store, CONFIG, clock.now_ns)
        clock.pass_s(7200)
        store.acknowledge([1], "An")
        store.close_alerts([1], "handled", "An")
        store.heartbeat(AgentState(1, NOW, clock.now_ns, 0.0, clock.now_ns))
        after = layer_states(store, CONFIG, clock.now_ns)
        assert layer_states(store, CONFIG, clock.now_ns, NOW) == before
        assert layer_states(store, CONFIG, clock.now_ns, NOW + 10 * 10**9) == during
        assert [state.health for state in before] == [Health.OK, Health.OK, Health.OK, Health.ATTENTION]
        assert [state.health for state in during] == [Health.ATTENTION, Health.ATTENTION, Health.OK, Health.ATTENTION]
        assert after[1].health is Health.CRITICAL


def test_figures_can_be_kept_as_json() -> None:
    assert msgspec.json.encode(judge(WELL, CONFIG))
