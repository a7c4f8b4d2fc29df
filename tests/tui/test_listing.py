"""What a list asks the store: ids in order, alerts around the cursor, rules that are not known yet."""

from msgspec.structs import replace

from soc_agent.store import AlertFilter, Order, Store
from tests.tui.stage import BRUTE, HOUR, NOW, RULES, SECOND, Clock, brute
from tui.listing import Wish, listing, rules_of

ALL = Wish(AlertFilter.parse(""))


def test_ids_come_in_order_with_the_alerts_at_the_top(store: Store) -> None:
    answer = listing(store, ALL)
    assert list(answer.ids) == list(store.alert_ids())
    assert set(answer.alerts) == set(answer.ids)
    assert answer.counts == store.counts()


def test_rules_that_are_known_are_not_asked_for_again(store: Store) -> None:
    assert set(listing(store, ALL).rules) == {rule.id for rule in RULES}
    known = frozenset(rule.id for rule in RULES)
    assert listing(store, replace(ALL, known=known)).rules == {}
    assert rules_of(store, [], ()) == {}


def test_only_alerts_around_the_cursor_are_fetched(store: Store, clock: Clock) -> None:
    with store.transaction() as transaction:
        for number in range(700):
            transaction.add_alert(brute(clock.now_ns - number * SECOND, f"198.51.100.{number % 250}", "h", 10, number))
    top = listing(store, ALL)
    assert len(top.alerts) < 300 < len(top.ids)
    anchor = top.ids[500]
    far = listing(store, replace(ALL, anchor=anchor, near=499))
    assert anchor in far.alerts
    assert top.ids[0] not in far.alerts
    gone = listing(store, replace(ALL, anchor=-1, near=650))
    assert top.ids[650] in gone.alerts


def test_filter_order_and_moment_reach_the_store(store: Store) -> None:
    wish = Wish(AlertFilter.parse(f"rule={BRUTE.id}"), Order.COUNT, reverse=True)
    assert list(listing(store, wish).ids) == list(store.alert_ids(wish.filter, Order.COUNT, True))
    past = listing(store, replace(ALL, at_ns=NOW - HOUR))
    assert past.counts == store.counts(NOW - HOUR)
    assert len(past.ids) < len(listing(store, ALL).ids)
