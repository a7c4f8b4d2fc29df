"""Suppression by a person: for a time, what a rule finds of one entity counts on its alert, closed or not.

Nothing is muted unseen: each detection is counted on the alert and in the history, a worse one is an alert of its own,
other entities are alerts as ever, and the suppression ends by itself. It holds for event times from the alert's first
event up to its end, so that the same lines in the same order come to the same, however late they are read.
"""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from soc_agent.errors import StoreError
from soc_agent.model import Problem
from soc_agent.store.actions import name_of, text_of
from soc_agent.store.batch import subject_of
from soc_agent.store.codec import MAX_INT, data_decoder
from soc_agent.store.history import AlertState, Chain, seq_at
from soc_agent.store.records import Suppression

SHORTEST_S = 60
LONGEST_S = 30 * 86_400
"""What is to be hidden for longer needs a filter, which says what it hides."""
_NS = 1_000_000_000


_TIME = re.compile(r"\s*([1-9][0-9]{0,4})([mhdw])(?:\s+(.*))?", re.DOTALL)
_SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def read_time(text: str) -> tuple[int, str]:
    """Read ``8h maintenance``: give the seconds, and the words behind them.

    :raises StoreError: when the text does not begin with a time.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        raise StoreError(Problem("suppression.bad_words", values={"text": text}))
    return int(found[1]) * _SECONDS[found[2]], (found[3] or "").strip()


class _Alert(NamedTuple):
    """What a suppression is made of."""

    id: int
    uid: bytes
    rule_id: str
    entity_key: str
    status: str
    owner: str
    events: int
    first_ns: int
    last_ns: int

    @property
    def state(self) -> AlertState:
        """What of it the history keeps."""
        return AlertState(self.id, self.status, self.owner, self.events, self.last_ns)


def suppress(conn: sqlite3.Connection, clock_ns: int, ids: Sequence[int], for_s: int, reason: str, actor: str) -> int:
    """Suppress what the rules of these alerts find of their entities; give how many alerts that concerns.

    One that is suppressed already is so from now on for the new time and reason.

    :raises StoreError: when an alert is unknown, there is no reason, or the time is too short or too long.
    """
    name, said = name_of(actor), text_of(reason)
    if not said:
        raise StoreError(Problem("suppression.no_reason"))
    if not SHORTEST_S <= for_s <= LONGEST_S:
        values = {"shortest": SHORTEST_S // 60, "longest": LONGEST_S // 86_400}
        raise StoreError(Problem("suppression.bad_time", values=values))
    chain = Chain(conn, clock_ns)
    alerts = _read(conn, ids)
    for alert in alerts:
        until_ns = chain.now_ns + for_s * _NS
        meant = {"rule": alert.rule_id, "entity": alert.entity_key, "from_ns": alert.first_ns, "until_ns": until_ns}
        seq = chain.add(name, subject_of(alert.uid), "suppress", {"reason": said, **meant}, alert.state)
        _end(conn, chain, alert, seq)
        conn.execute(
            "INSERT INTO suppressions (seq, alert_id, rule_id, entity_key, from_ns, until_ns) VALUES (?,?,?,?,?,?)",
            (seq, alert.id, alert.rule_id, alert.entity_key, alert.first_ns, until_ns),
        )
        conn.execute("UPDATE alerts SET changed_seq = ? WHERE id = ?", (seq, alert.id))
    chain.flush()
    return len(alerts)


def lift(conn: sqlite3.Connection, clock_ns: int, ids: Sequence[int], reason: str, actor: str) -> int:
    """End the suppressions of what these alerts are about; give how many there were. The reason may be empty.

    :raises StoreError: when an alert is unknown.
    """
    name, said = name_of(actor), text_of(reason)
    chain = Chain(conn, clock_ns)
    lifted = 0
    for alert in _read(conn, ids):
        if not _active(conn, chain, alert):
            continue
        seq = chain.add(name, subject_of(alert.uid), "lift", {"reason": said} if said else {}, alert.state)
        _end(conn, chain, alert, seq)
        conn.execute("UPDATE alerts SET changed_seq = ? WHERE id = ?", (seq, alert.id))
        lifted += 1
    chain.flush()
    return lifted


_SAME = "rule_id = ? AND entity_key = ? AND ended_seq IS NULL AND until_ns > ?"


def _active(conn: sqlite3.Connection, chain: Chain, alert: _Alert) -> bool:
    key = (alert.rule_id, alert.entity_key, chain.now_ns)
    return conn.execute(f"SELECT 1 FROM suppressions WHERE {_SAME}", key).fetchone() is not None  # noqa: S608


def _end(conn: sqlite3.Connection, chain: Chain, alert: _Alert, seq: int) -> None:
    key = (seq, alert.rule_id, alert.entity_key, chain.now_ns)
    conn.execute(f"UPDATE suppressions SET ended_seq = ? WHERE {_SAME}", key)  # noqa: S608 - a constant


def _read(conn: sqlite3.Connection, ids: Sequence[int]) -> list[_Alert]:
    found = []
    for alert_id in dict.fromkeys(ids):
        row = conn.execute(
            "SELECT id, uid, rule_id, entity_key, status, owner, count, first_ns, last_ns FROM alerts WHERE id = ?",
            (alert_id,),
        ).fetchone()
        if row is None:
            raise StoreError(Problem("store.unknown_alert", values={"ident": alert_id}))
        found.append(_Alert(*row))
    return found


def suppressions(
    conn: sqlite3.Connection, now_ns: int, at_ns: int | None, *, alert_id: int | None = None, past: bool = False
) -> list[Suppression]:
    """Give the suppressions that hold at a moment, the latest first; with ``past`` also those that are over by then."""
    moment_ns = now_ns if at_ns is None else at_ns
    last = MAX_INT if at_ns is None else seq_at(conn, at_ns)
    rows = conn.execute(
        "SELECT s.seq, s.alert_id, s.rule_id, s.entity_key, h.time_ns, s.until_ns, h.actor, h.data,"
        " coalesce(e.time_ns, 0) FROM suppressions s JOIN history h ON h.seq = s.seq"
        " LEFT JOIN history e ON e.seq = s.ended_seq AND e.seq <= :last"
        " WHERE s.seq <= :last AND (:alert IS NULL OR s.alert_id = :alert)"
        " AND (:past OR (e.seq IS NULL AND s.until_ns > :moment)) ORDER BY s.seq DESC",
        {"last": last, "alert": alert_id, "past": past, "moment": moment_ns},
    )
    return [
        Suppression(
            seq=seq,
            alert_id=alert,
            rule_id=rule_id,
            entity_key=key,
            since_ns=since_ns,
            until_ns=until_ns,
            actor=actor,
            reason=str(data_decoder.decode(data).get("reason", "")),
            count=_count(conn, seq, alert, last),
            ended_ns=ended_ns,
        )
        for seq, alert, rule_id, key, since_ns, until_ns, actor, data, ended_ns in rows
    ]


def _count(conn: sqlite3.Connection, seq: int, alert_id: int, last: int) -> int:
    """Give how many detections a suppression had counted by then: what its last entry says."""
    row = conn.execute(
        "SELECT json_extract(data, '$.total') FROM history WHERE alert_id = ? AND seq > ? AND seq <= ?"
        " AND kind = 'suppressed' AND json_extract(data, '$.suppression') = ? ORDER BY seq DESC LIMIT 1",
        (alert_id, seq, last, seq),
    ).fetchone()
    return int(row[0]) if row else 0


def broken(conn: sqlite3.Connection) -> Iterator[int]:
    """Yield the entries of suppressions that are not what the history says: nobody hides anything behind its back."""
    kept: dict[int, tuple[Any, ...]] = {
        row[0]: row[1:]
        for row in conn.execute(
            "SELECT seq, alert_id, rule_id, entity_key, from_ns, until_ns, ended_seq, total FROM suppressions"
        )
    }
    said = _said(conn)
    yield from (seq for seq in kept.keys() | said.keys() if kept.get(seq) != said.get(seq))


def _said(conn: sqlite3.Connection) -> dict[int, tuple[Any, ...]]:
    """Give what the rows of suppressions must be, from the history alone."""
    said: dict[int, tuple[Any, ...]] = {}
    running: dict[tuple[str, str], dict[int, int]] = {}
    ended: dict[int, int] = {}
    for seq, time_ns, kind, alert_id, rule_id, key, text in conn.execute(
        "SELECT h.seq, h.time_ns, h.kind, h.alert_id, a.rule_id, a.entity_key, h.data FROM history h"
        " LEFT JOIN alerts a ON a.id = h.alert_id WHERE h.kind IN ('suppress', 'lift') ORDER BY h.seq"
    ):
        until = running.setdefault((rule_id, key), {})
        ended |= {old: seq for old, until_ns in until.items() if until_ns > time_ns and old not in ended}
        if kind == "suppress":
            data = _decoded(text)
            meant = tuple(data.get(name) for name in ("rule", "entity", "from_ns", "until_ns"))
            said[seq] = (alert_id, *meant)
            until[seq] = data.get("until_ns") or 0
    return {seq: (*meant, ended.get(seq), _count(conn, seq, meant[0], MAX_INT)) for seq, meant in said.items()}


def _decoded(text: str) -> dict[str, Any]:
    try:
        return data_decoder.decode(text)
    except ValueError:
        return {}
