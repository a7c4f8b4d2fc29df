"""What SQLite complains of, told as what a person can do about it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from soc_agent.errors import StoreError
from soc_agent.model import Problem

_CODES = {
    sqlite3.SQLITE_FULL: "store.full",
    sqlite3.SQLITE_READONLY: "store.read_only",
    sqlite3.SQLITE_CORRUPT: "store.corrupt",
    sqlite3.SQLITE_NOTADB: "store.corrupt",
    sqlite3.SQLITE_BUSY: "store.locked",
    sqlite3.SQLITE_LOCKED: "store.locked",
    sqlite3.SQLITE_CANTOPEN: "store.cannot_open",
    sqlite3.SQLITE_PERM: "store.cannot_open",
    sqlite3.SQLITE_IOERR: "store.io",
}
"""Primary result codes of SQLite (sqlite.org/rescode.html) to problems."""


def primary_code(error: sqlite3.Error) -> int:
    """Give SQLite's primary result code; 0 where the error is Python's own."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def trouble(code: str, path: Path, **values: object) -> StoreError:
    """Make the error for one problem of the database at ``path``."""
    return StoreError(Problem(code, values={"path": str(path), **values}))


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what goes wrong with the database at ``path`` into a :class:`StoreError`.

    Broken constraints and misuse pass through: they are mistakes in the program, not of the disk or the file.
    """
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError):
        raise
    except sqlite3.DatabaseError as error:
        raise trouble(_CODES.get(primary_code(error), "store.failed"), path, reason=str(error)) from error
