"""What became of the last canary of each source."""

import sqlite3
from collections.abc import Collection, Iterable

from soc_agent.store.codec import clean
from soc_agent.store.records import CanaryResult


def put(conn: sqlite3.Connection, results: Iterable[CanaryResult], of: Collection[str] | None) -> None:
    """Keep results, one a source; with ``of``, of these sources alone, and the others are forgotten."""
    if of is not None:
        gone = [(one.source,) for one in canaries(conn) if one.source not in of]
        conn.executemany("DELETE FROM canaries WHERE source = ?", gone)
    conn.executemany(
        "INSERT OR REPLACE INTO canaries (source, kind, sent_ns, read_ns, detected_ns, stored_ns, problem)"
        " VALUES (?,?,?,?,?,?,?)",
        [
            (clean(r.source), r.kind, r.sent_ns, r.read_ns, r.detected_ns, r.stored_ns, clean(r.problem))
            for r in results
        ],
    )


def canaries(conn: sqlite3.Connection) -> list[CanaryResult]:
    """Give the last results, by name of the source."""
    rows = conn.execute(
        "SELECT source, kind, sent_ns, read_ns, detected_ns, stored_ns, problem FROM canaries ORDER BY source"
    )
    return [CanaryResult(*row) for row in rows]
