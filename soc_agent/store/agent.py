"""What the agent says of itself: one row a run, its heartbeat in it."""

import sqlite3

from soc_agent.store.codec import MAX_INT
from soc_agent.store.history import AGENT, Chain
from soc_agent.store.records import AgentState


def put_state(conn: sqlite3.Connection, chain: Chain, state: AgentState) -> None:
    """Record the state of a run. That it began, and that it stopped, goes to the history."""
    known = conn.execute(
        "SELECT id, stopped_ns FROM agent WHERE started_ns = ? AND pid = ?", (state.started_ns, state.pid)
    ).fetchone()
    if known is None:
        conn.execute(
            "INSERT INTO agent (pid, started_ns, heartbeat_ns, events_per_s, stopped_ns) VALUES (?,?,?,?,?)",
            (state.pid, state.started_ns, state.heartbeat_ns, state.events_per_s, state.stopped_ns),
        )
        chain.add(AGENT, "agent", "started", {"pid": state.pid})
    else:
        conn.execute(
            "UPDATE agent SET heartbeat_ns = ?, events_per_s = ?, stopped_ns = ? WHERE id = ?",
            (state.heartbeat_ns, state.events_per_s, state.stopped_ns, known[0]),
        )
    if state.stopped_ns and not (known and known[1]):
        chain.add(AGENT, "agent", "stopped", {"pid": state.pid})


def agent_state(conn: sqlite3.Connection, at_ns: int | None) -> AgentState | None:
    """Give the state of the last run that had begun; of an earlier moment, no rate is known."""
    row = conn.execute(
        "SELECT pid, started_ns, heartbeat_ns, events_per_s, stopped_ns FROM agent WHERE started_ns <= ?"
        " ORDER BY started_ns DESC, id DESC LIMIT 1",
        (MAX_INT if at_ns is None else at_ns,),
    ).fetchone()
    if row is None:
        return None
    state = AgentState(*row)
    if at_ns is None:
        return state
    stopped_ns = state.stopped_ns if state.stopped_ns <= at_ns else 0
    return AgentState(state.pid, state.started_ns, min(state.heartbeat_ns, at_ns), 0.0, stopped_ns)
