"""Layer 3, independent periodic assessment: whether it is in time, independent, and over all there is.

Independence of the assessor from the provider of layer 2: Directive 14/CT-TTg of 2019, dispatch 1552/BTTTT-CATTT of
2020.
"""

from datetime import timedelta

from soc_agent.config import Config
from soc_agent.layers.judge import NOTHING, day_of, not_configured, open_figures, open_step, state
from soc_agent.layers.records import Figure, Health, LayerState, Message
from soc_agent.layers.register import known_assets
from soc_agent.layers.snapshot import Snapshot
from soc_agent.model import Layer
from soc_agent.text import fold


def judge(seen: Snapshot, config: Config) -> LayerState:
    """Give the state of layer 3."""
    options = config.assessment
    open_alerts = seen.open_of(Layer.ASSESSMENT)
    conflict = bool(options.assessor) and fold(options.assessor.strip()) == fold(options.provider.strip())
    assets = known_assets(config.assets, seen.assets)
    unseen = [asset.name for asset in assets if asset.seen is None]
    unregistered = [asset.name for asset in assets if asset.registered is None]
    due, steps = _due(seen, config)
    independence = ("conflict" if conflict else "independent") if options.assessor else "no_assessor"
    figures = (
        due,
        Figure(
            "assessor",
            independence,
            Health.CRITICAL if conflict else Health.OK if options.assessor else Health.ATTENTION,
            f"layers.assessor.{independence}",
        ),
        Figure("unregistered", len(unregistered), Health.ATTENTION if unregistered else Health.OK),
        Figure("unseen", len(unseen), Health.ATTENTION if unseen else Health.OK),
        Figure("registered", len(config.assets), Health.OK if config.assets else Health.ATTENTION),
        *open_figures(open_alerts),
    )
    if conflict:
        steps.insert(0, Message("layers.next.conflict", {"name": options.assessor}))
    steps.extend(open_step(Layer.ASSESSMENT, open_alerts))
    if unregistered:
        steps.append(Message("layers.next.register", {"count": len(unregistered), "host": unregistered[0]}))
    elif not config.assets:
        steps.append(Message("layers.next.register_first"))
    if unseen:
        steps.append(Message("layers.next.cover", {"count": len(unseen), "host": unseen[0]}))
    has_data = bool(options.assessor or config.assets or open_alerts)
    return (state if has_data else not_configured)(Layer.ASSESSMENT, figures, steps)


def _due(seen: Snapshot, config: Config) -> tuple[Figure, list[Message]]:
    """Give the figure of days left to the next assessment, and what it asks for. Twice the interval is critical."""
    options = config.assessment
    if not options.assessor:
        return Figure("days_left", NOTHING, Health.ATTENTION), [Message("layers.next.name_assessor")]
    if options.last_assessment is None:
        return Figure("days_left", NOTHING, Health.ATTENTION), [Message("layers.next.assess_first")]
    today = day_of(seen.moment_ns, config.timezone)
    left = (options.last_assessment + timedelta(days=options.interval_days) - today).days
    if left >= 0:
        return Figure("days_left", left), []
    health = Health.CRITICAL if -left > options.interval_days else Health.ATTENTION
    return Figure("days_left", left, health), [Message("layers.next.assess", {"days": -left})]
