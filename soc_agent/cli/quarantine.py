"""``soc-agent quarantine``: a person moves the file of an alert away, or back. The agent itself never does."""

import os
from datetime import datetime
from typing import Any

import click
import msgspec

from soc_agent.cli.chosen import actor_of, find_alert
from soc_agent.cli.locker import Locker, Wanted
from soc_agent.cli.output import narrate, table
from soc_agent.cli.workspace import Workspace
from soc_agent.errors import StoreError
from soc_agent.model import Alert, Problem
from soc_agent.store import Store
from soc_agent.text import path_text, say

FOLDER = "quarantine"
"""Beside the store."""


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
        uid = alert.uid.hex()
        if undo:
            locked = locker.find(uid)
            path = path_text(os.fsdecode(locked.path))
            store.note([alert.id], say("quarantine.note_back", path=path, reason=reason), name)
            locker.put_back(uid)
            narrate(say("quarantine.back", path=path))
            return
        wanted = _wanted(store, alert)
        locked = locker.copy(wanted, uid, name, reason)
        path = path_text(wanted.path)
        try:
            store.note([alert.id], say("quarantine.note", path=path, sha256=locked.sha256, reason=reason), name)
        except StoreError:
            locker.drop(locked)
            raise
        try:
            locker.take(wanted, locked)
        except StoreError as error:
            store.note([alert.id], say("quarantine.note_not", path=path, reason=error), name)
            raise
    narrate(say("quarantine.moved", path=path, folder=locker.folder))
    if locked.other_names:
        narrate(say("quarantine.other_names", count=locked.other_names))


def _wanted(store: Store, alert: Alert) -> Wanted:
    """Give the file that an alert is about, as its newest line saw it."""
    for evidence in sorted(store.detections_of(alert.id), key=lambda each: -each.time_ns):
        try:
            line: dict[str, Any] = msgspec.json.decode(evidence.raw, type=dict)
        except msgspec.DecodeError:
            continue
        raw, path, digest = line.get("path_hex"), line.get("path"), line.get("sha256")
        if isinstance(raw, str) and raw:
            path = os.fsdecode(bytes.fromhex(raw))
        if not isinstance(path, str) or line.get("type") not in {"yara", "not_scanned", "integrity"}:
            continue
        if isinstance(digest, str) and digest:
            return Wanted(path, sha256=digest)
        if isinstance(size := line.get("size"), int) and isinstance(modified := line.get("modified"), str):
            return Wanted(path, size=size, modified_ns=_ns(modified))
    raise StoreError(Problem("quarantine.no_file", values={"alert": alert.id}))


def _ns(stamp: str) -> int:
    """Give a time of ours in nanoseconds: a datetime has but microseconds."""
    whole, _, fraction = stamp.rstrip("Z").partition(".")
    return int(datetime.fromisoformat(f"{whole}+00:00").timestamp()) * 10**9 + int(fraction.ljust(9, "0")[:9])
