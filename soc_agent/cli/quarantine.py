"""``soc-agent quarantine``: a person moves the file of an alert away, or back. The agent itself never does."""

import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click
import msgspec

from soc_agent.cli.chosen import actor_of, find_alert
from soc_agent.cli.locker import Locked, Locker, Wanted
from soc_agent.cli.output import narrate, table
from soc_agent.cli.workspace import Workspace
from soc_agent.errors import StoreError
from soc_agent.model import Alert, Problem
from soc_agent.store import Store
from soc_agent.text import path_text, say

FOLDER = "quarantine"
"""Beside the store."""
_TYPES = ("yara", "not_scanned", "integrity")


@click.command("quarantine", help=say("quarantine.help"))
@click.argument("ident", metavar="[ALERT]", default="")
@click.option("--undo", is_flag=True, help=say("quarantine.undo"))
@click.option("--list", "listed", is_flag=True, help=say("quarantine.list"))
@click.option("--reason", default="", help=say("quarantine.reason"))
@click.option("--actor", default="", help=say("cli.alerts.actor"))
@click.pass_obj
def command(workspace: Workspace, ident: str, reason: str, actor: str, *, undo: bool, listed: bool) -> None:
    """Move the file of an alert into the folder of quarantined files; each step is in the history of the alert.

    :raises StoreError: when there is no such alert or file, it changed since, or it cannot be moved: then it was not.
    """
    locker = Locker(workspace.store_path.parent / FOLDER)
    if listed:
        names = ("alert", "path", "size", "actor", "reason")
        rows = [
            [each.alert[:12], path_text(os.fsdecode(each.path)), str(each.size), each.actor, each.reason]
            for each in locker.list()
        ]
        table([say(f"quarantine.column.{name}") for name in names], rows, numbers={2})
        return
    if not ident or not reason.strip():
        raise StoreError(Problem("quarantine.unsaid"))
    name = actor_of(workspace, actor)
    with Store.open(workspace.store_path) as store:
        alert = find_alert(store, ident)
        if undo:
            narrate(say("quarantine.back", path=put_back(store, locker, alert, reason, name)))
            return
        locked = move_away(store, locker, alert, reason, name)
    narrate(say("quarantine.moved", path=path_text(os.fsdecode(locked.path)), folder=locker.folder))
    if locked.other_names:
        narrate(say("quarantine.other_names", count=locked.other_names))


def move_away(store: Store, locker: Locker, alert: Alert, reason: str, actor: str) -> Locked:
    """Move the file of an alert into the folder, and write so into the history of the alert.

    :raises StoreError: when it cannot be moved: then it was not.
    """
    wanted = wanted_of(newest_last(store, alert))
    if wanted is None:
        raise StoreError(Problem("quarantine.no_file", values={"alert": alert.id}))
    locked = locker.copy(wanted, alert.uid.hex(), actor, reason)
    path = path_text(wanted.path)
    text = say("quarantine.note", path=path, sha256=locked.sha256, reason=reason)
    try:
        _keep(store, locker, alert, "quarantined", locked, text, reason, actor)
    except StoreError:
        locker.drop(locked)
        raise
    try:
        locker.take(wanted, locked)
    except StoreError as error:
        text = say("quarantine.note_not", path=path, reason=error)
        _keep(store, locker, alert, "not_quarantined", locked, text, str(error), actor)
        raise
    return locked


def put_back(store: Store, locker: Locker, alert: Alert, reason: str, actor: str) -> str:
    """Put the file of an alert back where it was, and write so into the history; give its path as text.

    :raises StoreError: when it cannot be put back: then it is where it is, and the history says that too.
    """
    locked = locker.find(alert.uid.hex())
    path = path_text(os.fsdecode(locked.path))
    text = say("quarantine.note_back", path=path, reason=reason)
    _keep(store, locker, alert, "put_back", locked, text, reason, actor)
    try:
        locker.put_back(locked.alert)
    except StoreError as error:
        text = say("quarantine.note_not_back", path=path, reason=error)
        _keep(store, locker, alert, "not_put_back", locked, text, str(error), actor)
        raise
    return path


def _keep(
    store: Store, locker: Locker, alert: Alert, step: str, locked: Locked, text: str, reason: str, actor: str
) -> None:
    """Write into the history who did what to which file, where it lies now, and why."""
    path = os.fsdecode(locked.path)
    place = str(locker.place(locked)) if step in {"quarantined", "not_put_back"} else path_text(path)
    exact = {"path_hex": locked.path.hex()} if path_text(path) != path else {}
    told = {"text": text, "path": path_text(path), **exact, "sha256": locked.sha256, "place": place, "reason": reason}
    store.keep_custody(alert.id, step, told, actor)


def newest_last(store: Store, alert: Alert) -> list[bytes]:
    """Give the lines that an alert stands on, in the order of their times."""
    return [each.raw for each in sorted(store.detections_of(alert.id), key=lambda each: each.time_ns)]


def wanted_of(lines: Sequence[bytes]) -> Wanted | None:
    """Give the file that lines are about, as the newest, the last of them, saw it; None: they are about none."""
    for raw in reversed(lines):
        try:
            wanted = _wanted(msgspec.json.decode(raw, type=dict))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
            continue  # lines come from outside: these are not as ours are
        if wanted is not None:
            return wanted
    return None


def _wanted(line: dict[str, Any]) -> Wanted | None:
    raw, path, digest = line.get("path_hex"), line.get("path"), line.get("sha256")
    if isinstance(raw, str) and raw:
        path = os.fsdecode(bytes.fromhex(raw))
    if not isinstance(path, str) or "\0" in path or line.get("type") not in _TYPES:
        return None
    if isinstance(digest, str) and digest:
        return Wanted(path, sha256=digest)
    if isinstance(size := line.get("size"), int) and isinstance(modified := line.get("modified"), str):
        return Wanted(path, size=size, modified_ns=_ns(modified))
    return None


def _ns(stamp: str) -> int:
    """Give a time of ours in nanoseconds: a datetime has but microseconds."""
    whole, _, fraction = stamp.rstrip("Z").partition(".")
    return int(datetime.fromisoformat(f"{whole}+00:00").timestamp()) * 10**9 + int(fraction.ljust(9, "0")[:9])
