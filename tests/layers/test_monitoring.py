from typing import Any

import msgspec
import pytest

from soc_agent.config import Config
from soc_agent.layers import Health
from soc_agent.layers.monitoring import judge
from soc_agent.layers.snapshot import Snapshot
from soc_agent.model import Counters, Layer, Level
from soc_agent.store import AgentState, SourceStatus
from tests.layers.making import AGENT, CONFIG, HOUR, NOW, SECOND, WELL, figure, source, steps, with_open

_NEVER = Snapshot(moment_ns=NOW)
_QUIET = {"totals": Counters(), "last_ns": 0}


def look(**changes: Any) -> Snapshot:
    return msgspec.structs.replace(WELL, **changes)


@pytest.mark.parametrize(
    ("seen", "config", "health", "next_steps"),
    [
        (WELL, CONFIG, Health.OK, []),
        (_NEVER, Config(), Health.NOT_CONFIGURED, ["add_sources", "agent_never"]),
        (_NEVER, CONFIG, Health.NOT_CONFIGURED, ["agent_never"]),
        (look(agent=None), CONFIG, Health.CRITICAL, ["agent_never"]),
        (look(agent=AgentState(1, NOW - HOUR, NOW - 30 * SECOND)), CONFIG, Health.OK, []),
        (look(agent=AgentState(1, NOW - HOUR, NOW - 31 * SECOND)), CONFIG, Health.CRITICAL, ["agent_gone"]),
        (look(agent=AgentState(1, NOW - HOUR, NOW, 0.0, NOW)), CONFIG, Health.CRITICAL, ["agent_stopped"]),
        (look(sources=(source("auth"), source("web", state=SourceStatus.FAILED))), CONFIG, Health.ATTENTION,
         ["repair_source"]),
        (look(sources=(source("auth", state=SourceStatus.MISSING), source("web", state=SourceStatus.FAILED))), CONFIG,
         Health.CRITICAL, ["repair_source", "repair_source"]),
        (look(sources=(source("auth"), source("web", state=SourceStatus.FINISHED, last_ns=NOW - 5 * HOUR))), CONFIG,
         Health.OK, []),
        (look(sources=(source("auth"), source("web", last_ns=NOW - 900 * SECOND))), CONFIG, Health.OK, []),
        (look(sources=(source("auth"), source("web", last_ns=NOW - 901 * SECOND))), CONFIG, Health.ATTENTION,
         ["silent_source"]),
        (look(sources=(source("auth"), source("web", last_ns=NOW - 901 * SECOND, silent_after_s=0))), CONFIG, Health.OK,
         []),
        (look(agent=None, sources=(source("auth"), source("web", last_ns=NOW - 901 * SECOND))), CONFIG, Health.CRITICAL,
         ["agent_never"]),
        (look(sources=(source("auth"), source("web", **_QUIET))), CONFIG, Health.OK, []),
        (look(sources=(source("auth", **_QUIET), source("web", **_QUIET), source("soc-agent"))), CONFIG,
         Health.ATTENTION, ["no_lines"]),
        (look(sources=(source("auth"),)), CONFIG, Health.ATTENTION, ["reload"]),
        (look(sources=(source("auth"), source("web"), source("gone", state=SourceStatus.FAILED))), CONFIG, Health.OK,
         []),
        (look(sources=(source("auth"), source("web", per_minute=Counters(dropped=7)))), CONFIG, Health.ATTENTION,
         ["dropping"]),
        (look(sources=(source("auth"), source("web", totals=Counters(lines=1, dropped=7)))), CONFIG, Health.OK, []),
        (look(counts=with_open(Layer.MONITORING, Level.HIGH)), CONFIG, Health.ATTENTION, ["handle_alerts"]),
        (look(counts=with_open(Layer.MONITORING, Level.CRITICAL)), CONFIG, Health.CRITICAL, ["handle_alerts"]),
        (look(counts=with_open(Layer.ON_SITE, Level.CRITICAL)), CONFIG, Health.OK, []),
        (look(sources=(source("inbox"),)), Config(), Health.ATTENTION, ["add_sources"]),
    ],
)  # fmt: skip
def test_layer_2(seen: Snapshot, config: Config, health: Health, next_steps: list[str]) -> None:
    state = judge(seen, config)
    assert state.layer is Layer.MONITORING
    assert (state.health, steps(state)) == (health, next_steps)


def test_the_figures_are_those_of_all_sources() -> None:
    sources = (source("auth"), source("web", per_minute=Counters(lines=5), totals=Counters(lines=7, dropped=3)))
    state = judge(look(sources=sources), CONFIG)
    assert figure(state, "lines_per_minute").value == 15
    assert figure(state, "sources_working").value == "2/2"
    assert figure(state, "dropped").value == 3
    assert figure(state, "agent").value_key == "layers.agent.running"


def test_what_a_dead_agent_said_last_of_its_sources_no_longer_holds() -> None:
    state = judge(look(agent=msgspec.structs.replace(AGENT, heartbeat_ns=NOW - HOUR)), CONFIG)
    assert figure(state, "sources_working").value == "0/2"
    assert state.next_steps[0].values == {"age": "1h00m"}


def test_what_is_suppressed_is_seen_and_is_no_fault() -> None:
    state = judge(look(suppressions=2), CONFIG)
    assert figure(state, "suppressions").value == 2
    assert state.health is Health.OK
    assert "suppressions" not in {each.key for each in judge(WELL, CONFIG).figures}
