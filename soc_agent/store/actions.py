"""What people do with alerts. Each action is one history entry per alert that it changes, with who and why."""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from soc_agent.errors import StoreError
from soc_agent.model import Problem, Status
from soc_agent.store.batch import add_tallies, subject_of
from soc_agent.store.codec import clean
from soc_agent.store.history import AlertState, Chain

TEXT_CHARACTERS = 4_000
"""Longest note or reason."""
NAME_CHARACTERS = 100
"""Longest name of an actor or owner."""


class _Alert(NamedTuple):
    """What an action looks at."""

    id: int
    uid: bytes
    level: int
    layer: int
    status: Status
    owner: str
    events: int
    last_ns: int


class Action(NamedTuple):
    """One action: what the history calls it, what it says, and what becomes of an alert."""

    kind: str
    actor: str
    data: dict[str, str]
    becomes: Callable[[_Alert], tuple[Status, str]]
    """Status and owner afterwards; the same as before: nothing happens, unless it is to be kept ``always``.

    :raises StoreError: when it cannot be done to this alert.
    """
    always: bool = False
    """Whether it is kept even where it leaves the alert as it is."""


CUSTODY = ("quarantined", "not_quarantined", "put_back", "not_put_back")
"""What the history calls each step of the way of a file into quarantine and back."""


def acknowledge(actor: str) -> Action:
    """Take new alerts on; those without an owner become the actor's."""
    name = name_of(actor)

    def becomes(alert: _Alert) -> tuple[Status, str]:
        _require_open(alert)
        if alert.status is Status.ACKNOWLEDGED:
            return alert.status, alert.owner
        return Status.ACKNOWLEDGED, alert.owner or name

    return Action("acknowledge", name, {}, becomes)


def assign(owner: str, actor: str) -> Action:
    """Give open alerts to somebody; an empty owner takes them back."""
    given = name_of(owner) if owner.strip() else ""

    def becomes(alert: _Alert) -> tuple[Status, str]:
        _require_open(alert)
        return alert.status, given

    return Action("assign", name_of(actor), {}, becomes)


def note(text: str, actor: str) -> Action:
    """Write a note."""
    said = text_of(text)
    if not said:
        raise StoreError(Problem("store.no_text"))
    return Action("note", name_of(actor), {"text": said}, lambda alert: (alert.status, alert.owner), always=True)


def custody(step: str, data: Mapping[str, str], actor: str) -> Action:
    """Keep one step of the way of a file into quarantine or back; see :data:`CUSTODY`."""
    if step not in CUSTODY:
        raise ValueError(step)
    kept = {key: clean(value)[:TEXT_CHARACTERS] for key, value in data.items() if value}
    return Action(step, name_of(actor), kept, lambda alert: (alert.status, alert.owner), always=True)


def close(reason: str, actor: str) -> Action:
    """Close alerts; the reason may be empty."""
    said = text_of(reason)
    data = {"reason": said} if said else {}
    return Action("close", name_of(actor), data, lambda alert: (Status.CLOSED, alert.owner))


def mark_false_positive(reason: str, actor: str) -> Action:
    """Close alerts as false positives; the reason is required, for whoever tunes the rule."""
    said = text_of(reason)
    if not said:
        raise StoreError(Problem("store.no_reason"))
    return Action(
        "false_positive", name_of(actor), {"reason": said}, lambda alert: (Status.FALSE_POSITIVE, alert.owner)
    )


def reopen(actor: str) -> Action:
    """Open alerts again: those with an owner as acknowledged, others as new."""

    def becomes(alert: _Alert) -> tuple[Status, str]:
        if alert.status.is_open:
            return alert.status, alert.owner
        return (Status.ACKNOWLEDGED if alert.owner else Status.NEW), alert.owner

    return Action("reopen", name_of(actor), {}, becomes)


def perform(conn: sqlite3.Connection, clock_ns: int, ids: Sequence[int], action: Action) -> int:
    """Do it to all these alerts, or to none; give how many changed.

    :raises StoreError: when one is unknown, or it cannot be done to one.
    """
    wanted = list(dict.fromkeys(ids))
    chain = Chain(conn, clock_ns)
    tallies: Counter[tuple[int, int, str]] = Counter()
    changes = []
    for alert in _read(conn, wanted):
        status, owner = action.becomes(alert)
        if (status, owner) == (alert.status, alert.owner) and not action.always:
            continue
        state = AlertState(alert.id, status.value, owner, alert.events, alert.last_ns)
        seq = chain.add(action.actor, subject_of(alert.uid), action.kind, action.data, state)
        changes.append((status.value, owner, seq, alert.id))
        if status is not alert.status:
            tallies[alert.layer, alert.level, alert.status.value] -= 1
            tallies[alert.layer, alert.level, status.value] += 1
    conn.executemany("UPDATE alerts SET status = ?, owner = ?, changed_seq = ? WHERE id = ?", changes)
    add_tallies(conn, tallies)
    chain.flush()
    return len(changes)


def _read(conn: sqlite3.Connection, ids: list[int]) -> list[_Alert]:
    rows = conn.execute(
        "SELECT id, uid, level, layer, status, owner, count, last_ns FROM alerts"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(ids),),
    )
    found = {row[0]: _Alert(row[0], row[1], row[2], row[3], Status(row[4]), row[5], row[6], row[7]) for row in rows}
    unknown = [alert_id for alert_id in ids if alert_id not in found]
    if unknown:
        raise StoreError(Problem("store.unknown_alert", values={"ident": unknown[0]}))
    return [found[alert_id] for alert_id in ids]


def _require_open(alert: _Alert) -> None:
    if not alert.status.is_open:
        raise StoreError(Problem("store.not_open", values={"ident": alert.id}))


def name_of(name: str) -> str:
    """Give the name of a person as the history keeps it.

    :raises StoreError: when there is none, or it is too long.
    """
    stripped = clean(name.strip())
    if not stripped:
        raise StoreError(Problem("store.no_name"))
    if len(stripped) > NAME_CHARACTERS:
        raise StoreError(Problem("store.too_long", values={"limit": NAME_CHARACTERS}))
    return stripped


def text_of(text: str) -> str:
    """Give what a person wrote as the history keeps it.

    :raises StoreError: when it is too long.
    """
    stripped = clean(text.strip())
    if len(stripped) > TEXT_CHARACTERS:
        raise StoreError(Problem("store.too_long", values={"limit": TEXT_CHARACTERS}))
    return stripped
