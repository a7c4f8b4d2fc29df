from pathlib import Path

import pytest

from soc_agent.model import Counters, Level, Position, Problem, Status
from soc_agent.store import AgentState, OpenAlert, SourceStatus, Store
from tests.store.making import SECOND, START, Clock, detection, put, record, rows


def test_a_detection_becomes_an_alert_with_all_that_it_said(store: Store) -> None:
    found = detection(7, first_ns=START, count=5)
    put(store, found)
    (alert,) = store.alerts(store.alert_ids())
    assert (alert.uid, alert.rule_id, alert.title) == (found.uid, found.rule.id, found.rule.title)
    assert (alert.level, alert.layer, alert.tier) == (found.rule.level, found.rule.layer, found.rule.tier)
    assert (alert.status, alert.owner, alert.count) == (Status.NEW, "", 5)
    assert (alert.first_ns, alert.last_ns, alert.recorded_ns) == (START, found.time_ns, START)
    assert (alert.host, alert.source, alert.stream, alert.line_number) == ("web01", "auth", "/var/log/auth.log", 8)
    assert (alert.entities, alert.entity_key) == (found.entities, found.entity_key)
    assert (alert.raw, alert.fields, alert.why) == (found.raw, found.fields, found.why)
    assert alert.tags == found.rule.tags


def test_repeats_fold_and_the_history_has_one_entry_for_a_transaction(store: Store, clock: Clock) -> None:
    put(store, *(detection(n) for n in range(3)))
    clock.pass_s(10)
    put(store, *(detection(n) for n in range(3, 10)))
    (alert,) = store.alerts(store.alert_ids())
    assert (alert.count, alert.first_ns, alert.last_ns) == (10, START, START + 9 * SECOND)
    repeat, made = store.history(alert.id)
    assert (made.kind, made.data["count"], made.time_ns) == ("alert", 3, START)
    assert (repeat.kind, repeat.data["added"], repeat.data["count"]) == ("repeat", 7, 10)
    assert repeat.data["last_ns"] == alert.last_ns


def test_the_same_detections_again_change_nothing(store: Store, path: Path) -> None:
    first, repeats = detection(0), [detection(n) for n in range(1, 5)]
    put(store, first, *repeats)
    store.close_alerts([1], "done", "An")
    before = {name: rows(path, f"SELECT * FROM {name}") for name in ("alerts", "history", "evidence", "tallies")}
    # as after a crash of a collector that lost its position: the alert is closed now, the detections are the same
    put(store, first, *repeats)
    put(store, *repeats, first, first)
    for name, content in before.items():
        assert rows(path, f"SELECT * FROM {name}") == content, name
    assert store.verify_history().ok


def test_the_same_detection_twice_in_one_transaction_counts_once(store: Store) -> None:
    with store.transaction() as transaction:
        assert transaction.add_alert(detection(0)) == 1
        assert transaction.add_alert(detection(0)) is None
        assert transaction.add_repeat(1, detection(1)) is True
        assert transaction.add_repeat(1, detection(1)) is False
        assert transaction.add_repeat(1, detection(0)) is False
    assert store.alerts([1])[0].count == 2


@pytest.mark.parametrize(
    ("apart_s", "folds"),
    [(0, True), (3600, True), (3601, False), (-3600, True), (-3601, False)],
)
def test_a_repeat_folds_within_its_window_of_event_time_in_either_direction(
    store: Store, apart_s: int, folds: bool
) -> None:
    put(store, detection(0, time_ns=START))
    with store.transaction() as transaction:
        found = transaction.find_open("rule-ssh", "203.0.113.9", START + apart_s * SECOND, 3600)
    assert (found is not None) is folds


def test_only_the_same_rule_and_entity_fold(store: Store) -> None:
    put(store, detection(0))
    with store.transaction() as transaction:
        found = transaction.find_open("rule-ssh", "203.0.113.9", START, 60)
        assert found == OpenAlert(1, Level.HIGH, START, START, 1)
        assert transaction.find_open("rule-ssh", "203.0.113.10", START, 60) is None
        assert transaction.find_open("rule-x", "203.0.113.9", START, 60) is None


@pytest.mark.parametrize("end", ["close_alerts", "mark_false_positive"])
def test_what_comes_after_a_closed_alert_is_a_new_one(store: Store, end: str) -> None:
    put(store, detection(0))
    store.acknowledge([1], "An")
    put(store, detection(1))
    getattr(store, end)([1], "seen to", "An")
    put(store, detection(2))
    first, second = store.alerts([1, 2])
    assert (first.count, first.last_ns) == (2, detection(1).time_ns)
    assert (second.count, second.status) == (1, Status.NEW)


