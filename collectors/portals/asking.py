"""Getting pages and what they load: a few threads, each with one request at a time."""

import logging
import queue
import threading

from msgspec import Struct
from msgspec.structs import replace

from collectors.portals.connection import Resolve, Steps, Trust
from collectors.portals.fetch import Bounds, Fetch, fetch
from collectors.portals.parts import Part, read_part
from collectors.portals.references import Ref
from soc_agent.config import PortalSource

log = logging.getLogger(__name__)
GUISES = {
    "search engine": ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", ""),
    "search visitor": (
        "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36",
        "https://www.google.com/",
    ),
}
"""Visitors to whom pages that were taken over show what others do not see: name to user agent and referer."""


class Task(Struct, frozen=True):
    """One request: for a page, for a part of it, or for a page as another visitor gets it."""

    index: int
    content: bool = False
    part: tuple[str, Ref] | None = None
    guise: str = ""


Answer = tuple[Task, Fetch, Part | None]
"""What was asked, what came of it, and what a part is."""


class Askers:
    """Threads that get what is put to them; the answers come in the order in which they are there."""

    def __init__(self, options: PortalSource, bounds: Bounds, trust: Trust, ask: Resolve) -> None:
        self._options = options
        self._bounds = bounds
        self._trust = trust
        self._ask = ask
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Answer | None] = queue.SimpleQueue()
        self.count = min(options.workers, max(len(options.pages), 1))
        """So many requests run at the same time."""
        for number in range(self.count):
            threading.Thread(target=self._work, name=f"portals {number}", daemon=True).start()

    def put(self, task: Task) -> None:
        """Ask for something."""
        self._tasks.put(task)

    def answer(self, timeout_s: float) -> Answer | None:
        """Give an answer; None when :meth:`wake` was called.

        :raises queue.Empty: when none came in time.
        """
        return self._done.get(timeout=timeout_s)

    def wake(self) -> None:
        """End a waiting :meth:`answer`."""
        self._done.put(None)

    def end(self) -> None:
        """Let the threads end, each after its request."""
        for _ in range(self.count):
            self._tasks.put(None)

    def _work(self) -> None:
        pages = self._options.pages
        while (task := self._tasks.get()) is not None:
            part = None
            try:
                found = self._get(task)
                if task.part is not None:
                    part = read_part(task.part[1].kind, found)
            except Exception as error:
                # the edge of a worker: whatever a hostile server did, the other pages are looked at
                log.exception("source %s: looking at the page %s failed", self._options.name, pages[task.index].name)
                found = Fetch(
                    pages[task.index].url, Steps(), reason="failed", detail=f"{type(error).__name__}: {error}"
                )
            self._done.put((task, found, part))

    def _get(self, task: Task) -> Fetch:
        url, bounds = self._options.pages[task.index].url, self._bounds
        if task.part is not None:
            url, bounds = task.part[1].url, replace(bounds, size_cap_bytes=self._options.part_cap_bytes)
        elif task.guise:
            bounds = replace(bounds, user_agent=GUISES[task.guise][0], referer=GUISES[task.guise][1])
        body = task.content or bool(task.guise) or task.part is not None
        return fetch(url, bounds, self._trust, self._ask, body=body)
