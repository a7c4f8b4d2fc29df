"""What an alert list asks the store: the ids in order, and the alerts near the cursor."""

from array import array
from collections.abc import Collection

from msgspec import Struct

from soc_agent.layers import LayerState
from soc_agent.model import Alert, RuleInfo
from soc_agent.store import AlertFilter, Counts, Order, Store

_AROUND = 120
"""Rows fetched on each side of the cursor with every listing: a screen or two."""


class Wish(Struct, frozen=True):
    """What is wanted of the store for a list."""

    filter: AlertFilter
    order: Order = Order.TIME
    reverse: bool = False
    at_ns: int | None = None
    anchor: int | None = None
    """The id that the cursor is on; None: the first row."""
    near: int = 0
    """The row that it was on."""
    known: frozenset[str] = frozenset()
    """Rules that are known already."""


class Listing(Struct, frozen=True):
    """The answer."""

    ids: "array[int]"
    alerts: dict[int, Alert]
    rules: dict[str, RuleInfo | None]
    """Rules of these alerts that were not known yet."""
    counts: Counts
    layers: tuple[LayerState, ...] = ()


def listing(store: Store, wish: Wish) -> Listing:
    """Ask the store for a list."""
    ids = store.alert_ids(wish.filter, wish.order, wish.reverse, wish.at_ns)
    row = _row(ids, wish)
    alerts = store.alerts(ids[max(row - _AROUND, 0) : row + _AROUND], wish.at_ns)
    return Listing(
        ids, {alert.id: alert for alert in alerts}, rules_of(store, alerts, wish.known), store.counts(wish.at_ns)
    )


def rules_of(store: Store, alerts: Collection[Alert], known: Collection[str]) -> dict[str, RuleInfo | None]:
    """Give the rules of alerts, but for those that are known."""
    return {rule_id: store.rule_info(rule_id) for rule_id in {alert.rule_id for alert in alerts} - set(known)}


def _row(ids: "array[int]", wish: Wish) -> int:
    if wish.anchor is None:
        return 0
    try:
        return ids.index(wish.anchor)
    except ValueError:
        return min(wish.near, max(len(ids) - 1, 0))
