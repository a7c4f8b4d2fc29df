"""Moves the files of alerts for the console, as ``soc-agent quarantine`` does."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from soc_agent.cli.locker import Locker
from soc_agent.cli.quarantine import FOLDER, move_away, put_back, wanted_of
from soc_agent.errors import StoreError
from soc_agent.model import Alert, Problem
from soc_agent.model.custody import AlertFile
from soc_agent.store import Store
from soc_agent.text import path_text


class StoreFiles:
    """The files of the alerts of a store. See :class:`soc_agent.model.custody.FileKeeper`."""

    def __init__(self, store_path: Path) -> None:
        self._store_path = store_path
        self._locker = Locker(store_path.parent / FOLDER)

    def file_of(self, uid: bytes, lines: Sequence[bytes]) -> AlertFile | None:
        """Give the file that an alert is about, and whether it is in quarantine."""
        try:
            locked = self._locker.find(uid.hex())
        except StoreError:
            wanted = wanted_of(lines)
            return AlertFile(path_text(wanted.path)) if wanted is not None else None
        return AlertFile(path_text(os.fsdecode(locked.path)), True, locked.actor, locked.reason)

    def move_away(self, alert_id: int, reason: str, actor: str) -> str | Problem:
        """Move the file into quarantine."""

        def moved(store: Store, alert: Alert) -> str:
            return path_text(os.fsdecode(move_away(store, self._locker, alert, reason, actor).path))

        return self._do(alert_id, moved)

    def put_back(self, alert_id: int, reason: str, actor: str) -> str | Problem:
        """Put the file back where it was."""
        return self._do(alert_id, lambda store, alert: put_back(store, self._locker, alert, reason, actor))

    def _do(self, alert_id: int, step: Callable[[Store, Alert], str]) -> str | Problem:
        try:
            with Store.open(self._store_path) as store:
                alert = store.alert(alert_id)
                if alert is None:
                    return Problem("cli.alerts.unknown", values={"id": alert_id})
                return step(store, alert)
        except StoreError as error:
            return error.problem
