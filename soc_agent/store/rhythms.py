"""The rhythm of each source, as the agent learnt it, and how long a silence of it may be now."""

import sqlite3

from soc_agent.store.codec import clean


def put(conn: sqlite3.Connection, source: str, state: bytes, silent_after_s: int) -> None:
    """Keep what was learnt of a source."""
    conn.execute(
        "INSERT OR REPLACE INTO rhythms (source, state, silent_after_s) VALUES (?,?,?)",
        (clean(source), state, silent_after_s),
    )


def rhythms(conn: sqlite3.Connection) -> dict[str, bytes]:
    """Give what was learnt, by source."""
    return dict(conn.execute("SELECT source, state FROM rhythms").fetchall())


def silent_after(conn: sqlite3.Connection) -> dict[str, int]:
    """Give, by source, the silence in seconds beyond which it is not well; 0: none is too long."""
    return dict(conn.execute("SELECT source, silent_after_s FROM rhythms").fetchall())
