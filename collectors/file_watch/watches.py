"""watchdog on folders: what was closed, moved in or made is told; that it lost events or died is noticed.

watchdog answers an overflow of the kernel's queue by a line in its log alone, and its reading thread can end by an
exception (a folder that is moved out, made anew, and removed in both places does it in 7.1). Neither may pass unseen.
"""

import contextlib
import logging
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import watchdog.events
from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirModifiedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

_LOGGER = "watchdog.observers.inotify_c"
_EVENTS: list[type[FileSystemEvent]] = [
    FileClosedEvent,
    FileCreatedEvent,
    FileMovedEvent,
    DirCreatedEvent,
    DirMovedEvent,
]
ALL_EVENTS: list[type[FileSystemEvent]] = [
    *_EVENTS,
    DirDeletedEvent,
    DirModifiedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    # since watchdog 7 rights and links are events of their own
    *(
        getattr(watchdog.events, name)
        for name in ("FileAttribEvent", "DirAttribEvent")
        if hasattr(watchdog.events, name)
    ),
]
"""What is asked for where rights, links and disappearance matter too."""
Told = Callable[[int, str, str], None]
"""Is called with the number of the folder, what happened (``closed``, ``created``, ``folder``, and what was moved
away as ``gone``; with all events ``changed`` too), and the path."""


class Watches:
    """The watches on all folders of one source. ``told`` and ``lost`` are called from threads of watchdog."""

    def __init__(self, told: Told, lost: Callable[[], None], events: list[type[FileSystemEvent]] | None = None) -> None:
        self._told = told
        self._events = _EVENTS if events is None else events
        self._observer: BaseObserver | None = None
        self._watches: dict[int, ObservedWatch] = {}
        self._listener = _OverflowListener(lost)
        # A folder that is made while its parent is being added is added twice; watchdog warns of its own doing.
        warnings.filterwarnings("ignore", message="Callback with id", category=RuntimeWarning)
        logging.getLogger("watchdog.observers.inotify").addFilter(_is_news)
        logger = logging.getLogger(_LOGGER)
        logger.setLevel(logging.WARNING)
        logger.addHandler(self._listener)

    def attach(self, number: int, folder: str, *, recursive: bool) -> None:
        """Watch a folder.

        :raises OSError: when the kernel grants no more watches, or the folder is gone.
        """
        observer = self._running()
        handler = _Handler(number, self._told)
        self._watches[number] = observer.schedule(handler, folder, recursive=recursive, event_filter=self._events)

    def detach(self, number: int) -> None:
        """Watch a folder no more."""
        watch = self._watches.pop(number, None)
        if watch is not None and self._observer is not None:
            with contextlib.suppress(KeyError):  # it ended by itself, when its folder went
                self._observer.unschedule(watch)

    def is_attached(self, number: int) -> bool:
        """Say whether a folder is watched, as far as watchdog knows."""
        watch = self._watches.get(number)
        if watch is None or self._observer is None:
            return False
        return any(emitter.watch == watch and emitter.is_alive() for emitter in self._observer.emitters)

    def is_blind(self) -> bool:
        """Say whether watchdog reads no more: its events would never come."""
        observer = self._observer
        reader = getattr(observer, "_inotify_fd", None)
        return observer is not None and not (observer.is_alive() and (reader is None or reader.is_alive()))

    def count(self) -> int | None:
        """Give how many folders the kernel watches for this; None where it does not say."""
        reader = getattr(self._observer, "_inotify_fd", None)
        descriptor = getattr(reader, "_inotify_fd", None)
        try:
            return Path(f"/proc/self/fdinfo/{descriptor}").read_text().count("inotify wd:")
        except OSError:
            return None

    def restart(self) -> None:
        """Begin anew without any watch."""
        observer, self._observer = self._observer, None
        self._watches.clear()
        if observer is not None:
            observer.stop()
            observer.join()

    def close(self) -> None:
        """End all watches."""
        logging.getLogger(_LOGGER).removeHandler(self._listener)
        self.restart()

    def _running(self) -> BaseObserver:
        if self._observer is None:
            observer: BaseObserver = Observer()
            observer.start()
            self._observer = observer
        return self._observer


class _Handler(FileSystemEventHandler):
    def __init__(self, number: int, told: Told) -> None:
        self._number = number
        self._told = told

    def on_closed(self, event: Any) -> None:
        self._told(self._number, "closed", _text(event.src_path))

    def on_created(self, event: Any) -> None:
        self._told(self._number, "folder" if event.is_directory else "created", _text(event.src_path))

    def on_moved(self, event: Any) -> None:
        if event.src_path:
            self._told(self._number, "gone", _text(event.src_path))
        self._told(self._number, "folder" if event.is_directory else "closed", _text(event.dest_path))

    def on_modified(self, event: Any) -> None:
        self._told(self._number, "changed", _text(event.src_path))

    def on_attrib(self, event: Any) -> None:
        self._told(self._number, "changed", _text(event.src_path))

    def on_deleted(self, event: Any) -> None:
        self._told(self._number, "gone", _text(event.src_path))


class _OverflowListener(logging.Handler):
    """Hears watchdog's log: the only place where it says that events were lost."""

    def __init__(self, lost: Callable[[], None]) -> None:
        super().__init__(logging.WARNING)
        self._lost = lost

    def emit(self, record: logging.LogRecord) -> None:
        if "overflow" in record.getMessage():
            self._lost()


def _is_news(record: logging.LogRecord) -> bool:
    """Leave out what watchdog logs as an error whenever a watch is ended."""
    return "when the thread is inactive" not in record.getMessage()


def _text(path: bytes | str) -> str:
    return os.fsdecode(path)
