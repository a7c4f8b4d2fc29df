"""Watches on folders and all below them: what was closed, moved in or made is told, and so is what the kernel lost.

Folders that come are watched as they come. After an overflow of the kernel's queue nobody knows which came and which
went, so all watches are made anew before the loss is told.
"""

import contextlib
import logging
import os
import select
import threading
from collections.abc import Callable
from typing import NamedTuple

from collectors import inotify
from collectors.inotify import Event, Inotify

_log = logging.getLogger(__name__)
_COMING = inotify.CLOSE_WRITE | inotify.CREATE | inotify.MOVED_FROM | inotify.MOVED_TO
_ALL = _COMING | inotify.MODIFY | inotify.ATTRIB | inotify.DELETE
_ENDING = inotify.DELETE_SELF | inotify.MOVE_SELF | inotify.UNMOUNT
Told = Callable[[int, str, str], None]
"""Is called with the number of the folder, what happened (``closed``, ``created``, ``folder``, and what was moved
away as ``gone``; where everything is asked for, ``changed`` too), and the path."""


class _Top(NamedTuple):
    """A folder that is watched with what is below it."""

    path: str
    recursive: bool


class Watches:
    """The watches on all folders of one source. ``told`` and ``lost`` are called from a thread of its own."""

    def __init__(
        self,
        told: Told,
        lost: Callable[[], None],
        *,
        everything: bool = False,
        excludes: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """:param everything: whether rights, links and disappearance are told too.

        :param excludes: says of a folder below whether it is not watched.
        """
        self._told, self._lost, self._excludes = told, lost, excludes
        self._mask = (_ALL if everything else _COMING) | _ENDING | inotify.ONLY_FOLDER
        self._lock = threading.Lock()
        self._tops: dict[int, _Top] = {}
        self._paths: dict[int, set[tuple[int, str]]] = {}
        """Of each watch, the folders by number and path: one folder may have several names, as by a bind mount."""
        self._queue: Inotify | None = None
        self._stop = -1
        self._thread: threading.Thread | None = None

    def attach(self, number: int, folder: str, *, recursive: bool) -> None:
        """Watch a folder; one below it that the kernel does not grant is left out, and missing in :meth:`count`.

        :raises OSError: when the kernel grants no more watches or queues, or the folder is gone.
        """
        if self._queue is None:
            self._begin()
        with self._lock:
            self._tops[number] = _Top(folder, recursive)
        try:
            self._add_tree(number, folder)
        except OSError:
            self.detach(number)
            raise

    def detach(self, number: int) -> None:
        """Watch a folder no more."""
        with self._lock:
            self._tops.pop(number, None)
            self._forget(lambda known: known[0] == number)

    def is_attached(self, number: int) -> bool:
        """Say whether a folder is watched: it ends when the folder goes, or is moved away."""
        with self._lock:
            top = self._tops.get(number)
            return top is not None and any((number, top.path) in paths for paths in self._paths.values())

    def is_blind(self) -> bool:
        """Say whether events are no longer read."""
        return self._thread is not None and not self._thread.is_alive()

    def count(self) -> int | None:
        """Give how many folders are watched; None while nothing is."""
        with self._lock:
            return sum(map(len, self._paths.values())) if self._queue is not None else None

    def restart(self) -> None:
        """Begin anew without any watch."""
        if self._thread is not None and self._queue is not None:
            os.eventfd_write(self._stop, 1)
            self._thread.join()
            os.close(self._stop)
            self._queue.close()
        with self._lock:
            self._thread = self._queue = None
            self._tops.clear()
            self._paths.clear()

    def close(self) -> None:
        """End all watches."""
        self.restart()

    def _begin(self) -> None:
        queue = Inotify()
        self._stop = os.eventfd(0, os.EFD_CLOEXEC)
        self._queue = queue
        self._thread = threading.Thread(target=self._run, args=(queue, self._stop), name="file events", daemon=True)
        self._thread.start()

    def _run(self, queue: Inotify, stop: int) -> None:
        poll = select.poll()
        poll.register(queue.fileno(), select.POLLIN)
        poll.register(stop, select.POLLIN)
        while not any(ready == stop for ready, _ in poll.poll()):
            for event in queue.read():
                if event.mask & inotify.OVERFLOW:
                    self._anew()
                    self._lost()
                else:
                    self._take(event)

    def _take(self, event: Event) -> None:
        with self._lock:
            folders = list(self._paths.get(event.watch, ()))
            if event.mask & (_ENDING | inotify.IGNORED):
                self._end(event, folders)
                return
        for number, folder in folders:
            path = os.path.join(folder, os.fsdecode(event.name)) if event.name else folder  # noqa: PTH118
            if event.mask & inotify.IS_FOLDER and event.name:
                self._take_folder(number, path, event.mask)
            elif event.mask & (inotify.CLOSE_WRITE | inotify.MOVED_TO):
                self._told(number, "closed", path)
            elif event.mask & inotify.CREATE:
                self._told(number, "created", path)
            elif event.mask & (inotify.MOVED_FROM | inotify.DELETE):
                self._told(number, "gone", path)
            else:
                self._told(number, "changed", path)

    def _take_folder(self, number: int, path: str, mask: int) -> None:
        if mask & (inotify.CREATE | inotify.MOVED_TO):
            top = self._tops.get(number)
            if top is not None and top.recursive:
                with contextlib.suppress(OSError):  # it is gone again; or none is granted: count() tells
                    self._add_tree(number, path)
            self._told(number, "folder", path)
        elif mask & (inotify.MOVED_FROM | inotify.DELETE):
            if mask & inotify.MOVED_FROM:  # the watch on one that was deleted ends by itself
                with self._lock:
                    self._forget(lambda known: known[0] == number and (known[1] + "/").startswith(path + "/"))
            self._told(number, "gone", path)
        else:
            self._told(number, "changed", path)

    def _end(self, event: Event, folders: list[tuple[int, str]]) -> None:
        """Forget a folder that went away; one below is told of by the folder that it is in. Under the lock."""
        if event.mask & inotify.IGNORED:
            self._paths.pop(event.watch, None)
            return
        tops = {(number, top.path) for number, top in self._tops.items()}
        kept = {known for known in folders if known not in tops}
        if kept:
            self._paths[event.watch] = kept
        elif self._paths.pop(event.watch, None) and self._queue is not None:
            self._queue.remove(event.watch)

    def _anew(self) -> None:
        with self._lock:
            tops = dict(self._tops)
            self._forget(lambda _: True)
        for number, top in tops.items():
            try:
                self._add_tree(number, top.path)
            except OSError as error:
                _log.warning("%s is no longer watched: %s", top.path, error)

    def _add_tree(self, number: int, path: str) -> None:
        """Watch a folder and those below: each before it is listed, so that none that comes meanwhile is missed."""
        top = self._tops.get(number)
        self._add(number, path, 0 if top is None or path == top.path else inotify.NOT_FOLLOWED)
        folders = [path] if top is not None and top.recursive else []
        while folders:
            for below in _folders_in(folders.pop()):
                if not self._excludes(below):
                    folders.append(below)
                    with contextlib.suppress(OSError):
                        self._add(number, below, inotify.NOT_FOLLOWED)

    def _add(self, number: int, path: str, more: int) -> None:
        with self._lock:  # an event may come at once, and is then to find whose it is
            if self._queue is not None and number in self._tops:
                watch = self._queue.add(path, self._mask | more)
                self._paths.setdefault(watch, set()).add((number, path))

    def _forget(self, which: Callable[[tuple[int, str]], bool]) -> None:
        """Watch some folders no more. Under the lock."""
        for watch, known in list(self._paths.items()):
            if gone := {one for one in known if which(one)}:
                known.difference_update(gone)
                if not known:
                    del self._paths[watch]
                    if self._queue is not None:
                        self._queue.remove(watch)


def _folders_in(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []  # it is gone, or may not be listed: the walk says so
