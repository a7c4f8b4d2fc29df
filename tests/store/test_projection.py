"""Time travel: the law is that the state asked for at a moment is the one that was seen at that moment."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from soc_agent.model import Alert, Level, RuleInfo, Status
from soc_agent.store import AlertFilter, Counts, Order, Store
from tests.store.making import SECOND, START, Clock, detection, different, put

_RULES = [RuleInfo(f"rule-{n}", f"Rule {n}", level=level) for n, level in enumerate(Level)]
_FILTERS = ["", "status=open", "status=closed", "-owner=none", "count>=3", "level>=high -status=new", "since=2m rule-1"]

_detections = st.tuples(st.just("detect"), st.integers(0, 4), st.integers(0, 3), st.integers(0, 300))
_actions = st.tuples(
    st.sampled_from(["acknowledge", "assign", "note", "close", "false_positive", "reopen"]),
    st.sets(st.integers(1, 12), min_size=1, max_size=4),
)
_pauses = st.tuples(st.just("pause"), st.integers(-50, 400))


def _act(store: Store, kind: str, ids: list[int]) -> None:
    if kind == "acknowledge":
        store.acknowledge([alert.id for alert in store.alerts(ids) if alert.status.is_open], "An")
    elif kind == "assign":
        store.assign([alert.id for alert in store.alerts(ids) if alert.status.is_open], "Bình", "An")
    elif kind == "note":
        store.note(ids, "seen", "An")
    elif kind == "close":
        store.close_alerts(ids, "done", "An")
    elif kind == "false_positive":
        store.mark_false_positive(ids, "a test", "An")
    else:
        store.reopen(ids, "An")


def _seen(store: Store, at_ns: int | None) -> tuple[list[Alert], Counts, list[list[int]], list[list[int]], int]:
    lists = [list(store.alert_ids(AlertFilter.parse(text), at_ns=at_ns)) for text in _FILTERS]
    lists += [list(store.alert_ids(None, order, reverse, at_ns)) for order in Order for reverse in (False, True)]
    timeline = store.timeline(START, START + 1000 * SECOND, 10, AlertFilter.parse("status=open"), at_ns)
    evidence = sum(len(store.detections_of(number, at_ns=at_ns)) for number in range(1, 13))
    return store.alerts(range(1, 100), at_ns), store.counts(at_ns), lists, timeline, evidence


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(_detections, _detections, _actions, _pauses), min_size=1, max_size=40))
def test_the_state_of_a_moment_is_the_state_that_was_seen_then(operations: list[tuple[object, ...]]) -> None:
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "a.db", clock=clock) as store:
        # the axis begins here: a clock that is set back later records nothing before it
        with store.transaction() as transaction:
            transaction.put_rules(_RULES)
        moments: list[tuple[int, object]] = []
        for number, (kind, *rest) in enumerate(operations):
            if kind == "detect":
                rule, key, time_s = rest
                assert isinstance(rule, int)
                assert isinstance(time_s, int)
                time_ns = START + time_s * SECOND
                put(store, detection(number, rule=_RULES[rule], entity_key=str(key), time_ns=time_ns))
            elif kind == "pause":
                assert isinstance(rest[0], int)
                clock.pass_s(rest[0])
            else:
                assert isinstance(rest[0], set)
                _act(store, str(kind), sorted(rest[0] & set(store.alert_ids())))
            clock.pass_s(0.001)
            span = store.span()
            assert span is not None
            # not the clock: where it is set back, what comes next is recorded before where it had been
            moment = span[1]
            if moments and moments[-1][0] == moment:
                moments.pop()
            clock.now_ns, now = moment, clock.now_ns
            moments.append((moment, _seen(store, None)))
            clock.now_ns = now
            clock.pass_s(0.001)
        for moment, seen in moments:
            assert _seen(store, moment) == seen
        assert store.alerts(range(1, 100), START - 1) == []
        assert store.verify_history().ok


def test_before_its_recording_an_alert_is_not_there(store: Store, clock: Clock) -> None:
    clock.pass_s(100)
    put(store, detection(0, time_ns=START - 10**15))
    assert list(store.alert_ids(at_ns=START + 99 * SECOND)) == []
    assert store.alert(1, at_ns=START + 99 * SECOND) is None
    assert list(store.alert_ids(at_ns=START + 100 * SECOND)) == [1]
    assert store.counts(START).total == 0


def test_an_earlier_moment_is_read_without_touching_what_is_now(store: Store, clock: Clock) -> None:
    put(store, *different(10))
    clock.pass_s(10)
    store.close_alerts(range(1, 6), "", "An")
    clock.pass_s(10)
    store.reopen([1], "An")
    assert store.counts(START).by_status == {Status.NEW: 10}
    assert store.counts(START + 10 * SECOND).by_status == {Status.NEW: 5, Status.CLOSED: 5}
    assert store.counts().by_status == {Status.NEW: 6, Status.CLOSED: 4}
    assert store.counts(START + 20 * SECOND) == store.counts()


def test_relative_times_count_back_from_the_moment_that_is_looked_at(store: Store, clock: Clock) -> None:
    put(store, detection(0))
    clock.pass_s(7200)
    recent = AlertFilter.parse("since=1h")
    assert list(store.alert_ids(recent)) == []
    assert list(store.alert_ids(recent, at_ns=START + 60 * SECOND)) == [1]
