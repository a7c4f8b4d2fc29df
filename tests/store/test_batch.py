from pathlib import Path

from soc_agent.store import Store
from soc_agent.store.batch import LINES_KEPT, own_line, subject_of
from tests.store.making import detection, different, put, rows


def test_evidence_keeps_the_window_the_alert_itself_and_the_first_repeats(store: Store) -> None:
    window = tuple(b"failed %d" % n for n in range(4))
    put(store, detection(0, evidence=window, count=5))
    put(store, *(detection(n) for n in range(1, 200)))
    kept = store.detections_of(1)
    assert [line.raw for line in kept[:5]] == [*window, detection(0).raw]
    assert [line.line_number for line in kept[:5]] == [0, 0, 0, 0, 1]
    assert [line.raw for line in kept[5:]] == [detection(n).raw for n in range(1, 60)]
    assert len(kept) == 64
    assert [line.raw for line in store.detections_of(1, limit=2)] == list(window[:2])
    assert store.alerts([1])[0].raw == detection(0).raw


def test_of_a_long_window_the_last_lines_are_kept(store: Store) -> None:
    put(store, detection(0, evidence=tuple(b"%d" % n for n in range(500))))
    kept = store.detections_of(1)
    assert [line.raw for line in kept[:2]] == [b"450", b"451"]
    assert kept[-1].raw == store.alerts([1])[0].raw


def test_evidence_of_neighbours_is_not_mixed(store: Store) -> None:
    with store.transaction() as transaction:
        for found in different(3):
            transaction.add_alert(found)
        for number in range(100, 300):
            transaction.add_repeat(2, detection(number))
    assert [len(store.detections_of(alert_id)) for alert_id in (1, 2, 3)] == [1, 64, 1]


def test_the_line_that_made_an_alert_comes_after_its_window() -> None:
    assert own_line(detection()) == 0
    assert own_line(detection(evidence=(b"1", b"2"))) == 2
    assert own_line(detection(evidence=(b"x",) * 1000)) < LINES_KEPT


def test_the_history_names_an_alert_by_its_uid(store: Store) -> None:
    put(store, detection(0))
    assert store.history()[0].subject == subject_of(detection(0).uid)


def test_tallies_are_what_the_alerts_are(store: Store, path: Path) -> None:
    put(store, *different(5))
    put(store, *different(5, 100))
    store.close_alerts([1, 2], "", "An")
    store.reopen([1], "An")
    counted = rows(path, "SELECT layer, level, status, count(*) FROM alerts GROUP BY 1, 2, 3")
    assert rows(path, "SELECT * FROM tallies WHERE n > 0") == counted


def test_a_transaction_without_detections_writes_no_history(store: Store) -> None:
    put(store)
    with store.transaction() as transaction:
        transaction.find_open("rule", "key", 0, 60)
    assert store.last_seq() == 0
