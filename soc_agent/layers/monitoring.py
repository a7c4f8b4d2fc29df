"""Layer 2, monitoring and protection: whether the agent lives, every source speaks, and nothing is lost."""

from collections.abc import Iterator

from msgspec import Struct

from soc_agent.config import Config
from soc_agent.layers.judge import duration, not_configured, open_figures, open_step, state
from soc_agent.layers.records import Figure, Health, LayerState, Message
from soc_agent.layers.snapshot import Snapshot
from soc_agent.layers.sources import configured
from soc_agent.model import Layer, Level
from soc_agent.store import AgentState, SourceLedger, SourceStatus

_NS = 1_000_000_000
HEARTBEAT_GRACE_S = 30
"""An agent that said nothing for so long is gone: it says something every second or so, a slow disk included."""
_WORKING = (SourceStatus.RUNNING, SourceStatus.FINISHED)


class _Facts(Struct, frozen=True):
    """What the state is made of."""

    agent: str
    """``never``, ``running``, ``stopped`` or ``gone``."""
    quiet: str
    """For how long the agent has said nothing."""
    configured: int
    working: int
    broken: list[str]
    silent: list[tuple[str, str]]
    """Sources that stopped speaking, and for how long."""
    absent: list[str]
    """Sources that a living agent does not know."""
    lines: int
    lines_per_minute: int
    dropped: int
    dropped_per_minute: int
    open_alerts: dict[Level, int]
    suppressions: int

    @property
    def alive(self) -> bool:
        return self.agent == "running"


def judge(seen: Snapshot, config: Config) -> LayerState:
    """Give the state of layer 2."""
    facts = _facts(seen, config)
    has_data = bool(seen.agent or facts.lines or facts.open_alerts)
    return (state if has_data else not_configured)(Layer.MONITORING, _figures(facts), _steps(facts))


def _facts(seen: Snapshot, config: Config) -> _Facts:
    names = [source.name for source in config.sources]
    # what is no longer configured is no longer missed
    sources = {source.source: source for source in configured(seen.sources, config)}
    agent = _agent_word(seen.agent, seen.moment_ns)
    alive = agent == "running"
    return _Facts(
        agent,
        duration(seen.moment_ns - seen.agent.heartbeat_ns) if seen.agent else "",
        len(names),
        # what an agent that is gone said last of its sources no longer holds
        sum(1 for source in sources.values() if alive and source.state in _WORKING),
        [s.source for s in sources.values() if s.state in (SourceStatus.MISSING, SourceStatus.FAILED)],
        [
            (s.source, duration(seen.moment_ns - s.last_ns))
            for s in sources.values()
            if alive and _is_silent(s, seen.moment_ns, config.agent.silent_s)
        ],
        [name for name in names if alive and sources[name].state is None],
        # the agent's own health lines are no lines of the estate
        sum(source.totals.lines for source in (sources.values() if names else seen.sources)),
        sum(source.per_minute.lines for source in (sources.values() if names else seen.sources)),
        sum(source.totals.dropped for source in seen.sources),
        sum(source.per_minute.dropped for source in seen.sources),
        seen.open_of(Layer.MONITORING),
        seen.suppressions,
    )


def _agent_word(agent: AgentState | None, moment_ns: int) -> str:
    if agent is None:
        return "never"
    if agent.stopped_ns:
        return "stopped"
    return "running" if moment_ns - agent.heartbeat_ns <= HEARTBEAT_GRACE_S * _NS else "gone"


def _is_silent(source: SourceLedger, moment_ns: int, silent_s: int) -> bool:
    spoke = source.state is SourceStatus.RUNNING and source.last_ns > 0
    # what the agent learnt of the source counts; where no agent said, what the configuration says of all
    limit_s = silent_s if source.silent_after_s is None else source.silent_after_s
    return spoke and limit_s > 0 and moment_ns - source.last_ns > limit_s * _NS


def _figures(facts: _Facts) -> tuple[Figure, ...]:
    def attention(is_bad: object) -> Health:
        return Health.ATTENTION if is_bad else Health.OK

    working = attention(facts.working < facts.configured or not facts.configured)
    if facts.configured and not facts.working:
        working = Health.CRITICAL
    return (
        Figure("agent", facts.agent, Health.OK if facts.alive else Health.CRITICAL, f"layers.agent.{facts.agent}"),
        Figure("sources_working", f"{facts.working}/{facts.configured}", working),
        # not a single line ever read is no sign of health
        Figure("lines_per_minute", facts.lines_per_minute, attention(not facts.lines)),
        *open_figures(facts.open_alerts),
        Figure("sources_silent", len(facts.silent), attention(facts.silent)),
        Figure("sources_broken", len(facts.broken), attention(facts.broken)),
        Figure("dropped", facts.dropped, attention(facts.dropped_per_minute)),
        # nothing is muted unseen
        *([Figure("suppressions", facts.suppressions)] if facts.suppressions else []),
    )


def _steps(facts: _Facts) -> Iterator[Message]:
    if not facts.configured:
        yield Message("layers.next.add_sources")
    if not facts.alive:
        yield Message(f"layers.next.agent_{facts.agent}", {"age": facts.quiet})
    for name in facts.broken:
        yield Message("layers.next.repair_source", {"source": name})
    yield from open_step(Layer.MONITORING, facts.open_alerts)
    for name, age in facts.silent:
        yield Message("layers.next.silent_source", {"source": name, "age": age})
    for name in facts.absent:
        yield Message("layers.next.reload", {"source": name})
    if facts.dropped_per_minute:
        yield Message("layers.next.dropping", {"count": facts.dropped_per_minute})
    if facts.alive and facts.configured and not facts.lines:
        yield Message("layers.next.no_lines")