def test_of_two_open_alerts_the_later_takes_the_repeat(store: Store) -> None:
    put(store, detection(0))
    store.close_alerts([1], "", "An")
    put(store, detection(1))
    store.reopen([1], "An")
    put(store, detection(2))
    assert [alert.count for alert in store.alerts([1, 2])] == [1, 2]


def test_a_late_repeat_does_not_turn_the_last_time_back(store: Store) -> None:
    put(store, detection(100), detection(50))
    put(store, detection(20))
    (alert,) = store.alerts([1])
    assert (alert.count, alert.last_ns, alert.first_ns) == (3, detection(100).time_ns, detection(100).time_ns)


def test_a_repeat_of_no_alert_is_a_mistake(store: Store) -> None:
    with pytest.raises(KeyError), store.transaction() as transaction:
        transaction.add_repeat(5, detection())


def test_correlation_state_is_kept_replaced_and_forgotten(store: Store) -> None:
    with store.transaction() as transaction:
        transaction.save_state([("r", "a", b"1"), ("r", "b", b"2"), ("q", "a", b"3"), ("r", "a", b"4")])
    with store.transaction() as transaction:
        transaction.save_state(
            [("r", "b", None), ("q", "a", b"5"), ("r", "never", None), ("r", "c", b""), ("r", "c", None)]
        )
    assert sorted(store.correlation_state()) == [("q", "a", b"5"), ("r", "a", b"4")]


def test_positions_are_those_of_their_source(store: Store) -> None:
    with store.transaction() as transaction:
        transaction.save_position(Position("auth", "8:1", b"old"))
        transaction.save_position(Position("auth", "8:1", b"new"))
        transaction.save_position(Position("auth", "8:2", b"two"))
        transaction.save_position(Position("web", "8:1", b"web"))
    assert store.positions("auth") == {"8:1": b"new", "8:2": b"two"}
    assert store.positions("web") == {"8:1": b"web"}
    assert store.positions("other") == {}


def test_all_of_a_transaction_is_seen_at_once(path: Path) -> None:
    with Store.open(path) as writer, Store.open(path, read_only=True) as reader:
        with writer.transaction() as transaction:
            record(transaction, detection())
            transaction.save_position(Position("auth", "1", b"{}"))
            transaction.add_counters("auth", Counters(lines=1))
            transaction.see_asset("web01", "10.0.0.1", "auth")
            transaction.set_source_state("auth", SourceStatus.FAILED, Problem("store.full", values={"path": path}))
            transaction.heartbeat(AgentState(1, START, START))
            assert not reader.alert_ids()
            assert (reader.positions("auth"), reader.ledger(), reader.assets()) == ({}, [], [])
            assert reader.agent_state() is None
        assert len(reader.alert_ids()) == 1
        assert reader.positions("auth") == {"1": b"{}"}
        assert reader.ledger()[0].totals.lines == 1
        assert reader.assets()[0].host == "web01"
        assert reader.agent_state() is not None


def test_what_a_hostile_line_claims_is_stored_and_read(store: Store) -> None:
    deep: object = "end"
    for _ in range(3000):
        deep = [deep]
    hostile = detection(
        0,
        time_ns=10**30,
        line_number=2**70,
        raw=b"\x00\xff\x1b]0;PWNED\x07" + b"a" * 100_000,
        host="web\ud800\x00",
        entity_key="\udfff",
        entities={"user": tuple(f"user{n}\ud800" for n in range(10_000)), "src_ip": ("' OR 1=1 --",)},
        fields={"big": 2**80, "lone": "\ud800", "deep": deep, "nul": "\x00", "nan": float("nan")},
        count=2**65,
    )
    put(store, hostile, detection(1, time_ns=-(10**30), entity_key="other"))
    alert = store.alerts([1])[0]
    assert alert.raw == hostile.raw
    assert (alert.last_ns, alert.line_number, alert.count) == (2**63 - 1, 2**63 - 1, 2**63 - 1)
    assert alert.fields["big"] == str(2**80)
    assert alert.fields["lone"] == "?"
    put(store, detection(2, time_ns=10**30, entity_key="\udfff"))
    assert store.alerts([1])[0].count == 2**63 - 1
    assert store.verify_history().ok


def test_time_of_recording_never_runs_backwards(store: Store, clock: Clock) -> None:
    put(store, detection(0))
    clock.pass_s(-3600)
    put(store, detection(1, entity_key="other"))
    assert [entry.time_ns for entry in store.history()] == [START, START]
    with store.transaction() as transaction:
        assert transaction.now_ns == START
