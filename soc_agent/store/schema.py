"""The schema of the SQLite file, and the steps from each older one to it.

``PRAGMA user_version`` holds the number of steps that were taken. Steps are never edited once released; a change of
the schema is one more step.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from soc_agent.store.trouble import translated, trouble

if TYPE_CHECKING:
    from sqlite_utils import Database

APPLICATION_ID = 0x534F4341
"""``PRAGMA application_id`` of our files: ``SOCA``."""


def check(conn: sqlite3.Connection, path: Path) -> bool:
    """Say whether the file has the schema of this program; False when it is older or empty.

    :raises StoreError: when it is newer than this program, or no store of ours.
    """
    application = conn.execute("PRAGMA application_id").fetchone()[0]
    version = conn.execute("PRAGMA user_version").fetchone()[0]
    tables = conn.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables and application != APPLICATION_ID:
        raise trouble("store.foreign", path)
    if version > len(STEPS):
        raise trouble("store.newer_schema", path, version=version, known=len(STEPS))
    return bool(version == len(STEPS))


def migrate(conn: sqlite3.Connection, path: Path) -> None:
    """Bring the file to the schema of this program, in one transaction. Several processes may try at once.

    :raises StoreError: as :func:`check`, and when it cannot be written.
    """
    with translated(path):
        if check(conn, path):
            return
        # imported only when there is something to do: a console that starts on a finished file does without
        from sqlite_utils import Database
        from sqlite_utils.migrations import Migrations

        migrations = Migrations("soc_agent.store")
        for step in STEPS:
            migrations()(step)
        conn.execute("BEGIN IMMEDIATE")
        try:
            if not check(conn, path):
                migrations.apply(Database(conn))
                conn.execute(f"PRAGMA application_id={APPLICATION_ID}")
                conn.execute(f"PRAGMA user_version={len(STEPS)}")
            conn.execute("COMMIT")
        except BaseException:
            if conn.in_transaction:
                conn.execute("ROLLBACK")
            raise


def first(db: "Database") -> None:
    """Make the tables of the first release."""
    _alert_tables(db)
    _history_table(db)
    _agent_tables(db)


def _alert_tables(db: "Database") -> None:
    table = db.table("alerts")
    columns = {
        "id": int,
        "uid": bytes,
        "rule_id": str,
        "title": str,
        "level": int,
        "layer": int,
        "tier": str,
        "status": str,
        "owner": str,
        "count": int,
        "first_ns": int,
        "last_ns": int,
        "recorded_ns": int,
        "changed_seq": int,  # the last history entry of it
        "kept": int,  # how many lines of evidence are kept
        "host": str,
        "source": str,
        "entity_key": str,
    }
    table.create(columns, pk="id", not_null=set(columns) - {"id"})
    table.create_index(["uid"], unique=True)
    table.create_index(["last_ns"])
    table.create_index(["level", "last_ns"])
    table.create_index(["first_ns", "level"])
    is_open = "status IN ('new', 'acknowledged')"
    db.execute(f"CREATE INDEX alerts_to_fold ON alerts (rule_id, entity_key, last_ns) WHERE {is_open}")
    listed = "last_ns, level, status, layer, owner, recorded_ns"
    db.execute(f"CREATE INDEX alerts_open ON alerts ({listed}) WHERE {is_open}")
    # what never changes and lists do not need lies apart, so that lists read few pages
    db.table("contents").create(
        {"alert_id": int, "own": int, "data": str, "folded": str},
        pk="alert_id",
        not_null={"own", "data", "folded"},
        foreign_keys=[("alert_id", "alerts", "id")],
    )
    db.execute(
        "CREATE TABLE entities (kind TEXT NOT NULL, value TEXT NOT NULL, alert_id INTEGER NOT NULL REFERENCES alerts,"
        " PRIMARY KEY (kind, value, alert_id)) WITHOUT ROWID"
    )
    db.execute(
        "CREATE TABLE detections (uid BLOB PRIMARY KEY, alert_id INTEGER NOT NULL REFERENCES alerts) WITHOUT ROWID"
    )
    # id is alert_id * 256 + number of the line within its alert: the lines of an alert lie together without an index
    db.table("evidence").create(
        {"id": int, "seq": int, "time_ns": int, "source": str, "stream": str, "line_number": int, "raw": bytes},
        pk="id",
        not_null={"seq", "time_ns", "source", "stream", "line_number", "raw"},
    )
    db.execute(
        "CREATE TABLE tallies (layer INTEGER NOT NULL, level INTEGER NOT NULL, status TEXT NOT NULL,"
        " n INTEGER NOT NULL, PRIMARY KEY (layer, level, status)) WITHOUT ROWID"
    )


def _history_table(db: "Database") -> None:
    table = db.table("history")
    columns = {
        "seq": int,
        "time_ns": int,
        "actor": str,
        "subject": str,
        "kind": str,
        "alert_id": int,
        "status": str,
        "owner": str,
        "count": int,
        "last_ns": int,
        "data": str,
        "hash": bytes,
    }
    table.create(columns, pk="seq", not_null={"time_ns", "actor", "subject", "kind", "data", "hash"})
    table.create_index(["time_ns"])
    db.execute("CREATE INDEX history_of_alert ON history (alert_id, seq) WHERE alert_id IS NOT NULL")
    db.execute("CREATE INDEX history_of_subject ON history (subject, seq) WHERE alert_id IS NULL")
    for name, event in (("history", "UPDATE"), ("history", "DELETE"), ("evidence", "UPDATE"), ("contents", "UPDATE")):
        db.execute(
            f"CREATE TRIGGER {name}_refuses_{event.lower()} BEFORE {event} ON {name}"
            f" BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
        )


def _agent_tables(db: "Database") -> None:
    db.execute(
        "CREATE TABLE positions (source TEXT NOT NULL, stream_id TEXT NOT NULL, state BLOB NOT NULL,"
        " PRIMARY KEY (source, stream_id)) WITHOUT ROWID"
    )
    db.execute(
        "CREATE TABLE correlation_state (rule_id TEXT NOT NULL, grp TEXT NOT NULL, data BLOB NOT NULL,"
        " PRIMARY KEY (rule_id, grp))"
    )
    # counters add up over the minutes: the totals of any moment are one row, a rate is the difference of two
    db.execute(
        "CREATE TABLE ledger (source TEXT NOT NULL, minute INTEGER NOT NULL, first_ns INTEGER NOT NULL,"
        " last_ns INTEGER NOT NULL, bytes INTEGER NOT NULL, lines INTEGER NOT NULL, candidates INTEGER NOT NULL,"
        " undecodable INTEGER NOT NULL, late INTEGER NOT NULL, dropped INTEGER NOT NULL, truncated INTEGER NOT NULL,"
        " PRIMARY KEY (source, minute)) WITHOUT ROWID"
    )
    db.table("sources").create(
        {"name": str, "state": str, "problem": str, "changed_ns": int},
        pk="name",
        not_null={"state", "changed_ns"},
    )
    db.table("assets").create(
        {"host": str, "first_ns": int, "last_ns": int, "recorded_ns": int},
        pk="host",
        not_null={"first_ns", "last_ns", "recorded_ns"},
    )
    db.execute(
        "CREATE TABLE asset_facts (host TEXT NOT NULL REFERENCES assets, kind TEXT NOT NULL, value TEXT NOT NULL,"
        " recorded_ns INTEGER NOT NULL, PRIMARY KEY (host, kind, value)) WITHOUT ROWID"
    )
    db.table("rules").create(
        {"id": str, "info": str, "folded": str, "active": int}, pk="id", not_null={"info", "folded", "active"}
    )
    db.table("agent").create(
        {
            "id": int,
            "pid": int,
            "started_ns": int,
            "heartbeat_ns": int,
            "events_per_s": float,
            "stopped_ns": int,
        },
        pk="id",
        not_null={"pid", "started_ns", "heartbeat_ns", "events_per_s", "stopped_ns"},
    )
    db.table("agent").create_index(["started_ns", "pid"], unique=True)


def system_level(db: "Database") -> None:
    """Let alerts be sorted by the security level of the systems that they concern."""
    # what it is lies in the content of an alert, which the history vouches for
    db.execute("ALTER TABLE alerts ADD COLUMN system_level INTEGER NOT NULL DEFAULT 0")


def suppressions(db: "Database") -> None:
    """Keep what people suppress for a time."""
    # seq is the history entry that says so; ended_seq the one that ended it before its time
    db.execute(
        "CREATE TABLE suppressions (seq INTEGER PRIMARY KEY, alert_id INTEGER NOT NULL REFERENCES alerts,"
        " rule_id TEXT NOT NULL, entity_key TEXT NOT NULL, from_ns INTEGER NOT NULL, until_ns INTEGER NOT NULL,"
        " ended_seq INTEGER, total INTEGER NOT NULL DEFAULT 0)"
    )
    db.execute("CREATE INDEX suppressions_to_find ON suppressions (rule_id, entity_key) WHERE ended_seq IS NULL")
    db.execute("CREATE INDEX suppressions_of_alert ON suppressions (alert_id)")


def whole_ledger(db: "Database") -> None:
    """Let the ledger add up: what was read, and which of the four ways it ended."""
    for name in ("read", "decoded", "skipped", "duplicate"):
        db.execute(f"ALTER TABLE ledger ADD COLUMN {name} INTEGER NOT NULL DEFAULT 0")
    # what was counted before: candidates that are not undecodable were decoded, as far as lines account for them
    db.execute("UPDATE ledger SET decoded = max(candidates - undecodable, 0), skipped = max(lines - candidates, 0)")
    db.execute("UPDATE ledger SET read = decoded + skipped + undecodable + dropped")


def trust(db: "Database") -> None:
    """Keep the rhythms of sources, and what became of the marked lines that prove that all works."""
    db.execute(
        "CREATE TABLE rhythms (source TEXT PRIMARY KEY, state BLOB NOT NULL, silent_after_s INTEGER NOT NULL)"
        " WITHOUT ROWID"
    )
    db.execute(
        "CREATE TABLE canaries (source TEXT PRIMARY KEY, kind TEXT NOT NULL, sent_ns INTEGER NOT NULL,"
        " read_ns INTEGER NOT NULL, detected_ns INTEGER NOT NULL, stored_ns INTEGER NOT NULL, problem TEXT)"
        " WITHOUT ROWID"
    )


def host_facts(db: "Database") -> None:
    """Keep what hosts say of themselves: packages, users, ports and more."""
    db.execute(
        "CREATE TABLE host_facts (host TEXT NOT NULL, section TEXT NOT NULL, item TEXT NOT NULL, value TEXT NOT NULL,"
        " since_ns INTEGER NOT NULL, PRIMARY KEY (host, section, item)) WITHOUT ROWID"
    )


def lags(db: "Database") -> None:
    """Keep how far behind each source is."""
    db.execute(
        "CREATE TABLE lags (source TEXT PRIMARY KEY, lag_bytes INTEGER NOT NULL, lag_ms INTEGER NOT NULL) WITHOUT ROWID"
    )


STEPS: tuple[Callable[["Database"], None], ...] = (
    first,
    system_level,
    suppressions,
    whole_ledger,
    trust,
    host_facts,
    lags,
)
