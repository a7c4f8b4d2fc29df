"""The console's way to the store: reads and acts run in threads of their own, so that the screen never waits.

Two lanes: one for lists and figures, which may take long over a large store, one for the rows under the cursor and for
acting, which must not wait for the first.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from soc_agent.store import Store

T = TypeVar("T")


class Reader:
    """An open store, and the threads that work on it."""

    def __init__(self, path: Path, *, read_only: bool = False, clock: Callable[[], int] = time.time_ns) -> None:
        self.path = path
        self.read_only = read_only
        self._clock = clock
        self._store: Store | None = None
        self._lists = ThreadPoolExecutor(1, "console-lists")
        self._rows = ThreadPoolExecutor(1, "console-rows")

    @property
    def is_open(self) -> bool:
        """Whether the store is open."""
        return self._store is not None

    async def open(self) -> bool:
        """Open the store; False when there is none yet.

        :raises StoreError: when it cannot be opened.
        """
        if not self.path.is_file():
            return False
        loop = asyncio.get_running_loop()
        self._store = await loop.run_in_executor(
            self._lists, lambda: Store.open(self.path, read_only=self.read_only, clock=self._clock)
        )
        return True

    async def ask(self, job: Callable[[Store], T], *, quick: bool = False) -> T:
        """Run a job on the store, in the lane for lists or (``quick``) in that for rows and acts.

        :raises StoreError: when the store cannot be read or written.
        """
        store = self._store
        assert store is not None, "nothing is asked before the store is open"
        return await asyncio.get_running_loop().run_in_executor(
            self._rows if quick else self._lists, lambda: job(store)
        )

    def close(self) -> None:
        """End the threads once their jobs are done, and close the store."""
        self._lists.shutdown()
        self._rows.shutdown()
        if self._store is not None:
            self._store.close()
            self._store = None
