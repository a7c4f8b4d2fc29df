"""Alerts as a projection of the history: now, or as they stood at an earlier moment.

The rows of ``alerts`` are the projection for *now*. For an earlier moment, an alert that has not changed since is read
from its row, any other from its last history entry of that moment.
"""

import sqlite3
from typing import Any, NamedTuple

from soc_agent.store.history import seq_at


class View(NamedTuple):
    """Alerts at one moment: what stands after FROM and WHERE, and how the changing columns are called."""

    tables: str
    """What stands after FROM; the alerts are ``a``."""
    where: str
    """A condition, always true for a view of now."""
    values: dict[str, Any]
    """Values of the named parameters of ``tables`` and ``where``."""
    moment_ns: int
    """The moment of the view: what ``since=24h`` counts from."""
    status: str = "a.status"
    owner: str = "a.owner"
    count_: str = "a.count"
    last_ns: str = "a.last_ns"


def view(conn: sqlite3.Connection, now_ns: int, at_ns: int | None) -> View:
    """Give the view of a moment; None is now."""
    if at_ns is None:
        return View("alerts a", "1", {}, now_ns)
    tables = (
        "alerts a LEFT JOIN history h ON a.changed_seq > :at_seq AND h.seq ="
        " (SELECT max(seq) FROM history WHERE alert_id = a.id AND seq <= :at_seq)"
    )
    return View(
        tables,
        "a.recorded_ns <= :at_ns",
        {"at_seq": seq_at(conn, at_ns), "at_ns": at_ns},
        at_ns,
        *(f"coalesce(h.{column}, a.{column})" for column in ("status", "owner", "count", "last_ns")),
    )
