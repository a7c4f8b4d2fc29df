"""The alerts that a command acts on, and the person who does."""

import getpass
from collections.abc import Callable, Sequence

import click

from soc_agent.cli.workspace import Workspace
from soc_agent.errors import StoreError
from soc_agent.model import Alert, Problem
from soc_agent.store import Store
from soc_agent.text import say


def find_alert(store: Store, ident: str) -> Alert:
    """Find an alert by its number, or by the first digits of its uid.

    :raises StoreError: when there is no such alert.
    """
    alert = store.alert(int(ident)) if ident.isdecimal() else None
    alert = alert or store.alert(ident)
    if alert is None:
        raise StoreError(Problem("cli.alerts.unknown", values={"id": ident}))
    return alert


def act_on(workspace: Workspace, idents: Sequence[str], act: Callable[[Store, Sequence[int]], int]) -> None:
    """Do something to the alerts with these numbers or uids, to all or none; say how many changed."""
    with Store.open(workspace.store_path) as store:
        ids = [find_alert(store, ident).id for ident in idents]
        changed = act(store, ids)
    click.echo(say("cli.alerts.changed", count=changed), err=True)


def actor_of(workspace: Workspace, named: str) -> str:
    """Give the name that the history keeps: the one given, else that of the configuration, else the login name."""
    return named or workspace.config.console.user or getpass.getuser()
