"""The loss ledger: what was read of each source and what became of it, minute by minute; and how sources are doing.

A row holds the totals up to and with its minute, so that the totals of any moment are one row and a rate is the
difference of two. Minutes are kept for a week, after that the last minute of each hour, for two years; the last row of
a source always stays, so that totals never begin anew.
"""

import sqlite3
from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from soc_agent.model import Counters, Problem
from soc_agent.store import rhythms
from soc_agent.store.codec import MAX_INT, bounded, clean, data_decoder, problem_decoder, to_json
from soc_agent.store.history import AGENT, Chain, seq_at
from soc_agent.store.lags import lags as read_lags
from soc_agent.store.records import SourceLedger, SourceStatus

MINUTE_NS = 60_000_000_000
HOUR_MINUTES = 60
DAY_MINUTES = 24 * HOUR_MINUTES
MINUTES_KEPT = 7 * DAY_MINUTES
"""For how long every minute is kept."""
HOURS_KEPT = 2 * 365 * DAY_MINUTES
"""For how long, in minutes, the last minute of each hour is kept."""
_RATE_NS = 10_000_000_000
"""A rate looks at no shorter time: the first lines of a source, all there at once, are no rate."""
_FIELDS = Counters.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)


class _Row(Struct):
    """One row: totals up to a minute."""

    minute: int
    first_ns: int
    last_ns: int
    totals: Counters


def add_counters(conn: sqlite3.Connection, source: str, counters: Counters, time_ns: int) -> None:
    """Add to the totals of a source."""
    name = clean(source)
    before = _last_row(conn, name, None)
    minute = time_ns // MINUTE_NS
    totals = Counters()
    first_ns, last_ns = time_ns, 0
    if before is not None:
        # a clock that was set back must not put later totals before earlier ones
        minute = max(minute, before.minute)
        totals, first_ns, last_ns = before.totals, before.first_ns, before.last_ns
    totals.add(counters)
    if counters.lines:
        last_ns = max(last_ns, time_ns)
    conn.execute(
        f"INSERT OR REPLACE INTO ledger (source, minute, first_ns, last_ns, {_COLUMNS})"  # noqa: S608 - our own names
        f" VALUES (?,?,?,?{',?' * len(_FIELDS)})",
        (name, minute, first_ns, last_ns, *(bounded(getattr(totals, field)) for field in _FIELDS)),
    )


def _last_row(conn: sqlite3.Connection, source: str, up_to: int | None) -> _Row | None:
    """Give the last row of a source, up to a minute."""
    row = conn.execute(
        f"SELECT minute, first_ns, last_ns, {_COLUMNS} FROM ledger"  # noqa: S608 - our own names
        " WHERE source = ? AND minute <= ? ORDER BY minute DESC LIMIT 1",
        (source, MAX_INT if up_to is None else up_to),
    ).fetchone()
    return _Row(row[0], row[1], row[2], Counters(*row[3:])) if row else None


def set_source_state(
    conn: sqlite3.Connection, chain: Chain, source: str, state: SourceStatus, problem: Problem | None
) -> None:
    """Say how a source is doing; a change goes to the history, a repetition nowhere."""
    name, text = clean(source), to_json(problem) if problem else None
    if conn.execute("SELECT state, problem FROM sources WHERE name = ?", (name,)).fetchone() == (state.value, text):
        return
    conn.execute(
        "INSERT OR REPLACE INTO sources (name, state, problem, changed_ns) VALUES (?,?,?,?)",
        (name, state.value, text, chain.now_ns),
    )
    chain.add(AGENT, f"source/{name}", "source", {"state": state.value, "problem": problem})


