"""Layer 1, the on-site force: whether somebody takes what is serious in time, and is known by name.

A unit in charge with a key person, a backup, and contacts that are verified yearly: dispatch 1552/BTTTT-CATTT of 2020;
TCVN 14423:2026, 5.16.2.1.
"""

from soc_agent.config import Config, ContactOptions
from soc_agent.layers.judge import NOTHING, day_of, duration, not_configured, open_figures, open_step, state
from soc_agent.layers.records import Figure, Health, LayerState, Message
from soc_agent.layers.snapshot import Snapshot
from soc_agent.model import Layer

_NS = 1_000_000_000
_CONTACT_CHECK_DAYS = 365


def judge(seen: Snapshot, config: Config) -> LayerState:
    """Give the state of layer 1."""
    organisation = config.organisation
    open_alerts = seen.open_of(Layer.ON_SITE)
    waited_ns = seen.moment_ns - seen.waiting.oldest_ns if seen.waiting.count else 0
    overdue = waited_ns > organisation.acknowledge_s * _NS
    waiting = Health.OK
    if seen.waiting.count:
        waiting = Health.CRITICAL if overdue else Health.ATTENTION
    unchecked = _unchecked(seen, config)
    roles = {contact.role for contact in organisation.contacts}
    figures = (
        Figure("unacknowledged", seen.waiting.count, waiting),
        Figure("oldest_wait", duration(waited_ns) if seen.waiting.count else NOTHING, waiting),
        Figure("unassigned", seen.unassigned, Health.ATTENTION if seen.unassigned else Health.OK),
        *open_figures(open_alerts),
        Figure("contacts", len(organisation.contacts), Health.OK if {"lead", "backup"} <= roles else Health.ATTENTION),
        Figure("contacts_unchecked", len(unchecked), Health.ATTENTION if unchecked else Health.OK),
    )
    steps: list[Message] = []
    if seen.waiting.count:
        limit = duration(organisation.acknowledge_s * _NS)
        key = "layers.next.acknowledge_overdue" if overdue else "layers.next.acknowledge"
        steps.append(Message(key, {"count": seen.waiting.count, "age": duration(waited_ns), "limit": limit}))
    steps.extend(open_step(Layer.ON_SITE, open_alerts))
    if seen.unassigned:
        steps.append(Message("layers.next.assign", {"count": seen.unassigned}))
    if not organisation.contacts:
        steps.append(Message("layers.next.name_contacts"))
    elif not {"lead", "backup"} <= roles:
        steps.append(Message("layers.next.name_lead_and_backup"))
    if unchecked:
        steps.append(Message("layers.next.check_contacts", {"count": len(unchecked), "name": unchecked[0].name}))
    has_data = bool(organisation.contacts or open_alerts or seen.waiting.count)
    return (state if has_data else not_configured)(Layer.ON_SITE, figures, steps)


def _unchecked(seen: Snapshot, config: Config) -> list[ContactOptions]:
    """Give the contacts that nobody verified within a year."""
    today = day_of(seen.moment_ns, config.timezone)
    return [
        contact
        for contact in config.organisation.contacts
        if contact.checked is None or (today - contact.checked).days > _CONTACT_CHECK_DAYS
    ]
