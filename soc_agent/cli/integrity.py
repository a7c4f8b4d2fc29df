"""``soc-agent integrity``: what deviates from the baseline of watched files, and taking over what was meant."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from collectors.integrity.entry import differences, fingerprint
from collectors.integrity.records import Record, Records
from soc_agent.cli.chosen import actor_of
from soc_agent.cli.output import json_line, narrate, table
from soc_agent.cli.workspace import Workspace
from soc_agent.config import Config, IntegritySource
from soc_agent.errors import SourceError, StoreError
from soc_agent.model import Problem
from soc_agent.store import Store
from soc_agent.text import path_text, say


class Approvals:
    """What people approved of the files of a source, as its collector asks for it."""

    def __init__(self, store: Path, source: str) -> None:
        self._path = store
        self._source = source
        self._store: Store | None = None

    def of(self, path: str) -> str:
        """Give what was approved last of a path; nothing while the store cannot be read."""
        try:
            if self._store is None:
                self._store = Store.open(self._path, read_only=True)
            return self._store.approved(_subject(self._source, path))
        except StoreError:
            # the agent's own transactions meet the same trouble and say so; the change stays unapproved meanwhile
            if self._store is not None:
                self._store.close()
                self._store = None
            return ""


@click.group("integrity", help=say("integrity.help"))
def command() -> None:
    """Group of the commands on the integrity of files."""


@command.command("status", help=say("integrity.status"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.pass_obj
def status(workspace: Workspace, *, as_json: bool) -> None:
    """Print what deviates. Exit code 1 when something does."""
    with Store.open(workspace.store_path, read_only=True) as store:
        found = list(_deviations(workspace.config, store))
    if as_json:
        for source, path, record in found:
            json_line(_fields(source, path, record))
    else:
        rows = [[source, path_text(path), ", ".join(_changes(record))] for source, path, record in found]
        table([say(f"integrity.column.{name}") for name in ("source", "path", "changes")], rows)
    if found:
        sys.exit(1)


@command.command("approve", help=say("integrity.approve"))
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--below", is_flag=True, help=say("integrity.below"))
@click.option("--reason", required=True, help=say("integrity.reason"))
@click.option("--actor", default="", help=say("cli.alerts.actor"))
@click.pass_obj
def approve(workspace: Workspace, paths: tuple[Path, ...], reason: str, actor: str, *, below: bool) -> None:
    """Take over changes that were told: each as it was told, not what the file may be by now.

    :raises SourceError: when nothing of a path waits to be approved; then nothing is.
    """
    named = [os.path.abspath(path) for path in paths]  # noqa: PTH100 - str may hold any bytes, links stay links
    with Store.open(workspace.store_path) as store:
        found = list(_deviations(workspace.config, store))
        chosen = []
        for name in named:
            of_name = [each for each in found if each[1] == name or (below and each[1].startswith(name + "/"))]
            if not of_name:
                raise SourceError(Problem("integrity.nothing_to_approve", values={"path": path_text(name)}))
            chosen += of_name
        for source, path, record in chosen:
            store.approve(_subject(source, path), fingerprint(record.now), reason, actor_of(workspace, actor))
    narrate(say("integrity.approved", count=len(chosen)))


def _deviations(config: Config, store: Store) -> Iterator[tuple[str, str, Record]]:
    """Yield what was told and is not approved, nor waits for the agent to take the approval over."""
    for source in config.sources:
        if isinstance(source, IntegritySource):
            for path, record in sorted(Records(source.name, store.positions(source.name)).items()):
                if record.deviates and store.approved(_subject(source.name, path)) != fingerprint(record.now):
                    yield source.name, path, record


def _changes(record: Record) -> list[str]:
    return differences(record.base, record.now)


def _fields(source: str, path: str, record: Record) -> dict[str, Any]:
    return {
        "source": source,
        "path": path_text(path),
        "changes": _changes(record),
        "fingerprint": fingerprint(record.now),
        "sha256": record.now.sha256 if record.now is not None else "",
        "before_sha256": record.base.sha256 if record.base is not None else "",
    }


def _subject(source: str, path: str) -> str:
    return f"file/{source}/{path_text(path)}"
