"""What the layers are judged by, read from the store in one go."""

from msgspec import Struct

from soc_agent.model import Layer, Level
from soc_agent.store import AgentState, AlertFilter, AssetSeen, Counts, SourceLedger, Store

_WAITING = AlertFilter.parse("status=new level>=high")
_SERIOUS = AlertFilter.parse("status=open level>=high")
_UNASSIGNED = AlertFilter.parse("status=open level>=high owner=none")


class Backlog(Struct, frozen=True):
    """Alerts that wait for something: how many, and since when the oldest does."""

    count: int = 0
    oldest_ns: int = 0
    """When the oldest was recorded, the time of detection; 0 when there is none."""


class Snapshot(Struct, frozen=True):
    """What the store said at one moment."""

    moment_ns: int
    agent: AgentState | None = None
    sources: tuple[SourceLedger, ...] = ()
    counts: Counts = Counts()
    assets: tuple[AssetSeen, ...] = ()
    waiting: Backlog = Backlog()
    """New alerts of level high and above: nobody took them."""
    serious: Backlog = Backlog()
    """Open alerts of level high and above."""
    unassigned: int = 0
    """Open alerts of level high and above without an owner."""

    suppressions: int = 0
    """How much is suppressed for a time: one for each rule and entity."""

    def open_of(self, layer: Layer) -> dict[Level, int]:
        """Give the open alerts of a layer by level."""
        return self.counts.open_by_layer.get(layer, {})


def gather(store: Store, now_ns: int, at_ns: int | None = None) -> Snapshot:
    """Read what the layers are judged by: of now, or as it was recorded at ``at_ns``."""
    return Snapshot(
        moment_ns=now_ns if at_ns is None else at_ns,
        agent=store.agent_state(at_ns),
        sources=tuple(store.ledger(at_ns)),
        counts=store.counts(at_ns),
        assets=tuple(store.assets(at_ns)),
        waiting=_backlog(store, _WAITING, at_ns),
        serious=_backlog(store, _SERIOUS, at_ns),
        unassigned=len(store.alert_ids(_UNASSIGNED, at_ns=at_ns)),
        suppressions=len(store.suppressions(at_ns)),
    )


def _backlog(store: Store, which: AlertFilter, at_ns: int | None) -> Backlog:
    ids = store.alert_ids(which, at_ns=at_ns)
    # row ids are given in the order of recording
    oldest = store.alerts([min(ids)], at_ns) if ids else []
    return Backlog(len(ids), oldest[0].recorded_ns) if oldest else Backlog()
