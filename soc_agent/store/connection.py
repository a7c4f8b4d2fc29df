"""Connections to the SQLite file: one that writes, a pool of those that read."""

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import quote

from soc_agent.store import schema
from soc_agent.store.trouble import primary_code, translated, trouble
from soc_agent.text import fold

_BUSY_TIMEOUT_S = 10.0
"""How long a write waits for another process: the agent's transactions last well under a second."""
_SHARED = stat.S_ISGID | stat.S_IWGRP
_WAL_LIMIT_BYTES = 64 * 1024 * 1024


class Connections:
    """All connections of one store, for any thread."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        # readers are opened later, from wherever the process is then
        self.path = path.absolute()
        self.read_only = read_only
        self._lock = threading.RLock()
        self._pool_lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        self._immutable = False
        self._writer: sqlite3.Connection | None = None
        self._watch: sqlite3.Connection | None = None

    def prepare(self) -> None:
        """Open the file; make or migrate its schema when this may write, refuse one that is older, newer or not ours.

        :raises StoreError: when it is refused, or cannot be opened or written.
        """
        with translated(self.path):
            if self.read_only:
                self._immutable = self._must_be_immutable()
            else:
                self._writer = _open_writer(self.path)
                schema.migrate(self._writer, self.path)
            self._watch = self._open_reader()
            if not schema.check(self._watch, self.path):
                raise trouble("store.older_schema", self.path)

    def _must_be_immutable(self) -> bool:
        """Say whether the file lies where not even the shared memory of the WAL can be made, as on a copied disk."""
        if not self.path.exists():
            raise trouble("store.absent", self.path)
        try:
            reader = self._open_reader()
            try:
                reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
            finally:
                reader.close()
        except sqlite3.OperationalError as error:
            wal = Path(f"{self.path}-wal")
            unread = wal.exists() and wal.stat().st_size > 0
            if unread or primary_code(error) not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
                raise
            return True
        return False

    def _open_reader(self) -> sqlite3.Connection:
        name = f"file:{quote(str(self.path.absolute()))}?mode=ro{'&immutable=1' if self._immutable else ''}"
        conn = sqlite3.connect(
            name, uri=True, isolation_level=None, check_same_thread=False, timeout=_BUSY_TIMEOUT_S, cached_statements=64
        )
        try:
            conn.execute("PRAGMA query_only=ON")
            conn.execute("PRAGMA cache_size=-16384")
            conn.create_function("fold", 1, fold, deterministic=True)
            conn.create_function("in_network", 2, in_network, deterministic=True)
        except BaseException:
            conn.close()
            raise
        return conn

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that reads. One call sees one state only if it begins a transaction itself."""
        with translated(self.path):
            with self._pool_lock:
                if self._closed:
                    raise trouble("store.closed", self.path)
                conn = self._idle.pop() if self._idle else None
            if conn is None:
                conn = self._open_reader()
            try:
                yield conn
            finally:
                self._give_back(conn)

    def _give_back(self, conn: sqlite3.Connection) -> None:
        _roll_back(conn)
        with self._pool_lock:
            if self._closed:
                conn.close()
            else:
                self._idle.append(conn)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend the writing connection in a transaction: committed at the end, rolled back on any error.

        :raises StoreError: when it cannot begin or commit; nothing of it is written then, and it can be tried again.
        """
        if self.read_only:
            raise trouble("store.read_only", self.path, reason="")
        with self._lock, translated(self.path):
            conn = self._writer
            if conn is None:
                raise trouble("store.closed", self.path)
            if conn.in_transaction:
                raise RuntimeError("a transaction of this store is open already")
            conn.execute("BEGIN IMMEDIATE")
            try:
                yield conn
                conn.execute("COMMIT")
            except BaseException:
                _roll_back(conn)
                raise

    def data_version(self) -> int:
        """Give SQLite's ``data_version``: it differs after anybody else, our writer too, has committed."""
        with self._pool_lock, translated(self.path):
            if self._watch is None:
                raise trouble("store.closed", self.path)
            return int(self._watch.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Close all of them. The last process to close leaves one single file."""
        with self._lock, self._pool_lock:
            if self._closed:
                return
            self._closed = True
            for conn in (*self._idle, self._watch, self._writer):
                if conn is not None:
                    conn.close()
            self._idle.clear()
            self._writer = self._watch = None


def _open_writer(path: Path) -> sqlite3.Connection:
    _create(path)
    conn = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, timeout=_BUSY_TIMEOUT_S, cached_statements=256
    )
    try:
        _require_wal(conn, path)
        conn.execute("PRAGMA synchronous=FULL")
        conn.execute("PRAGMA foreign_keys=ON")
        # REPLACE must not slip past the triggers that refuse to delete history
        conn.execute("PRAGMA recursive_triggers=ON")
        conn.execute("PRAGMA cache_size=-16384")
        conn.execute(f"PRAGMA journal_size_limit={_WAL_LIMIT_BYTES}")
    except BaseException:
        conn.close()
        raise
    return conn


def _require_wal(conn: sqlite3.Connection, path: Path) -> None:
    if conn.execute("PRAGMA journal_mode=WAL").fetchone()[0] != "wal":
        raise trouble("store.no_wal", path)


def _roll_back(conn: sqlite3.Connection) -> None:
    """End what is open. The error that led here is the one to tell, even when rolling back fails too."""
    if conn.in_transaction:
        with suppress(sqlite3.OperationalError):
            conn.execute("ROLLBACK")


def _create(path: Path) -> None:
    """Create the file for its owner alone; SQLite gives its companions the same mode.

    A folder that hands its group on and lets it write (mode 2770) is meant for several people: so is the file in it.
    A file that exists is not opened here: closing it would drop the locks of other connections of this process
    (sqlite.org/howtocorrupt.html, 2.2).
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            made = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            if path.parent.stat().st_mode & _SHARED == _SHARED:
                os.fchmod(made, 0o660)
            os.close(made)
    except OSError as error:
        raise trouble("store.cannot_open", path, reason=error.strerror or str(error)) from error


@lru_cache(16_384)
def in_network(value: str, network: str) -> bool:
    """Say whether the address ``value`` lies in ``network``; what is no address lies nowhere."""
    try:
        return ip_address(value) in ip_network(network, strict=False)
    except ValueError:
        return False
