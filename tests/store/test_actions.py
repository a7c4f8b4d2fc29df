import pytest

from soc_agent.errors import StoreError
from soc_agent.model import Status
from soc_agent.store import Store
from tests.store.making import Clock, detection, different, put


@pytest.fixture
def filled(store: Store, clock: Clock) -> Store:
    put(store, *different(4))
    clock.pass_s(5)
    return store


def test_acknowledging_takes_what_nobody_has(filled: Store) -> None:
    filled.assign([2], "Bình", "Chi")
    assert filled.acknowledge([1, 2], "An") == 2
    assert [(a.status, a.owner) for a in filled.alerts([1, 2])] == [
        (Status.ACKNOWLEDGED, "An"),
        (Status.ACKNOWLEDGED, "Bình"),
    ]
    assert filled.acknowledge([1, 2, 3], "Dũng") == 1, "what was taken stays taken"


def test_each_action_is_one_entry_per_alert_with_who_and_why(filled: Store, clock: Clock) -> None:
    before = filled.last_seq()
    filled.acknowledge([1, 2], "An")
    filled.assign([1], "Bình", "An")
    filled.note([1], "  looks real  ", "Bình")
    filled.close_alerts([1], "cleaned", "Bình")
    filled.mark_false_positive([2], "backup job", "An")
    filled.reopen([1], "Chi")
    said = [(e.kind, e.actor, e.data.get("text", e.data.get("reason"))) for e in filled.history(limit=7)][::-1]
    assert said == [
        ("acknowledge", "An", None),
        ("acknowledge", "An", None),
        ("assign", "An", None),
        ("note", "Bình", "looks real"),
        ("close", "Bình", "cleaned"),
        ("false_positive", "An", "backup job"),
        ("reopen", "Chi", None),
    ]
    assert filled.last_seq() == before + 7
    last = filled.history(1)[0]
    assert last.subject == f"alert/{filled.alerts([1])[0].uid.hex()}"
    assert last.time_ns == clock.now_ns
    assert (last.data["status"], last.data["owner"], last.data["count"]) == ("acknowledged", "Bình", 1)
    assert filled.verify_history().ok


def test_what_changes_nothing_leaves_no_entry(filled: Store) -> None:
    filled.close_alerts([1], "", "An")
    before = filled.last_seq()
    assert filled.close_alerts([1], "again", "An") == 0
    assert filled.reopen([2], "An") == 0
    assert filled.assign([2], "", "An") == 0
    assert filled.acknowledge([], "An") == 0
    assert filled.last_seq() == before


def test_an_alert_named_twice_is_acted_on_once(filled: Store) -> None:
    assert filled.note([1, 1], "once", "An") == 1


def test_a_closed_alert_may_turn_out_to_be_a_false_positive_and_back(filled: Store) -> None:
    filled.close_alerts([1], "", "An")
    assert filled.mark_false_positive([1], "it was a test", "An") == 1
    assert filled.close_alerts([1], "it was not", "An") == 1
    assert filled.reopen([1], "An") == 1
    assert filled.alerts([1])[0].status is Status.NEW


def test_counts_follow_every_action(filled: Store) -> None:
    filled.acknowledge([1, 2, 3], "An")
    filled.close_alerts([1], "", "An")
    filled.mark_false_positive([2], "no", "An")
    counts = filled.counts()
    assert counts.by_status == {
        Status.NEW: 1,
        Status.ACKNOWLEDGED: 1,
        Status.CLOSED: 1,
        Status.FALSE_POSITIVE: 1,
    }
    assert (counts.open, counts.total) == (2, 4)


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda s: s.acknowledge([1, 99], "An"), "store.unknown_alert"),
        (lambda s: s.note([99], "x", "An"), "store.unknown_alert"),
        (lambda s: s.acknowledge([1, 4], "An"), "store.not_open"),
        (lambda s: s.assign([1, 4], "Bình", "An"), "store.not_open"),
        (lambda s: s.acknowledge([1], "  "), "store.no_name"),
        (lambda s: s.note([1], " \n", "An"), "store.no_text"),
        (lambda s: s.mark_false_positive([1], "", "An"), "store.no_reason"),
        (lambda s: s.note([1], "x" * 4001, "An"), "store.too_long"),
        (lambda s: s.assign([1], "x" * 101, "An"), "store.too_long"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_of_it_is_done(filled: Store, act: object, code: str) -> None:
    filled.close_alerts([4], "", "An")
    before = filled.last_seq()
    assert callable(act)
    with pytest.raises(StoreError) as caught:
        act(filled)
    assert caught.value.problem.code == code
    assert filled.last_seq() == before
    assert filled.alerts([1])[0].status is Status.NEW


def test_many_alerts_are_acted_on_at_once(store: Store) -> None:
    put(store, *different(3000))
    assert store.acknowledge(store.alert_ids(), "An") == 3000
    assert store.counts().by_status == {Status.ACKNOWLEDGED: 3000}


def test_each_step_of_custody_is_kept_though_the_alert_stays_as_it_is(store: Store) -> None:
    """Also on one that is closed: a file can be put back later."""
    put(store, detection(1))
    store.close_alerts([1], "done", "an")
    assert store.keep_custody(1, "quarantined", {"path": "/x", "place": "/q", "reason": "r"}, "an") == 1
    assert store.keep_custody(1, "put_back", {"path": "/x", "reason": "x" * 9000, "path_hex": ""}, "an") == 1
    back, away = list(store.history(1))[:2]
    assert (away.kind, away.actor, away.data["place"]) == ("quarantined", "an", "/q")
    assert (back.kind, len(str(back.data["reason"])), "path_hex" in back.data) == ("put_back", 4000, False)
    assert store.verify_history().ok
    with pytest.raises(ValueError, match="stolen"):
        store.keep_custody(1, "stolen", {}, "an")
