"""Checking the history: the chain itself, and that alerts and evidence are what it says.

The chain alone proves that no entry was edited, removed or put in between; entries cut off at its end are missed by
the alerts that point at them, or by a head that was written down elsewhere.
"""

import sqlite3
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from soc_agent.store import suppressions
from soc_agent.store.codec import alert_digest, data_decoder, evidence_digest
from soc_agent.store.history import GENESIS, entry_hash
from soc_agent.store.records import HistoryCheck


def verify(conn: sqlite3.Connection) -> HistoryCheck:
    """Check everything, in one read transaction."""
    conn.execute("BEGIN")
    entries, head, bad = _check_chain(conn)
    broken = [bad] if bad is not None else []
    broken.extend(_broken_alerts(conn))
    broken.extend(_broken_evidence(conn))
    broken.extend(suppressions.broken(conn))
    conn.execute("COMMIT")
    return HistoryCheck(not broken, entries, min(broken, default=None), head)


def _check_chain(conn: sqlite3.Connection) -> tuple[int, bytes, int | None]:
    """Give how many entries there are, the hash of the last, and the first that does not fit."""
    before, expected, bad = GENESIS, 1, None
    for *columns, made in conn.execute(
        "SELECT seq, time_ns, actor, subject, kind, alert_id, status, owner, count, last_ns, data, hash"
        " FROM history ORDER BY seq"
    ):
        if bad is None and (columns[0] != expected or entry_hash(before, tuple(columns)) != made):
            bad = expected
        before = made
        expected += 1
    return expected - 1, before, bad


def _broken_alerts(conn: sqlite3.Connection) -> Iterator[int]:
    """Yield the entries of alerts that are gone, were edited, or do not stand as their last entry says."""
    for (seq,) in conn.execute(
        "SELECT max(a.changed_seq, coalesce(last, 0)) FROM"
        " (SELECT *, (SELECT max(seq) FROM history WHERE alert_id = alerts.id) AS last FROM alerts) a"
        " LEFT JOIN history h ON h.seq = a.changed_seq"
        " WHERE last IS NOT a.changed_seq OR h.alert_id IS NOT a.id OR h.status IS NOT a.status"
        " OR h.owner IS NOT a.owner OR h.count IS NOT a.count OR h.last_ns IS NOT a.last_ns"
    ):
        yield seq
    rows = conn.execute(
        "SELECT h.seq, h.data, h.time_ns, a.recorded_ns, a.uid, a.rule_id, a.title, a.level, a.layer, a.tier,"
        " a.first_ns, a.host, a.source, a.entity_key, c.own, c.data, a.system_level,"
        " CASE WHEN json_valid(c.data) THEN coalesce(json_extract(c.data, '$.context.system_level'), 0) END"
        " FROM history h LEFT JOIN alerts a ON a.id = h.alert_id LEFT JOIN contents c ON c.alert_id = h.alert_id"
        " WHERE h.kind = 'alert'"
    )
    for seq, text, time_ns, recorded_ns, uid, *columns, system_level, said_level in rows:
        said = _said(text, "content")
        moved = recorded_ns != time_ns or system_level != said_level
        if moved or uid is None or said != alert_digest(uid, *columns).hex():
            yield seq


def _broken_evidence(conn: sqlite3.Connection) -> Iterator[int]:
    """Yield the entries whose lines of evidence are not those that were recorded."""
    rows: Iterator[Any] = conn.execute(
        "SELECT seq, id, time_ns, source, stream, line_number, raw FROM evidence ORDER BY seq, id"
    )
    kept = ((seq, evidence_digest(line[1:] for line in lines).hex()) for seq, lines in groupby(rows, itemgetter(0)))
    here = next(kept, None)
    for seq, text in conn.execute("SELECT seq, data FROM history ORDER BY seq"):
        while here is not None and here[0] < seq:
            yield here[0]
            here = next(kept, None)
        found = None
        if here is not None and here[0] == seq:
            found = here[1]
            here = next(kept, None)
        if found != _said(text, "evidence"):
            yield seq
    if here is not None:
        yield here[0]


def _said(text: str, key: str) -> object:
    """Give what an entry says; None when it is no longer an entry at all."""
    try:
        return data_decoder.decode(text).get(key)
    except (ValueError, TypeError):
        return None
