"""Suppression for a time: counted, recorded, seen, ended, and never more than was said."""

from pathlib import Path

import pytest

from soc_agent.errors import StoreError
from soc_agent.model import Alert, Level, Status
from soc_agent.store import Store
from soc_agent.store.suppressions import LONGEST_S
from tests.store.making import RULE, SECOND, START, Clock, detection, put, rows, tamper

HOUR = 3600


class Bench:
    """A store with one alert, closed and suppressed for eight hours."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = Clock()
        self.store = Store.open(path, clock=self.clock)
        put(self.store, detection(0))
        self.clock.pass_s(60)
        self.store.close_alerts([1], "known", "lan.nt")
        self.store.suppress([1], 8 * HOUR, "our scanner", "lan.nt")
        self.number = 0

    def come(self, after_s: float, **changes: object) -> None:
        """Let the same come so long after the beginning."""
        self.number += 1
        put(self.store, detection(self.number, time_ns=START + int(after_s * SECOND), **changes))

    def alerts(self, at_ns: int | None = None) -> list[Alert]:
        return self.store.alerts(sorted(self.store.alert_ids(at_ns=at_ns)), at_ns)

    def counts(self) -> list[int]:
        return [alert.count for alert in self.alerts()]


@pytest.fixture
def bench(path: Path) -> Bench:
    return Bench(path)


def test_what_comes_counts_on_the_alert_though_it_is_closed(bench: Bench) -> None:
    bench.come(2 * HOUR)
    bench.come(5 * HOUR)
    (alert,) = bench.alerts()
    assert (alert.count, alert.status, alert.last_ns) == (3, Status.CLOSED, START + 5 * HOUR * SECOND)
    (found,) = bench.store.suppressions()
    assert (found.count, found.actor, found.reason, found.alert_id) == (2, "lan.nt", "our scanner", 1)
    assert found.until_ns == found.since_ns + 8 * HOUR * SECOND
    assert len(bench.store.detections_of(1)) == 3, "the lines are kept as evidence"


def test_it_ends_by_itself(bench: Bench) -> None:
    bench.come(60 + 8 * HOUR - 1)
    assert bench.counts() == [2]
    bench.come(60 + 8 * HOUR)
    assert bench.counts() == [2, 1]
    bench.clock.pass_s(8 * HOUR)
    assert bench.store.suppressions() == []
    (over,) = bench.store.suppressions(past=True)
    assert (over.count, over.ended_ns) == (1, 0)


def test_it_begins_with_the_first_event_of_the_alert(bench: Bench) -> None:
    bench.come(30, entity_key="203.0.113.9")
    assert bench.counts() == [2], "an event from before that is only read now"
    bench.come(-5 * HOUR)
    assert bench.counts() == [2, 1]


@pytest.mark.parametrize(
    "changes",
    [
        {"entity_key": "203.0.113.10"},
        {"rule": RULE.__class__("another", "Another")},
        {"time_ns": START + 10**6 * SECOND},
    ],
)
def test_other_entities_rules_and_times_are_alerts_as_ever(bench: Bench, changes: dict[str, object]) -> None:
    put(bench.store, detection(1, **({"time_ns": START + HOUR * SECOND} | changes)))
    assert bench.counts() == [1, 1]


def test_whoever_folds_sees_how_bad_the_alert_is(bench: Bench) -> None:
    """So that a worse detection becomes an alert of its own."""
    with bench.store.transaction() as transaction:
        known = transaction.find_open(RULE.id, "203.0.113.9", START + HOUR * SECOND, 0)
    assert known is not None
    assert (known.level, bool(known.suppression)) == (Level.HIGH, True)


def test_it_can_be_lifted(bench: Bench) -> None:
    bench.come(HOUR)
    bench.clock.pass_s(2 * HOUR)
    assert bench.store.lift([1], "not so harmless", "binh.tv") == 1
    bench.come(3 * HOUR)
    assert bench.counts() == [2, 1]
    assert bench.store.suppressions() == []
    assert bench.store.lift([1], "", "binh.tv") == 0
    assert bench.store.suppressions(past=True)[0].ended_ns == bench.clock()


def test_a_later_one_takes_the_place_of_the_one_before(bench: Bench) -> None:
    bench.come(HOUR)
    bench.clock.pass_s(HOUR)
    bench.store.suppress([1], HOUR, "shorter", "binh.tv")
    bench.come(1.5 * HOUR)
    bench.come(4 * HOUR)
    assert bench.counts() == [3, 1]
    assert [(each.reason, each.count) for each in bench.store.suppressions(past=True)] == [
        ("shorter", 1),
        ("our scanner", 1),
    ]


def test_the_history_tells_it_all_and_time_travel_sees_it(bench: Bench) -> None:
    before_ns = bench.clock() - 1
    bench.clock.pass_s(HOUR)
    bench.come(HOUR)
    middle_ns = bench.clock()
    bench.clock.pass_s(HOUR)
    bench.come(2 * HOUR)
    bench.store.lift([1], "", "lan.nt")
    kinds = [entry.kind for entry in reversed(bench.store.history(1))]
    assert kinds == ["alert", "close", "suppress", "suppressed", "suppressed", "lift"]
    assert bench.store.suppressions(before_ns) == []
    assert [each.count for each in bench.store.suppressions(middle_ns)] == [1]
    assert [alert.count for alert in bench.alerts(middle_ns)] == [2]
    assert bench.store.verify_history().ok


def test_the_same_lines_again_change_nothing(bench: Bench) -> None:
    found = [detection(n, time_ns=START + n * HOUR * SECOND) for n in range(1, 12)]
    put(bench.store, *found)
    counts, entries = bench.counts(), bench.store.last_seq()
    assert counts == [9, 3]
    put(bench.store, *found)
    for each in found:
        put(bench.store, each)
    assert (bench.counts(), bench.store.last_seq()) == (counts, entries)


def test_it_makes_no_difference_how_lines_are_gathered(bench: Bench, tmp_path: Path) -> None:
    found = [detection(n, time_ns=START + n * HOUR * SECOND // 4) for n in range(1, 40)]
    other = Bench(tmp_path / "other.db")
    put(bench.store, *found)
    for each in found:
        put(other.store, each)
    assert bench.counts() == other.counts()
    assert [each.count for each in bench.store.suppressions()] == [each.count for each in other.store.suppressions()]


def test_an_open_alert_counts_what_is_suppressed_apart(path: Path) -> None:
    with Store.open(path, clock=Clock()) as store:
        put(store, detection(0))
        store.suppress([1], HOUR, "known", "lan.nt")
        put(store, detection(1), detection(2), detection(3, time_ns=START + HOUR * SECOND + 1))
        (alert,) = store.alerts([1])
        assert (alert.count, alert.status) == (4, Status.NEW)
        assert store.suppressions()[0].count == 2
        assert store.verify_history().ok


@pytest.mark.parametrize(
    ("ids", "for_s", "reason", "code"),
    [
        ([1], HOUR, " ", "suppression.no_reason"),
        ([1], 59, "x", "suppression.bad_time"),
        ([1], LONGEST_S + 1, "x", "suppression.bad_time"),
        ([1, 99], HOUR, "x", "store.unknown_alert"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_done(
    bench: Bench, ids: list[int], for_s: int, reason: str, code: str
) -> None:
    entries = bench.store.last_seq()
    with pytest.raises(StoreError) as caught:
        bench.store.suppress(ids, for_s, reason, "lan.nt")
    assert caught.value.problem.code == code
    assert bench.store.last_seq() == entries


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE suppressions SET until_ns = until_ns + 1",
        "UPDATE suppressions SET entity_key = 'another'",
        "UPDATE suppressions SET ended_seq = NULL",
        "UPDATE suppressions SET total = 0",
        "DELETE FROM suppressions",
        "INSERT INTO suppressions VALUES (2, 1, 'rule-ssh', 'x', 0, 9, NULL, 0)",
    ],
)
def test_hiding_behind_the_back_of_the_history_is_found(bench: Bench, statement: str) -> None:
    bench.come(HOUR)
    bench.store.lift([1], "", "lan.nt")
    assert bench.store.verify_history().ok
    bench.store.close()
    tamper(bench.path, statement)
    with Store.open(bench.path) as store:
        assert not store.verify_history().ok
    assert rows(bench.path, "SELECT count(*) FROM history") != [(0,)]
