import sqlite3
from pathlib import Path

import pytest

from soc_agent.errors import StoreError
from soc_agent.store.trouble import primary_code, translated
from soc_agent.text import catalog

_PATH = Path("/var/lib/a.db")


def fail_with(error: Exception) -> None:
    with translated(_PATH):
        raise error


def sqlite_error(code: int, kind: type[sqlite3.Error] = sqlite3.OperationalError) -> sqlite3.Error:
    error = kind("told by SQLite")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (sqlite3.SQLITE_FULL, "store.full"),
        (sqlite3.SQLITE_READONLY, "store.read_only"),
        (sqlite3.SQLITE_READONLY_DBMOVED, "store.read_only"),
        (sqlite3.SQLITE_BUSY, "store.locked"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "store.locked"),
        (sqlite3.SQLITE_CORRUPT_VTAB, "store.corrupt"),
        (sqlite3.SQLITE_IOERR_WRITE, "store.io"),
        (sqlite3.SQLITE_ERROR, "store.failed"),
    ],
)
def test_what_sqlite_complains_of_is_told_with_place_and_remedy(code: int, problem: str) -> None:
    with pytest.raises(StoreError) as caught:
        fail_with(sqlite_error(code))
    assert caught.value.problem.code == problem
    assert str(_PATH) in str(caught.value)
    assert catalog.has(f"{problem}.remedy")


@pytest.mark.parametrize("kind", [sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError])
def test_mistakes_of_the_program_pass_through(kind: type[sqlite3.Error]) -> None:
    with pytest.raises(kind):
        fail_with(sqlite_error(sqlite3.SQLITE_CONSTRAINT, kind))


def test_an_error_of_pythons_own_has_no_code() -> None:
    assert primary_code(sqlite3.OperationalError("x")) == 0
