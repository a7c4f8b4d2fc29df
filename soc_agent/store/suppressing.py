"""The agent's side of a suppression: which one a detection falls under, and how many did."""

import sqlite3

from soc_agent.store.codec import MAX_INT, clean


class Suppressing:
    """Finds, for one transaction of the agent, the suppression that a detection falls under."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._any: bool | None = None

    def find(self, rule_id: str, entity_key: str, time_ns: int) -> tuple[int, int] | None:
        """Give the suppression at this event time, and its alert; None when there is none."""
        if self._any is None:
            self._any = self._conn.execute("SELECT EXISTS (SELECT 1 FROM suppressions)").fetchone()[0] == 1
        if not self._any:
            return None
        found: tuple[int, int] | None = self._conn.execute(
            "SELECT seq, alert_id FROM suppressions WHERE rule_id = ? AND entity_key = ? AND ended_seq IS NULL"
            " AND from_ns <= ? AND until_ns > ? ORDER BY seq DESC LIMIT 1",
            (clean(rule_id), clean(entity_key), time_ns, time_ns),
        ).fetchone()
        return found

    def add(self, suppression: int, count: int) -> int:
        """Count more detections as suppressed; give how many that makes."""
        self._conn.execute(
            "UPDATE suppressions SET total = min(total + ?, ?) WHERE seq = ?", (count, MAX_INT, suppression)
        )
        return int(self._conn.execute("SELECT total FROM suppressions WHERE seq = ?", (suppression,)).fetchone()[0])
