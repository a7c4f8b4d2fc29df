"""Hints that something changed, from watchdog. They make reading prompt; what is true is found by looking."""

import logging
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent, FileSystemEventHandler
    from watchdog.observers.api import BaseObserver, ObservedWatch

_log = logging.getLogger(__name__)
_MAX_WATCHES = 64
"""Each watch costs a thread; folders beyond these are looked at by the clock alone."""


class Hints:
    """Calls ``notify(path, is_write, is_folder)`` from a thread of its own when something in a folder changes."""

    def __init__(self, notify: Callable[[str, bool, bool], None]) -> None:
        self._notify = notify
        self._observer: BaseObserver | None = None
        self._watches: dict[str, tuple[ObservedWatch, tuple[int, int, bool, bool]]] = {}

    @property
    def working(self) -> bool:
        """Whether hints can come."""
        return self._observer is not None

    def start(self) -> str:
        """Begin; give the reason when that is impossible, as it is when all inotify instances are in use."""
        from watchdog.observers import Observer

        logging.getLogger("watchdog.observers.inotify").addFilter(_not_inactive)
        try:
            self._observer = Observer()
            self._observer.start()
        except OSError as error:
            self._observer = None
            return error.strerror or str(error)
        return ""

    def watch(self, folders: Mapping[str, bool], *, writes: bool = True) -> dict[str, str]:
        """Watch these folders (path to whether those below it too) that are there; give those that cannot be, and why.

        Without ``writes`` only what appears, goes or is renamed is told. Call it again and again: a folder that was
        made anew is watched anew.
        """
        failed: dict[str, str] = {}
        if self._observer is None:
            return failed
        for folder, recursive in folders.items():
            try:
                info = os.stat(folder)  # noqa: PTH116
            except OSError:
                self._unwatch(folder)
                continue
            identity = info.st_dev, info.st_ino, recursive, writes
            current = self._watches.get(folder)
            if current and current[1] == identity:
                continue
            self._unwatch(folder)
            if len(self._watches) < _MAX_WATCHES and (reason := self._schedule(folder, identity)):
                failed[folder] = reason
        for folder in self._watches.keys() - folders.keys():
            self._unwatch(folder)
        return failed

    def stop(self) -> None:
        """End, and wait until no more hints come."""
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()
            self._observer = None
        self._watches.clear()

    def _schedule(self, folder: str, identity: tuple[int, int, bool, bool]) -> str:
        from watchdog import events

        assert self._observer is not None
        _, _, recursive, writes = identity
        wanted: list[type[FileSystemEvent]] = [
            events.FileCreatedEvent,
            events.FileMovedEvent,
            events.FileDeletedEvent,
            events.DirCreatedEvent,
            events.DirMovedEvent,
        ]
        if writes:
            wanted.append(events.FileModifiedEvent)
        handler = _make_handler(self._notify)
        try:
            watch = self._observer.schedule(handler, folder, recursive=recursive, event_filter=wanted)
        except OSError as error:
            return error.strerror or str(error)
        self._watches[folder] = watch, identity
        return ""

    def _unwatch(self, folder: str) -> None:
        watch = self._watches.pop(folder, None)
        if watch is not None and self._observer is not None:
            try:
                self._observer.unschedule(watch[0])
            except (KeyError, OSError) as error:
                _log.debug("the watch of %s had ended by itself: %r", folder, error)


def _not_inactive(record: logging.LogRecord) -> bool:
    """Leave out what watchdog says each time a folder is no longer watched."""
    return "thread is inactive" not in record.getMessage()


def _make_handler(notify: Callable[[str, bool, bool], None]) -> "FileSystemEventHandler":
    from watchdog import events

    class Handler(events.FileSystemEventHandler):
        def on_any_event(self, event: events.FileSystemEvent) -> None:
            is_write = event.event_type == events.EVENT_TYPE_MODIFIED
            notify(_text(event.src_path), is_write, event.is_directory)
            if event.dest_path:
                notify(_text(event.dest_path), is_write, event.is_directory)

    return Handler()


def _text(path: object) -> str:
    return os.fsdecode(path) if isinstance(path, bytes) else str(path)