def ledger(conn: sqlite3.Connection, now_ns: int, at_ns: int | None) -> list[SourceLedger]:
    """Give the ledger and state of each source, by name."""
    moment = now_ns if at_ns is None else at_ns
    states = _states(conn) if at_ns is None else _states_at(conn, at_ns)
    silent_after = rhythms.silent_after(conn)
    lags = read_lags(conn) if at_ns is None else {}
    broke = _failures(conn, moment)
    found = []
    for name in sorted({*_sources(conn), *states}):
        row = _last_row(conn, name, None if at_ns is None else at_ns // MINUTE_NS)
        state, problem, changed_ns = states.get(name, (None, None, 0))
        lag_bytes, lag_s = lags.get(name, (0, 0.0))
        entry = SourceLedger(
            name,
            Counters(),
            Counters(),
            state=state,
            problem=problem,
            changed_ns=changed_ns,
            lag_bytes=lag_bytes,
            lag_s=lag_s,
            failures=broke.get(name, 0),
        )
        if row is None:
            if state is not None:
                found.append(entry)
            continue
        hour, day = (_since(conn, name, row, moment, minutes) for minutes in (HOUR_MINUTES, DAY_MINUTES))
        found.append(
            replace(
                entry,
                totals=row.totals,
                per_minute=_per_minute(conn, name, row, moment),
                first_ns=row.first_ns,
                last_ns=row.last_ns,
                hour=hour,
                day=day,
                silent_after_s=silent_after.get(name),
            )
        )
    return found


def _failures(conn: sqlite3.Connection, moment: int) -> dict[str, int]:
    """Give how often each source broke within the day before a moment."""
    first, last = (seq_at(conn, time_ns) for time_ns in (moment - DAY_MINUTES * MINUTE_NS, moment))
    rows = conn.execute(
        "SELECT subject, count(*) FROM history WHERE alert_id IS NULL AND subject >= 'source/' AND subject < 'source0'"
        " AND seq > ? AND seq <= ? AND json_extract(data, '$.state') = ? GROUP BY subject",
        (first, last, SourceStatus.FAILED.value),
    )
    return {subject.removeprefix("source/"): count for subject, count in rows}


def _per_minute(conn: sqlite3.Connection, source: str, row: _Row, moment: int) -> Counters:
    """Give the rate over the current and the last whole minute."""
    begin = (moment // MINUTE_NS - 1) * MINUTE_NS
    before = _last_row(conn, source, begin // MINUTE_NS - 1)
    elapsed = max(moment - max(begin, row.first_ns if before is None else begin), _RATE_NS)
    earlier = before.totals if before else Counters()
    counted = _difference(row.totals, earlier)
    return Counters(*(round(getattr(counted, field) * MINUTE_NS / elapsed) for field in _FIELDS))


def _since(conn: sqlite3.Connection, source: str, row: _Row, moment: int, minutes: int) -> Counters:
    """Give what was counted in the last so many minutes, the present one among them."""
    begin = moment // MINUTE_NS - minutes
    if row.minute <= begin:
        return Counters()
    before = _last_row(conn, source, begin)
    return _difference(row.totals, before.totals) if before else row.totals


def _difference(totals: Counters, earlier: Counters) -> Counters:
    return Counters(*(getattr(totals, field) - getattr(earlier, field) for field in _FIELDS))


def minutes_of(conn: sqlite3.Connection, source: str, first: int, last: int) -> list[tuple[int, Counters]]:
    """Give, minute by minute (of 1970, UTC) from ``first`` to ``last``, what was counted of a source.

    Where only hours are kept any more, the last minute of an hour stands for it.
    """
    before = _last_row(conn, source, first - 1)
    totals = before.totals if before else Counters()
    found = []
    for minute, *values in conn.execute(
        f"SELECT minute, {_COLUMNS} FROM ledger WHERE source = ? AND minute BETWEEN ? AND ? ORDER BY minute",  # noqa: S608
        (clean(source), first, last),
    ):
        now = Counters(*values)
        found.append((minute, _difference(now, totals)))
        totals = now
    return found


def thin(conn: sqlite3.Connection, now_ns: int, *, whole: bool) -> int:
    """Forget the minutes of hours that are older than a week, but for the last, and what is older than two years.

    Gives how many rows went. ``whole``: look at all that is older, not only at what became so within the last day.
    """
    minute = now_ns // MINUTE_NS
    # only whole hours, so that what is thinned once stays as it is
    end = (minute - MINUTES_KEPT) // HOUR_MINUTES * HOUR_MINUTES
    begin = 0 if whole else end - DAY_MINUTES
    gone = 0
    for source in _sources(conn):
        gone += conn.execute(
            "DELETE FROM ledger WHERE source = :source AND minute >= :begin AND minute < :end"
            " AND EXISTS (SELECT 1 FROM ledger AS later WHERE later.source = :source AND later.minute > ledger.minute"
            " AND later.minute < (ledger.minute / 60 + 1) * 60)",
            {"source": source, "begin": begin, "end": end},
        ).rowcount
        gone += conn.execute(
            "DELETE FROM ledger WHERE source = :source AND minute < :oldest"
            " AND minute < (SELECT max(minute) FROM ledger WHERE source = :source)",
            {"source": source, "oldest": minute - HOURS_KEPT},
        ).rowcount
    return gone


def _sources(conn: sqlite3.Connection) -> Iterator[str]:
    """Yield the sources that have rows, by name: one step in the index each, however many rows they have."""
    name = ""
    while (row := conn.execute("SELECT min(source) FROM ledger WHERE source > ?", (name,)).fetchone())[0] is not None:
        name = row[0]
        yield name


_State = tuple[SourceStatus | None, Problem | None, int]


def _states(conn: sqlite3.Connection) -> dict[str, _State]:
    return {
        name: (SourceStatus(state), problem_decoder.decode(problem) if problem else None, changed_ns)
        for name, state, problem, changed_ns in conn.execute("SELECT name, state, problem, changed_ns FROM sources")
    }


def _states_at(conn: sqlite3.Connection, at_ns: int) -> dict[str, _State]:
    """Give the states as the history has them."""
    rows = conn.execute(
        "SELECT subject, time_ns, data, max(seq) FROM history"
        " WHERE alert_id IS NULL AND subject >= 'source/' AND subject < 'source0' AND seq <= ? GROUP BY subject",
        (seq_at(conn, at_ns),),
    )
    found: dict[str, _State] = {}
    for subject, time_ns, text, _ in rows:
        data: dict[str, Any] = data_decoder.decode(text)
        problem = data["problem"]
        found[subject.removeprefix("source/")] = (
            SourceStatus(data["state"]),
            problem_decoder.decode(to_json(problem)) if problem else None,
            time_ns,
        )
    return found
