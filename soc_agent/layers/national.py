"""Layer 4, connection with the national monitoring system: what is shared, truthfully, and which deadlines run.

Initial notice of a serious incident within 24 hours of detection, cause and scope within 72: Decree 331/2026/NĐ-CP
Art. 31.2d, Decree 333/2026/NĐ-CP Art. 9; both are configuration. What is serious is not defined yet: an open alert of
level high and above *may* need the notice, and a person decides.
"""

from soc_agent.config import Config
from soc_agent.layers.judge import NOTHING, duration, not_configured, open_figures, open_step, state
from soc_agent.layers.records import Figure, Health, LayerState, Message
from soc_agent.layers.snapshot import Snapshot
from soc_agent.model import Layer

_HOUR_NS = 3_600_000_000_000


def judge(seen: Snapshot, config: Config) -> LayerState:
    """Give the state of layer 4."""
    options = config.national
    open_alerts = seen.open_of(Layer.NATIONAL)
    # nothing is sent in any mode there is, which is never called well
    mode = "dry_run" if options.mode == "dry-run" else "not_configured"
    initial, initial_step = _deadline(seen, "initial_notice", options.initial_notice_hours)
    full, full_step = _deadline(seen, "full_notice", options.full_notice_hours)
    figures = (
        Figure("may_need_notice", seen.serious.count, Health.ATTENTION if seen.serious.count else Health.OK),
        initial,
        full,
        Figure("mode", mode, Health.ATTENTION, f"layers.mode.{mode}"),
        *open_figures(open_alerts),
    )
    steps = [*initial_step, *full_step, *open_step(Layer.NATIONAL, open_alerts)]
    steps.append(Message(f"layers.next.mode_{mode}"))
    has_data = bool(options.mode or seen.serious.count or open_alerts)
    return (state if has_data else not_configured)(Layer.NATIONAL, figures, steps)


def _deadline(seen: Snapshot, key: str, hours: int) -> tuple[Figure, tuple[Message, ...]]:
    """Give the figure of the time left for the oldest alert that may need the notice, negative when over."""
    if not seen.serious.count:
        return Figure(key, NOTHING), ()
    left_ns = seen.serious.oldest_ns + hours * _HOUR_NS - seen.moment_ns
    values = {"count": seen.serious.count, "hours": hours, "time": duration(abs(left_ns))}
    if left_ns < 0:
        return Figure(key, duration(left_ns), Health.CRITICAL), (Message(f"layers.next.{key}_over", values),)
    return Figure(key, duration(left_ns), Health.ATTENTION), (Message(f"layers.next.{key}", values),)
