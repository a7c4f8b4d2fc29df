"""What came in one round is written to the spool at once, and synced to disk at its own rhythm."""

import os
import threading
from contextlib import suppress
from typing import NamedTuple

from collectors.listener.record import pack
from collectors.listener.spool import Spool
from soc_agent.config import ListenerSource
from soc_agent.model import Problem
from soc_agent.text import path_text

ROUND_BYTES = 4_194_304
"""About so much is taken in one round."""
_RETRY_S = 0.5
_KEPT_BACK = 8
"""This part of the spool is for datagrams: who sends over TCP can wait, and a datagram that finds no room is lost."""


class Entry(NamedTuple):
    """Lines of one sender that came together."""

    head: bytes
    data: bytes
    lines: int
    truncated: int
    received_ns: int


class Writer:
    """Writes rounds to a spool. What it could not write it keeps, and says that nothing more should be taken."""

    def __init__(self, source: ListenerSource, spool: Spool, wake: int) -> None:
        """:param wake: descriptor to which a byte is written when something was synced."""
        self._source, self._spool, self._wake = source, spool, wake
        self._entries: list[Entry] = []
        self._retry_at = 0.0
        self._thread = threading.Thread(target=self._sync, name="sync", daemon=True)
        self._written = threading.Event()
        self._hurry = threading.Event()
        self._stopping = False
        self.size = 0
        """Bytes that wait to be written."""
        self.problem: Problem | None = None
        """Why senders have to wait."""
        self.blocked = False
        """Whether nothing should be taken: the disk is full or broken, or the spool holds all that it may."""

    @property
    def holds_up(self) -> bool:
        """Whether nothing should be taken of those who can wait: what room is left is for datagrams."""
        return self.problem is not None

    def start(self) -> None:
        """Begin to sync."""
        self._thread.start()

    def put(self, entry: Entry) -> None:
        """Take lines of this round."""
        self._entries.append(entry)
        self.size += len(entry.data)

    def write(self, now: float) -> bool:
        """Write the round, all of it or nothing; whether that was done, or there was nothing to do."""
        if self._entries and self.blocked and now < self._retry_at:
            return False
        if self._entries:
            try:
                self._spool.turn()
                marker = self._spool.marker
                self._spool.append([pack(marker, *entry) for entry in self._entries])
            except OSError as error:
                values = {"path": path_text(self._source.spool), "reason": error.strerror or str(error)}
                self.problem = Problem("listener.spool_unusable", values=values)
                self.blocked = True
                self._retry_at = now + _RETRY_S
                return False
            self._entries.clear()
            self.size = 0
            self._written.set()
        self.blocked = not self._spool.room(2 * ROUND_BYTES)
        scarce = not self._spool.room(2 * ROUND_BYTES + self._source.spool_bytes // _KEPT_BACK)
        self.problem = Problem("listener.spool_full", values={"bytes": self._spool.used}) if scarce else None
        return True

    def hurry(self) -> None:
        """Sync now rather than when it is due: somebody waits for it."""
        self._hurry.set()
        self._written.set()

    def stop(self) -> None:
        """Sync a last time and end."""
        self._stopping = True
        self.hurry()
        self._thread.join()
        with suppress(OSError):  # full or broken, which was told when it was written to
            self._spool.close()

    def _sync(self) -> None:
        while not self._stopping:
            self._written.wait()
            self._written.clear()
            self._hurry.wait(self._source.sync_ms / 1000)
            self._hurry.clear()
            with suppress(OSError):  # the next write meets the same, and tells it
                self._spool.sync()
            with suppress(BlockingIOError):
                os.write(self._wake, b"!")
