"""Layer 2, monitoring and protection: whether the agent lives, every source speaks, and nothing is lost."""

from soc_agent.config import Config
from soc_agent.layers.judge import duration, not_configured, open_figures, open_step, state
from soc_agent.layers.records import Figure, Health, LayerState, Message
from soc_agent.layers.snapshot import Snapshot
from soc_agent.model import Layer
from soc_agent.store import AgentState, SourceLedger, SourceStatus

_NS = 1_000_000_000
HEARTBEAT_GRACE_S = 30
"""An agent that said nothing for so long is gone: it says something every second or so, a slow disk included."""


def judge(seen: Snapshot, config: Config) -> LayerState:
    """Give the state of layer 2."""
    open_alerts = seen.open_of(Layer.MONITORING)
    configured = [source.name for source in config.sources]
    known = {source.source: source for source in seen.sources}
    word = _agent_word(seen.agent, seen.moment_ns)
    alive = word == "running"
    broken = [s for s in seen.sources if s.state in (SourceStatus.MISSING, SourceStatus.FAILED)]
    working = [name for name in configured if name in known and known[name].state in _WORKING]
    silent = [s for s in seen.sources if s.state is SourceStatus.RUNNING and _silent(s, seen.moment_ns, config)]
    absent = [name for name in configured if name not in known or known[name].state is None] if alive else []
    lines = sum(source.totals.lines for source in seen.sources)
    dropping = sum(source.per_minute.dropped for source in seen.sources)
    figures = (
        Figure("agent", word, Health.OK if alive else Health.CRITICAL, f"layers.agent.{word}"),
        Figure("sources_working", f"{len(working)}/{len(configured)}", _sources_health(working, configured)),
        Figure("lines_per_minute", sum(s.per_minute.lines for s in seen.sources), _flow_health(lines)),
        *open_figures(open_alerts),
        Figure("sources_silent", len(silent), Health.ATTENTION if silent else Health.OK),
        Figure("sources_broken", len(broken), Health.ATTENTION if broken else Health.OK),
        Figure(
            "dropped",
            sum(source.totals.dropped for source in seen.sources),
            Health.ATTENTION if dropping else Health.OK,
        ),
    )
    steps: list[Message] = []
    if not configured:
        steps.append(Message("layers.next.add_sources"))
    if not alive:
        steps.append(Message(f"layers.next.agent_{word}", {"age": _age(seen.agent, seen.moment_ns)}))
    steps.extend(Message("layers.next.repair_source", {"source": source.source}) for source in broken)
    steps.extend(open_step(Layer.MONITORING, open_alerts))
    steps.extend(
        Message("layers.next.silent_source", {"source": s.source, "age": duration(seen.moment_ns - s.last_ns)})
        for s in silent
    )
    steps.extend(Message("layers.next.reload", {"source": name}) for name in absent)
    if dropping:
        steps.append(Message("layers.next.dropping", {"count": dropping}))
    if alive and configured and not lines:
        steps.append(Message("layers.next.no_lines"))
    has_data = bool(seen.agent or lines or open_alerts)
    return (state if has_data else not_configured)(Layer.MONITORING, figures, steps)


_WORKING = (SourceStatus.RUNNING, SourceStatus.FINISHED)


def _agent_word(agent: AgentState | None, moment_ns: int) -> str:
    if agent is None:
        return "never"
    if agent.stopped_ns:
        return "stopped"
    return "running" if moment_ns - agent.heartbeat_ns <= HEARTBEAT_GRACE_S * _NS else "gone"


def _age(agent: AgentState | None, moment_ns: int) -> str:
    """Give for how long the agent has said nothing."""
    return duration(moment_ns - agent.heartbeat_ns) if agent else ""


def _silent(source: SourceLedger, moment_ns: int, config: Config) -> bool:
    return bool(source.last_ns) and moment_ns - source.last_ns > config.agent.silent_s * _NS


def _sources_health(working: list[str], configured: list[str]) -> Health:
    if len(working) == len(configured):
        return Health.OK if configured else Health.ATTENTION
    return Health.ATTENTION if working else Health.CRITICAL


def _flow_health(lines: int) -> Health:
    """Not a single line ever read is no sign of health."""
    return Health.OK if lines else Health.ATTENTION
