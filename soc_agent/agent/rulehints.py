"""Hints of the file system that a file of rules may have changed. They make looking prompt; what is true is seen."""

import logging
import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver, ObservedWatch

log = logging.getLogger(__name__)


class RuleHints:
    """Calls ``notify`` from a thread of its own when something below a folder changed."""

    def __init__(self, notify: Callable[[], None]) -> None:
        self._notify = notify
        self._observer: BaseObserver | None = None
        self._broken = False
        self._watches: dict[Path, tuple[tuple[int, int], ObservedWatch]] = {}

    def watch(self, folders: Sequence[Path]) -> bool:
        """Watch these folders, with all below, as far as they are there. Call it again and again.

        Give whether hints can be relied on: on a file system of this host, which tells of every change.
        """
        wanted = {folder: (found.st_dev, found.st_ino) for folder in folders if (found := _stat(folder)) is not None}
        try:
            for folder in [folder for folder, (was, _) in self._watches.items() if wanted.get(folder) != was]:
                self._forget(folder)
            for folder in wanted.keys() - self._watches.keys():
                self._schedule(folder, wanted[folder])
        except OSError as error:
            if not self._broken:
                log.info(
                    "the file system gives no hints of changed rules (%s); they are looked for by the clock", error
                )
            self._broken = True
        else:
            self._broken = False
        return not self._broken and all(map(_is_local, wanted))

    def stop(self) -> None:
        """End, and wait until no more hints come."""
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()
            self._observer = None
        self._watches.clear()

    def _schedule(self, folder: Path, identity: tuple[int, int]) -> None:
        from watchdog import events
        from watchdog.observers import Observer

        if self._observer is None:
            observer = Observer()
            observer.start()
            self._observer = observer
        notify = self._notify

        class Handler(events.FileSystemEventHandler):
            def on_any_event(self, event: events.FileSystemEvent) -> None:
                del event
                notify()

        kinds = ("Created", "Modified", "Moved", "Deleted")
        wanted = [getattr(events, f"{what}{kind}Event") for what in ("File", "Dir") for kind in kinds]
        watch = self._observer.schedule(Handler(), str(folder), recursive=True, event_filter=wanted)
        self._watches[folder] = identity, watch

    def _forget(self, folder: Path) -> None:
        _, watch = self._watches.pop(folder)
        if self._observer is not None:
            try:
                self._observer.unschedule(watch)
            except KeyError:
                log.debug("the watch of %s had ended by itself", folder)


_REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "afs", "vboxsf", "drvfs"})


@lru_cache(maxsize=1024)
def _is_local(folder: Path) -> bool:
    """Whether what others change on a file system is told here: not where it is another host's, or a FUSE mount."""
    try:
        mounts = Path("/proc/self/mountinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return False
    place, found = str(folder.resolve()), ("", "")
    for line in mounts:
        before, _, after = line.partition(" - ")
        point, kind = before.split(" ")[4], after.split(" ")[0]
        if (place == point or place.startswith(point.rstrip("/") + "/")) and len(point) >= len(found[0]):
            found = point, kind
    return bool(found[1]) and found[1] not in _REMOTE and not found[1].startswith("fuse")


def _stat(folder: Path) -> os.stat_result | None:
    try:
        return folder.stat() if folder.is_dir() else None
    except OSError:
        return None
