"""What else a list shows of alerts: that what comes is suppressed, and that the agent ended one by itself."""

import json
import sqlite3
from collections.abc import Sequence

from soc_agent.store.codec import MAX_INT
from soc_agent.store.history import AGENT, seq_at


def suppressed(conn: sqlite3.Connection, ids: Sequence[int], now_ns: int, at_ns: int | None) -> set[int]:
    """Give those of these alerts on which a suppression counts what comes."""
    rows = conn.execute(
        "SELECT s.alert_id FROM suppressions s WHERE s.alert_id IN (SELECT value FROM json_each(:ids))"
        " AND s.seq <= :last AND (s.ended_seq IS NULL OR s.ended_seq > :last) AND s.until_ns > :moment",
        {"ids": json.dumps(list(ids)), "last": _last(conn, at_ns), "moment": now_ns if at_ns is None else at_ns},
    )
    return {row[0] for row in rows}


def ended(conn: sqlite3.Connection, ids: Sequence[int], at_ns: int | None) -> set[int]:
    """Give those of these alerts that the agent closed last: what they told of was over. Some may be open again."""
    rows = conn.execute(
        "SELECT h.alert_id FROM json_each(:ids) i JOIN history h ON h.seq = (SELECT max(seq) FROM history"
        " WHERE alert_id = i.value AND kind = 'close' AND seq <= :last) WHERE h.actor = :agent",
        {"ids": json.dumps(list(ids)), "last": _last(conn, at_ns), "agent": AGENT},
    )
    return {row[0] for row in rows}


def _last(conn: sqlite3.Connection, at_ns: int | None) -> int:
    return MAX_INT if at_ns is None else seq_at(conn, at_ns)
