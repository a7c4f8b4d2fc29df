import gzip
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlite_utils import Database

from soc_agent.errors import StoreError
from soc_agent.model import Status
from soc_agent.store import Order, Store, schema
from tests.store.making import CONTEXT, detection, put, rows

FILES = Path(__file__).parent / "files"
"""Stores as releases with a schema of their own wrote them: three alerts, one acknowledged, one closed."""


def test_a_new_file_has_the_current_version(path: Path) -> None:
    Store.open(path).close()
    assert rows(path, "PRAGMA user_version") == [(len(schema.STEPS),)]
    assert rows(path, "PRAGMA application_id") == [(schema.APPLICATION_ID,)]
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]


def test_opening_again_keeps_what_is_there(path: Path) -> None:
    with Store.open(path) as store:
        put(store, detection())
    with Store.open(path) as store:
        assert len(store.alert_ids()) == 1


def test_a_newer_schema_is_refused_by_name_and_not_touched(path: Path) -> None:
    Store.open(path).close()
    conn = sqlite3.connect(path)
    conn.execute("PRAGMA user_version=99")
    conn.close()
    for read_only in (False, True):
        with pytest.raises(StoreError) as caught:
            Store.open(path, read_only=read_only)
        assert caught.value.problem.code == "store.newer_schema"
        assert "99" in str(caught.value)
    assert rows(path, "PRAGMA user_version") == [(99,)]


def test_an_older_schema_is_migrated_by_a_writer_and_refused_by_a_reader(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(path) as store:
        put(store, detection())

    def second(db: Database) -> None:
        db.execute("ALTER TABLE alerts ADD COLUMN more TEXT")

    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, second))
    with pytest.raises(StoreError) as caught:
        Store.open(path, read_only=True)
    assert caught.value.problem.code == "store.older_schema"
    Store.open(path).close()
    assert rows(path, "SELECT count(*), max(more) FROM alerts") == [(1, None)]
    assert rows(path, "PRAGMA user_version") == [(len(schema.STEPS),)]


def test_a_step_that_fails_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store.open(path).close()
    before = rows(path, "SELECT sql FROM sqlite_master ORDER BY name")

    def broken(db: Database) -> None:
        db.execute("CREATE TABLE half_done (a)")
        db.execute("SELECT no_such_thing FROM nowhere")

    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, broken))
    with pytest.raises(StoreError):
        Store.open(path)
    assert rows(path, "SELECT sql FROM sqlite_master ORDER BY name") == before
    assert rows(path, "PRAGMA user_version") == [(len(schema.STEPS) - 1,)]


def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    conn = sqlite3.connect(other)
    conn.execute("CREATE TABLE theirs (a)")
    conn.close()
    with pytest.raises(StoreError) as caught:
        Store.open(other)
    assert caught.value.problem.code == "store.foreign"
    assert rows(other, "SELECT name FROM sqlite_master") == [("theirs",)]


def test_several_may_create_the_file_at_once(path: Path) -> None:
    errors: list[BaseException] = []

    def open_it() -> None:
        try:
            Store.open(path).close()
        except BaseException as error:  # noqa: BLE001 - told by the assertion below
            errors.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert rows(path, "SELECT count(*) FROM _sqlite_migrations") == [(len(schema.STEPS),)]


@pytest.mark.parametrize("name", sorted(file.name for file in FILES.glob("*.db.gz")))
def test_a_store_of_an_earlier_release_is_taken_over_whole(name: str, path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(gzip.decompress((FILES / name).read_bytes()))
    with Store.open(path) as store:
        assert store.verify_history().ok
        alerts = store.alerts(store.alert_ids())
        assert [alert.status for alert in alerts] == [Status.ACKNOWLEDGED, Status.NEW, Status.CLOSED]
        assert [alert.context for alert in alerts] == [{}, {}, {}]
        with store.transaction() as transaction:
            made = transaction.add_alert(detection(50, entity_key="new"), CONTEXT)
        assert store.alert_ids(order=Order.SYSTEM)[0] == made
        assert store.verify_history().ok
