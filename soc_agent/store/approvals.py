"""What people approved that the agent found changed: the history says who did, what and why, and the agent reads it."""

import sqlite3

from soc_agent.store.actions import TEXT_CHARACTERS, name_of
from soc_agent.store.codec import clean, data_decoder
from soc_agent.store.history import Chain

KIND = "approve"


def approve(conn: sqlite3.Connection, clock_ns: int, subject: str, what: str, reason: str, actor: str) -> None:
    """Write that a person approved a change. ``what`` is its id, as the agent told it."""
    chain = Chain(conn, clock_ns)
    chain.add(name_of(actor), subject, KIND, {"what": what, "reason": reason[:TEXT_CHARACTERS]})
    chain.flush()


def approved(conn: sqlite3.Connection, subject: str) -> str:
    """Give what was approved last of a subject; empty when nothing ever was."""
    row = conn.execute(
        "SELECT data FROM history WHERE subject = ? AND kind = ? AND alert_id IS NULL ORDER BY seq DESC LIMIT 1",
        (clean(subject), KIND),
    ).fetchone()
    return str(data_decoder.decode(row[0]).get("what", "")) if row else ""
