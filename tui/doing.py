"""Acting on the chosen alerts and their files: asked first what has to be known, said afterwards what was done."""

import asyncio
from typing import TYPE_CHECKING

from soc_agent.errors import StoreError
from soc_agent.model import Problem
from soc_agent.model.custody import FileKeeper
from tui.acting import ACTS, Act, Needs, offers, perform
from tui.dialogs import Ask
from tui.outside import Part, part, said, told
from tui.work import start

if TYPE_CHECKING:
    from tui.app import Console


def act(console: "Console", name: str) -> None:
    """Do something to the chosen alerts."""
    wanted = ACTS[name]
    view = console.front
    ids = view.chosen() if view is not None else []
    if not ids:
        console.tell(said("tui.act.nothing_chosen"), severity="warning")
        return
    if wanted.needs is Needs.NOTHING:
        start(console, _perform, console, wanted, ids, "")
        return

    def answered(text: str | None) -> None:
        if text is not None:
            start(console, _perform, console, wanted, ids, text)

    question = (Part(said(f"tui.act.{name}.question", count=len(ids)), "strong"),)
    text = console.actor if name == "assign" else ""
    required = wanted.needs is Needs.WORDS
    console.push_screen(Ask([question], text=text, offers=offers(wanted), required=required), answered)


async def _perform(console: "Console", wanted: Act, ids: list[int], text: str) -> None:
    actor = console.actor
    try:
        changed = await console.reader.ask(lambda store: perform(wanted, store, ids, text, actor), quick=True)
    except StoreError as error:
        console.tell(told(error.problem), severity="error")
        return
    console.tell(said(f"tui.act.{wanted.name}.done", count=changed))
    if console.front is not None:
        console.front.acted()
    console.changed()


def move_file(console: "Console") -> None:
    """Move the file of the alert in front into quarantine, or back; a person says why."""
    view, files = console.front, console.files
    alert = view.alert() if view is not None else None
    if view is None or alert is None or files is None or console.is_past_or_read_only(view):
        return
    file = view.file()
    if file is None:
        console.tell(said("evidence.no_file"), severity="warning")
        return
    name = "put_back" if file.held else "move_away"

    def answered(reason: str | None) -> None:
        if reason is not None:
            start(console, _move, console, files, name, alert.id, reason)

    lines = [(Part(said(f"evidence.{name}.question"), "strong"),), (part(file.path, "entity"),)]
    console.push_screen(Ask(lines, required=True), answered)


async def _move(console: "Console", files: FileKeeper, name: str, alert_id: int, reason: str) -> None:
    move = files.put_back if name == "put_back" else files.move_away
    done = await asyncio.to_thread(move, alert_id, reason, console.actor)
    if isinstance(done, Problem):
        console.tell(told(done), severity="error")
    else:
        console.tell(said(f"evidence.{name}.done", path=done))
    console.changed()
