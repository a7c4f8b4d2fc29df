import hashlib
import json
import sqlite3
from pathlib import Path

import pytest

from soc_agent.store import Store
from soc_agent.store.history import GENESIS, entry_hash
from tests.store.making import SECOND, START, Clock, detection, different, put, rows


def test_a_hash_is_what_the_documentation_says(store: Store, path: Path) -> None:
    put(store, detection(0))
    store.note([1], "ghi chú “của” An", "Nguyễn An")
    before = GENESIS
    for *columns, made in rows(
        path,
        "SELECT seq, time_ns, actor, subject, kind, alert_id, status, owner, count, last_ns, data, hash FROM history",
    ):
        # with the standard library alone, as anybody can check it
        text = json.dumps(columns, ensure_ascii=False, separators=(",", ":"))
        assert hashlib.sha256(before + text.encode()).digest() == made == entry_hash(before, tuple(columns))
        before = made


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET actor = 'x'",
        "DELETE FROM history",
        "INSERT OR REPLACE INTO history SELECT seq, 0, actor, subject, kind, 1, '', '', 0, 0, data, hash FROM history",
        "UPDATE evidence SET raw = X'00'",
        "UPDATE contents SET data = '{}'",
    ],
)
def test_the_file_refuses_to_edit_the_past(store: Store, path: Path, statement: str) -> None:
    put(store, detection(0))
    conn = sqlite3.connect(path)
    conn.execute("PRAGMA recursive_triggers=ON")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        conn.execute(statement)
    conn.close()


def test_entries_come_newest_first_and_page_by_page(store: Store) -> None:
    put(store, *different(25))
    pages = [store.history(limit=10)]
    while pages[-1]:
        pages.append(store.history(limit=10, before_seq=pages[-1][-1].seq))
    assert [len(page) for page in pages] == [10, 10, 5, 0]
    assert [entry.seq for page in pages for entry in page] == list(range(25, 0, -1))


def test_entries_of_one_alert_or_of_a_moment(store: Store, clock: Clock) -> None:
    put(store, *different(3))
    clock.pass_s(10)
    store.note([2], "first", "An")
    clock.pass_s(10)
    store.note([2], "second", "An")
    assert [entry.kind for entry in store.history(2)] == ["note", "note", "alert"]
    assert [entry.kind for entry in store.history(2, at_ns=START + 10 * SECOND)] == ["note", "alert"]
    assert [entry.kind for entry in store.history(2, limit=1, before_seq=5)] == ["note"]
    assert store.history(99) == []
    assert store.history(at_ns=START - 1) == []


def test_the_axis_of_replay(store: Store, clock: Clock) -> None:
    assert store.span() is None
    put(store, detection(0))
    clock.pass_s(60)
    store.note([1], "x", "An")
    assert store.span() == (START, START + 60 * SECOND)
