"""Watches the files of rules while the agent runs, and has them loaded again when one changed or a filter expired."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from soc_agent.agent.rulehints import RuleHints
from soc_agent.detect.settle import Look, Settling, signatures

log = logging.getLogger(__name__)

SETTLE_S = 0.5
"""How long a file must stay as it is before it is taken: one that is being written is not."""
REST_S = 1.0
"""Shortest time between two looks."""
LONGEST_REST_S = 10.0
_REST_PER_COST = 200
"""A look is followed by so many times what it cost, so that thousands of rules cost an agent at rest next to nothing.

Hints of the file system make up for it; where there are none (NFS), thousands of files take effect this much later.
"""

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
            self._hints.watch(self._watched())
            self._wake.wait(self._rest_s)
            self._wake.clear()
            if self._stop.is_set():
                return
            try:
                self._look()
            except Exception:
                # whatever a file system or a rule of others did: the rules that run go on, and the next look comes
                log.exception("the rules could not be loaded again; those that run go on")

    def _look(self) -> None:
        began = time.thread_time()
        files = signatures(self._watched())
        rest_s = (time.thread_time() - began) * _REST_PER_COST
        look, due = self._settling.look(files)
        self._rest_s = SETTLE_S if look.unsettled else min(max(REST_S, rest_s), LONGEST_REST_S)
        if due or (self._expires_ns is not None and self._clock() >= self._expires_ns):
            self._expires_ns = None
            self._expires_ns = self._reload(look)
