"""The loss ledger: what was read of each source and what became of it, minute by minute; and how sources are doing.

A row holds the totals up to and with its minute, so that the totals of any moment are one row and a rate is the
difference of two.
"""

import sqlite3
from typing import Any

from msgspec import Struct

from soc_agent.model import Counters, Problem
from soc_agent.store.codec import MAX_INT, bounded, clean, data_decoder, problem_decoder, to_json
from soc_agent.store.history import AGENT, Chain, seq_at
from soc_agent.store.records import SourceLedger, SourceStatus

MINUTE_NS = 60_000_000_000
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
    counted = {row[0] for row in conn.execute("SELECT DISTINCT source FROM ledger")}
    found = []
    for name in sorted(counted | states.keys()):
        row = _last_row(conn, name, None if at_ns is None else at_ns // MINUTE_NS)
        state, problem, changed_ns = states.get(name, (None, None, 0))
        if row is None:
            if state is not None:
                found.append(SourceLedger(name, Counters(), Counters(), 0, 0, state, problem, changed_ns))
            continue
        rate = _per_minute(conn, name, row, moment)
        found.append(SourceLedger(name, row.totals, rate, row.first_ns, row.last_ns, state, problem, changed_ns))
    return found


def _per_minute(conn: sqlite3.Connection, source: str, row: _Row, moment: int) -> Counters:
    """Give the rate over the current and the last whole minute."""
    begin = (moment // MINUTE_NS - 1) * MINUTE_NS
    before = _last_row(conn, source, begin // MINUTE_NS - 1)
    elapsed = max(moment - max(begin, row.first_ns if before is None else begin), _RATE_NS)
    earlier = before.totals if before else Counters()
    return Counters(*(round((getattr(row.totals, f) - getattr(earlier, f)) * MINUTE_NS / elapsed) for f in _FIELDS))


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
