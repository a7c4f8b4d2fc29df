"""Reading alerts: lists of ids, whole alerts, evidence, counts, histograms. Every value travels as a parameter."""

import json
import sqlite3
from array import array
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from soc_agent.model import Alert, Layer, Level, Status, Tier
from soc_agent.store import signs
from soc_agent.store.batch import LINES_KEPT
from soc_agent.store.codec import MAX_INT, content_decoder
from soc_agent.store.conditions import conditions
from soc_agent.store.filter import AlertFilter
from soc_agent.store.history import seq_at
from soc_agent.store.projection import View, view
from soc_agent.store.records import Counts, Evidence, Order

_UID_PREFIX_DIGITS = 4


def alert_ids(
    conn: sqlite3.Connection,
    wanted: AlertFilter | None,
    order: Order,
    reverse: bool,
    now_ns: int,
    at_ns: int | None,
) -> "array[int]":
    """Give the row ids of the alerts that a filter lets through, in order."""
    seen = view(conn, now_ns, at_ns)
    where, values = conditions(wanted, seen)
    rows = conn.execute(
        f"SELECT a.id FROM {seen.tables} WHERE {where} ORDER BY {_order(order, reverse, seen)}",  # noqa: S608
        values,
    )
    return array("q", [row[0] for row in rows])


def _order(order: Order, reverse: bool, seen: View) -> str:
    down, up = ("ASC", "DESC") if reverse else ("DESC", "ASC")
    latest = f"{seen.last_ns} {down}, a.id {down}"
    first = {
        Order.TIME: "",
        Order.LEVEL: f"a.level {down}, ",
        Order.COUNT: f"{seen.count_} {down}, ",
        Order.HOST: f"a.host {up}, ",
        Order.RULE: f"a.title {up}, ",
        Order.SYSTEM: f"a.system_level {down}, a.level {down}, ",
    }
    return first[order] + latest


def alerts(conn: sqlite3.Connection, ids: Sequence[int], now_ns: int, at_ns: int | None) -> list[Alert]:
    """Give alerts in the order of ``ids``; unknown ids are left out."""
    seen = view(conn, now_ns, at_ns)
    changing = f"{seen.status}, {seen.owner}, {seen.count_}, {seen.last_ns}"
    rows = conn.execute(
        "SELECT a.id, a.uid, a.rule_id, a.title, a.level, a.layer, a.tier, a.first_ns, a.recorded_ns, a.host,"  # noqa: S608
        f" a.source, a.entity_key, {changing}, c.data, e.raw FROM {seen.tables} JOIN contents c ON c.alert_id = a.id"
        f" JOIN evidence e ON e.id = a.id * {LINES_KEPT} + c.own"
        f" WHERE {seen.where} AND a.id IN (SELECT value FROM json_each(:ids))",
        seen.values | {"ids": json.dumps(list(ids))},
    )
    found = {row[0]: _alert(row) for row in rows}
    closed = [alert.id for alert in found.values() if alert.status is Status.CLOSED]
    ended = signs.ended(conn, closed, at_ns) if closed else set()
    suppressed = signs.suppressed(conn, list(found), now_ns, at_ns)
    for alert_id in suppressed | ended:
        signed = {"suppressed": alert_id in suppressed, "ended": alert_id in ended}
        found[alert_id] = replace(found[alert_id], **signed)
    return [found[alert_id] for alert_id in ids if alert_id in found]


def _alert(row: tuple[Any, ...]) -> Alert:
    content = content_decoder.decode(row[16])
    return Alert(
        id=row[0],
        uid=row[1],
        rule_id=row[2],
        title=row[3],
        level=Level(row[4]),
        layer=Layer(row[5]),
        tier=Tier(row[6]),
        status=Status(row[12]),
        first_ns=row[7],
        last_ns=row[15],
        recorded_ns=row[8],
        count=row[14],
        host=row[9],
        source=row[10],
        stream=content.stream,
        line_number=content.line_number,
        entities=content.entities,
        entity_key=row[11],
        tags=content.tags,
        raw=row[17],
        fields=content.fields,
        why=content.why,
        owner=row[13],
        context=content.context,
    )


