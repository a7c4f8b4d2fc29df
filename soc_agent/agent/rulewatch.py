"""Watches the files of rules while the agent runs, and has them loaded again when one changed or a filter expired."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from soc_agent.agent.rulehints import RuleHints
from soc_agent.detect.load.settle import Look, Settling, signatures

log = logging.getLogger(__name__)

SETTLE_S = 0.5
"""How long a file must stay as it is before it is taken: one that is being written is not."""
TOGETHER_S = 1.5
"""How long files that are finished wait for those that are not: what one update brings is loaded in one go."""
RETRY_S = 2.0
"""How long it waits to try again when loading failed as a whole, as it does while the store takes no writes."""
REST_S = 1.0
"""Shortest time between two looks."""
UNHINTED_REST_S = 3.0
"""Longest time between two looks where nothing tells of changes (NFS)."""
HINTED_REST_S = 30.0
"""The same where the file system tells of every change: then looking is only to be sure."""
_REST_PER_COST = 1000
"""A look is followed by so many times what it cost: thousands of rules cost an agent at rest next to nothing."""

Reload = Callable[[Look], int | None]
"""Loads the rules again; gives the moment at which the next filter ends."""


class RuleWatch:
    """Looks at files of rules, on a thread of its own."""

    def __init__(
        self, watched: Callable[[], Sequence[Path]], reload: Reload, clock: Callable[[], int] = time.time_ns
    ) -> None:
        """Look for the first time: what is loaded after this may be newer, and is then loaded once more.

        :param watched: gives the files and folders to look at; some may not be there yet.
        """
        self._watched = watched
        self._reload = reload
        self._clock = clock
        self._settling = Settling(signatures(watched()))
        self._expires_ns: int | None = None
        self._rest_s = REST_S
        self._hinted = False
        self._failed = False
        self._unsettled = False
        self._due_since: float | None = None
        """When the first of the files that wait to be loaded was seen to be finished."""
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._hints = RuleHints(self._wake.set)
        self._thread = threading.Thread(target=self._run, name="rules", daemon=True)

    def start(self, expires_ns: int | None) -> None:
        """Begin to watch; ``expires_ns`` is the moment at which the first filter ends."""
        self._expires_ns = expires_ns
        self._thread.start()

    def stop(self) -> None:
        """End; a load that is going on is waited for."""
        self._stop.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._hints.stop()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._hinted = self._hints.watch(self._watched())
            # a hint must not cut short the time in which a file shows that it is finished
            (self._stop if self._unsettled else self._wake).wait(self._rest_s)
            self._wake.clear()
            if self._stop.is_set():
                return
            try:
                self._look()
            except Exception:
                # whatever a disk, a file system or a rule of others did: the rules that run go on
                log.exception("the rules could not be loaded again; those that run go on, and it is tried again")
                self._failed = True
                self._rest_s = RETRY_S

    def _look(self) -> None:
        began = time.thread_time()
        files = signatures(self._watched())
        rest_s = (time.thread_time() - began) * _REST_PER_COST
        look, due = self._settling.look(files)
        longest_s = HINTED_REST_S if self._hinted else UNHINTED_REST_S
        self._unsettled = bool(look.unsettled)
        self._rest_s = SETTLE_S if self._unsettled else min(max(REST_S, rest_s), longest_s)
        if due and self._due_since is None:
            self._due_since = time.monotonic()
        if self._due_since is not None and self._unsettled and time.monotonic() - self._due_since < TOGETHER_S:
            return
        is_over = self._expires_ns is not None and self._clock() >= self._expires_ns
        if self._due_since is not None or self._failed or is_over:
            self._due_since = None
            self._expires_ns = self._reload(look)
            self._failed = False
