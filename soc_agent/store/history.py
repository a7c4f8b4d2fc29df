"""The append-only history: every entry is chained to all before it, so that nobody edits the past unseen.

The hash of an entry is SHA-256 over the hash of the entry before it (32 zero bytes for the first), followed by the
JSON array ``[seq, time_ns, actor, subject, kind, alert_id, status, owner, count, last_ns, data]`` as UTF-8 without
spaces, with null for what an entry does not have and ``data`` as the very string that is stored.
"""

import sqlite3
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from soc_agent.store.codec import clean, data_decoder, to_json
from soc_agent.store.records import HistoryEntry

GENESIS = bytes(32)
AGENT = "agent"
"""The actor of what the program does itself."""
_encode = msgspec.json.Encoder().encode
_COLUMNS = "seq, time_ns, actor, subject, kind, alert_id, status, owner, count, last_ns, data"


class AlertState(NamedTuple):
    """What of an alert changes, as it stands after an entry."""

    alert_id: int
    status: str
    owner: str
    events: int
    last_ns: int


class Chain:
    """The end of the history while entries are added to it. Used inside a transaction that has begun to write."""

    def __init__(self, conn: sqlite3.Connection, clock_ns: int) -> None:
        self._conn = conn
        last = conn.execute("SELECT seq, time_ns, hash FROM history ORDER BY seq DESC LIMIT 1").fetchone()
        self.seq: int
        self.hash: bytes
        self.seq, last_ns, self.hash = last or (0, 0, GENESIS)
        self.now_ns = max(clock_ns, last_ns)
        """When the entries are recorded: never before an earlier one, even where the clock was set back."""
        self._rows: list[tuple[Any, ...]] = []

    def add(
        self, actor: str, subject: str, kind: str, data: dict[str, Any] | None = None, state: AlertState | None = None
    ) -> int:
        """Add an entry; give its number."""
        self.seq += 1
        row = (
            self.seq,
            self.now_ns,
            clean(actor),
            clean(subject),
            kind,
            *(state or (None, None, None, None, None)),
            to_json(data) if data else "{}",
        )
        self.hash = entry_hash(self.hash, row)
        self._rows.append((*row, self.hash))
        return self.seq

    def flush(self) -> None:
        """Write the entries."""
        self._conn.executemany(
            f"INSERT INTO history ({_COLUMNS}, hash) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",  # noqa: S608 - a constant
            self._rows,
        )
        self._rows.clear()


def entry_hash(before: bytes, row: tuple[Any, ...]) -> bytes:
    """Give the hash of an entry from that of the entry before it and its columns."""
    return sha256(before + _encode(row)).digest()


def seq_at(conn: sqlite3.Connection, at_ns: int) -> int:
    """Give the number of the last entry that had been recorded at a moment; 0 when there was none."""
    row = conn.execute(
        "SELECT seq FROM history WHERE time_ns <= ? ORDER BY time_ns DESC, seq DESC LIMIT 1", (at_ns,)
    ).fetchone()
    return int(row[0]) if row else 0


def entries(
    conn: sqlite3.Connection, alert_id: int | None, limit: int, before_seq: int | None, at_ns: int | None
) -> list[HistoryEntry]:
    """Give entries, newest first."""
    below = (1 << 62) if before_seq is None else before_seq
    if at_ns is not None:
        below = min(below, seq_at(conn, at_ns) + 1)
    which = "" if alert_id is None else "alert_id = :alert_id AND"
    rows = conn.execute(
        f"SELECT {_COLUMNS}, hash FROM history WHERE {which} seq < :below ORDER BY seq DESC LIMIT :limit",  # noqa: S608
        {"alert_id": alert_id, "below": below, "limit": limit},
    )
    return [_entry(row) for row in rows]


def _entry(row: tuple[Any, ...]) -> HistoryEntry:
    seq, time_ns, actor, subject, kind, alert_id, status, owner, count, last_ns, text, made = row
    data = data_decoder.decode(text)
    if alert_id is not None:
        data |= {"status": status, "owner": owner, "count": count, "last_ns": last_ns}
    return HistoryEntry(seq, time_ns, actor, subject, kind, data, made)