def ids_named(conn: sqlite3.Connection, ident: int | str) -> list[int]:
    """Give the row ids that a row id, or the first hexadecimal digits of a uid, may mean: none, one or several."""
    text = str(ident)
    if text.isdecimal() and text.isascii() and int(text) <= MAX_INT:
        row = conn.execute("SELECT id FROM alerts WHERE id = ?", (int(text),)).fetchone()
        if row or isinstance(ident, int):
            return [row[0]] if row else []
    if len(text) < _UID_PREFIX_DIGITS or len(text) > 32:
        return []
    try:
        low, high = bytes.fromhex(text.ljust(32, "0")), bytes.fromhex(text.ljust(32, "f"))
    except ValueError:
        return []
    return [row[0] for row in conn.execute("SELECT id FROM alerts WHERE uid BETWEEN ? AND ? LIMIT 2", (low, high))]


def evidence(conn: sqlite3.Connection, alert_id: int, limit: int, at_ns: int | None) -> list[Evidence]:
    """Give the lines that an alert stands on, oldest first."""
    first = alert_id * LINES_KEPT
    rows = conn.execute(
        "SELECT time_ns, source, stream, line_number, raw FROM evidence"
        " WHERE id >= ? AND id < ? AND seq <= ? ORDER BY id LIMIT ?",
        (first, first + LINES_KEPT, MAX_INT if at_ns is None else seq_at(conn, at_ns), limit),
    )
    return [Evidence(*row) for row in rows]


def counts(conn: sqlite3.Connection, now_ns: int, at_ns: int | None) -> Counts:
    """Give how many alerts there are: from the tallies for now, from the history for an earlier moment."""
    if at_ns is None:
        rows = conn.execute("SELECT layer, level, status, n FROM tallies WHERE n > 0")
    else:
        seen = view(conn, now_ns, at_ns)
        rows = conn.execute(
            f"SELECT a.layer, a.level, {seen.status} AS status, count(*) FROM {seen.tables}"  # noqa: S608
            f" WHERE {seen.where} GROUP BY 1, 2, 3",
            seen.values,
        )
    by_level: dict[Level, int] = {}
    by_layer: dict[Layer, dict[Level, int]] = {}
    by_status: dict[Status, int] = {}
    for layer, level, word, n in rows:
        status = Status(word)
        by_status[status] = by_status.get(status, 0) + n
        if status.is_open:
            by_level[Level(level)] = by_level.get(Level(level), 0) + n
            of_layer = by_layer.setdefault(Layer(layer), {})
            of_layer[Level(level)] = of_layer.get(Level(level), 0) + n
    return Counts(by_level, by_layer, by_status)


def timeline(
    conn: sqlite3.Connection,
    from_ns: int,
    to_ns: int,
    buckets: int,
    wanted: AlertFilter | None,
    now_ns: int,
    at_ns: int | None,
) -> list[list[int]]:
    """Give per bucket of event time how many alerts of each level began in it. ``to_ns`` itself is outside."""
    table = [[0] * len(Level) for _ in range(buckets)]
    if to_ns <= from_ns or buckets < 1:
        return table
    seen = view(conn, now_ns, at_ns)
    where, values = conditions(wanted, seen)
    width = -((from_ns - to_ns) // buckets)
    rows = conn.execute(
        f"SELECT (a.first_ns - :from_ns) / :width, a.level, count(*) FROM {seen.tables}"  # noqa: S608
        f" WHERE a.first_ns >= :from_ns AND a.first_ns < :to_ns AND {where} GROUP BY 1, 2",
        values | {"from_ns": from_ns, "to_ns": to_ns, "width": width},
    )
    for bucket, level, n in rows:
        table[bucket][level] = n
    return table
