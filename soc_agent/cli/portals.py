"""``soc-agent portals``: how the watched pages are, and taking over a change that was meant."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from collectors.portals.judge import page_change
from collectors.portals.memory import Memory
from soc_agent.cli.chosen import actor_of
from soc_agent.cli.output import json_line, narrate, rfc3339, table
from soc_agent.cli.workspace import Workspace
from soc_agent.config import Config, PortalPage, PortalSource
from soc_agent.errors import SourceError, StoreError
from soc_agent.model import Problem
from soc_agent.model.portal import PortalSeen
from soc_agent.store import Store
from soc_agent.text import say

_DAY_NS = 86_400_000_000_000


class Approvals:
    """What people approved of the pages of a source, as its collector asks for it."""

    def __init__(self, store: Path, source: str) -> None:
        self._path = store
        self._source = source
        self._store: Store | None = None

    def of(self, page: str) -> str:
        """Give the id of the change that was approved last; nothing while the store cannot be read."""
        try:
            if self._store is None:
                self._store = Store.open(self._path, read_only=True)
            return self._store.approved(_subject(self._source, page))
        except StoreError:
            # the agent's own transactions meet the same trouble and say so; the page stays unapproved meanwhile
            if self._store is not None:
                self._store.close()
                self._store = None
            return ""


class _Watched(Struct, frozen=True):
    """A page and what is known of it."""

    source: PortalSource
    page: PortalPage
    memory: Memory

    @property
    def state(self) -> str:
        """A word for how it is, a key of the catalogue."""
        life, known = self.memory.life, self.memory.page
        if not life.checked_ns:
            return "never"
        if life.failures:
            return "down"
        if page_change(known):
            return "changed"
        return "learning" if known.baseline is None else "well"


@click.group("portals", help=say("cli.portals.help"))
def command() -> None:
    """Group of the commands on web pages."""


@command.command("status", help=say("portals.status"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.pass_obj
def status(workspace: Workspace, *, as_json: bool) -> None:
    """Print how each page is. Exit code 1 when one is down or changed."""
    with Store.open(workspace.store_path, read_only=True) as store:
        pages = list(_pages(workspace.config, store))
    if as_json:
        for watched in pages:
            json_line(_record(watched))
    else:
        names = ("page", "state", "status", "checked", "certificate", "change")
        table([say(f"portals.column.{name}") for name in names], map(_row, pages))
    if any(watched.state in ("down", "changed") for watched in pages):
        sys.exit(1)


@command.command("approve", help=say("portals.approve"))
@click.argument("name")
@click.option("--reason", default="", help=say("portals.reason"))
@click.option("--actor", default="", help=say("cli.alerts.actor"))
@click.pass_obj
def approve(workspace: Workspace, name: str, reason: str, actor: str) -> None:
    """Take over what changed on a page: the change that was told, not what the page may be by now.

    :raises SourceError: when there is no such page, or nothing of it waits to be approved.
    """
    with Store.open(workspace.store_path) as store:
        watched = next((each for each in _pages(workspace.config, store) if each.page.name == name), None)
        if watched is None:
            raise SourceError(Problem("portals.no_such_page", values={"name": name}))
        change = page_change(watched.memory.page)
        if not change:
            raise SourceError(Problem("portals.nothing_to_approve", values={"name": name}))
        store.approve(_subject(watched.source.name, name), change, reason, actor_of(workspace, actor))
    narrate(say("portals.approved", name=name, change=_change(watched)))


def _pages(config: Config, store: Store) -> Iterator[_Watched]:
    for source in config.sources:
        if isinstance(source, PortalSource):
            positions = store.positions(source.name)
            for page in source.pages:
                yield _Watched(source, page, Memory(source.name, page.name, page.url, positions))


def portals_seen(config: Config, store: Store) -> list[PortalSeen]:
    """Give how each page was last seen, those that are not well first."""
    pages = sorted(_pages(config, store), key=lambda watched: watched.state not in ("down", "changed"))
    return [_seen(watched) for watched in pages]


def _seen(watched: _Watched) -> PortalSeen:
    life, known = watched.memory.life, watched.memory.page
    pending = known.pending
    return PortalSeen(
        watched.source.name,
        watched.page.name,
        watched.page.url,
        watched.state,
        _answer(watched),
        life.checked_ns,
        life.content_ns,
        life.down_since_ns,
        life.not_after_s * 1_000_000_000,
        life.issuer,
        tuple(pending.kinds) if pending else (),
        pending.since_ns if pending else 0,
        tuple(known.redirects),
        _subject(watched.source.name, watched.page.name),
        page_change(known),
    )


def _answer(watched: _Watched) -> str:
    life = watched.memory.life
    return life.reason if life.reason and life.reason != "status" else str(life.status or "")


def _subject(source: str, page: str) -> str:
    return f"portal/{source}/{page}"


def _change(watched: _Watched) -> str:
    """Say what changed, in a few words."""
    known = watched.memory.page
    words = [say(f"portals.kind.{kind}") for kind in (known.pending.kinds if known.pending else ())]
    parts = [name for name, part in known.parts.items() if part.changed is not None]
    return ", ".join(words + parts + [f"→ {host}" for host in known.redirects])


def _row(watched: _Watched) -> list[str]:
    life = watched.memory.life
    left = (life.not_after_s * 1_000_000_000 - time.time_ns()) // _DAY_NS
    certificate = say("portals.days", days=left) if life.not_after_s else ""
    state = say(f"portals.state.{watched.state}")
    checked = rfc3339(life.checked_ns)[:19] if life.checked_ns else ""
    return [watched.page.name, state, _answer(watched), checked, certificate, _change(watched)]


def _record(watched: _Watched) -> dict[str, Any]:
    life, known = watched.memory.life, watched.memory.page
    pending = known.pending
    return {
        "source": watched.source.name,
        "page": watched.page.name,
        "url": watched.page.url,
        "state": watched.state,
        "status": life.status,
        "reason": life.reason,
        "failures": life.failures,
        "down_since": rfc3339(life.down_since_ns) if life.down_since_ns else None,
        "checked": rfc3339(life.checked_ns) if life.checked_ns else None,
        "compared": rfc3339(life.content_ns) if life.content_ns else None,
        "learnt": rfc3339(known.learnt_ns) if known.learnt_ns else None,
        "certificate_expires": rfc3339(life.not_after_s * 1_000_000_000) if life.not_after_s else None,
        "issuer": life.issuer,
        "change": page_change(known),
        "changes": pending.kinds if pending else [],
        "changed": rfc3339(pending.since_ns) if pending else None,
        "redirects": known.redirects,
        "parts": {name: part.sha256s for name, part in known.parts.items()},
        "parts_changed": [name for name, part in known.parts.items() if part.changed is not None],
    }
