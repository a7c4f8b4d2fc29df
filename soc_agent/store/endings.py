"""Alerts that the agent's own health lines led to, and their end when what they say is over.

Which line of health an alert stands on is its first line of evidence: a JSON object with ``kind`` and ``source``.
"""

import sqlite3
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from soc_agent.store import actions
from soc_agent.store.batch import LINES_KEPT
from soc_agent.store.history import AGENT


class _Line(Struct):
    """What of a line of health is looked at."""

    kind: str
    source: str


class OpenHealth(Struct, frozen=True):
    """An open alert about the agent itself."""

    alert_id: int
    kind: str
    source: str
    since_ns: int


_decoder = msgspec.json.Decoder(_Line)


def open_health(conn: sqlite3.Connection) -> Iterator[OpenHealth]:
    """Yield the open alerts of the agent's own source, oldest first."""
    rows = conn.execute(
        "SELECT a.id, a.first_ns, e.raw FROM alerts a JOIN evidence e ON e.id = a.id * ?"
        " WHERE a.source = ? AND a.status IN ('new', 'acknowledged') ORDER BY a.id",
        (LINES_KEPT, AGENT),
    )
    for alert_id, first_ns, raw in rows.fetchall():
        try:
            line = _decoder.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue  # not a line of health: a rule of somebody who reads our source otherwise
        yield OpenHealth(alert_id, line.kind, line.source, first_ns)


def end(conn: sqlite3.Connection, clock_ns: int, kind: str, source: str, reason: str) -> int:
    """Close what says that a source is in this condition; give how many alerts that were."""
    ids = [found.alert_id for found in open_health(conn) if (found.kind, found.source) == (kind, source)]
    return actions.perform(conn, clock_ns, ids, actions.close(reason[: actions.TEXT_CHARACTERS], AGENT)) if ids else 0
