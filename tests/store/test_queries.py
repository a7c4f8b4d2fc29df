import pytest

from soc_agent.errors import StoreError
from soc_agent.model import Layer, Level, RuleInfo
from soc_agent.store import AlertFilter, Order, Store
from tests.store.making import CONTEXT, SECOND, START, detection, put


@pytest.fixture
def filled(store: Store) -> Store:
    """Give a store with three alerts that every order puts differently."""
    rules = [RuleInfo(f"r{n}", title, level=level) for n, (title, level) in enumerate(
        [("Bravo", Level.LOW), ("Alpha", Level.CRITICAL), ("Charlie", Level.LOW)]
    )]  # fmt: skip
    hosts, counts, times = ["b", "c", "a"], [5, 1, 9], [300, 100, 200]
    for n in range(3):
        found = detection(n, rule=rules[n], host=hosts[n], count=counts[n], time_ns=START + times[n] * SECOND)
        put(store, found)
    return store


@pytest.mark.parametrize(
    ("order", "ids"),
    [
        (Order.TIME, [1, 3, 2]),
        (Order.LEVEL, [2, 1, 3]),
        (Order.COUNT, [3, 1, 2]),
        (Order.HOST, [3, 1, 2]),
        (Order.RULE, [2, 1, 3]),
    ],
)
def test_lists_are_in_order_and_reversed(filled: Store, order: Order, ids: list[int]) -> None:
    assert list(filled.alert_ids(order=order)) == ids
    assert list(filled.alert_ids(None, order, True)) == ids[::-1]


def test_alerts_are_sorted_and_filtered_by_the_level_of_the_system(store: Store) -> None:
    with store.transaction() as transaction:
        for number, level in enumerate((0, 3, 5, 3)):
            found = detection(number, rule=RuleInfo(f"r{number}", "t", level=Level.LOW if number < 3 else Level.HIGH))
            transaction.add_alert(found, CONTEXT | {"system_level": level} if level else {})
    assert list(store.alert_ids(order=Order.SYSTEM)) == [3, 4, 2, 1]
    assert list(store.alert_ids(None, Order.SYSTEM, True)) == [1, 2, 4, 3]
    for text, ids in (
        ("system_level>=4", [3]),
        ("system=cong*", [4, 3, 2]),
        ("-country=VN", [1]),
        ("asset=web01", [4, 3, 2]),
    ):
        assert list(store.alert_ids(AlertFilter.parse(text))) == ids


def test_the_context_of_an_alert_comes_back_as_it_was_given(store: Store) -> None:
    with store.transaction() as transaction:
        transaction.add_alert(detection(0), CONTEXT)
        transaction.add_alert(detection(1))
    assert [alert.context for alert in store.alerts([1, 2])] == [CONTEXT, {}]


def test_alerts_come_in_the_order_asked_for_and_unknown_ones_not_at_all(filled: Store) -> None:
    assert [alert.id for alert in filled.alerts([3, 99, 1, 2, 1])] == [3, 1, 2, 1]
    assert filled.alerts([]) == []


def test_an_alert_is_found_by_number_or_first_digits(filled: Store) -> None:
    uid = detection(1).uid.hex()
    for ident in (2, "2", uid, uid[:4], uid[:7].upper()):
        alert = filled.alert(ident)
        assert alert is not None
        assert alert.id == 2
    for ident in (0, 99, -1, "99", "", "zz", uid[:3], "ffffffff", uid + "00", 2**70):
        assert filled.alert(ident) is None


def test_first_digits_that_several_share_are_refused(store: Store) -> None:
    put(store, *(detection(n, uid=b"\xab\xcd" + bytes([n]) * 14, entity_key=str(n)) for n in range(3)))
    with pytest.raises(StoreError) as caught:
        store.alert("abcd")
    assert caught.value.problem.code == "store.ambiguous"
    found = store.alert("abcd01")
    assert found is not None
    assert found.id == 2


def test_digits_may_be_a_number_or_the_beginning_of_a_uid(store: Store) -> None:
    put(store, detection(0, uid=b"\x12\x34" + bytes(14)))
    found = store.alert("1234")
    assert found is not None
    assert found.id == 1


def test_counts_tell_open_alerts_by_level_and_layer(store: Store) -> None:
    for n, (layer, level) in enumerate([(1, 4), (2, 3), (2, 3), (2, 0), (4, 3)]):
        rule = RuleInfo(f"r{n}", "t", level=Level(level), layer=Layer(layer))
        put(store, detection(n, rule=rule))
    store.close_alerts([5], "", "An")
    counts = store.counts()
    assert counts.open_by_level == {Level.CRITICAL: 1, Level.HIGH: 2, Level.INFORMATIONAL: 1}
    assert counts.open_by_layer == {
        Layer.ON_SITE: {Level.CRITICAL: 1},
        Layer.MONITORING: {Level.HIGH: 2, Level.INFORMATIONAL: 1},
    }
    assert (counts.open, counts.total) == (4, 5)


def test_a_timeline_counts_alerts_by_bucket_and_level(filled: Store) -> None:
    table = filled.timeline(START, START + 300 * SECOND, 3)
    assert table == [[0, 0, 0, 0, 0], [0, 0, 0, 0, 1], [0, 1, 0, 0, 0]]
    assert filled.timeline(START, START + 301 * SECOND, 3)[2] == [0, 1, 0, 0, 0]
    assert filled.timeline(START, START + 301 * SECOND, 1) == [[0, 2, 0, 0, 1]]
    low = AlertFilter.parse("level=low host=a")
    assert sum(map(sum, filled.timeline(START, START + 400 * SECOND, 7, low))) == 1


@pytest.mark.parametrize(("from_s", "to_s", "buckets"), [(0, 0, 3), (10, 0, 3), (0, 1, 3), (0, 10**9, 1000), (0, 1, 0)])
def test_a_timeline_of_any_span_has_its_buckets(filled: Store, from_s: int, to_s: int, buckets: int) -> None:
    table = filled.timeline(START + from_s * SECOND, START + to_s * SECOND, buckets)
    assert len(table) == buckets


def test_every_alert_of_a_span_is_in_some_bucket(filled: Store) -> None:
    for buckets in range(1, 40):
        assert sum(map(sum, filled.timeline(START + 100 * SECOND, START + 300 * SECOND + 1, buckets))) == 3


def test_evidence_of_an_unknown_alert_is_nothing(store: Store) -> None:
    assert store.detections_of(5) == []
