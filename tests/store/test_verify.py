from pathlib import Path

import pytest

from soc_agent.store import Store
from tests.store.making import CONTEXT, Clock, detection, different, put, rows, tamper


@pytest.fixture
def filled(path: Path, clock: Clock) -> Path:
    """Give the file of a store with a little of everything."""
    with Store.open(path, clock=clock) as store:
        put(store, *different(3, evidence=(b"one", b"two")))
        clock.pass_s(1)
        put(store, detection(100, entity_key="key-0"))
        clock.pass_s(1)
        store.acknowledge([1, 2], "An")
        store.note([1], "looked at", "An")
        store.close_alerts([2], "nothing", "An")
    return path


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE alerts SET system_level = 0 WHERE id = 2",
        "UPDATE contents SET data = replace(data, '\"system_level\":3', '\"system_level\":1') WHERE alert_id = 2",
        "UPDATE contents SET data = 'no longer JSON' WHERE alert_id = 2",
    ],
)
def test_what_was_known_of_an_alert_cannot_be_edited_unseen(path: Path, statement: str) -> None:
    with Store.open(path) as store, store.transaction() as transaction:
        transaction.add_alert(detection(0))
        transaction.add_alert(detection(1), CONTEXT)
    with Store.open(path) as store:
        assert store.verify_history().ok
    tamper(path, statement)
    with Store.open(path) as store:
        assert store.verify_history().first_bad_seq == 2


def test_what_nobody_touched_is_well(filled: Path) -> None:
    with Store.open(filled, read_only=True) as store:
        check = store.verify_history()
        assert check.ok
        assert (check.entries, check.first_bad_seq) == (8, None)
        assert check.head == store.history(limit=1)[0].hash


def test_an_empty_history_is_well(store: Store) -> None:
    assert store.verify_history().ok


_ONE_MORE_ENTRY = """
INSERT INTO history SELECT 9, time_ns, actor, subject, kind, 1, 'closed', owner, count, last_ns, data, hash
FROM history WHERE seq = 8
"""


@pytest.mark.parametrize(
    ("statement", "bad_seq"),
    [
        ("UPDATE history SET actor = 'Chi' WHERE seq = 5", 5),
        ("UPDATE history SET time_ns = time_ns - 1 WHERE seq = 6", 6),
        ("UPDATE history SET data = replace(data, 'looked', 'walked') WHERE seq = 7", 7),
        ("UPDATE history SET data = 'no longer JSON' WHERE seq = 1", 1),
        ("UPDATE history SET owner = 'Chi' WHERE seq = 5", 5),
        ("UPDATE history SET hash = zeroblob(32) WHERE seq = 3", 3),
        ("DELETE FROM history WHERE seq = 1", 1),
        ("DELETE FROM history WHERE seq = 5", 5),
        ("DELETE FROM history WHERE seq = 8", 8),
        ("DELETE FROM history", 1),
        ("UPDATE history SET seq = seq + 1 WHERE seq = 8", 8),
        (_ONE_MORE_ENTRY, 9),
        ("UPDATE alerts SET status = 'closed' WHERE id = 1", 7),
        ("UPDATE alerts SET count = 1 WHERE id = 1", 7),
        ("UPDATE alerts SET level = 0 WHERE id = 3", 3),
        ("UPDATE alerts SET recorded_ns = recorded_ns - 1 WHERE id = 3", 3),
        ("UPDATE alerts SET changed_seq = 5 WHERE id = 1", 7),
        ("DELETE FROM alerts WHERE id = 3", 3),
        ("UPDATE contents SET data = replace(data, 'root', 'boot') WHERE alert_id = 2", 2),
        ("DELETE FROM contents WHERE alert_id = 2", 2),
        ("UPDATE evidence SET raw = X'00' WHERE id = 64", 1),
        ("UPDATE evidence SET line_number = 9 WHERE instr(raw, CAST('[100]' AS BLOB))", 4),
        ("UPDATE evidence SET seq = 2 WHERE id = 66", 1),
        ("DELETE FROM evidence WHERE id = 128", 2),
        ("INSERT INTO evidence SELECT id + 60, 5, time_ns, source, stream, 1, raw FROM evidence LIMIT 1", 5),
        ("INSERT INTO evidence SELECT id + 60, 99, time_ns, source, stream, 1, raw FROM evidence LIMIT 1", 99),
    ],
)  # fmt: skip
def test_tampering_is_found_where_it_happened(filled: Path, statement: str, bad_seq: int) -> None:
    tamper(filled, statement)
    with Store.open(filled, read_only=True) as store:
        check = store.verify_history()
    assert not check.ok
    assert check.first_bad_seq == bad_seq


def test_a_history_written_anew_from_an_edit_on_has_another_head(filled: Path, clock: Clock) -> None:
    with Store.open(filled, read_only=True) as store:
        written_down = store.verify_history().head
    # whoever owns the file can compute a chain of his own; the head that was written down elsewhere tells
    tamper(filled, "DELETE FROM history WHERE seq = 8", "UPDATE alerts SET status = 'new', owner = '' WHERE id = 2",
           "UPDATE alerts SET changed_seq = 6, status = 'acknowledged', owner = 'An' WHERE id = 2")  # fmt: skip
    with Store.open(filled) as store:
        assert store.verify_history().ok
        assert store.verify_history().head != written_down


def test_checking_does_not_disturb_the_agent(filled: Path) -> None:
    with Store.open(filled) as store:
        put(store, *different(10, 200))
        assert store.verify_history().ok
        put(store, *different(10, 300))
        assert rows(filled, "SELECT count(*) FROM alerts") == [(23,)]
