"""How far behind each source is, as the agent saw it last."""

import sqlite3
from collections.abc import Mapping

from soc_agent.store.codec import bounded, clean


def put(conn: sqlite3.Connection, found: Mapping[str, tuple[int, float]]) -> None:
    """Keep this: by source, bytes that wait to be read, and for how many seconds. Others are forgotten."""
    conn.execute("DELETE FROM lags")
    conn.executemany(
        "INSERT OR REPLACE INTO lags (source, lag_bytes, lag_ms) VALUES (?,?,?)",
        [(clean(name), bounded(size), bounded(round(seconds * 1000))) for name, (size, seconds) in found.items()],
    )


def lags(conn: sqlite3.Connection) -> dict[str, tuple[int, float]]:
    """Give what is kept."""
    rows = conn.execute("SELECT source, lag_bytes, lag_ms FROM lags")
    return {name: (size, ms / 1000) for name, size, ms in rows}
